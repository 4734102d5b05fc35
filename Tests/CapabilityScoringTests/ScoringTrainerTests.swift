import CapabilityScoring
import StatisticalLearning
import Testing

@Suite struct ScoringTrainerTests {
  static func settings(bootstrap: Int = 8, seed: UInt64 = 1) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.learner = .logistic
    settings.bootstrap = bootstrap
    settings.repeats = 1
    settings.seed = seed
    return settings
  }

  @Test func trueEffectsAreFoundOnManyFirms() throws {
    let reference = ReferenceSurvey(firms: 3000, seed: 3)
    let model = try ScoringTrainer(settings: Self.settings()).train(reference.survey)
    for (outcome, effects) in [(0, ReferenceSurvey.innovation), (1, ReferenceSurvey.export)] {
      // What an answer's four steps add, over four.
      var slopes = [Double](repeating: 0, count: 18)
      for (column, coefficient) in zip(model.design.columns, model.outcomes[outcome].linear!.coefficients) {
        switch column {
        case .item(let item): slopes[item] += coefficient
        case .step(let item, _): slopes[item] += coefficient / 4
        case .score, .level, .missing, .weakest: break
        }
      }
      for item in 0..<18 {
        // Standard errors are about 0.05 here, and the penalty shrinks a little.
        #expect(abs(slopes[item] - (effects[item] ?? 0)) < 0.2)
        #expect(slopes[item] >= 0)
      }
      let record = model.record.outcomes[outcome]
      #expect(record.candidates[0].areaUnderROC! > 0.8)
      #expect(record.candidates[0].loss < 0.55)
    }
  }

  @Test func theModelIsTheSameWhateverTheThreads() throws {
    let survey = ReferenceSurvey(firms: 150, seed: 5, missing: 0.05).survey
    var settings = Self.settings()
    settings.threadCount = 1
    let one = try ScoringTrainer(settings: settings).train(survey)
    settings.threadCount = 3
    let three = try ScoringTrainer(settings: settings).train(survey)
    #expect(one.outcomes == three.outcomes)
    #expect(one.joint == three.joint)
  }

  @Test func outcomesOfOneKindCannotBeLearned() {
    let survey = ReferenceSurvey(firms: 30, seed: 2).survey
    let constant = ScoringSurvey(
      answers: survey.answers, capabilities: survey.capabilities,
      outcomes: [.init(id: "always", kind: .binary, targets: [Double](repeating: 1, count: 30))])
    #expect(throws: TrainingError.singleClass) { try ScoringTrainer(settings: Self.settings()).train(constant) }
  }

  @Test func firmsOfWeightZeroDoNotCount() throws {
    let survey = ReferenceSurvey(firms: 200, seed: 9).survey
    let kept = Array(0..<150)
    let weights = survey.weights.indices.map { $0 < 150 ? 1.0 : 0 }
    var settings = Self.settings(bootstrap: 0)
    settings.usesWeights = true
    let weighted = try ScoringTrainer(settings: settings).train(survey.weighted(by: weights))
    let removed = try ScoringTrainer(settings: settings).train(survey.selectingRows(kept))
    #expect(weighted.outcomes[0].linear == removed.outcomes[0].linear)
    #expect(weighted.record.outcomes[1] == removed.record.outcomes[1])
  }
}

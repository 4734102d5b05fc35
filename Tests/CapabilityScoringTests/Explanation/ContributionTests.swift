import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct ContributionTests {
  static func model(firms: Int = 150, learner: TrainingSettings.Learner = .logistic, bootstrap: Int = 4) throws
    -> (model: ScoringModel, survey: ScoringSurvey)
  {
    let survey = ReferenceSurvey(firms: firms, seed: 11, capabilities: 14, missing: 0.03).survey
    var settings = ScoringTrainerTests.settings(bootstrap: bootstrap)
    settings.learner = learner
    return (try ScoringTrainer(settings: settings).train(survey), survey)
  }

  @Test(arguments: [TrainingSettings.Learner.logistic, .blend])
  func addUp(learner: TrainingSettings.Learner) throws {
    let (model, survey) = try Self.model(learner: learner)
    let firms = survey.answers.selectingRows(Array(0..<12))
    let reference = AnswerSummaries(survey.answers).typicalFirm(model.columns)
    let explainer = ContributionExplainer(model: model, reference: reference)
    let ids = (0..<12).map { "firm \($0)" }
    let contributions = try explainer.contributions(of: firms, ids: ids, threadCount: 2)
    #expect(try contributions == explainer.contributions(of: firms, ids: ids, threadCount: 1))
    let predictions = FirmScorer(model: model).predictions(firms)
    for (row, firm) in contributions.enumerated() {
      #expect(firm.id == ids[row])
      for (index, outcome) in firm.outcomes.enumerated() {
        #expect(abs(outcome.additivityResidual) < 1e-12)
        #expect(abs(outcome.prediction.value - predictions[index][row]) < 1e-12)
        #expect(outcome.contributions.count == 14)
        #expect(outcome.contributions[0].value.value != 0)
      }
    }
  }

  /// The Shapley values of the probability itself, over all subsets of capabilities.
  @Test func equalTheDefinition() throws {
    let (model, survey) = try Self.model(bootstrap: 0)
    let complete = (0..<150).first { row in
      (0..<14).allSatisfy { !survey.answers.values[row, $0].isNaN }
    }!
    let firm = survey.answers.selectingRows([complete])
    let reference = AnswerSummaries(survey.answers).typicalFirm(model.columns)
    let explained = try ContributionExplainer(model: model, reference: reference).contributions(of: firm, ids: ["x"])
    // One mixed firm per subset.
    let count = 14
    var elements: [Double] = []
    for item in 0..<count {
      for subset in 0..<1 << count {
        elements.append(subset >> item & 1 == 1 ? firm.values[0, item] : reference.values[0, item])
      }
    }
    let mixed = AnswerTable(
      columns: model.columns, values: Matrix(rowCount: 1 << count, columnCount: count, elements: elements))
    let values = FirmScorer(model: model).predictions(mixed)
    var factorials = [1.0]
    for n in 1...count { factorials.append(factorials[n - 1] * Double(n)) }
    for outcome in 0..<2 {
      for player in 0..<count {
        var sum = 0.0
        for subset in 0..<1 << count where subset >> player & 1 == 0 {
          let size = subset.nonzeroBitCount
          let weight = factorials[size] * factorials[count - 1 - size] / factorials[count]
          sum += weight * (values[outcome][subset | 1 << player] - values[outcome][subset])
        }
        let own = explained[0].outcomes[outcome].contributions.first { $0.id == "c\(player + 1)" }!
        #expect(abs(own.value.value - sum) < 1e-11)
      }
    }
  }

  @Test func theReferenceIsItself() throws {
    let (model, survey) = try Self.model()
    let reference = AnswerSummaries(survey.answers).typicalFirm(model.columns)
    let own = try ContributionExplainer(model: model, reference: reference).contributions(of: reference, ids: ["r"])
    for outcome in own[0].outcomes {
      #expect(outcome.prediction == outcome.reference)
      #expect(outcome.contributions.allSatisfy { $0.value.value == 0 && $0.value.lower == 0 && $0.value.upper == 0 })
    }
  }

  @Test func summariesHoldMeansAndModes() {
    let columns = [
      AnswerColumn(feature: Feature("scale", .ordinal), topLevel: 2),
      AnswerColumn(feature: Feature("colour", .categorical(levelCount: 3))),
      AnswerColumn(feature: Feature("nobody", .ordinal), topLevel: 1),
    ]
    let values = Matrix(rows: [[0, 2, .nan], [2, 2, .nan], [.nan, 0, .nan]])
    let summaries = AnswerSummaries(AnswerTable(columns: columns, values: values))
    #expect(summaries.columns[0].mean == 1)
    #expect(summaries.columns[0].levelShares == [0.5, 0, 0.5])
    #expect(abs(summaries.columns[0].missingShare - 1.0 / 3) < 1e-15)
    #expect(summaries.columns[1].mean == nil)
    let typical = summaries.typicalFirm(columns).values
    #expect(typical[0, 0] == 1)
    #expect(typical[0, 1] == 2)
    #expect(typical[0, 2].isNaN)
    #expect(summaries.fits(columns))
    #expect(!summaries.fits(Array(columns.reversed())))
  }
}

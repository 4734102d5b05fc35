import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct ScoringExplainerTests {
  static func firms(_ survey: ScoringSurvey) -> ScoringExplainer.Firms {
    ScoringExplainer.Firms(
      answers: survey.answers, targets: survey.outcomes.map(\.targets), weights: survey.weights)
  }

  static func explainer(_ model: ScoringModel, _ survey: ScoringSurvey, threads: Int = 2) -> ScoringExplainer {
    var explainer = ScoringExplainer(
      model: model, reference: AnswerSummaries(survey.answers).typicalFirm(model.columns))
    explainer.repeatCount = 4
    explainer.pairCount = 3
    explainer.threadCount = threads
    return explainer
  }

  /// With many firms every measure finds what the truth has, and leaves the rest behind.
  @Test func findsTheTruth() throws {
    let survey = ReferenceSurvey(firms: 2_000, seed: 21).survey
    let model = try ScoringTrainer(settings: ScoringTrainerTests.settings(bootstrap: 20)).train(survey)
    let explanation = try Self.explainer(model, survey).explain(Self.firms(survey))
    #expect(explanation.firmCount == 500)
    #expect(explanation.surveyFirmCount == 2_000)
    func strongest(_ outcome: Int, _ figure: (ScoringExplanation.OutcomeEntry) -> Double) -> [String] {
      explanation.entries.sorted { figure($0.outcomes[outcome]) > figure($1.outcomes[outcome]) }.prefix(3).map(\.id)
    }
    for figure in [
      { $0.importance!.value }, { $0.drop!.value }, { $0.uplift!.value },
    ] as [(ScoringExplanation.OutcomeEntry) -> Double] {
      #expect(Set(strongest(0, figure).prefix(2)) == ["c3", "c4"])
      #expect(strongest(1, figure)[0] == "c11")
    }
    // Capabilities 8 and 9 lift both outcomes.
    for id in ["c8", "c9"] {
      let place = explanation.entries.first { $0.id == id }!.place!
      #expect(place.space == .both)
      #expect(place.spaceAgreement > 0.9)
      #expect(place.rankLower...place.rankUpper ~= place.rank)
    }
    let exportOnly = explanation.entries.first { $0.id == "c11" }!.outcomes
    #expect(exportOnly[1].uplift!.value > 5 * exportOnly[0].uplift!.value)
    #expect(explanation.agreements.allSatisfy { $0.tau > 0.4 })
    #expect(explanation.pairs.count == 3)
    #expect(explanation.complementarity != nil)
  }

  @Test func doesNotDependOnThreads() throws {
    let (model, survey) = try ContributionTests.model(firms: 120, learner: .blend)
    var one = Self.explainer(model, survey, threads: 1)
    var three = Self.explainer(model, survey, threads: 3)
    one.wantsShapes = true
    three.wantsShapes = true
    #expect(try one.explain(Self.firms(survey)) == three.explain(Self.firms(survey)))
  }

  @Test func weightsCountFirms() throws {
    let (model, survey) = try ContributionTests.model(firms: 90)
    let weights = (0..<90).map { Double($0 % 3) }
    let rows = (0..<90).flatMap { [Int](repeating: $0, count: $0 % 3) }
    let weighted = try Self.explainer(model, survey).explain(Self.firms(survey.weighted(by: weights)))
    let repeated = try Self.explainer(model, survey).explain(Self.firms(survey.selectingRows(rows)))
    for (a, b) in zip(weighted.entries, repeated.entries) {
      #expect(a.id == b.id)
      for (x, y) in zip(a.outcomes, b.outcomes) {
        #expect(abs(x.importance!.value - y.importance!.value) < 1e-12)
        #expect(abs(x.uplift!.value - y.uplift!.value) < 1e-12)
      }
    }
  }

  @Test func withoutASurvey() throws {
    let (model, survey) = try ContributionTests.model()
    var explainer = Self.explainer(model, survey)
    explainer.wantsShapes = true
    let explanation = try explainer.explain(nil)
    #expect(explanation.firmCount == 0)
    #expect(explanation.entries.allSatisfy { $0.outcomes.allSatisfy { $0.importance == nil && $0.contrast != nil } })
    #expect(explanation.shapes!.curves.allSatisfy { $0.kind == .typicalFirm && $0.levels.count == 11 })
    // Monotone: no curve of a capability falls.
    for curve in explanation.shapes!.curves {
      for (low, high) in zip(curve.values, curve.values.dropFirst()) { #expect(high.value >= low.value - 1e-12) }
    }
  }

  /// Of a linear model in one capability, both curves have the slope that the model has.
  @Test func curvesAgreeWhereNothingInteracts() throws {
    let (model, survey) = try ContributionTests.model(firms: 200, bootstrap: 0)
    var explainer = Self.explainer(model, survey)
    explainer.wantsShapes = true
    let shapes = try explainer.explain(Self.firms(survey)).shapes!
    for kind in [CapabilityShapes.Kind.partialDependence, .accumulatedLocal] {
      let curve = shapes.curves.first { $0.kind == kind && $0.capability == "c3" && $0.outcome == "innovation" }!
      #expect(abs(curve.density.reduce(0, +) - 1) < 1e-9)
      let rise = curve.values.last!.value - curve.values[0].value
      #expect(rise > 0.1 && rise < 0.8)
    }
    #expect(shapes.surfaces.count == 6)
    #expect(shapes.surfaces.allSatisfy { $0.values.count == 25 && $0.values.allSatisfy { (0...1).contains($0) } })
  }

  /// Shuffling among firms that the models had not seen drops less than among those they had.
  @Test func heldOutDropsAreSmaller() throws {
    let survey = ReferenceSurvey(firms: 80, seed: 31).survey
    var settings = ScoringTrainerTests.settings(bootstrap: 0)
    settings.learner = .boostedTrees
    let model = try ScoringTrainer(settings: settings).train(survey)
    var explainer = Self.explainer(model, survey)
    let own = try explainer.explain(Self.firms(survey))
    explainer.heldOutDrops = try explainer.heldOutDrops(survey, folds: 4)
    let held = try explainer.explain(Self.firms(survey))
    #expect(held.isHeldOut && !own.isHeldOut)
    func total(_ explanation: ScoringExplanation) -> Double {
      explanation.entries.reduce(0) { $0 + $1.outcomes.reduce(0) { $0 + ($1.drop?.value ?? 0) } }
    }
    #expect(total(held) < total(own))
    #expect(held.outcomes[0].metric! < own.outcomes[0].metric!)
    let gains = try explainer.nullGains(survey, count: 5)
    #expect(gains[0]!.players.count == 18)
    #expect(gains[0]!.pValues.contains { $0 < 0.2 })
  }
}

import CapabilityScoring
import StatisticalLearning
import Testing

@Suite struct PlanAdvisorTests {
  static let model: ScoringModel = {
    let survey = ReferenceSurvey(firms: 400, seed: 21, capabilities: 6).survey
    var settings = ScoringTrainerTests.settings(bootstrap: 40)
    settings.folds = 3
    return try! ScoringTrainer(settings: settings).train(survey)
  }()
  static let firms = ReferenceSurvey(firms: 30, seed: 77, capabilities: 6).survey.answers

  /// Every combination of up to three steps of six capabilities, scored by the model itself.
  static func allPlans(_ firm: AnswerTable) -> [(steps: [Int], effort: Double, first: Double, second: Double)] {
    let row = firm.values.row(0)
    var plans: [[Int]] = [[]]
    for j in 0..<6 { plans = plans.flatMap { plan in (0...min(3, Int(4 - row[j]))).map { plan + [$0] } } }
    let raised = AnswerTable(
      columns: firm.columns,
      values: Matrix(rows: plans.map { plan in zip(row, plan).map { $0 + Double($1) } }))
    let scores = FirmScorer(model: model).predictions(raised)
    return plans.indices.map {
      (plans[$0], Double(plans[$0].reduce(0, +)), scores[0][$0], scores[1][$0])
    }
  }

  @Test(arguments: 0..<8)
  func leastEffortIsThatOfAllCombinations(index: Int) throws {
    let firm = Self.firms.selectingRows([index])
    let all = Self.allPlans(firm)
    let advisor = try PlanAdvisor(model: Self.model)
    let now = all[0]
    for rise in [0.05, 0.2, 0.6] {
      let target = (min(now.first + rise, 0.99), min(now.second + rise, 0.99))
      let advice = advisor.advise(firm, goal: .target(target.0, target.1))
      let reaching = all.filter { $0.first >= target.0 - 1e-9 && $0.second >= target.1 - 1e-9 }
      guard let least = reaching.map(\.effort).min() else {
        #expect(advice.plans.isEmpty && advice.certificate == .noSuchPlan)
        continue
      }
      let best = try #require(advice.plans.first)
      #expect(best.effort == least && advice.certificate == .optimal)
      #expect(best.first >= target.0 - 1e-9 && best.second >= target.1 - 1e-9)
      // What it says of the plan is what the model says of the firm with these answers.
      let steps = (0..<6).map { j in best.changes.first { $0.capability == "c\(j + 1)" }?.steps ?? 0 }
      let same = try #require(all.first { $0.steps == steps })
      #expect(abs(same.first - best.first) < 1e-9 && abs(same.second - best.second) < 1e-9)
      if let robust = advice.robust { #expect(robust.shareReached! >= 0.6 && robust.effort >= 0) }
    }
  }

  @Test(arguments: 0..<8)
  func budgetIsSpentBest(index: Int) throws {
    let firm = Self.firms.selectingRows([index])
    let advisor = try PlanAdvisor(model: Self.model)
    let ratio = Self.model.joint!.estimate.crossRatio
    for budget in [0.0, 2, 4] {
      let advice = advisor.advise(firm, goal: .budget(budget))
      let best = Self.allPlans(firm).filter { $0.effort <= budget }
        .map { ratio.jointProbability($0.first, $0.second) }.max()!
      let found = advice.plans.first?.both ?? advice.now.both
      #expect(abs(found - best) < 1e-9)
    }
  }

  @Test func treesHaveNoPlans() throws {
    let survey = ReferenceSurvey(firms: 150, seed: 3, capabilities: 4).survey
    var settings = ScoringTrainerTests.settings(bootstrap: 0)
    settings.learner = .boostedTrees
    settings.folds = 2
    let model = try ScoringTrainer(settings: settings).train(survey)
    #expect(throws: PlanAdvisor.Obstacle.trees(outcome: "innovation")) { try PlanAdvisor(model: model) }
  }
}

import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Steps of scales and weakest links: in the design, in uplifts, in what players add, in plans.
@Suite struct DesignColumnTests {
  /// The hand model with steps and links, all of random weight.
  static func model(replicates: Int = 2) -> ScoringModel {
    let hand = HandModel()
    let plain = hand.model
    let design = DesignEncoding(
      learning: hand.training, capabilityCount: 3, weights: [Double](repeating: 1, count: 40), minimumMarkWeight: 100,
      detail: .init(hasSteps: true, linked: [0, 1, 2]))
    var generator = CounterBasedGenerator(seed: 1, purpose: "coefficients")
    func part() -> LinearPart {
      LinearPart(intercept: -1, coefficients: design.columns.map { _ in 0.4 * generator.uniform() })
    }
    return ScoringModel(
      columns: plain.columns, capabilities: plain.capabilities, design: design,
      outcomes: ["innovation", "export"].map {
        OutcomeModel(
          id: $0, kind: .binary, linearShare: 1, linear: part(), linearReplicates: (0..<replicates).map { _ in part() })
      }, joint: nil, record: plain.record)
  }

  @Test func columns() {
    let design = Self.model().design
    let steps = design.columns.filter { if case .step = $0 { true } else { false } }
    // Four scales of five levels; practices of two levels have none.
    #expect(steps.count == 12 && steps.contains(.step(item: 3, level: 4)))
    #expect(
      design.columns.suffix(3) == [
        .weakest(first: 0, second: 1), .weakest(first: 0, second: 2), .weakest(first: 1, second: 2),
      ])
    let row = design.design(for: HandModel.middling).row(0)
    func value(_ column: DesignEncoding.Column) -> Double { row[design.columns.firstIndex(of: column)!] }
    #expect(value(.step(item: 1, level: 2)) == 1 && value(.step(item: 1, level: 4)) == 0)
    #expect(value(.step(item: 0, level: 2)) == 0)
    // Network (1 + 3) / 8, strategy (2 + 2) / 8, quality 1 / 3.
    #expect(value(.weakest(first: 0, second: 1)) == 0.5)
    #expect(abs(value(.weakest(first: 0, second: 2)) - 1.0 / 3) < 1e-12)
  }

  /// Steps of a scale are worth 1, 1, 1, 1 in one replicate and 1, 3, 1, 1 in the other, and only that one has a link.
  @Test func findings() throws {
    let design = Self.model().design
    func part(bends: Bool) -> LinearPart {
      LinearPart(
        intercept: 0,
        coefficients: design.columns.map { column in
          switch column {
          case .item(let item): item < 4 ? 1 : 0
          case .step(let item, 2): bends && item < 4 ? 2 : 0
          case .weakest(0, 2): bends ? 0.5 : 0
          default: 0
          }
        })
    }
    func found(_ bends: [Bool]) -> LinearFindings {
      LinearFindings(
        OutcomeModel(
          id: "innovation", kind: .binary, linearShare: 1, linear: part(bends: true),
          linearReplicates: bends.map { part(bends: $0) }), design: design)
    }
    let both = found([true, false])
    let scale = try #require(both.scales.first)
    #expect(both.scales.count == 1 && scale.itemCount == 4 && scale.share == 0.5)
    for (worth, expected) in zip(scale.worths, [0.8, 1.6, 0.8, 0.8]) { #expect(abs(worth - expected) < 1e-12) }
    #expect(both.links == [.init(first: 0, second: 2, share: 0.5)])
    #expect(found([false, false]) == found([]))
    #expect(found([]).scales.isEmpty && found([]).links.isEmpty)
  }

  /// An uplift is the score of the raised answers less that of the present ones.
  @Test(arguments: [[1.0, 3, 2, 2, 1, 0, 0, 0, 20], [4, 4, 0, 1, 1, 1, 0, 1, 7], [0, 4, 3, 3, 0, 0, 0, 2, 40]])
  func upliftsEqualScoresOfRaisedAnswers(answers: [Double]) {
    let model = Self.model()
    let engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
    let firm = HandModel.firm(answers)
    let filled = model.design.imputation.filled(firm)
    let steps = engine.steps(filled: filled.row(0))
    let rows = model.design.design(for: firm).converted(to: .rowMajor)
    let scores = engine.scores(
      firm: 0, filled: filled, designRows: rows,
      treeRows: TreeRows.matrix(answers: firm, design: model.design).converted(to: .rowMajor), steps: steps)
    for (capability, step) in steps.enumerated() where !step.isEmpty {
      var raised = answers
      for change in step.changes { raised[change.item] += change.amount }
      let design = model.design.design(for: HandModel.firm(raised))
      for (index, outcome) in model.outcomes.enumerated() {
        for (replicate, part) in ([outcome.linear!] + outcome.linearReplicates).enumerated() {
          #expect(abs(scores.raised[index][capability][replicate] - part.rawScores(for: design)[0]) < 1e-12)
        }
      }
    }
  }

  /// What players add to the log-odds is their Shapley value, over all orders of the players.
  @Test func playersShareWeakestLinks() throws {
    let model = Self.model(replicates: 0)
    let players = ExplanationPlayers(model)
    let (firm, reference) = (HandModel.firm([3, 4, 1, 0, 1, 1, 0, 1, 30]), HandModel.middling)
    let scorer = ReplicateScorer(model: model, outcome: 0, replicate: 0)
    let changes = try ScoreChanges(
      scorer, players: players, firms: FirmSet(firm, design: model.design),
      reference: FirmSet(reference, design: model.design))
    let count = players.count
    let subsets = (0..<1 << count).map { subset in
      (0..<model.columns.count).map { item in
        subset >> players.ofItem[item] & 1 == 1 ? firm.values[0, item] : reference.values[0, item]
      }
    }
    let table = AnswerTable(columns: model.columns, values: Matrix(rows: subsets))
    let values = scorer.rawScores(FirmSet(table, design: model.design))
    var factorials = [1.0]
    for n in 1...count { factorials.append(factorials[n - 1] * Double(n)) }
    for player in 0..<count {
      var expected = 0.0
      for subset in 0..<1 << count where subset >> player & 1 == 0 {
        let size = subset.nonzeroBitCount
        let weight = factorials[size] * factorials[count - size - 1] / factorials[count]
        expected += weight * (values[subset | 1 << player] - values[subset])
      }
      #expect(abs(changes.changes[player] - expected) < 1e-12)
    }
  }

  /// The plan of least effort, against all plans one by one.
  @Test(arguments: [0.55, 0.62, 0.7, 0.9])
  func plansWithWeakestLinksAreProved(target: Double) throws {
    let model = Self.model(replicates: 0)
    let planner = FirmPlanner(
      model: model, objective: .both, ranker: PriorityRanker(objective: .both),
      request: FirmPlanner.Request(targets: [.init(outcome: "innovation", chance: target)]))
    #expect(!planner.isAdditive)
    let answers = HandModel.firm([0, 1, 2, 1, 1, 0, 0, 0, 20])
    let filled = model.design.imputation.filled(answers).row(0)
    var least: Double?
    for plan in 0..<64 {
      let counts = [plan % 4, plan / 4 % 4, plan / 16]
      var raised = filled
      for (capability, count) in counts.enumerated() where count > 0 {
        let items = model.columns.indices.filter { model.columns[$0].capability == capability }
        let step = CapabilityStep(items: items, columns: model.columns, filled: filled, count: count)
        for change in step.changes { raised[change.item] += change.amount }
      }
      let design = model.design.design(for: HandModel.firm(raised))
      guard sigmoid(model.outcomes[0].linear!.rawScores(for: design)[0]) >= target else { continue }
      let effort = zip(counts, model.capabilities).reduce(0) { $0 + Double($1.0) * $1.1.effort }
      least = min(least ?? .infinity, effort)
    }
    let plan = planner.plan(answers)
    #expect(plan.isProved)
    #expect(plan.result == (least == nil ? .noSuchPlan : least == 0 ? .alreadyReached : .found))
    if let least, least > 0 { #expect(abs(plan.proposals[0].effort - least) < 1e-9) }
  }

  /// Where the truth is of thresholds or weakest links the posterior sees it; where it is linear it keeps to that.
  @Test func whatTheDataAskForIsLearned() throws {
    func chosen(_ kind: TruthKind) throws -> ScoringModel {
      let survey = ReferenceSurvey(firms: 700, seed: 4, kind: kind).survey
      return try ScoringTrainer(settings: ScoringTrainerTests.settings(bootstrap: 40)).train(survey)
    }
    #expect(try !chosen(.linear).design.hasWeakestLinks)
    #expect(try chosen(.interactions).design.hasWeakestLinks)
    let model = try chosen(.thresholds)
    let engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
    // From the third level to the fourth of 0…4 a step crosses the threshold; the one before does not.
    func uplift(from level: Double) -> Double {
      let firm = AnswerTable(columns: model.columns, values: Matrix(rows: [[Double](repeating: level, count: 18)]))
      let filled = model.design.imputation.filled(firm)
      let scores = engine.scores(
        firm: 0, filled: filled, designRows: model.design.design(for: firm).converted(to: .rowMajor),
        treeRows: TreeRows.matrix(answers: firm, design: model.design), steps: engine.steps(filled: filled.row(0)))
      return scores.raised[1][10][0] - scores.base[1][0]
    }
    #expect(uplift(from: 2) > 1.5 * uplift(from: 1))
  }
}

import BoostedTrees
import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Plans of models with trees: proved, and the proof is that of brute force.
@Suite struct TreePlanTests {
  private static let linear = HandModel(replicateShifts: (0..<24).map { 0.004 * Double($0 - 12) }).model

  /// Trees of depth three on items of any capability, monotone or not, with a nominal split now and then.
  private static func ensemble(seed: UInt64, isMonotone: Bool) throws -> TreeEnsemble {
    var generator = CounterBasedGenerator(seed: seed, purpose: "tree plans")
    let trees = try (0..<12).map { _ -> DecisionTree in
      var nodes: [DecisionTree.Node] = []
      func grow(_ depth: Int, _ low: Double, _ high: Double) {
        guard depth > 0 else {
          nodes.append(.leaf(value: low + (high - low) * generator.uniform()))
          return
        }
        let feature = generator.index(below: 8)
        let place = nodes.count
        nodes.append(.leaf(value: 0))
        let middle = low + (high - low) * generator.uniform()
        // Monotone: nothing on the left is above anything on the right.
        grow(depth - 1, low, isMonotone ? middle : high)
        let right = nodes.count
        grow(depth - 1, isMonotone ? middle : low, high)
        let missingGoesLeft = generator.uniform() < 0.5
        nodes[place] =
          feature == 7
          ? .split(feature: 7, categorySet: 0, missingGoesLeft: missingGoesLeft, left: place + 1, right: right)
          : .split(
            feature: feature, threshold: feature < 4 ? Double(generator.index(below: 4)) + 0.5 : 0.5,
            missingGoesLeft: missingGoesLeft, left: place + 1, right: right)
      }
      grow(3, -0.3, 0.3)
      return try DecisionTree(nodes: nodes, categorySets: [CategorySet([1])])
    }
    return try TreeEnsemble(
      trees: trees, outputs: trees.map { _ in 0 }, baseScores: [-0.4], features: HandModel.columns.map(\.feature))
  }

  private static func planner(
    seed: UInt64, isMonotone: Bool, share: Double, chance: Double, budget: Double? = nil
  ) throws -> FirmPlanner {
    let outcomes = try linear.outcomes.enumerated().map { index, outcome in
      let trees = try ensemble(seed: 2 * seed + UInt64(index), isMonotone: isMonotone)
      return OutcomeModel(
        id: outcome.id, kind: .binary, linearShare: share, calibration: .init(intercept: 0.1, slope: 1.2),
        linear: share > 0 ? outcome.linear : nil, trees: trees,
        linearReplicates: share > 0 ? outcome.linearReplicates : [],
        treeReplicates: outcome.linearReplicates.map { _ in trees })
    }
    let model = ScoringModel(
      columns: linear.columns, capabilities: linear.capabilities, design: linear.design, outcomes: outcomes,
      joint: linear.joint, record: linear.record)
    let targets = ["innovation", "export"].map { FirmPlan.Target(outcome: $0, chance: chance) }
    return FirmPlanner(
      model: model, objective: .both, ranker: PriorityRanker(objective: .both),
      request: .init(targets: budget == nil ? targets : [], budget: budget))
  }

  /// Two firms: complete, and with gaps in items that a plan may change.
  private static let firms = [HandModel.middling, HandModel.firm([1, .nan, 2, 2, .nan, 0, 0, 1, .nan])]

  /// Every number of steps of every capability.
  private static func everyPlan(_ firm: PlannedFirm) -> [[Int]] {
    firm.changes.reduce([[]]) { plans, steps in plans.flatMap { plan in (0...steps.count).map { plan + [$0] } } }
  }

  private static func effort(_ steps: [Int]) -> Double {
    zip(steps, HandModel.capabilities).reduce(0) { $0 + Double($1.0) * $1.1.effort }
  }

  /// The model's gain of no plan exceeds the sum of the bounds of its changes.
  @Test(arguments: 0..<12)
  func boundsAreNeverTooLow(seed: Int) throws {
    let planner = try Self.planner(
      seed: UInt64(seed), isMonotone: seed % 2 == 0, share: seed % 3 == 0 ? 0 : 0.5, chance: 0.5)
    for answers in Self.firms {
      let firm = PlannedFirm(answers, planner: planner)
      let problem = firm.boundedProblem()
      for steps in Self.everyPlan(firm) {
        let own = firm.gain(of: steps)
        var bound = (innovation: 0.0, export: 0.0)
        for (capability, count) in steps.enumerated() where count > 0 && !problem.options[capability].isEmpty {
          bound.innovation += problem.options[capability][count - 1].innovation
          bound.export += problem.options[capability][count - 1].export
        }
        #expect(own.innovation <= bound.innovation + 1e-9 && own.export <= bound.export + 1e-9, "\(steps)")
      }
    }
  }

  @Test(arguments: 0..<12, [0.4, 0.55, 0.7])
  func theLeastEffortIsThatOfBruteForce(seed: Int, chance: Double) throws {
    let planner = try Self.planner(
      seed: UInt64(seed), isMonotone: seed % 2 == 0, share: seed % 3 == 0 ? 0 : 0.5, chance: chance)
    for answers in Self.firms {
      let firm = PlannedFirm(answers, planner: planner)
      let needed = firm.problem(replicate: 0)
      let reaching = Self.everyPlan(firm).filter { steps in
        let own = firm.gain(of: steps)
        return needed.isReached(own.innovation, own.export)
      }
      let plan = planner.plan(answers)
      guard let least = reaching.map(Self.effort).min() else {
        #expect(plan.result == .noSuchPlan && plan.isProved)
        continue
      }
      guard least > 0 else {
        #expect(plan.result == .alreadyReached)
        continue
      }
      let first = try #require(plan.proposals.first)
      #expect(plan.isProved && abs(first.effort - least) < 1e-9)
      #expect(plan.proposals[0].outcomes.allSatisfy { $0.value >= chance - 1e-9 })
      // A robust plan reaches the target in the replicates themselves, or is not told.
      if let robust = plan.robust?.proposal { #expect((robust.shareReached ?? 0) >= 0.8 - 1e-9) }
    }
  }

  @Test(arguments: 0..<8, [1, 2.5, 4])
  func theBestWithinABudgetIsThatOfBruteForce(seed: Int, budget: Double) throws {
    let planner = try Self.planner(
      seed: UInt64(seed), isMonotone: seed % 2 == 0, share: 0.5, chance: 0.5, budget: budget)
    for answers in Self.firms {
      let firm = PlannedFirm(answers, planner: planner)
      let best = Self.everyPlan(firm).filter { Self.effort($0) <= budget + 1e-9 }.map { steps in
        let own = firm.gain(of: steps)
        return firm.value(own.innovation, own.export)
      }.max()!
      let plan = planner.plan(answers)
      #expect(plan.isProved)
      guard best > 1e-12 else {
        #expect(plan.result == .nothingHelps)
        continue
      }
      let first = try #require(plan.proposals.first)
      let joint = try #require(first.joint)
      let now = planner.model.joint!.estimate.crossRatio
      let base = planner.plainEngine.scores(
        firm: 0, filled: firm.filled, designRows: firm.design, treeRows: firm.treeRows, steps: []
      ).base.map { sigmoid($0[0]) }
      #expect(abs(joint.value - now.jointProbability(base[0], base[1]) - best) < 1e-9)
    }
  }
}

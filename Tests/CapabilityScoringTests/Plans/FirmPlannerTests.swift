import BoostedTrees
import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct FirmPlannerTests {
  private let hand = HandModel(replicateShifts: (0..<40).map { 0.004 * Double($0 - 20) })

  private func plan(_ request: FirmPlanner.Request, _ firm: AnswerTable = HandModel.middling) -> FirmPlan {
    FirmPlanner(model: hand.model, objective: .both, ranker: PriorityRanker(objective: .both), request: request)
      .plan(firm)
  }

  private func request(_ innovation: Double?, _ export: Double?, budget: Double? = nil) -> FirmPlanner.Request {
    var targets: [FirmPlan.Target] = []
    if let innovation { targets.append(.init(outcome: "innovation", chance: innovation)) }
    if let export { targets.append(.init(outcome: "export", chance: export)) }
    return .init(targets: targets, budget: budget)
  }

  /// Chances of the middling firm after so many steps of each capability, from the slopes alone.
  private func chances(_ steps: (Int, Int, Int)) -> (innovation: Double, export: Double) {
    let network = [min(4, 1 + steps.0), min(4, 3 + steps.0)].reduce(0, +)
    let strategy = 2 * min(4, 2 + steps.1)
    let quality = min(3, 1 + steps.2)
    func odds(_ i: Double, _ a: Double, _ b: Double, _ c: Double) -> Double {
      sigmoid(i + a * Double(network) + b * Double(strategy) + c * Double(quality))
    }
    return (odds(-2, 0.3, 0.1, 0.5), odds(-2.5, 0.1, 0.4, 0.5))
  }

  private var everyPlan: [(steps: (Int, Int, Int), effort: Double)] {
    var plans: [(steps: (Int, Int, Int), effort: Double)] = []
    for a in 0...3 {
      for b in 0...2 {
        for c in 0...2 { plans.append(((a, b, c), Double(a) + 2 * Double(b) + 0.5 * Double(c))) }
      }
    }
    return plans
  }

  @Test(arguments: [0.5, 0.6, 0.7, 0.8], [0.5, 0.65, 0.8])
  func theLeastEffortIsThatOfBruteForce(innovation: Double, export: Double) throws {
    let reaching = everyPlan.filter {
      let after = chances($0.steps)
      return after.innovation >= innovation - 1e-9 && after.export >= export - 1e-9
    }
    let plan = plan(request(innovation, export))
    guard let least = reaching.map(\.effort).min() else {
      #expect(plan.result == .noSuchPlan && plan.isProved && plan.proposals.isEmpty)
      return
    }
    if least == 0 {
      #expect(plan.result == .alreadyReached)
      return
    }
    let best = try #require(plan.proposals.first)
    #expect(plan.result == .found && plan.isProved && abs(best.effort - least) < 1e-9)
    // What it says of the chances is what the slopes say.
    func steps(_ id: String) -> Int { best.changes.first { $0.capability == id }?.steps ?? 0 }
    let after = chances((steps("network"), steps("strategy"), steps("quality")))
    #expect(abs(best.outcomes[0].value - after.innovation) < 1e-12)
    #expect(abs(best.outcomes[1].value - after.export) < 1e-12)
    for outcome in best.outcomes { #expect(outcome.lower <= outcome.value && outcome.value <= outcome.upper) }
    for other in plan.proposals { #expect(other.effort <= least * 1.05 + 1e-9) }
  }

  @Test func noPlanIsCertified() {
    let plan = plan(request(0.999, 0.999))
    #expect(plan.result == .noSuchPlan && plan.isProved && plan.proposals.isEmpty && plan.robust == nil)
  }

  @Test func aTargetThatIsReachedNeedsNothing() {
    #expect(plan(request(0.2, 0.2)).result == .alreadyReached)
  }

  /// With a budget: the greatest chance of both among all combinations that it allows.
  @Test(arguments: [0.5, 1, 2, 3.5, 6])
  func theBestWithinABudgetIsThatOfBruteForce(budget: Double) throws {
    let ratio = hand.model.joint!.estimate.crossRatio
    let best = everyPlan.filter { $0.effort <= budget + 1e-9 }.map { plan in
      let after = chances(plan.steps)
      return ratio.jointProbability(after.innovation, after.export)
    }.max()!
    let plan = plan(.init(targets: [], budget: budget))
    let proposal = try #require(plan.proposals.first)
    #expect(plan.result == .found && plan.isProved && proposal.effort <= budget + 1e-9)
    #expect(abs(try #require(proposal.joint).value - best) < 1e-12)
  }

  @Test func aTargetBeyondTheBudgetIsToldAndTheBestWithinItGiven() throws {
    let free = plan(request(0.75, 0.7))
    let needed = try #require(free.proposals.first).effort
    let plan = plan(request(0.75, 0.7, budget: needed - 0.5))
    #expect(plan.result == .overBudget && plan.effortNeeded == needed && plan.targets.count == 2)
    #expect(try #require(plan.proposals.first).effort <= needed - 0.5 + 1e-9)
  }

  /// The robust plan reaches the target in four fifths of the replicates, and no cheaper combination does.
  @Test func theRobustPlanIsThatOfBruteForce() throws {
    let plan = plan(request(0.6, 0.55))
    let robust = try #require(plan.robust)
    let proposal = try #require(robust.proposal)
    #expect(robust.isProved && (proposal.shareReached ?? 0) >= 0.8)
    func share(_ steps: (Int, Int, Int)) -> Double {
      let network = Double([min(4, 1 + steps.0), min(4, 3 + steps.0)].reduce(0, +))
      let strategy = Double(2 * min(4, 2 + steps.1))
      let quality = Double(min(3, 1 + steps.2))
      let reached = hand.replicateShifts.count { shift in
        sigmoid(-2 + (0.3 + shift) * network + (0.1 + shift) * strategy + (0.5 + shift) * quality) >= 0.6 - 1e-9
          && sigmoid(-2.5 + (0.1 + shift) * network + (0.4 + shift) * strategy + (0.5 + shift) * quality) >= 0.55 - 1e-9
      }
      return Double(reached) / Double(hand.replicateShifts.count)
    }
    let least = try #require(everyPlan.filter { share($0.steps) >= 0.8 }.map(\.effort).min())
    #expect(abs(proposal.effort - least) < 1e-9)
    if robust.isFirstProposal { #expect(proposal == plan.proposals[0]) }
  }

  /// A tree in which strategy and quality count only together: gains do not add up, and the plan is proved all the same.
  @Test func withTreesThePlanStillReachesItsTarget() throws {
    let linear = hand.model
    let tree = try DecisionTree(nodes: [
      .split(feature: 2, threshold: 2.5, missingGoesLeft: true, left: 1, right: 2), .leaf(value: -0.5),
      .split(feature: 3, threshold: 3.5, missingGoesLeft: true, left: 3, right: 4), .leaf(value: -0.4), .leaf(value: 2),
    ])
    let ensemble = try TreeEnsemble(
      trees: [tree], outputs: [0], baseScores: [-1], features: HandModel.columns.map(\.feature))
    let model = ScoringModel(
      columns: linear.columns, capabilities: linear.capabilities, design: linear.design,
      outcomes: linear.outcomes.map {
        OutcomeModel(
          id: $0.id, kind: .binary, linearShare: 0.5, linear: $0.linear, trees: ensemble,
          linearReplicates: $0.linearReplicates, treeReplicates: $0.linearReplicates.map { _ in ensemble })
      }, joint: linear.joint, record: linear.record)
    let planner = FirmPlanner(
      model: model, objective: .both, ranker: PriorityRanker(objective: .both), request: request(0.6, 0.6))
    let plan = planner.plan(HandModel.middling)
    let best = try #require(plan.proposals.first)
    #expect(plan.result == .found && plan.isProved)
    #expect(best.outcomes.allSatisfy { $0.value >= 0.6 - 1e-9 })
  }

  @Test func aSingleTargetLeavesTheOtherGoalFree() throws {
    let plan = plan(request(0.7, nil))
    let least = everyPlan.filter { chances($0.steps).innovation >= 0.7 - 1e-9 }.map(\.effort).min()
    #expect(try #require(plan.proposals.first).effort == least)
  }
}

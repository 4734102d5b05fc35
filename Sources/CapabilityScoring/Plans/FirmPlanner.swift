import Foundation
import StatisticalLearning

/// Makes plans for firms: the least effort that reaches a chance of both goals, or the most that a budget allows.
///
/// Gains are differences of log-odds by the model. With linear models they add up, and the search is exact
/// (``PlanSearch``). With trees in the model the search takes the gains of each change alone, and asks for more until the
/// model itself says that the whole plan reaches the target; nothing is called proved then.
public struct FirmPlanner: Sendable {
  public struct Request: Sendable, Equatable {
    /// Chances to reach; empty for a plan by budget.
    public var targets: [FirmPlan.Target]
    public var budget: Double?
    /// Of the replicates that a robust plan must reach the targets in.
    public var robustShare: Double
    /// Steps of one capability at most.
    public var largestStepCount: Int

    /// - Parameters:
    ///   - targets: Chances in `0 < c < 1`, of outcomes of the model.
    ///   - budget: Effort; required when there are no targets.
    public init(
      targets: [FirmPlan.Target], budget: Double? = nil, robustShare: Double = 0.8, largestStepCount: Int = 3
    ) {
      precondition(!targets.isEmpty || budget != nil, "a plan without a target or a budget")
      precondition(targets.allSatisfy { $0.chance > 0 && $0.chance < 1 }, "a chance outside 0 to 1")
      precondition(budget.map { $0 > 0 && $0.isFinite } ?? true, "a budget of \(budget ?? 0)")
      precondition((0...1).contains(robustShare) && largestStepCount > 0, "a share of \(robustShare)")
      self.targets = targets
      self.budget = budget
      self.robustShare = robustShare
      self.largestStepCount = largestStepCount
    }
  }

  let model: ScoringModel
  let objective: PriorityObjective
  let ranker: PriorityRanker
  let request: Request
  let engine: UpliftEngine
  /// The model's outcomes that play the parts of innovation and export; the same one when there is only one.
  let first: Int
  let second: Int

  public init(model: ScoringModel, objective: PriorityObjective, ranker: PriorityRanker, request: Request) {
    self.model = model
    self.objective = objective
    self.ranker = ranker
    self.request = request
    engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
    first = model.joint?.first ?? 0
    second = model.joint?.second ?? 0
  }

  /// Whether gains of different capabilities add up.
  var isAdditive: Bool { model.outcomes[first].linearShare == 1 && model.outcomes[second].linearShare == 1 }

  /// - Parameter answers: One firm's.
  public func plan(_ answers: AnswerTable) -> FirmPlan {
    let firm = PlannedFirm(answers, planner: self)
    guard !request.targets.isEmpty else { return byBudget(firm, budget: request.budget!) }
    let problem = firm.problem(replicate: 0)
    var plan = FirmPlan(
      result: .found, targets: request.targets, budget: request.budget, proposals: [], isProved: isAdditive)
    guard !problem.isReached(0, 0) else {
      plan.result = .alreadyReached
      plan.isProved = true
      return plan
    }
    let found = isAdditive ? PlanSearch().leastEffort(problem) : reaching(firm, problem)
    switch found.certificate {
    case .noSuchPlan:
      plan.result = .noSuchPlan
      return plan
    case .bounded(let bound):
      plan.isProved = false
      plan.bound = bound
    case .optimal: break
    }
    guard let best = found.best else {
      plan.result = .noSuchPlan
      return plan
    }
    if let budget = request.budget, best.effort > budget * (1 + 1e-9) {
      plan = byBudget(firm, budget: budget)
      plan.result = .overBudget
      plan.targets = request.targets
      plan.effortNeeded = best.effort
      return plan
    }
    plan.proposals = found.plans.map { firm.proposal($0.steps) }
    plan.robust = robust(firm, first: found.plans[0])
    return plan
  }

  /// Plans that reach the targets by the model itself, where gains do not add up: the needs are raised by what the best
  /// plan falls short, a few times.
  private func reaching(_ firm: PlannedFirm, _ problem: PlanProblem) -> PlanResult {
    var raised = problem
    for _ in 0..<12 {
      let found = PlanSearch(nodeLimit: 200_000).leastEffort(raised)
      guard let best = found.best else { break }
      let lacking = firm.lacking(best.steps)
      guard lacking.innovation > 0 || lacking.export > 0 else {
        let plans = found.plans.filter { firm.lacking($0.steps) == (0, 0) }
        return PlanResult(plans: plans, certificate: .optimal, nodeCount: found.nodeCount)
      }
      raised.innovationNeeded += lacking.innovation
      raised.exportNeeded += lacking.export
    }
    return PlanResult(plans: [], certificate: .noSuchPlan, nodeCount: 0)
  }

  /// The most that a budget allows.
  private func byBudget(_ firm: PlannedFirm, budget: Double) -> FirmPlan {
    let found = PlanSearch(nodeLimit: 200_000).greatestValue(firm.problem(replicate: 0), within: budget) {
      firm.value($0, $1)
    }
    var plan = FirmPlan(
      result: .found, targets: [], budget: budget, proposals: [],
      isProved: isAdditive && found.certificate == .optimal)
    if case .bounded(let bound) = found.certificate { plan.bound = bound }
    var seen = Set<[Int]>()
    let steps = found.plans.map { firm.withoutIdleSteps($0.steps) }.filter { seen.insert($0).inserted }
    guard let best = steps.first, best.contains(where: { $0 > 0 }) else {
      plan.result = .nothingHelps
      return plan
    }
    plan.proposals = steps.filter { $0.contains { $0 > 0 } }.map(firm.proposal)
    return plan
  }

  private func robust(_ firm: PlannedFirm, first best: Plan) -> FirmPlan.Robust? {
    let count = model.outcomes[first].replicateCount
    // A share of fewer replicates than this says nothing.
    guard count >= 20 else { return nil }
    let problems = (1...count).map(firm.problem)
    let share = request.robustShare
    if PlanSearch.shareReached(best.steps, replicates: problems) >= share {
      return .init(share: share, proposal: firm.proposal(best.steps), isProved: isAdditive, isFirstProposal: true)
    }
    let found = PlanSearch(planCount: 1, tolerance: 0, nodeLimit: 20_000).leastEffort(
      replicates: problems, share: share)
    let isProved = isAdditive && (found.certificate == .optimal || found.certificate == .noSuchPlan)
    return .init(
      share: share, proposal: found.best.map { firm.proposal($0.steps) }, isProved: isProved, isFirstProposal: false)
  }
}

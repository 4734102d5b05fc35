import Foundation
import StatisticalLearning

/// Makes plans for firms: the least effort that reaches a chance of both goals, or the most that a budget allows.
///
/// Gains are differences of log-odds by the model. With linear models they add up, and the search is exact
/// (``PlanSearch``). With trees in the model they do not: the search then prunes by upper bounds of what each change adds
/// whatever else changes (``TreeGainBounds``) and asks the model itself about whole plans, which is exact too as long as it
/// ends within its limit. Where it does not, plans found by asking for more than the changes alone add are offered, and
/// called not proved. Robust plans of models with trees are never called proved.
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
  /// Of the model alone, without its replicates.
  let plainEngine: UpliftEngine
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
    let plain = model.withoutReplicates
    plainEngine = UpliftEngine(
      design: plain.design, columns: plain.columns, capabilities: plain.capabilities, outcomes: plain.outcomes)
    first = model.joint?.first ?? 0
    second = model.joint?.second ?? 0
  }

  /// Whether gains of different capabilities add up.
  var isAdditive: Bool {
    model.outcomes[first].linearShare == 1 && model.outcomes[second].linearShare == 1 && !model.design.hasWeakestLinks
  }

  /// - Parameter answers: One firm's.
  public func plan(_ answers: AnswerTable) -> FirmPlan {
    let firm = PlannedFirm(answers, planner: self)
    guard !request.targets.isEmpty else { return byBudget(firm, budget: request.budget!) }
    let problem = firm.problem(replicate: 0)
    var plan = FirmPlan(
      result: .found, targets: request.targets, budget: request.budget, proposals: [], isProved: true)
    guard !problem.isReached(0, 0) else {
      plan.result = .alreadyReached
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
      // None was found before the limit.
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
    plan.robust = robust(firm, first: found.plans[0], isFirstProved: plan.isProved)
    return plan
  }

  /// Plans that reach the targets by the model itself, where gains do not add up.
  private func reaching(_ firm: PlannedFirm, _ problem: PlanProblem) -> PlanResult {
    let bounded = firm.boundedProblem()
    let found = PlanSearch(nodeLimit: 20_000).leastEffort(bounded) { firm.gain(of: $0) }
    guard case .bounded(let bound) = found.certificate else { return found }
    let other = quick(firm, problem)
    guard let best = other.first else { return found }
    // The better of the two; what is proved of the one holds for the other.
    if let own = found.best, own.effort <= best.effort { return found }
    return PlanResult(
      plans: other, certificate: best.effort <= bound + PlanShortlist.slack(bound) ? .optimal : .bounded(bound),
      nodeCount: found.nodeCount)
  }

  /// Plans found by raising the needs by what the best plan of the gains of each change alone falls short, a few times.
  private func quick(_ firm: PlannedFirm, _ problem: PlanProblem) -> [Plan] {
    var raised = problem
    for _ in 0..<12 {
      let found = PlanSearch(nodeLimit: 200_000).leastEffort(raised)
      guard let best = found.best else { break }
      let lacking = firm.lacking(best.steps)
      guard lacking.innovation > 0 || lacking.export > 0 else {
        return found.plans.filter { firm.lacking($0.steps) == (0, 0) }
      }
      raised.innovationNeeded += lacking.innovation
      raised.exportNeeded += lacking.export
    }
    return []
  }

  /// The most that a budget allows.
  private func byBudget(_ firm: PlannedFirm, budget: Double) -> FirmPlan {
    let found =
      isAdditive
      ? PlanSearch(nodeLimit: 200_000).greatestValue(firm.problem(replicate: 0), within: budget) { firm.value($0, $1) }
      : PlanSearch(nodeLimit: 20_000).greatestValue(
        firm.boundedProblem(), within: budget, gains: { firm.gain(of: $0) }, value: { firm.value($0, $1) })
    var plan = FirmPlan(
      result: .found, targets: [], budget: budget, proposals: [],
      isProved: found.certificate == .optimal)
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

  private func robust(_ firm: PlannedFirm, first best: Plan, isFirstProved: Bool) -> FirmPlan.Robust? {
    let count = model.outcomes[first].replicateCount
    // A share of fewer replicates than this says nothing.
    guard count >= 20 else { return nil }
    let problems = (1...count).map(firm.problem)
    let share = request.robustShare
    let own = firm.proposal(best.steps)
    // Nothing takes less effort than the first proposal, robust or not, as far as that is proved.
    if (own.shareReached ?? 0) >= share - 1e-9 {
      return .init(share: share, proposal: own, isProved: isFirstProved, isFirstProposal: true)
    }
    let found = PlanSearch(planCount: 1, tolerance: 0, nodeLimit: 10_000).leastEffort(
      replicates: problems, share: share)
    let isProved = isAdditive && (found.certificate == .optimal || found.certificate == .noSuchPlan)
    // With trees gains of changes alone are a guess: the replicates themselves must agree.
    let proposal = found.best.map { firm.proposal($0.steps) }.flatMap {
      ($0.shareReached ?? 0) >= share - 1e-9 ? $0 : nil
    }
    return .init(share: share, proposal: proposal, isProved: isProved, isFirstProposal: false)
  }
}

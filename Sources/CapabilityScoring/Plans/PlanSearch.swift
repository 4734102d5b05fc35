/// Finds the plan of least effort, with proof.
///
/// Depth-first branch and bound over the capabilities. The bound at a partial plan is the best of a fan of Lagrangian
/// relaxations: for multipliers λ, μ ≥ 0 and what is still needed, `r_I` and `r_E`,
///
/// ```
/// effort so far + λ r_I + μ r_E + Σ_open min(0, min_s (e_s − λ a_s − μ b_s))
/// ```
///
/// is at most the effort of every completion, whatever the multipliers (Fisher 1981, *The Lagrangian relaxation method
/// for solving integer programming problems*); their sums over the open capabilities are tabulated, so a node costs a
/// few dozen multiplications. When all efforts are multiples of one unit, bounds are rounded up to it.
public struct PlanSearch: Sendable, Equatable {
  /// How many plans to return at most, the best included.
  public var planCount: Int
  /// How much more effort than the best an alternative may take, as a share.
  public var tolerance: Double
  /// Partial plans to look at before giving up on a proof.
  public var nodeLimit: Int

  public init(planCount: Int = 5, tolerance: Double = 0.05, nodeLimit: Int = 4_000_000) {
    precondition(planCount > 0 && tolerance >= 0 && nodeLimit > 0, "a search for \(planCount) plans")
    self.planCount = planCount
    self.tolerance = tolerance
    self.nodeLimit = nodeLimit
  }

  /// The plan of least effort that reaches both needs, and alternatives; gains add up.
  public func leastEffort(_ problem: PlanProblem) -> PlanResult {
    leastEffort(problem, gains: nil)
  }

  /// The same for a model whose gains do not add up.
  ///
  /// - Parameters:
  ///   - problem: Its gains must be upper bounds: for every plan, the model's gain is at most the sum of its options'
  ///     gains. The closer they are, the quicker the proof.
  ///   - gains: The model's own gains in log-odds of a whole plan, from its steps.
  public func leastEffort(
    _ problem: PlanProblem, gains: @escaping (_ steps: [Int]) -> (innovation: Double, export: Double)
  ) -> PlanResult {
    leastEffort(problem, gains: Optional(gains))
  }

  private func leastEffort(
    _ problem: PlanProblem, gains: ((_ steps: [Int]) -> (innovation: Double, export: Double))?
  ) -> PlanResult {
    var state = LeastEffortState(problem: problem, search: self, gains: gains)
    return state.run()
  }
}

/// The plans found so far: at most so many, all within tolerance of the best.
struct PlanShortlist {
  let capacity: Int
  let tolerance: Double
  private(set) var plans: [Plan] = []

  init(capacity: Int, tolerance: Double) {
    self.capacity = capacity
    self.tolerance = tolerance
  }

  /// Efforts that differ by less than this are equal.
  static func slack(_ effort: Double) -> Double { 1e-9 * Swift.max(1, effort) }

  /// A completion of at least this effort is of no use.
  var limit: Double {
    guard let best = plans.first else { return .infinity }
    let band = best.effort * (1 + tolerance) + Self.slack(best.effort)
    guard plans.count == capacity, let last = plans.last else { return band }
    return Swift.min(band, last.effort - Self.slack(last.effort))
  }

  mutating func insert(_ plan: Plan) {
    guard plan.effort < limit || plans.isEmpty else { return }
    let place = plans.firstIndex { $0.effort > plan.effort } ?? plans.count
    plans.insert(plan, at: place)
    let band = plans[0].effort * (1 + tolerance) + Self.slack(plans[0].effort)
    plans.removeAll { $0.effort > band }
    if plans.count > capacity { plans.removeLast() }
  }
}

private struct LeastEffortState {
  let problem: PlanProblem
  let gains: (([Int]) -> (innovation: Double, export: Double))?
  let nodeLimit: Int
  /// The capabilities in the order of branching, and each one's choices in the order of trying: (steps, option).
  let order: [Int]
  let choices: [[(steps: Int, option: PlanOption)]]
  let bounds: EffortBounds
  var shortlist: PlanShortlist
  var steps: [Int]
  var nodeCount = 0
  /// The least bound among what was left unexplored at the limit.
  var unexplored = Double.infinity

  init(problem: PlanProblem, search: PlanSearch, gains: (([Int]) -> (innovation: Double, export: Double))?) {
    self.problem = problem
    self.gains = gains
    nodeLimit = search.nodeLimit
    let multipliers = EffortBounds.fan(problem)
    let (lambda, mu) = multipliers.first ?? (0, 0)
    let none = PlanOption(effort: 0, innovation: 0, export: 0)
    func reduced(_ option: PlanOption) -> Double { option.effort - lambda * option.innovation - mu * option.export }
    // First what the relaxation is surest about, so that departures from it are pruned early.
    let regret = problem.options.map { options -> Double in
      let costs = ([none] + options).map(reduced).sorted()
      return costs.count > 1 ? costs[1] - costs[0] : 0
    }
    order = problem.options.indices.filter { !problem.options[$0].isEmpty }.sorted {
      regret[$0] == regret[$1] ? $0 < $1 : regret[$0] > regret[$1]
    }
    choices = order.map { j in
      ([none] + problem.options[j]).enumerated().map { (steps: $0.offset, option: $0.element) }.sorted {
        let (a, b) = (reduced($0.option), reduced($1.option))
        return a == b ? $0.steps < $1.steps : a < b
      }
    }
    bounds = EffortBounds(problem, order: order, multipliers: multipliers)
    shortlist = PlanShortlist(capacity: search.planCount, tolerance: search.tolerance)
    steps = [Int](repeating: 0, count: problem.options.count)
  }

  mutating func run() -> PlanResult {
    descend(0, 0, 0, 0)
    let certificate: PlanResult.Certificate
    if unexplored.isFinite {
      let bound = Swift.min(unexplored, shortlist.plans.first?.effort ?? .infinity)
      certificate =
        bound >= (shortlist.plans.first?.effort ?? .infinity) - PlanShortlist.slack(bound) ? .optimal : .bounded(bound)
    } else {
      certificate = shortlist.plans.isEmpty ? .noSuchPlan : .optimal
    }
    return PlanResult(plans: shortlist.plans, certificate: certificate, nodeCount: nodeCount)
  }

  private mutating func descend(_ depth: Int, _ effort: Double, _ innovation: Double, _ export: Double) {
    let bound = bounds.leastEffort(depth, effort, innovation, export)
    guard bound < shortlist.limit else { return }
    if nodeCount >= nodeLimit {
      unexplored = Swift.min(unexplored, bound)
      return
    }
    nodeCount += 1
    // With the open capabilities as they are, this is a plan; completing it would only add effort.
    if problem.isReached(innovation, export) {
      guard let gains else {
        record(effort, innovation, export)
        return
      }
      let own = gains(steps)
      if problem.isReached(own.innovation, own.export) {
        record(effort, own.innovation, own.export)
        return
      }
    }
    guard depth < order.count else { return }
    let j = order[depth]
    for (count, option) in choices[depth] {
      steps[j] = count
      descend(depth + 1, effort + option.effort, innovation + option.innovation, export + option.export)
    }
    steps[j] = 0
  }

  private mutating func record(_ effort: Double, _ innovation: Double, _ export: Double) {
    // A plan that could leave out or lessen a change is not worth telling: the lesser plan is found by itself.
    for j in steps.indices where steps[j] > 0 {
      let current = problem.options[j][steps[j] - 1]
      for count in 0...problem.options[j].count where count != steps[j] {
        let lesser = count == 0 ? nil : problem.options[j][count - 1]
        guard (lesser?.effort ?? 0) < current.effort else { continue }
        let reached: Bool
        if let gains {
          var changed = steps
          changed[j] = count
          let own = gains(changed)
          reached = problem.isReached(own.innovation, own.export)
        } else {
          reached = problem.isReached(
            innovation - current.innovation + (lesser?.innovation ?? 0), export - current.export + (lesser?.export ?? 0)
          )
        }
        if reached { return }
      }
    }
    shortlist.insert(Plan(steps: steps, effort: effort, innovation: innovation, export: export))
  }
}

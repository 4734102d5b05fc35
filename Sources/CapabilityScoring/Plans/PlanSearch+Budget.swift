import Foundation

extension PlanSearch {
  /// The plan of greatest value that a budget allows, and alternatives that gain nearly as much.
  ///
  /// Depth-first branch and bound. What the open capabilities can still add within the remaining budget lies, in gains
  /// of log-odds, inside a polygon: in each of a fan of directions *d*, no further than
  /// `min_θ (θ · remaining + Σ_open max(0, max_s (d · gain_s − θ e_s)))`. Because `value` rises with both gains, on a
  /// stretch of the polygon's edge it is at most its value at the stretch's outer corner; stretches are halved until
  /// they can't hold anything better than what was found.
  ///
  /// - Parameters:
  ///   - problem: Its needs are not read.
  ///   - budget: The greatest effort allowed.
  ///   - value: Not decreasing in either gain of log-odds: for instance the smaller of the two probabilities, or the
  ///     probability of both.
  /// - Returns: Plans whose gain of value is within ``tolerance`` of the best's, greatest value first; never
  ///   `noSuchPlan`, because doing nothing is within every budget. `.bounded` holds a value, not an effort.
  public func greatestValue(
    _ problem: PlanProblem, within budget: Double, value: @escaping (_ innovation: Double, _ export: Double) -> Double
  ) -> PlanResult {
    precondition(budget >= 0, "a budget of \(budget)")
    var state = BudgetState(problem: problem, budget: budget, search: self, gains: nil, value: value)
    return state.run()
  }

  /// The same for a model whose gains do not add up.
  ///
  /// - Parameters:
  ///   - problem: Its gains must be upper bounds, as in ``leastEffort(_:gains:)``.
  ///   - gains: The model's own gains in log-odds of a whole plan, from its steps.
  public func greatestValue(
    _ problem: PlanProblem, within budget: Double,
    gains: @escaping (_ steps: [Int]) -> (innovation: Double, export: Double),
    value: @escaping (_ innovation: Double, _ export: Double) -> Double
  ) -> PlanResult {
    precondition(budget >= 0, "a budget of \(budget)")
    var state = BudgetState(problem: problem, budget: budget, search: self, gains: gains, value: value)
    return state.run()
  }
}

private struct BudgetState {
  let problem: PlanProblem
  let search: PlanSearch
  let gains: (([Int]) -> (innovation: Double, export: Double))?
  let value: (Double, Double) -> Double
  let budget: Double
  let order: [Int]
  let choices: [[(steps: Int, option: PlanOption)]]
  let bounds: GainBounds
  let startValue: Double
  var found: [(plan: Plan, value: Double)] = []
  var steps: [Int]
  var nodeCount = 0
  var unexplored = -Double.infinity

  init(
    problem: PlanProblem, budget: Double, search: PlanSearch,
    gains: (([Int]) -> (innovation: Double, export: Double))?, value: @escaping (Double, Double) -> Double
  ) {
    self.problem = problem
    self.search = search
    self.gains = gains
    self.value = value
    self.budget = budget
    let none = PlanOption(effort: 0, innovation: 0, export: 0)
    // The capabilities that give most for their effort first.
    func density(_ option: PlanOption) -> Double { (option.innovation + option.export) / option.effort }
    let best = problem.options.map { $0.map(density).max() ?? 0 }
    order = problem.options.indices.filter { !problem.options[$0].isEmpty }.sorted {
      best[$0] == best[$1] ? $0 < $1 : best[$0] > best[$1]
    }
    choices = order.map { j in
      ([none] + problem.options[j]).enumerated().map { (steps: $0.offset, option: $0.element) }.sorted {
        let (a, b) = ($0.option.innovation + $0.option.export, $1.option.innovation + $1.option.export)
        return a == b ? $0.steps < $1.steps : a > b
      }
    }
    bounds = GainBounds(problem, order: order, budget: budget)
    startValue = value(0, 0)
    steps = [Int](repeating: 0, count: problem.options.count)
  }

  mutating func run() -> PlanResult {
    descend(0, 0, 0, 0)
    let best = found.first?.value ?? startValue
    let certificate: PlanResult.Certificate = unexplored > best + Self.slack(best) ? .bounded(unexplored) : .optimal
    return PlanResult(plans: found.map(\.plan), certificate: certificate, nodeCount: nodeCount)
  }

  private static func slack(_ value: Double) -> Double { 1e-10 * max(1, abs(value)) }

  /// What a plan must exceed to be of use.
  private var floor: Double {
    guard let best = found.first else { return -.infinity }
    let band = best.value - search.tolerance * max(0, best.value - startValue) - Self.slack(best.value)
    return found.count == search.planCount ? max(band, found[found.count - 1].value + Self.slack(best.value)) : band
  }

  private mutating func descend(_ depth: Int, _ effort: Double, _ innovation: Double, _ export: Double) {
    guard bounds.mayExceed(floor, depth, budget - effort, innovation, export, value) else { return }
    if nodeCount >= search.nodeLimit {
      unexplored = max(unexplored, bounds.crude(depth, budget - effort, innovation, export, value))
      return
    }
    nodeCount += 1
    if depth == order.count {
      record(effort, innovation, export)
      return
    }
    let j = order[depth]
    for (count, option) in choices[depth] where effort + option.effort <= budget * (1 + 1e-12) {
      steps[j] = count
      descend(depth + 1, effort + option.effort, innovation + option.innovation, export + option.export)
    }
    steps[j] = 0
  }

  private mutating func record(_ effort: Double, _ innovation: Double, _ export: Double) {
    let (innovation, export) = gains?(steps) ?? (innovation, export)
    let own = value(innovation, export)
    guard own > floor else { return }
    let plan = Plan(steps: steps, effort: effort, innovation: innovation, export: export)
    let place =
      found.firstIndex { own > $0.value || (own == $0.value && effort < $0.plan.effort) } ?? found.count
    found.insert((plan, own), at: place)
    let band = found[0].value - search.tolerance * max(0, found[0].value - startValue) - Self.slack(found[0].value)
    found.removeAll { $0.value < band }
    if found.count > search.planCount { found.removeLast() }
  }
}

/// How far the open capabilities can move both outcomes within the rest of a budget.
private struct GainBounds {
  private let directions: [(x: Double, y: Double)]
  private let prices: [Double]
  private let priceCount: Int
  /// `tails[(depth * directions + k) * prices + q]`
  private let tails: [Double]

  init(_ problem: PlanProblem, order: [Int], budget: Double) {
    let directions = stride(from: 0.0, through: 8, by: 1).map { (x: cos($0 * .pi / 16), y: sin($0 * .pi / 16)) }
    let shares = [1, 0.6, 0.3, 0.1]
    var prices: [Double] = []
    for d in directions {
      for share in shares { prices.append(Self.price(problem, d, share * budget)) }
      prices.append(0)
    }
    let priceCount = shares.count + 1
    let width = directions.count * priceCount
    var tails = [Double](repeating: 0, count: (order.count + 1) * width)
    for depth in stride(from: order.count - 1, through: 0, by: -1) {
      for k in 0..<width {
        let d = directions[k / priceCount]
        let price = prices[k]
        let best = problem.options[order[depth]].reduce(0.0) {
          max($0, d.x * $1.innovation + d.y * $1.export - price * $1.effort)
        }
        tails[depth * width + k] = tails[(depth + 1) * width + k] + best
      }
    }
    self.directions = directions
    self.prices = prices
    self.priceCount = priceCount
    self.tails = tails
  }

  /// The price θ at which the relaxation is least: a convex function of one variable.
  private static func price(_ problem: PlanProblem, _ d: (x: Double, y: Double), _ budget: Double) -> Double {
    func relaxed(_ theta: Double) -> Double {
      problem.options.reduce(theta * budget) { sum, options in
        sum + options.reduce(0.0) { max($0, d.x * $1.innovation + d.y * $1.export - theta * $1.effort) }
      }
    }
    var low = 0.0
    var high = problem.options.joined().map { max(0, d.x * $0.innovation + d.y * $0.export) / $0.effort }.max() ?? 0
    for _ in 0..<50 {
      let third = (high - low) / 3
      if relaxed(low + third) > relaxed(high - third) { low += third } else { high -= third }
    }
    return 0.5 * (low + high)
  }

  private func limit(_ depth: Int, _ k: Int, _ remaining: Double) -> Double {
    var best = Double.infinity
    let base = (depth * directions.count + k) * priceCount
    for q in 0..<priceCount { best = min(best, prices[k * priceCount + q] * remaining + tails[base + q]) }
    return best + 1e-12
  }

  /// An upper bound on the value of every completion.
  func crude(
    _ depth: Int, _ remaining: Double, _ innovation: Double, _ export: Double, _ value: (Double, Double) -> Double
  ) -> Double {
    value(innovation + limit(depth, 0, remaining), export + limit(depth, directions.count - 1, remaining))
  }

  /// Whether a completion may be worth more than `floor`; `false` is certain.
  func mayExceed(
    _ floor: Double, _ depth: Int, _ remaining: Double, _ innovation: Double, _ export: Double,
    _ value: (Double, Double) -> Double
  ) -> Bool {
    guard floor.isFinite else { return true }
    let last = directions.count - 1
    let right = limit(depth, 0, remaining)
    let top = limit(depth, last, remaining)
    guard value(innovation + right, export + top) > floor else { return false }
    let limits = (1..<last).map { (d: directions[$0], bound: limit(depth, $0, remaining)) }
    // On the stretch of gains to export between `low` and `high`, the gain to innovation is greatest at `low`.
    func innovationLimit(_ exportGain: Double) -> Double {
      limits.reduce(right) { min($0, ($1.bound - $1.d.y * exportGain) / $1.d.x) }
    }
    func holds(_ low: Double, _ high: Double, _ splits: Int) -> Bool {
      guard value(innovation + innovationLimit(low), export + high) > floor else { return false }
      if splits == 0 { return true }
      let middle = 0.5 * (low + high)
      return holds(middle, high, splits - 1) || holds(low, middle, splits - 1)
    }
    // Below the least export gain that matters, innovation is bounded by `right` alone: that is the first stretch.
    let least = min(0, top) - abs(top)
    guard value(innovation + right, export + least) <= floor else { return true }
    return holds(least, top, 9)
  }
}

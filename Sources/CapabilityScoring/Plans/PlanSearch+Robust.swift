extension PlanSearch {
  /// The plan of least effort that reaches both needs in at least a share of bootstrap replicates.
  ///
  /// Branch and bound as in ``leastEffort(_:)``, with the bound of ``PlanSearch`` for each replicate: a plan that
  /// reaches the needs in *m* replicates costs at least the *m*-th smallest of their bounds.
  ///
  /// - Parameters:
  ///   - replicates: One problem per replicate: the same efforts, other gains and needs. At least one.
  ///   - share: Of the replicates, in `0...1`.
  /// - Returns: Plans whose gains are the means over replicates.
  /// - Complexity: O(*replicates*) per partial plan.
  public func leastEffort(replicates: [PlanProblem], share: Double = 0.8) -> PlanResult {
    precondition(!replicates.isEmpty, "no replicate")
    precondition((0...1).contains(share), "a share of \(share)")
    let efforts = replicates[0].options.map { $0.map(\.effort) }
    precondition(
      replicates.allSatisfy { $0.options.map { $0.map(\.effort) } == efforts }, "replicates with different efforts")
    var state = RobustState(replicates: replicates, share: share, search: self)
    return state.run()
  }

  /// The share of replicates in which a plan reaches both needs.
  public static func shareReached(_ steps: [Int], replicates: [PlanProblem]) -> Double {
    let reached = replicates.count { problem in
      var innovation = 0.0
      var export = 0.0
      for (j, count) in steps.enumerated() where count > 0 {
        innovation += problem.options[j][count - 1].innovation
        export += problem.options[j][count - 1].export
      }
      return problem.isReached(innovation, export)
    }
    return Double(reached) / Double(replicates.count)
  }
}

private struct RobustState {
  let replicates: [PlanProblem]
  let mean: PlanProblem
  let needed: Int
  let search: PlanSearch
  let order: [Int]
  let choices: [[(steps: Int, effort: Double)]]
  let bounds: [EffortBounds]
  /// Gains of the chosen options, per depth and replicate: innovation, then export.
  var gains: [Double]
  var shortlist: PlanShortlist
  var steps: [Int]
  var nodeCount = 0
  var unexplored = Double.infinity

  init(replicates: [PlanProblem], share: Double, search: PlanSearch) {
    self.replicates = replicates
    self.search = search
    let count = replicates.count
    needed = max(1, Int((share * Double(count) - 1e-9).rounded(.up)))
    mean = Self.mean(replicates)
    let multipliers = EffortBounds.fan(Self.shifted(mean, Self.typicalNeeds(replicates, share)))
    let (lambda, mu) = multipliers.first ?? (0, 0)
    func reduced(_ option: PlanOption) -> Double { option.effort - lambda * option.innovation - mu * option.export }
    let options = mean.options
    let regret = options.map { options -> Double in
      let costs = ([0] + options.map(reduced)).sorted()
      return costs.count > 1 ? costs[1] - costs[0] : 0
    }
    let order = options.indices.filter { !options[$0].isEmpty }.sorted {
      regret[$0] == regret[$1] ? $0 < $1 : regret[$0] > regret[$1]
    }
    self.order = order
    choices = order.map { j in
      var ranked: [(steps: Int, effort: Double, cost: Double)] = [(0, 0, 0)]
      for (s, option) in options[j].enumerated() { ranked.append((s + 1, option.effort, reduced(option))) }
      ranked.sort { $0.cost == $1.cost ? $0.steps < $1.steps : $0.cost < $1.cost }
      return ranked.map { (steps: $0.steps, effort: $0.effort) }
    }
    // A handful of pairs: every one costs a pass over the replicates at every node.
    let few = Array(multipliers.prefix(8))
    bounds = replicates.map { EffortBounds($0, order: order, multipliers: few) }
    gains = [Double](repeating: 0, count: 2 * count * (order.count + 1))
    shortlist = PlanShortlist(capacity: search.planCount, tolerance: search.tolerance)
    steps = [Int](repeating: 0, count: options.count)
  }

  private static func mean(_ replicates: [PlanProblem]) -> PlanProblem {
    let count = Double(replicates.count)
    var result = replicates[0]
    for j in result.options.indices {
      for s in result.options[j].indices {
        result.options[j][s].innovation = replicates.reduce(0) { $0 + $1.options[j][s].innovation } / count
        result.options[j][s].export = replicates.reduce(0) { $0 + $1.options[j][s].export } / count
      }
    }
    result.innovationNeeded = replicates.reduce(0) { $0 + $1.innovationNeeded } / count
    result.exportNeeded = replicates.reduce(0) { $0 + $1.exportNeeded } / count
    return result
  }

  /// The needs that the share of replicates stays below, each outcome for itself.
  private static func typicalNeeds(_ replicates: [PlanProblem], _ share: Double) -> (Double, Double) {
    let index = min(replicates.count - 1, Int(share * Double(replicates.count)))
    return (replicates.map(\.innovationNeeded).sorted()[index], replicates.map(\.exportNeeded).sorted()[index])
  }

  private static func shifted(_ problem: PlanProblem, _ needs: (Double, Double)) -> PlanProblem {
    var result = problem
    result.innovationNeeded = needs.0
    result.exportNeeded = needs.1
    return result
  }

  mutating func run() -> PlanResult {
    seed()
    descend(0, 0)
    let certificate: PlanResult.Certificate
    if unexplored.isFinite {
      let best = shortlist.plans.first?.effort ?? .infinity
      certificate = unexplored >= best - PlanShortlist.slack(best) ? .optimal : .bounded(unexplored)
    } else {
      certificate = shortlist.plans.isEmpty ? .noSuchPlan : .optimal
    }
    return PlanResult(plans: shortlist.plans, certificate: certificate, nodeCount: nodeCount)
  }

  /// A good plan to begin with: the least-effort plan of the mean problem with needs raised until enough replicates
  /// reach theirs.
  private mutating func seed() {
    var low = 0.0
    var high = 4.0
    let quick = PlanSearch(planCount: 1, tolerance: 0, nodeLimit: 20_000)
    for _ in 0..<12 {
      let margin = 0.5 * (low + high)
      let raised = Self.shifted(
        mean, (max(0, mean.innovationNeeded) + margin, max(0, mean.exportNeeded) + margin))
      guard let plan = quick.leastEffort(raised).best else {
        high = margin
        continue
      }
      if PlanSearch.shareReached(plan.steps, replicates: replicates) * Double(replicates.count) >= Double(needed) - 1e-6
      {
        high = margin
        steps = plan.steps
        record(plan.effort)
      } else {
        low = margin
      }
    }
    steps = [Int](repeating: 0, count: mean.options.count)
  }

  private mutating func descend(_ depth: Int, _ effort: Double) {
    let count = replicates.count
    let base = 2 * count * depth
    let limit = shortlist.limit
    var possible = 0
    var reached = 0
    gains.withUnsafeBufferPointer { gains in
      for r in 0..<count {
        let (innovation, export) = (gains[base &+ 2 &* r], gains[base &+ 2 &* r &+ 1])
        if replicates[r].isReached(innovation, export) {
          reached += 1
          if effort < limit { possible += 1 }
        } else if bounds[r].leastEffort(depth, effort, innovation, export) < limit {
          possible += 1
        }
        // Too few replicates are left to make up the share.
        if possible + count - 1 - r < needed { break }
      }
    }
    guard possible >= needed else { return }
    if nodeCount >= search.nodeLimit {
      var all = (0..<count).map { r in
        bounds[r].leastEffort(depth, effort, gains[base + 2 * r], gains[base + 2 * r + 1])
      }
      all.sort()
      unexplored = min(unexplored, all[needed - 1])
      return
    }
    nodeCount += 1
    if reached >= needed {
      record(effort)
      return
    }
    guard depth < order.count else { return }
    let j = order[depth]
    for (count, stepEffort) in choices[depth] {
      steps[j] = count
      extend(depth, j, count)
      descend(depth + 1, effort + stepEffort)
    }
    steps[j] = 0
  }

  private mutating func extend(_ depth: Int, _ j: Int, _ steps: Int) {
    let count = replicates.count
    let from = 2 * count * depth
    let to = 2 * count * (depth + 1)
    for r in 0..<count {
      var (innovation, export) = (gains[from + 2 * r], gains[from + 2 * r + 1])
      if steps > 0 {
        let option = replicates[r].options[j][steps - 1]
        innovation += option.innovation
        export += option.export
      }
      gains[to + 2 * r] = innovation
      gains[to + 2 * r + 1] = export
    }
  }

  private mutating func record(_ effort: Double) {
    for j in steps.indices where steps[j] > 0 {
      let efforts = mean.options[j].map(\.effort)
      for count in 0...efforts.count where (count == 0 ? 0 : efforts[count - 1]) < efforts[steps[j] - 1] {
        var lesser = steps
        lesser[j] = count
        let share = PlanSearch.shareReached(lesser, replicates: replicates)
        if share * Double(replicates.count) >= Double(needed) - 1e-6 { return }
      }
    }
    guard !shortlist.plans.contains(where: { $0.steps == steps }) else { return }
    var innovation = 0.0
    var export = 0.0
    for (j, count) in steps.enumerated() where count > 0 {
      innovation += mean.options[j][count - 1].innovation
      export += mean.options[j][count - 1].export
    }
    shortlist.insert(Plan(steps: steps, effort: effort, innovation: innovation, export: export))
  }
}

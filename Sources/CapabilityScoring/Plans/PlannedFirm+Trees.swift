import StatisticalLearning

extension PlannedFirm {
  /// The plan problem of a model with trees or weakest links: for each change an upper bound on what it adds, whatever else changes.
  func boundedProblem() -> PlanProblem {
    var problem = problem(replicate: 0)
    let bounds = [planner.first, planner.second].map(gainBounds)
    problem.options = changes.indices.map { capability in
      let effort = max(planner.model.capabilities[capability].effort, 1e-6)
      let options = changes[capability].indices.map { step in
        PlanOption(
          effort: Double(step + 1) * effort, innovation: bounds[0][capability][step],
          export: bounds[1][capability][step])
      }
      return options.contains { $0.innovation > 1e-12 || $0.export > 1e-12 } ? options : []
    }
    return problem
  }

  /// `[capability][s − 1]`, in calibrated log-odds.
  private func gainBounds(_ outcome: Int) -> [[Double]] {
    let own = planner.model.outcomes[outcome]
    let columns = planner.model.columns
    let slope = own.calibration.slope
    let linear = LinearGainBounds(self, outcome: own)
    func bound(_ capability: Int, _ step: CapabilityStep) -> Double {
      own.linearShare > 0 ? slope * own.linearShare * linear.greatestGain(of: capability, step) : 0
    }
    guard own.linearShare < 1, let trees = own.trees else {
      return changes.indices.map { capability in changes[capability].map { bound(capability, $0) } }
    }
    let bounds = TreeGainBounds(ensemble: trees)
    let share = slope * (1 - own.linearShare)
    let row = treeRows.row(0)
    let filled = filled.row(0)
    // What a plan may make of each item: a gap of an item that it changes is filled first.
    let single = row.map(TreeGainBounds.Reach.init)
    var gaps = single
    var together = single
    for change in changes.flatMap({ $0.flatMap(\.changes) }) where row[change.item].isNaN {
      gaps[change.item] = .init(from: filled[change.item], to: filled[change.item], mayBeMissing: true)
    }
    together = gaps
    for change in changes.flatMap({ $0.flatMap(\.changes) }) where columns[change.item].topLevel != 1 {
      let value = filled[change.item]
      let (low, high) = (min(value, value + change.amount), max(value, value + change.amount))
      let known = together[change.item]
      together[change.item] = .init(
        from: min(low, known.low), to: max(high, known.high), mayBeMissing: known.mayBeMissing)
    }
    return changes.indices.map { capability in
      changes[capability].map { step in
        var sum = 0.0
        var before: [Int: Double] = [:]
        var after: [Int: Double] = [:]
        for change in step.changes {
          let value = filled[change.item]
          if columns[change.item].topLevel == 1 {
            let end = change.amount < 0 ? 0.0 : 1
            let part = abs(change.amount) / max(abs(end - value), 1e-9)
            sum += part * bounds.greatestGain(before: [change.item: value], after: [change.item: end], context: gaps)
          } else {
            before[change.item] = value
            after[change.item] = value + change.amount
          }
        }
        if !before.isEmpty { sum += bounds.greatestGain(before: before, after: after, context: together) }
        return bound(capability, step) + share * sum
      }
    }
  }

  /// What a whole plan adds by the model itself, in calibrated log-odds.
  func gain(of steps: [Int]) -> (innovation: Double, export: Double) {
    let all = steps.indices.flatMap { steps[$0] > 0 ? changes[$0][steps[$0] - 1].changes : [] }
    guard !all.isEmpty else { return (0, 0) }
    let scores = planner.plainEngine.scores(
      firm: 0, filled: filled, designRows: design, treeRows: treeRows, steps: [CapabilityStep(changes: all)])
    func gain(_ outcome: Int) -> Double { scores.raised[outcome][0][0] - scores.base[outcome][0] }
    return (gain(planner.first), gain(planner.second))
  }
}

/// Orders a firm's capabilities, and says how much of the order the data support.
///
/// The order is that of the point estimates. Everything else comes from the replicates: intervals of each uplift,
/// rank intervals, the probability of being among the first, ties and the Pareto set of the two outcomes.
///
/// - Complexity: for *R* replicates and *C* capabilities O(*R C*) for intervals and ranks when replicates resemble
///   each other, O(*R C²*) for ties. A workspace that is reused makes a call free of all but the result's allocations.
public struct PriorityRanker: Sendable, Equatable {
  public var objective: PriorityObjective
  /// Of all intervals.
  public var level: Double
  /// Percentiles by default, which is what draws of a posterior call for. For refits on bootstrap samples with a mild
  /// ridge penalty normal intervals did better: on simulated surveys of 120, 220 and 500 firms they covered 83–93 %,
  /// percentile 80–89 %, basic 81–91 %, bias-corrected 75–85 %.
  public var intervalKind: ReplicateIntervalKind
  /// How many places count as "first".
  public var firstCount: Int
  /// Whether ties and ranks are judged for each capability alone or for all at once.
  public var comparison: RankConfidenceSets.Scope

  public init(
    objective: PriorityObjective = .balanced, level: Double = 0.9, intervalKind: ReplicateIntervalKind = .percentile,
    firstCount: Int = 3, comparison: RankConfidenceSets.Scope = .marginal
  ) {
    precondition(level > 0 && level < 1, "an interval of level \(level)")
    precondition(firstCount > 0, "the first \(firstCount)")
    self.objective = objective
    self.level = level
    self.intervalKind = intervalKind
    self.firstCount = firstCount
    self.comparison = comparison
  }

  /// Buffers that one thread reuses from firm to firm.
  public struct Workspace {
    var objective: [Double] = []
    var column: [Double] = []
    var rows: [Int] = []
    var ranks: [Double] = []
    public init() {}
  }

  public func rank(_ uplifts: UpliftReplicates) -> PriorityRanking {
    var workspace = Workspace()
    return rank(uplifts, using: &workspace)
  }

  /// - Parameter workspace: Any; its content does not matter.
  public func rank(_ uplifts: UpliftReplicates, using workspace: inout Workspace) -> PriorityRanking {
    let width = uplifts.capabilityCount
    let values = (0..<width).map {
      objective.value(innovation: uplifts.innovation[$0], export: uplifts.export[$0], both: uplifts.both[$0])
    }
    let order = (0..<width).filter { c in
      !(uplifts.innovation[c].isNaN || uplifts.export[c].isNaN || uplifts.both[c].isNaN)
    }.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
    let count = order.count
    collectObjectives(uplifts, order, &workspace)
    let replicates = workspace.rows.count

    var entries: [PriorityRanking.Entry] = []
    entries.reserveCapacity(count)
    for (position, c) in order.enumerated() {
      let value = intervals(uplifts, position, c, values[c], count, &workspace)
      entries.append(value)
    }
    if replicates > 1 {
      addRanks(&entries, &workspace)
      addParetoShares(&entries, uplifts, &workspace)
    }
    for position in ParetoSet.indices(
      innovation: order.map { uplifts.innovation[$0] }, export: order.map { uplifts.export[$0] })
    {
      entries[position].isParetoOptimal = true
    }
    var sets: RankConfidenceSets?
    if replicates > 1, count > 0 {
      let comparison = RankConfidenceSets(
        estimates: order.map { values[$0] }, replicates: workspace.objective, level: level, scope: comparison)
      for (position, group) in comparison.tieGroups.enumerated() { entries[position].tieGroup = group }
      sets = comparison
    }
    return PriorityRanking(entries: entries, replicateCount: replicates, confidenceSets: sets)
  }

  /// The objective of each ranked capability in each usable replicate, *replicates* × *entries*.
  private func collectObjectives(_ uplifts: UpliftReplicates, _ order: [Int], _ workspace: inout Workspace) {
    let width = uplifts.capabilityCount
    workspace.rows.removeAll(keepingCapacity: true)
    workspace.objective.removeAll(keepingCapacity: true)
    workspace.objective.reserveCapacity(uplifts.replicateCount * order.count)
    uplifts.innovationReplicates.withUnsafeBufferPointer { innovation in
      uplifts.exportReplicates.withUnsafeBufferPointer { export in
        uplifts.bothReplicates.withUnsafeBufferPointer { both in
          for r in 0..<uplifts.replicateCount {
            var finite = true
            for c in order {
              let k = r &* width &+ c
              let value = objective.value(innovation: innovation[k], export: export[k], both: both[k])
              finite = finite && (innovation[k] + export[k] + both[k]).isFinite
              workspace.objective.append(value)
            }
            if finite {
              workspace.rows.append(r)
            } else {
              workspace.objective.removeLast(order.count)
            }
          }
        }
      }
    }
  }

  private func intervals(
    _ uplifts: UpliftReplicates, _ position: Int, _ c: Int, _ value: Double, _ count: Int,
    _ workspace: inout Workspace
  ) -> PriorityRanking.Entry {
    let width = uplifts.capabilityCount
    let replicates = workspace.rows.count
    if workspace.column.count < replicates { workspace.column = [Double](repeating: 0, count: replicates) }
    let (rows, objectives) = (workspace.rows, workspace.objective)
    var positive = 0
    func interval(_ estimate: Double, _ source: [Double], strideBy: Int, _ start: Int, rows: [Int]?)
      -> UncertaintyInterval?
    {
      workspace.column.withUnsafeMutableBufferPointer { column in
        source.withUnsafeBufferPointer { source in
          if let rows {
            for k in 0..<replicates { column[k] = source[rows[k] &* strideBy &+ start] }
          } else {
            for k in 0..<replicates { column[k] = source[k &* strideBy &+ start] }
          }
        }
        return intervalKind.interval(
          estimate: estimate, replicates: UnsafeMutableBufferPointer(rebasing: column[0..<replicates]), level: level)
      }
    }
    for k in 0..<replicates where objectives[k * count + position] > 0 { positive += 1 }
    return PriorityRanking.Entry(
      capability: c, rank: position + 1, value: value,
      interval: interval(value, objectives, strideBy: count, position, rows: nil),
      innovation: .init(
        value: uplifts.innovation[c],
        interval: interval(uplifts.innovation[c], uplifts.innovationReplicates, strideBy: width, c, rows: rows)),
      export: .init(
        value: uplifts.export[c],
        interval: interval(uplifts.export[c], uplifts.exportReplicates, strideBy: width, c, rows: rows)),
      both: .init(
        value: uplifts.both[c],
        interval: interval(uplifts.both[c], uplifts.bothReplicates, strideBy: width, c, rows: rows)),
      rankInterval: position + 1...position + 1, probabilityOfFirst: position < firstCount ? 1 : 0,
      probabilityPositive: replicates > 0 ? Double(positive) / Double(replicates) : (value > 0 ? 1 : 0),
      tieGroup: position + 1, isParetoOptimal: false, probabilityPareto: 0)
  }

  private func addRanks(_ entries: inout [PriorityRanking.Entry], _ workspace: inout Workspace) {
    let count = entries.count
    let replicates = workspace.rows.count
    var first = [Double](repeating: 0, count: count)
    // Ranks, one capability after the other, so that each one's quantiles are of a contiguous buffer.
    workspace.ranks = [Double](repeating: 0, count: count * replicates)
    var sorted = Array(0..<count)
    var ties = TieBreaker()
    workspace.objective.withUnsafeBufferPointer { values in
      workspace.ranks.withUnsafeMutableBufferPointer { ranks in
        for r in 0..<replicates {
          let row = r &* count
          // Insertion from the previous replicate's order, which is nearly this one's.
          for i in 1..<max(count, 1) {
            let item = sorted[i]
            let value = values[row &+ item]
            var j = i
            while j > 0, values[row &+ sorted[j &- 1]] < value {
              sorted[j] = sorted[j &- 1]
              j &-= 1
            }
            sorted[j] = item
          }
          var start = 0
          while start < count {
            var end = start + 1
            let value = values[row &+ sorted[start]]
            while end < count, values[row &+ sorted[end]] == value { end += 1 }
            let share = Double(min(max(firstCount - start, 0), end - start)) / Double(end - start)
            // Equal values (zeros of a posterior) may stand in any order.
            for k in start..<end {
              if end - start > 1 { sorted.swapAt(k, k + Int(ties.next(below: UInt64(end - k)))) }
              ranks[sorted[k] &* replicates &+ r] = Double(k + 1)
              first[sorted[k]] += share
            }
            start = end
          }
        }
        var histogram = [Int](repeating: 0, count: count + 1)
        for position in 0..<count {
          histogram.withUnsafeMutableBufferPointer { histogram in
            histogram.update(repeating: 0)
            for r in 0..<replicates { histogram[Int(ranks[position &* replicates &+ r])] += 1 }
            entries[position].rankInterval = middle(of: histogram, total: replicates)
          }
          entries[position].probabilityOfFirst = first[position] / Double(replicates)
        }
      }
    }
  }

  /// The middle of the replicates' places: at most half of what the level leaves lies below, at most half above.
  ///
  /// - Parameter counts: How many replicates have each place, from 1.
  private func middle(of counts: UnsafeMutableBufferPointer<Int>, total: Int) -> ClosedRange<Int> {
    let outside = Int(((1 - level) / 2 * Double(total) + 1e-9).rounded(.down))
    var (lower, upper) = (1, counts.count - 1)
    var (below, above) = (0, 0)
    while lower < upper, below + counts[lower] <= outside {
      below += counts[lower]
      lower += 1
    }
    while upper > lower, above + counts[upper] <= outside {
      above += counts[upper]
      upper -= 1
    }
    return lower...upper
  }

  private func addParetoShares(
    _ entries: inout [PriorityRanking.Entry], _ uplifts: UpliftReplicates, _ workspace: inout Workspace
  ) {
    let count = entries.count
    let width = uplifts.capabilityCount
    var counts = [Int](repeating: 0, count: count)
    var sorted = Array(0..<count)
    var innovation = [Double](repeating: 0, count: count)
    var export = [Double](repeating: 0, count: count)
    for r in workspace.rows {
      for position in 0..<count {
        let k = r * width + entries[position].capability
        innovation[position] = uplifts.innovationReplicates[k]
        export[position] = uplifts.exportReplicates[k]
      }
      ParetoSet.forEach(innovation: innovation, export: export, order: &sorted) { counts[$0] += 1 }
    }
    for position in 0..<count {
      entries[position].probabilityPareto = Double(counts[position]) / Double(workspace.rows.count)
    }
  }
}

/// Numbers that order what is equal: SplitMix64 (Steele, Lea, Flood 2014), the same for every firm.
private struct TieBreaker {
  private var state: UInt64 = 0

  mutating func next(below bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (z ^ (z >> 31)).multipliedFullWidth(by: bound).high
  }
}

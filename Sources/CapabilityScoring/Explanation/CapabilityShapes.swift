import StatisticalLearning

/// How predictions move with the level of each capability: curves with bands over the replicates, and where the firms are.
public struct CapabilityShapes: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable {
    /// All firms set to a level, all else as it is: the mean prediction (Friedman 2001).
    case partialDependence = "partial-dependence"
    /// Differences among the firms near each level, added up and centred: no firm is set to what it could not be (Apley
    /// and Zhu 2020, *JRSS B* 82(4)).
    case accumulatedLocal = "accumulated-local"
    /// The prediction for the firm of average answers, set to a level: what a model says without a survey.
    case typicalFirm = "typical-firm"
  }

  public struct Curve: Sendable, Equatable, Codable {
    public var outcome: String
    public var capability: String
    public var kind: Kind
    /// Levels of the capability, as a share of its range.
    public var levels: [Double]
    /// In probability for a binary outcome.
    public var values: [FirmDiagnosis.Estimate]
    /// The share of firms from the level before to this one (the first: at it); empty where it is not known.
    public var density: [Double]
  }

  /// The mean prediction with two capabilities set to levels.
  public struct Surface: Sendable, Equatable, Codable {
    public var outcome: String
    public var first: String
    public var second: String
    public var levels: [Double]
    /// Of the first at level `i` and the second at level `j`, at `i * levels.count + j`.
    public var values: [Double]
  }

  public var curves: [Curve]
  public var surfaces: [Surface]
}

/// Computes shapes over a set of firms.
struct ShapeStudy {
  let model: ScoringModel
  let firms: FirmSet
  let weights: [Double]
  let level: Double
  let threadCount: Int

  /// Of partial dependence and surfaces.
  static let grid = (0...10).map { Double($0) / 10 }
  static let surfaceGrid = (0...4).map { Double($0) / 4 }

  /// - Parameter kind: `.partialDependence` over firms, or `.typicalFirm` for one.
  func curves(kind: CapabilityShapes.Kind, density: (Int) -> [Double]) -> [CapabilityShapes.Curve] {
    curves(kind, levels: { _ in Self.grid }, density: density, dependence)
  }

  private func dependence(
    _ scorer: ReplicateScorer, _ base: [Double], _ move: CapabilityMove, _ levels: [Double]
  ) -> [Double] {
    levels.map { level in
      let changes = scorer.changes(firms, items: move.values(at: level, firms))
      return weightedMean(base.indices.map { scorer.prediction(base[$0] + changes[$0]) }, Array(base.indices))
    }
  }

  /// Accumulated local differences, on a grid of the firms' own deciles.
  func localCurves() -> [CapabilityShapes.Curve] {
    func density(_ capability: Int) -> [Double] {
      let own = CapabilityMove(capability, columns: model.columns)!.levels(firms)
      return Self.density(own, weights: weights, levels: Self.deciles(own))
    }
    return curves(
      .accumulatedLocal, levels: { Self.deciles($0.levels(firms)) }, density: density, accumulated)
  }

  private func accumulated(
    _ scorer: ReplicateScorer, _ base: [Double], _ move: CapabilityMove, _ levels: [Double]
  ) -> [Double] {
    let own = move.levels(firms)
    let bins = Self.bins(own, levels: levels)
    var lower = own
    var upper = own
    for row in own.indices where levels.count > 1 {
      lower[row] = levels[bins[row] - 1]
      upper[row] = levels[bins[row]]
    }
    let below = scorer.changes(firms, items: move.values(from: own, to: lower, firms))
    let above = scorer.changes(firms, items: move.values(from: own, to: upper, firms))
    let differences = base.indices.map { row in
      scorer.prediction(base[row] + above[row]) - scorer.prediction(base[row] + below[row])
    }
    var values = [0.0]
    for bin in levels.indices.dropFirst() {
      let members = own.indices.filter { bins[$0] == bin && weights[$0] > 0 }
      values.append(values[bin - 1] + (members.isEmpty ? 0 : weightedMean(differences, members)))
    }
    // Centred: the firms' mean, each at the middle of its bin, is 0.
    let middles = own.indices.map { levels.count > 1 ? (values[bins[$0]] + values[bins[$0] - 1]) / 2 : 0 }
    let centre = weightedMean(middles, Array(own.indices))
    return values.map { $0 - centre }
  }

  func surfaces(_ pairs: [(first: Int, second: Int)]) -> [CapabilityShapes.Surface] {
    let tasks = model.outcomes.indices.flatMap { outcome in pairs.map { (outcome: outcome, pair: $0) } }
    return Parallel.map(count: tasks.count, threadCount: threadCount) { index in
      let (outcome, pair) = tasks[index]
      let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: 0)
      let base = scorer.rawScores(firms)
      let moves = [pair.first, pair.second].map { CapabilityMove($0, columns: model.columns)! }
      let values = Self.surfaceGrid.flatMap { first in
        Self.surfaceGrid.map { second in
          let changes = scorer.changes(
            firms, items: moves[0].values(at: first, firms) + moves[1].values(at: second, firms))
          return weightedMean(base.indices.map { scorer.prediction(base[$0] + changes[$0]) }, Array(base.indices))
        }
      }
      return CapabilityShapes.Surface(
        outcome: model.outcomes[outcome].id, first: model.capabilities[pair.first].id,
        second: model.capabilities[pair.second].id, levels: Self.surfaceGrid, values: values)
    }
  }

  private func curves(
    _ kind: CapabilityShapes.Kind, levels: (CapabilityMove) -> [Double], density: (Int) -> [Double],
    _ values: @Sendable (ReplicateScorer, [Double], CapabilityMove, [Double]) -> [Double]
  ) -> [CapabilityShapes.Curve] {
    let moves = model.capabilities.indices.compactMap { index in
      CapabilityMove(index, columns: model.columns).map { (index: index, move: $0, levels: levels($0)) }
    }
    return model.outcomes.indices.flatMap { outcome in
      let count = model.outcomes[outcome].replicateCount + 1
      // [replicate][capability][level]
      let replicates = Parallel.map(count: count, threadCount: threadCount) { replicate in
        let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: replicate)
        let base = scorer.rawScores(firms)
        return moves.map { values(scorer, base, $0.move, $0.levels) }
      }
      return moves.enumerated().map { position, entry in
        CapabilityShapes.Curve(
          outcome: model.outcomes[outcome].id, capability: model.capabilities[entry.index].id, kind: kind,
          levels: entry.levels,
          values: entry.levels.indices.map { place in
            .init(replicates: replicates.map { $0[position][place] }, level: level, kind: .percentile)
          }, density: density(entry.index))
      }
    }
  }

  private func weightedMean(_ values: [Double], _ rows: [Int]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in rows {
      sum += weights[row] * values[row]
      total += weights[row]
    }
    return sum / total
  }

  /// The distinct deciles.
  static func deciles(_ values: [Double]) -> [Double] {
    var levels: [Double] = []
    for value in PeerSummaries.quantiles(values, count: 10) where levels.last.map({ value > $0 + 1e-12 }) ?? true {
      levels.append(value)
    }
    return levels
  }

  /// The bin of each value: `k` when it is above level `k − 1` and at most level `k`; those at the first level are in bin
  /// 1.
  static func bins(_ values: [Double], levels: [Double]) -> [Int] {
    values.map { value in
      let bin = levels.firstIndex { value <= $0 + 1e-12 } ?? levels.count - 1
      return max(bin, 1)
    }
  }

  /// The share of the weight from the level before to each level; the first: at or below it.
  static func density(_ values: [Double], weights: [Double], levels: [Double]) -> [Double] {
    var density = [Double](repeating: 0, count: levels.count)
    for (value, weight) in zip(values, weights) {
      density[levels.firstIndex { value <= $0 + 1e-12 } ?? levels.count - 1] += weight
    }
    let total = weights.reduce(0, +)
    return density.map { $0 / total }
  }
}

import BoostedTrees
import StatisticalLearning

/// How much a model's metric suffers when a player's columns are shuffled among the rows.
///
/// `drop = metric(scores) − metric(scores with the player's columns permuted)`, for a metric where higher is better. The
/// columns of one group are permuted together, so that what ties them is kept. Give rows that the model did not see.
///
/// Shuffled within groups of rows (a sector, a country), the drop is conditional on the group: what a player says beyond
/// it (Strobl et al. 2008, *BMC Bioinformatics* 9:307).
/// Source: Breiman (2001), *Machine Learning* 45, §10; Fisher, Rudin, Dominici (2019), *JMLR* 20(177).
public struct PermutationImportance: Sendable, Equatable {
  /// The names of the players.
  public let players: [String]
  /// The metric before any shuffle.
  public let reference: Double
  /// The drop of each repeat, by player.
  public let drops: [[Double]]

  /// - Parameters:
  ///   - matrix: *n* rows of the model's features.
  ///   - grouping: The players.
  ///   - repeatCount: How often each player is shuffled, at least 1.
  ///   - seed: A player's shuffles depend on the seed, its name and the repeat alone.
  ///   - groups: One per row: rows are shuffled among those of their group; among all when `nil`.
  ///   - score: One score per row of a matrix.
  ///   - metric: A function of the scores, in the order of the rows; higher is better. Targets and weights are its own.
  public init(
    over matrix: Matrix, grouping: FeatureGrouping, repeatCount: Int = 10, seed: UInt64, groups: [Int]? = nil,
    threadCount: Int = Parallel.defaultThreadCount,
    score: @Sendable (Matrix) -> [Double], metric: @Sendable ([Double]) -> Double
  ) throws(ExplanationError) {
    precondition(repeatCount >= 1, "\(repeatCount) repeats")
    guard grouping.playerOfFeature.count == matrix.columnCount else {
      throw .countMismatch(what: "columns", got: matrix.columnCount, expected: grouping.playerOfFeature.count)
    }
    guard matrix.rowCount > 0 else { throw .emptyBackground }
    let reference = metric(score(matrix))
    drops = Parallel.map(count: grouping.playerCount, threadCount: threadCount) { player in
      let features = grouping.features(of: player)
      var shuffled = matrix
      return (0..<repeatCount).map { index in
        let order = RowShuffle.order(
          rowCount: matrix.rowCount, groups: groups, seed: seed, player: grouping.names[player], repeat: index)
        for feature in features {
          for (row, source) in order.enumerated() { shuffled[row, feature] = matrix[source, feature] }
        }
        return reference - metric(score(shuffled))
      }
    }
    self.reference = reference
    players = grouping.names
  }

  /// Of a tree ensemble with one output: only the trees that use a player count again when it is shuffled.
  ///
  /// The shuffles are those of the other initialiser, and the drops equal its drops to rounding.
  public init(
    of ensemble: TreeEnsemble, over matrix: Matrix, grouping: FeatureGrouping, repeatCount: Int = 10, seed: UInt64,
    groups: [Int]? = nil, threadCount: Int = Parallel.defaultThreadCount, metric: @Sendable ([Double]) -> Double
  ) throws(ExplanationError) {
    precondition(repeatCount >= 1, "\(repeatCount) repeats")
    guard matrix.rowCount > 0 else { throw .emptyBackground }
    let shuffled = try ShuffledScores(ensemble, matrix: matrix, grouping: grouping)
    let scores = ensemble.rawScores(for: matrix)
    let reference = metric(scores)
    drops = Parallel.map(count: grouping.playerCount, threadCount: threadCount) { player in
      let orders = (0..<repeatCount).map { index in
        RowShuffle.order(
          rowCount: matrix.rowCount, groups: groups, seed: seed, player: grouping.names[player], repeat: index)
      }
      guard let changes = shuffled.changes(shuffling: player, orders: orders) else {
        return [Double](repeating: 0, count: repeatCount)
      }
      return changes.map { changes in reference - metric(zip(scores, changes).map { $0 + $1 }) }
    }
    self.reference = reference
    players = grouping.names
  }

  /// The mean drop of each player.
  public var means: [Double] { drops.map { $0.reduce(0, +) / Double($0.count) } }

  /// The interval of each player that holds the middle `level` of its repeats (linear between order statistics).
  ///
  /// It tells how much the shuffles differ, not how much another sample of firms would.
  public func intervals(level: Double = 0.9) -> [ClosedRange<Double>] {
    precondition(level > 0 && level < 1, "level \(level)")
    return drops.map { drops in
      let sorted = drops.sorted()
      func quantile(_ share: Double) -> Double {
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
      }
      let low = quantile((1 - level) / 2)
      return low...max(low, quantile((1 + level) / 2))
    }
  }
}

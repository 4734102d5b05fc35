import BoostedTrees
import StatisticalLearning

/// How the raw scores of a tree ensemble with one output change when a player's columns are shuffled among the rows.
///
/// Only the trees that split on one of the player's features are run again.
public struct ShuffledScores: Sendable {
  private struct Player: Sendable {
    let features: [Int]
    /// `nil` when no tree uses the player.
    let trees: TreeEnsemble?
    let before: [Double]
  }

  private let matrix: Matrix
  private let players: [Player]

  /// - Throws: ``ExplanationError`` for a grouping of another number of features.
  public init(_ ensemble: TreeEnsemble, matrix: Matrix, grouping: FeatureGrouping) throws(ExplanationError) {
    precondition(ensemble.outputCount == 1, "\(ensemble.outputCount) outputs")
    guard grouping.playerOfFeature.count == ensemble.features.count else {
      throw .countMismatch(
        what: "features in the grouping", got: grouping.playerOfFeature.count, expected: ensemble.features.count)
    }
    let matrix = matrix.converted(to: .columnMajor)
    var users = [[DecisionTree]](repeating: [], count: grouping.playerCount)
    for tree in ensemble.trees {
      var seen = Set<Int>()
      for node in tree.nodes where !node.isLeaf {
        let player = grouping.playerOfFeature[Int(node.feature)]
        if seen.insert(player).inserted { users[player].append(tree) }
      }
    }
    players = users.enumerated().map { player, trees in
      // Trees of an ensemble that was valid make one that is.
      let part = trees.isEmpty ? nil : try? TreeEnsemble(trees: trees, baseScores: [0], features: ensemble.features)
      return Player(
        features: grouping.features(of: player), trees: part, before: part.map { $0.rawScores(for: matrix) } ?? [])
    }
    self.matrix = matrix
  }

  /// What is added to each row's raw score when it takes the player's values of row `order[row]`; `nil` when no tree uses
  /// the player.
  public func changes(shuffling player: Int, order: [Int]) -> [Double]? {
    let player = players[player]
    guard let trees = player.trees else { return nil }
    var shuffled = matrix
    let n = matrix.rowCount
    shuffled.withUnsafeMutableElements { target in
      matrix.withUnsafeElements { source in
        for feature in player.features {
          for row in 0..<n { target[feature * n + row] = source[feature * n + order[row]] }
        }
      }
    }
    var changes = trees.rawScores(for: shuffled)
    for row in 0..<n { changes[row] -= player.before[row] }
    return changes
  }
}

import BoostedTrees
import StatisticalLearning

/// How the raw scores of a tree ensemble with one output change when a player's columns are shuffled among the rows.
///
/// Trees of up to 64 leaves are not walked again. Each split rules out the leaves on the side that a row does not take;
/// what is left when all splits of a tree have spoken is one leaf. With `O` the leaves that the other players' splits leave
/// to a row and `M` those that the player's own leave, the row that takes the player's values of row `k` comes to the one
/// leaf in `O(row) ∩ M(k)`: one intersection per tree that uses the player, row and shuffle.
/// Source of leaves as bits: Lucchese et al. (2015), *QuickScorer*, SIGIR.
public struct ShuffledScores: Sendable {
  private let matrix: Matrix
  private let features: [Feature]
  private let featuresOfPlayer: [[Int]]
  /// Per player, the trees that use it: up to 64 leaves, and more.
  private let small: [[LeafMaskTree]]
  private let large: [[DecisionTree]]

  /// - Throws: ``ExplanationError`` for a grouping of another number of features.
  public init(_ ensemble: TreeEnsemble, matrix: Matrix, grouping: FeatureGrouping) throws(ExplanationError) {
    precondition(ensemble.outputCount == 1, "\(ensemble.outputCount) outputs")
    guard grouping.playerOfFeature.count == ensemble.features.count else {
      throw .countMismatch(
        what: "features in the grouping", got: grouping.playerOfFeature.count, expected: ensemble.features.count)
    }
    var small = [[LeafMaskTree]](repeating: [], count: grouping.playerCount)
    var large = [[DecisionTree]](repeating: [], count: grouping.playerCount)
    for tree in ensemble.trees {
      let users = Set(tree.nodes.filter { !$0.isLeaf }.map { grouping.playerOfFeature[Int($0.feature)] }).sorted()
      let masked = LeafMaskTree(tree, playerOfFeature: grouping.playerOfFeature)
      for player in users {
        if let masked { small[player].append(masked) } else { large[player].append(tree) }
      }
    }
    self.matrix = matrix.converted(to: .columnMajor)
    features = ensemble.features
    featuresOfPlayer = (0..<grouping.playerCount).map { grouping.features(of: $0) }
    self.small = small
    self.large = large
  }

  /// What is added to each row's raw score when it takes the player's values of row `order[row]`, for each of `orders`;
  /// `nil` when no tree uses the player.
  public func changes(shuffling player: Int, orders: [[Int]]) -> [[Double]]? {
    guard !(small[player].isEmpty && large[player].isEmpty) else { return nil }
    let n = matrix.rowCount
    var changes = orders.map { _ in [Double](repeating: 0, count: n) }
    var own = [UInt64](repeating: 0, count: n)
    var others = own
    var before = [Double](repeating: 0, count: n)
    for tree in small[player] {
      tree.fill(&own, &others, player: player, matrix: matrix)
      tree.values.withUnsafeBufferPointer { values in
        own.withUnsafeBufferPointer { own in
          others.withUnsafeBufferPointer { others in
            for row in 0..<n { before[row] = values[(own[row] & others[row]).trailingZeroBitCount] }
            for (index, order) in orders.enumerated() {
              changes[index].withUnsafeMutableBufferPointer { changes in
                order.withUnsafeBufferPointer { order in
                  for row in 0..<n {
                    changes[row] += values[(own[order[row]] & others[row]).trailingZeroBitCount] - before[row]
                  }
                }
              }
            }
          }
        }
      }
    }
    addLargeTrees(player, orders, to: &changes)
    return changes
  }

  private func addLargeTrees(_ player: Int, _ orders: [[Int]], to changes: inout [[Double]]) {
    // Trees of an ensemble that was valid make one that is.
    guard !large[player].isEmpty,
      let trees = try? TreeEnsemble(trees: large[player], baseScores: [0], features: features)
    else { return }
    let n = matrix.rowCount
    let before = trees.rawScores(for: matrix)
    for (index, order) in orders.enumerated() {
      var shuffled = matrix
      shuffled.withUnsafeMutableElements { target in
        matrix.withUnsafeElements { source in
          for feature in featuresOfPlayer[player] {
            for row in 0..<n { target[feature * n + row] = source[feature * n + order[row]] }
          }
        }
      }
      for (row, score) in trees.rawScores(for: shuffled).enumerated() { changes[index][row] += score - before[row] }
    }
  }
}

/// A tree of up to 64 leaves, as splits that rule leaves out.
private struct LeafMaskTree: Sendable {
  struct Split: Sendable {
    let player: Int
    let feature: Int
    let threshold: Double
    let missingGoesLeft: Bool
    let levels: CategorySet?
    /// The leaves that stay possible for a row that goes left, and for one that goes right.
    let left: UInt64
    let right: UInt64
  }

  let splits: [Split]
  /// In the order of the bits.
  let values: [Double]

  /// `nil` for more than 64 leaves.
  init?(_ tree: DecisionTree, playerOfFeature: [Int]) {
    guard tree.leafCount <= 64 else { return nil }
    var values: [Double] = []
    // Children come after their parents: from the back, every child is known before its parent.
    var leaves = [UInt64](repeating: 0, count: tree.nodes.count)
    var splits: [Split] = []
    for (index, node) in tree.nodes.enumerated().reversed() {
      if node.isLeaf {
        leaves[index] = 1 << UInt64(values.count)
        values.append(node.value)
        continue
      }
      let (left, right) = (leaves[Int(node.left)], leaves[Int(node.right)])
      leaves[index] = left | right
      splits.append(
        Split(
          player: playerOfFeature[Int(node.feature)], feature: Int(node.feature), threshold: node.threshold,
          missingGoesLeft: node.missingGoesLeft,
          levels: node.categorySet >= 0 ? tree.categorySets[Int(node.categorySet)] : nil, left: ~right, right: ~left))
    }
    self.splits = splits
    self.values = values
  }

  /// The leaves that the player's splits, and the others', leave to each row of a column-major matrix.
  func fill(_ own: inout [UInt64], _ others: inout [UInt64], player: Int, matrix: Matrix) {
    let n = matrix.rowCount
    for row in 0..<n {
      own[row] = .max
      others[row] = .max
    }
    matrix.withUnsafeElements { elements in
      for split in splits {
        let column = UnsafeBufferPointer(rebasing: elements[split.feature * n..<(split.feature + 1) * n])
        if split.player == player {
          own.withUnsafeMutableBufferPointer { split.restrict($0, column) }
        } else {
          others.withUnsafeMutableBufferPointer { split.restrict($0, column) }
        }
      }
    }
  }
}

extension LeafMaskTree.Split {
  /// Rules out, for each row, the leaves on the side that it does not take.
  fileprivate func restrict(_ masks: UnsafeMutableBufferPointer<UInt64>, _ column: UnsafeBufferPointer<Double>) {
    if let levels {
      for row in column.indices {
        let x = column[row]
        masks[row] &= (x.isNaN ? missingGoesLeft : levels.contains(x)) ? left : right
      }
    } else if missingGoesLeft {
      // A comparison with NaN is false: `!(x > t)` sends it left, `x <= t` right.
      for row in column.indices { masks[row] &= column[row] > threshold ? right : left }
    } else {
      for row in column.indices { masks[row] &= column[row] <= threshold ? left : right }
    }
  }
}

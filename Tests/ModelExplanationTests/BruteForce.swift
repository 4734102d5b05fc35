import BoostedTrees
import StatisticalLearning

/// Shapley values straight from their definition: all 2^p coalitions of a game.
enum BruteForce {
  /// Values of the players, and interactions at `[i * p + j]` as shap halves them.
  static func shapley(playerCount p: Int, _ value: (Int) -> Double) -> (main: [Double], pairs: [Double]) {
    let v = (0..<1 << p).map(value)
    func factorial(_ n: Int) -> Double { n < 2 ? 1 : (2...n).reduce(1) { $0 * Double($1) } }
    var main = [Double](repeating: 0, count: p)
    var pairs = [Double](repeating: 0, count: p * p)
    for set in 0..<1 << p {
      let size = set.nonzeroBitCount
      for j in 0..<p where set >> j & 1 == 0 {
        main[j] += factorial(size) * factorial(p - 1 - size) / factorial(p) * (v[set | 1 << j] - v[set])
        for i in 0..<p where i != j && set >> i & 1 == 0 {
          let change = v[set | 1 << j | 1 << i] - v[set | 1 << j] - v[set | 1 << i] + v[set]
          pairs[i * p + j] += factorial(size) * factorial(p - 2 - size) / (2 * factorial(p - 1)) * change
        }
      }
    }
    for i in 0..<p { pairs[i * p + i] = main[i] - (0..<p).reduce(0) { $1 == i ? $0 : $0 + pairs[i * p + $1] } }
    return (main, pairs)
  }

  /// The expected value below a node when the features that `isKnown` names follow the row, and others the covers.
  static func coverExpectation(
    _ tree: DecisionTree, node index: Int = 0, row: [Double], isKnown: (Int) -> Bool
  ) -> Double {
    let node = tree.nodes[index]
    if node.isLeaf { return node.value }
    let left = coverExpectation(tree, node: Int(node.left), row: row, isKnown: isKnown)
    let right = coverExpectation(tree, node: Int(node.right), row: row, isKnown: isKnown)
    if isKnown(Int(node.feature)) {
      let x = row[Int(node.feature)]
      if x.isNaN { return node.missingGoesLeft ? left : right }
      if node.categorySet >= 0 {
        let levels = tree.categorySets[Int(node.categorySet)].levels
        return levels.contains { Double($0) == x } ? left : right
      }
      return x <= node.threshold ? left : right
    }
    let covers = (tree.nodes[Int(node.left)].cover, tree.nodes[Int(node.right)].cover)
    if covers.0 + covers.1 == 0 { return (left + right) / 2 }
    return (covers.0 * left + covers.1 * right) / (covers.0 + covers.1)
  }
}

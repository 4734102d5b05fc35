import BoostedTrees

/// The way from the root to one leaf, as a game: the distinct players on it, each with the conditions it must meet.
struct LeafPath: Sendable {
  struct Condition: Sendable {
    let node: Int
    let goesLeft: Bool
    /// Index into ``LeafPath/players``.
    let slot: Int
  }

  let value: Double
  /// Distinct, in the order in which the path meets them.
  let players: [Int]
  let conditions: [Condition]
  /// For each player, the product over its conditions of the share of training rows that met them.
  let coverShares: [Double]

  /// The paths of a tree, in the order of its leaves. Paths to leaves of value 0 are left out: they add nothing.
  static func paths(of tree: DecisionTree, playerOfFeature: [Int]) -> [LeafPath] {
    // Children come after parents, so one pass in order knows every parent's path.
    var parents = [(node: Int, goesLeft: Bool)](repeating: (-1, false), count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      parents[Int(node.left)] = (index, true)
      parents[Int(node.right)] = (index, false)
    }
    var paths: [LeafPath] = []
    for (index, leaf) in tree.nodes.enumerated() where leaf.isLeaf && leaf.value != 0 {
      var steps: [(node: Int, goesLeft: Bool)] = []
      var current = index
      while parents[current].node >= 0 {
        steps.append(parents[current])
        current = parents[current].node
      }
      var players: [Int] = []
      var conditions: [Condition] = []
      var shares: [Double] = []
      for step in steps.reversed() {
        let player = playerOfFeature[Int(tree.nodes[step.node].feature)]
        let slot: Int
        if let known = players.firstIndex(of: player) {
          slot = known
        } else {
          slot = players.count
          players.append(player)
          shares.append(1)
        }
        conditions.append(Condition(node: step.node, goesLeft: step.goesLeft, slot: slot))
        shares[slot] *= coverShare(of: tree, step.node, goesLeft: step.goesLeft)
      }
      paths.append(LeafPath(value: leaf.value, players: players, conditions: conditions, coverShares: shares))
    }
    return paths
  }

  /// The share of a node's training rows that went one way. Where none came, either way is as likely.
  ///
  /// The children's covers are summed, not the node's taken, so that the shares sum to 1 whatever a file says.
  private static func coverShare(of tree: DecisionTree, _ index: Int, goesLeft: Bool) -> Double {
    let node = tree.nodes[index]
    let left = tree.nodes[Int(node.left)].cover
    let right = tree.nodes[Int(node.right)].cover
    let total = left + right
    guard total > 0 else { return 0.5 }
    return (goesLeft ? left : right) / total
  }
}

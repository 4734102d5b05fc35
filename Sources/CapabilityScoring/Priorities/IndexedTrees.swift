import BoostedTrees

/// Trees, with the ones that ask for each feature: what changes when a few answers do takes only these.
struct IndexedTrees: Sendable {
  let ensemble: TreeEnsemble
  /// Per feature, the trees that split on it, in their order.
  private let users: [[Int32]]

  init(_ ensemble: TreeEnsemble) {
    self.ensemble = ensemble
    var users = [[Int32]](repeating: [], count: ensemble.features.count)
    for (index, tree) in ensemble.trees.enumerated() {
      for node in tree.nodes where !node.isLeaf && users[Int(node.feature)].last != Int32(index) {
        users[Int(node.feature)].append(Int32(index))
      }
    }
    self.users = users
  }

  /// The trees that split on one of some features, in their order.
  func trees(using features: some Sequence<Int>) -> [Int32] {
    var isUsed: [Int32] = []
    for feature in features { isUsed += users[feature] }
    isUsed.sort()
    var result: [Int32] = []
    for index in isUsed where result.last != index { result.append(index) }
    return result
  }

  /// What `trees`, the ones that use a changed feature, add after less what they add before.
  @inline(__always)
  func change(_ trees: [Int32], before: (Int) -> Double, after: (Int) -> Double) -> Double {
    var sum = 0.0
    for index in trees {
      let tree = ensemble.trees[Int(index)]
      sum += tree.nodes[tree.leafIndex(after)].value - tree.nodes[tree.leafIndex(before)].value
    }
    return sum
  }
}

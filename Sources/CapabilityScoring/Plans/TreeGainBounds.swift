import BoostedTrees

/// Upper bounds on what a change of some items adds to the score of trees, whatever else a plan may change.
///
/// For a plan that raises capabilities one after the other, each adds at most
///
/// ```
/// Σ_trees max over contexts z of  tree(after, z) − tree(before, z)
/// ```
///
/// where a context gives every item that the plan may change any value that it can reach: sums of these bounds over a
/// plan's capabilities bound the whole plan's gain, in whatever order. The two sides are followed through a tree
/// together until a split parts them; from there the best leaf on one side and the worst on the other are taken, which
/// may belong to different contexts: the bound is never too low.
struct TreeGainBounds {
  /// What an item may be in a context.
  struct Reach {
    var low: Double
    var high: Double
    /// Whether it may be without an answer, beside the values from `low` to `high` (none when `low` is above `high`).
    var mayBeMissing: Bool

    init(_ value: Double) {
      (low, high, mayBeMissing) = value.isNaN ? (.infinity, -.infinity, true) : (value, value, false)
    }

    init(from low: Double, to high: Double, mayBeMissing: Bool = false) {
      (self.low, self.high, self.mayBeMissing) = (low, high, mayBeMissing)
    }
  }

  let ensemble: TreeEnsemble

  /// - Parameters:
  ///   - before: Items that change, and what they are before.
  ///   - after: The same items, after.
  ///   - context: What every feature of the trees may be; that of the changed items is not read.
  func greatestGain(before: [Int: Double], after: [Int: Double], context: [Reach]) -> Double {
    var walk = Walk(before: before, after: after, context: context)
    return ensemble.trees.reduce(0) { $0 + walk.greatest($1, 0) }
  }

  private struct Walk {
    let before: [Int: Double]
    let after: [Int: Double]
    var context: [Reach]

    /// Of after less before, both at the same node.
    mutating func greatest(_ tree: DecisionTree, _ index: Int) -> Double {
      let node = tree.nodes[index]
      guard !node.isLeaf else { return 0 }
      let feature = Int(node.feature)
      if let old = before[feature], let new = after[feature] {
        let (from, to) = (Self.child(tree, node, old), Self.child(tree, node, new))
        guard from != to else { return greatest(tree, from) }
        return extreme(tree, to, isAfter: true, sign: 1) - extreme(tree, from, isAfter: false, sign: -1)
      }
      return over(tree, node) { $0.greatest(tree, $1) }
    }

    /// The greatest (sign 1) or least (−1) value of a leaf that one side can reach.
    private mutating func extreme(_ tree: DecisionTree, _ index: Int, isAfter: Bool, sign: Double) -> Double {
      let node = tree.nodes[index]
      guard !node.isLeaf else { return node.value }
      if let own = (isAfter ? after : before)[Int(node.feature)] {
        return extreme(tree, Self.child(tree, node, own), isAfter: isAfter, sign: sign)
      }
      return sign * over(tree, node) { sign * $0.extreme(tree, $1, isAfter: isAfter, sign: sign) }
    }

    /// The greatest over the children that the context can reach, each with what is left of it.
    private mutating func over(
      _ tree: DecisionTree, _ node: DecisionTree.Node, _ value: (inout Walk, Int) -> Double
    ) -> Double {
      let feature = Int(node.feature)
      let reach = context[feature]
      var best = -Double.infinity
      func split(_ isLeft: Bool) -> Reach? {
        var own = reach
        own.mayBeMissing = reach.mayBeMissing && node.missingGoesLeft == isLeft
        if node.categorySet >= 0 {
          // Levels of nominal answers are never changed: there is one, or none.
          if own.low <= own.high, tree.categorySets[Int(node.categorySet)].contains(own.low) != isLeft {
            (own.low, own.high) = (.infinity, -.infinity)
          }
        } else if isLeft {
          own.high = min(own.high, node.threshold)
        } else if !(own.low > node.threshold) {
          own.low = node.threshold.nextUp
        }
        return own.low <= own.high || own.mayBeMissing ? own : nil
      }
      for (isLeft, child) in [(true, node.left), (false, node.right)] {
        guard let own = split(isLeft) else { continue }
        context[feature] = own
        best = max(best, value(&self, Int(child)))
      }
      context[feature] = reach
      return best
    }

    private static func child(_ tree: DecisionTree, _ node: DecisionTree.Node, _ value: Double) -> Int {
      let goesLeft =
        value.isNaN
        ? node.missingGoesLeft
        : node.categorySet >= 0 ? tree.categorySets[Int(node.categorySet)].contains(value) : value <= node.threshold
      return Int(goesLeft ? node.left : node.right)
    }
  }
}

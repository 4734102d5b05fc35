import StatisticalLearning

/// An ensemble laid out for scoring: sixteen bytes a node, siblings side by side, leaves that lead to themselves.
///
/// A step down is `index = left + (goes right ? 1 : 0)`, without a branch, so several rows descend a tree at once and
/// their loads overlap. Scores are sums in the order of the trees, so they don't depend on how rows are grouped.
struct CompiledEnsemble: Sendable {
  struct Node: Sendable {
    var threshold: Double
    /// The feature in the low bits, ``missingLeft`` on top.
    var feature: UInt32
    var left: UInt32
  }

  struct Tree: Sendable {
    var root: Int32
    var depth: Int32
    var output: Int32
    var isNumeric: Bool
  }

  static let missingLeft: UInt32 = 1 << 31

  private let nodes: [Node]
  private let values: [Double]
  private let trees: [Tree]
  private let source: TreeEnsemble

  init(_ ensemble: TreeEnsemble) {
    source = ensemble
    var nodes: [Node] = []
    var values: [Double] = []
    var trees: [Tree] = []
    for (tree, output) in zip(ensemble.trees, ensemble.outputs) {
      let root = nodes.count
      let isNumeric = tree.categorySets.isEmpty
      var depth = 0
      // Level by level, so that siblings are neighbours whatever the order of the source.
      var level = [0]
      var next: [Int] = []
      var childStart = root + 1
      while !level.isEmpty {
        next = []
        for index in level {
          let node = tree.nodes[index]
          values.append(node.value)
          if node.isLeaf {
            nodes.append(Node(threshold: .infinity, feature: Self.missingLeft, left: UInt32(nodes.count)))
          } else {
            nodes.append(
              Node(
                threshold: node.threshold,
                feature: UInt32(node.feature) | (node.missingGoesLeft ? Self.missingLeft : 0),
                left: UInt32(childStart)))
            childStart += 2
            next += [Int(node.left), Int(node.right)]
          }
        }
        if !next.isEmpty { depth += 1 }
        level = next
      }
      trees.append(Tree(root: Int32(root), depth: Int32(depth), output: Int32(output), isNumeric: isNumeric))
    }
    self.nodes = nodes
    self.values = values
    self.trees = trees
  }

  @inline(__always)
  private static func step(
    _ nodes: UnsafePointer<Node>, _ index: Int, _ row: UnsafePointer<Double>
  ) -> Int {
    let node = nodes[index]
    let value = row[Int(node.feature & ~missingLeft)]
    // A comparison with NaN is false: `x <= t` sends it right, `!(x > t)` left.
    let isRight =
      node.feature & missingLeft != 0
      ? UInt8(truncatingIfNeeded: value > node.threshold ? 1 : 0)
      : UInt8(truncatingIfNeeded: value <= node.threshold ? 0 : 1)
    return Int(node.left) &+ Int(isRight)
  }

  /// Adds the trees to `scores`, output by output.
  ///
  /// - Parameter rows: `rowCount` rows of `stride` features each.
  func addScores(
    _ rows: UnsafePointer<Double>, rowCount: Int, stride: Int, to scores: UnsafeMutablePointer<Double>
  ) {
    nodes.withUnsafeBufferPointer { nodeBuffer in
      values.withUnsafeBufferPointer { valueBuffer in
        trees.withUnsafeBufferPointer { trees in
          guard let nodes = nodeBuffer.baseAddress, let values = valueBuffer.baseAddress else { return }
          let block = 128
          var start = 0
          while start < rowCount {
            let end = min(start + block, rowCount)
            for (treeIndex, tree) in trees.enumerated() {
              let target = scores + Int(tree.output) * rowCount
              guard tree.isNumeric else {
                let source = self.source.trees[treeIndex]
                for row in start..<end {
                  let base = rows + row * stride
                  target[row] += source.nodes[source.leafIndex { base[$0] }].value
                }
                continue
              }
              let root = Int(tree.root)
              var row = start
              while row + 8 <= end {
                let r0 = rows + row &* stride
                let r1 = r0 + stride
                let r2 = r1 + stride
                let r3 = r2 + stride
                let r4 = r3 + stride
                let r5 = r4 + stride
                let r6 = r5 + stride
                let r7 = r6 + stride
                var i0 = root
                var i1 = root
                var i2 = root
                var i3 = root
                var i4 = root
                var i5 = root
                var i6 = root
                var i7 = root
                for _ in 0..<tree.depth {
                  i0 = Self.step(nodes, i0, r0)
                  i1 = Self.step(nodes, i1, r1)
                  i2 = Self.step(nodes, i2, r2)
                  i3 = Self.step(nodes, i3, r3)
                  i4 = Self.step(nodes, i4, r4)
                  i5 = Self.step(nodes, i5, r5)
                  i6 = Self.step(nodes, i6, r6)
                  i7 = Self.step(nodes, i7, r7)
                }
                let out = target + row
                out[0] += values[i0]
                out[1] += values[i1]
                out[2] += values[i2]
                out[3] += values[i3]
                out[4] += values[i4]
                out[5] += values[i5]
                out[6] += values[i6]
                out[7] += values[i7]
                row &+= 8
              }
              while row < end {
                let base = rows + row &* stride
                var index = root
                for _ in 0..<tree.depth { index = Self.step(nodes, index, base) }
                target[row] += values[index]
                row &+= 1
              }
            }
            start = end
          }
        }
      }
    }
  }

  /// Adds the trees to the scores of one row, one per output, without allocating.
  func addScores(row: UnsafePointer<Double>, to scores: UnsafeMutablePointer<Double>) {
    addScores(row, rowCount: 1, stride: 0, to: scores)
  }
}

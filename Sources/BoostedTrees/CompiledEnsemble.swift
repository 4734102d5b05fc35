import StatisticalLearning

/// An ensemble laid out for scoring: sixteen bytes a node, siblings side by side, leaves that lead to themselves.
///
/// A step down is `index = left + (goes right ? 1 : 0)`, without a branch, so several rows descend a tree at once and
/// their loads overlap. Scores are sums in the order of the trees, so they don't depend on how rows are grouped.
struct CompiledEnsemble: Sendable {
  struct Node: Sendable {
    var threshold: Double
    /// Where the value is in a block of rows: 64 times the feature, plus 32 where a missing value goes right.
    var place: UInt32
    var left: UInt32
  }

  struct Tree: Sendable {
    var root: Int32
    var depth: Int32
    var leastDepth: Int32
    var output: Int32
    /// Whether all splits are numeric, and missing values can be told by an infinity.
    var isNumeric: Bool
  }

  private let nodes: [Node]
  private let values: [Double]
  private let trees: [Tree]
  private let usedFeatures: [Int]
  private let source: TreeEnsemble
  /// Quicker, where the ensemble has one.
  private let masks: LeafMasks?

  /// - Parameter rowCount: How many rows are to be scored, when that is known: a layout for many is not worth making for
  ///   few.
  init(_ ensemble: TreeEnsemble, rowCount: Int? = nil) {
    source = ensemble
    masks = rowCount.map { $0 >= Self.worthwhileRowCount } ?? true ? LeafMasks(ensemble) : nil
    var nodes: [Node] = []
    var values: [Double] = []
    var trees: [Tree] = []
    var isUsed = [Bool](repeating: false, count: ensemble.features.count)
    for (tree, output) in zip(ensemble.trees, ensemble.outputs) {
      let root = nodes.count
      var isNumeric = tree.categorySets.isEmpty
      var depth: Int32 = 0
      var leastDepth: Int32?
      // Level by level, so that siblings are neighbours whatever the order of the source.
      var level = [0]
      var childStart = root + 1
      while !level.isEmpty {
        var next: [Int] = []
        for index in level {
          let node = tree.nodes[index]
          values.append(node.value)
          if node.isLeaf {
            if leastDepth == nil { leastDepth = depth }
            nodes.append(Node(threshold: .infinity, place: 0, left: UInt32(nodes.count)))
          } else {
            isUsed[Int(node.feature)] = true
            if node.threshold == .infinity { isNumeric = false }
            nodes.append(
              Node(
                threshold: node.threshold, place: UInt32(node.feature) * 64 + (node.missingGoesLeft ? 0 : 32),
                left: UInt32(childStart)))
            childStart += 2
            next += [Int(node.left), Int(node.right)]
          }
        }
        if !next.isEmpty { depth += 1 }
        level = next
      }
      trees.append(
        Tree(
          root: Int32(root), depth: depth, leastDepth: leastDepth ?? depth, output: Int32(output),
          isNumeric: isNumeric))
    }
    self.nodes = nodes
    self.values = values
    self.trees = trees
    usedFeatures = isUsed.indices.filter { isUsed[$0] }
  }

  /// Adds the trees to `scores`, output by output.
  ///
  /// - Parameters:
  ///   - elements: The value of feature `j` of row `i` is at `i * rowStride + j * featureStride`.
  ///   - scores: Output `k` of row `i` is at `k * rowCount + i`.
  func addScores(
    _ elements: UnsafePointer<Double>, rowCount: Int, rowStride: Int, featureStride: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    if let masks {
      masks.addScores(
        elements, rowCount: rowCount, rowStride: rowStride, featureStride: featureStride, to: scores)
      return
    }
    // Of each value both what it is compared as where a missing value goes left and where it goes right, 32 rows side by
    // side. The block and the nodes of a tree stay in the first level of cache.
    let size = Self.blockSize
    let capacity = 2 * size * max(source.features.count, 1)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { block in
      let block = block.baseAddress!
      block.initialize(repeating: 0, count: capacity)
      var start = 0
      while start < rowCount {
        let count = min(size, rowCount - start)
        for feature in usedFeatures {
          let column = elements + (feature * featureStride + start * rowStride)
          let place = block + 2 * size &* feature
          for row in 0..<count {
            let value = column[row &* rowStride]
            place[row] = value.isNaN ? -.infinity : value
            place[row &+ size] = value.isNaN ? .infinity : value
          }
        }
        add(block, count: count, start: start, rowCount: rowCount, scores) { row, feature in
          elements[(start + row) * rowStride + feature * featureStride]
        }
        start += count
      }
    }
  }

  private static let blockSize = 32
  private static let worthwhileRowCount = 1000

  /// - Parameter value: For trees that are walked node by node.
  @inline(__always)
  private func add(
    _ block: UnsafePointer<Double>, count: Int, start: Int, rowCount: Int, _ scores: UnsafeMutablePointer<Double>,
    value: (Int, Int) -> Double
  ) {
    nodes.withUnsafeBufferPointer { nodeBuffer in
      values.withUnsafeBufferPointer { valueBuffer in
        trees.withUnsafeBufferPointer { trees in
          guard let nodes = nodeBuffer.baseAddress, let values = valueBuffer.baseAddress else { return }
          for treeIndex in 0..<trees.count {
            let tree = trees[treeIndex]
            let target = scores + (Int(tree.output) * rowCount + start)
            guard tree.isNumeric else {
              let tree = source.trees[treeIndex]
              for row in 0..<count { target[row] += tree.nodes[tree.leafIndex { value(row, $0) }].value }
              continue
            }
            var row = 0
            while row + 8 <= count {
              Self.addEight(nodes, values, tree, block + row, target + row)
              row &+= 8
            }
            while row < count {
              var index = Int(tree.root)
              for _ in 0..<tree.depth { index = Self.step(nodes, index, block, row) }
              target[row] += values[index]
              row &+= 1
            }
          }
        }
      }
    }
  }

  /// Adds the leaves of eight rows.
  @inline(__always)
  private static func addEight(
    _ nodes: UnsafePointer<Node>, _ values: UnsafePointer<Double>, _ tree: Tree, _ block: UnsafePointer<Double>,
    _ target: UnsafeMutablePointer<Double>
  ) {
    let root = Int(tree.root)
    var i0 = root
    var i1 = root
    var i2 = root
    var i3 = root
    var i4 = root
    var i5 = root
    var i6 = root
    var i7 = root
    var left = tree.leastDepth
    var remaining = tree.depth &- tree.leastDepth
    while true {
      while left > 0 {
        i0 = step(nodes, i0, block, 0)
        i1 = step(nodes, i1, block, 1)
        i2 = step(nodes, i2, block, 2)
        i3 = step(nodes, i3, block, 3)
        i4 = step(nodes, i4, block, 4)
        i5 = step(nodes, i5, block, 5)
        i6 = step(nodes, i6, block, 6)
        i7 = step(nodes, i7, block, 7)
        left &-= 1
      }
      if remaining <= 0 { break }
      // A leaf leads to itself.
      let isDone =
        isLeaf(nodes, i0) & isLeaf(nodes, i1) & isLeaf(nodes, i2) & isLeaf(nodes, i3) & isLeaf(nodes, i4)
        & isLeaf(nodes, i5) & isLeaf(nodes, i6) & isLeaf(nodes, i7)
      if isDone != 0 { break }
      left = min(2, remaining)
      remaining &-= left
    }
    target[0] += values[i0]
    target[1] += values[i1]
    target[2] += values[i2]
    target[3] += values[i3]
    target[4] += values[i4]
    target[5] += values[i5]
    target[6] += values[i6]
    target[7] += values[i7]
  }

  @inline(__always)
  private static func isLeaf(_ nodes: UnsafePointer<Node>, _ index: Int) -> UInt8 {
    unsafeBitCast(Int(nodes[index].left) == index, to: UInt8.self)
  }

  @inline(__always)
  private static func step(
    _ nodes: UnsafePointer<Node>, _ index: Int, _ block: UnsafePointer<Double>, _ row: Int
  ) -> Int {
    let node = nodes + index
    let value = block[Int(node.pointee.place) &+ row]
    let isRight = unsafeBitCast(value > node.pointee.threshold, to: UInt8.self)
    return Int(node.pointee.left) &+ Int(isRight)
  }

  /// Adds the trees to the scores of one row, one per output, without allocating: four trees descend at once.
  func addScores(row: UnsafePointer<Double>, to scores: UnsafeMutablePointer<Double>) {
    if let masks {
      masks.addScores(row, rowCount: 1, rowStride: 0, featureStride: 1, to: scores)
      return
    }
    nodes.withUnsafeBufferPointer { nodeBuffer in
      values.withUnsafeBufferPointer { valueBuffer in
        trees.withUnsafeBufferPointer { trees in
          guard let nodes = nodeBuffer.baseAddress, let values = valueBuffer.baseAddress else { return }
          var index = 0
          while index < trees.count {
            if index &+ 4 <= trees.count, trees[index].isNumeric, trees[index &+ 1].isNumeric,
              trees[index &+ 2].isNumeric, trees[index &+ 3].isNumeric
            {
              var i0 = Int(trees[index].root)
              var i1 = Int(trees[index &+ 1].root)
              var i2 = Int(trees[index &+ 2].root)
              var i3 = Int(trees[index &+ 3].root)
              var before = -1
              while i0 &+ i1 &+ i2 &+ i3 != before {
                before = i0 &+ i1 &+ i2 &+ i3
                i0 = Self.rowStep(nodes, i0, row)
                i1 = Self.rowStep(nodes, i1, row)
                i2 = Self.rowStep(nodes, i2, row)
                i3 = Self.rowStep(nodes, i3, row)
              }
              scores[Int(trees[index].output)] += values[i0]
              scores[Int(trees[index &+ 1].output)] += values[i1]
              scores[Int(trees[index &+ 2].output)] += values[i2]
              scores[Int(trees[index &+ 3].output)] += values[i3]
              index &+= 4
              continue
            }
            let tree = source.trees[index]
            scores[Int(trees[index].output)] += tree.nodes[tree.leafIndex { row[$0] }].value
            index &+= 1
          }
        }
      }
    }
  }

  /// A step of a row as it is: a comparison with NaN is false.
  @inline(__always)
  private static func rowStep(_ nodes: UnsafePointer<Node>, _ index: Int, _ row: UnsafePointer<Double>) -> Int {
    let node = nodes[index]
    let value = row[Int(node.place &>> 6)]
    let isAbove = unsafeBitCast(value > node.threshold, to: UInt8.self)
    let isMissing = unsafeBitCast(value != value, to: UInt8.self)
    return Int(node.left) &+ Int(isAbove | (isMissing & UInt8(truncatingIfNeeded: node.place &>> 5 & 1)))
  }
}

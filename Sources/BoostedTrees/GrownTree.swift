/// A tree as it is grown: splits by bins, columns in the order of their names.
struct GrownTree {
  struct Node {
    var column: Int32 = -1
    /// The last value bin on the left.
    var boundary: Int32 = 0
    var missingGoesLeft = false
    /// Index into `sets`; −1 for a numeric split.
    var set: Int32 = -1
    var left: Int32 = 0
    var right: Int32 = 0
    /// Before shrinkage by the learning rate.
    var value = 0.0
    var cover = 0.0
    var gain = 0.0
  }

  var nodes: [Node] = []
  /// For each categorical split, whether each bin of its column goes left.
  var sets: [[Bool]] = []

  @inline(__always)
  func goesLeft(_ node: Node, _ bin: Int, missingBin: Int) -> Bool {
    if node.set >= 0 { return sets[Int(node.set)][bin] }
    return bin == missingBin ? node.missingGoesLeft : bin <= Int(node.boundary)
  }

  /// The leaf that a unit of the training data reaches.
  ///
  /// - Parameter missingBins: Those of ``missingBins(_:)``.
  func leaf(of unit: Int, in data: BinnedDataset, _ missingBins: [Int32]) -> Int {
    nodes.withUnsafeBufferPointer { nodes in
      missingBins.withUnsafeBufferPointer { missingBins in
        var index = 0
        while nodes[index].column >= 0 {
          let node = nodes[index]
          let column = Int(node.column)
          let isLeft = goesLeft(node, data.bin(unit, column), missingBin: Int(missingBins[column]))
          index = Int(isLeft ? node.left : node.right)
        }
        return index
      }
    }
  }

  /// The leaf of every unit.
  func leaves(in data: BinnedDataset, _ workers: Workers) -> [Int32] {
    let missingBins = Self.missingBins(data)
    return [Int32](unsafeUninitializedCapacity: data.unitCount) { leaves, count in
      let target = Shared(leaves.baseAddress)
      workers.forRuns(data.unitCount, minimum: 1 << 15) { _, run in
        for unit in run {
          (target.value! + unit).initialize(to: Int32(truncatingIfNeeded: leaf(of: unit, in: data, missingBins)))
        }
      }
      count = data.unitCount
    }
  }

  /// The missing bin of each column; one past all bins where nothing is missing.
  static func missingBins(_ data: BinnedDataset) -> [Int32] {
    data.bins.map { Int32($0.hasMissing ? $0.missingBin : Int(Int32.max)) }
  }

  /// The tree over values, its leaves multiplied by `scale`.
  func decisionTree(in data: BinnedDataset, scale: Double) -> DecisionTree? {
    var categorySets: [CategorySet] = []
    let result = nodes.map { node -> DecisionTree.Node in
      let value = node.value * scale
      guard node.column >= 0 else { return .leaf(value: value, cover: node.cover) }
      let bins = data.bins[Int(node.column)]
      let feature = data.columnOrder[Int(node.column)]
      if node.set >= 0 {
        let levels = bins.levels.indices.filter { sets[Int(node.set)][$0] }.map { bins.levels[$0] }
        categorySets.append(CategorySet(levels))
        return .split(
          feature: feature, categorySet: categorySets.count - 1, missingGoesLeft: node.missingGoesLeft,
          left: Int(node.left), right: Int(node.right), value: value, cover: node.cover, gain: node.gain)
      }
      return .split(
        feature: feature, threshold: bins.upperBounds[Int(node.boundary)], missingGoesLeft: node.missingGoesLeft,
        left: Int(node.left), right: Int(node.right), value: value, cover: node.cover, gain: node.gain)
    }
    // Only numbers beyond the range of Double can fail here.
    return try? DecisionTree(nodes: result, categorySets: categorySets)
  }
}

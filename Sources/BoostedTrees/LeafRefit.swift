import StatisticalLearning

/// Gives a grown tree the leaf values that other rows call for, its structure kept.
///
/// Splits are replayed in the order in which they were made, so that each leaf's value is held within the bounds that a
/// monotone direction sets at that moment; where the new rows contradict a direction, both children keep their parent's
/// value.
struct LeafRefit {
  let data: BinnedDataset
  let constraints: ColumnConstraints
  let objective: LeafObjective
  let missingBins: [Int32]

  /// - Parameters:
  ///   - sums: The rounded derivatives of every unit.
  ///   - leafOfUnit: Receives the node that each unit ends in.
  func refit(_ tree: inout GrownTree, sums: UnsafePointer<Sums>, leafOfUnit: UnsafeMutablePointer<Int32>) {
    let nodeCount = tree.nodes.count
    var totals = [Sums](repeating: Sums(), count: nodeCount)
    missingBins.withUnsafeBufferPointer { missing in
      for unit in 0..<data.unitCount {
        let leaf = tree.leaf(of: unit, in: data, missingBins: missing.baseAddress!)
        leafOfUnit[unit] = Int32(leaf)
        totals[leaf] = totals[leaf] &+ sums[unit]
      }
    }
    for index in stride(from: nodeCount - 1, through: 0, by: -1) where tree.nodes[index].column >= 0 {
      let node = tree.nodes[index]
      totals[index] = totals[Int(node.left)] &+ totals[Int(node.right)]
    }
    let scales = objective.scales
    func value(_ index: Int, _ bounds: ValueBounds) -> Double {
      objective.value(scales.gradient(totals[index]), scales.hessian(totals[index]), bounds)
    }
    for index in 0..<nodeCount { tree.nodes[index].cover = Double(scales.count(totals[index])) / data.countScale }
    guard constraints.hasMonotone else {
      for index in 0..<nodeCount { tree.nodes[index].value = value(index, ValueBounds()) }
      return
    }
    var bounds = MonotoneBounds(data, constraints)
    bounds.addRoot()
    tree.nodes[0].value = value(0, ValueBounds())
    var leaves = [0]
    let splits = tree.nodes.indices.filter { tree.nodes[$0].column >= 0 }
      .sorted { tree.nodes[$0].left < tree.nodes[$1].left }
    for index in splits {
      let node = tree.nodes[index]
      let leaf = leaves.firstIndex(of: index)!
      let range = bounds.bounds(of: leaf, leaves.map { tree.nodes[$0].value })
      var left = value(Int(node.left), range)
      var right = value(Int(node.right), range)
      if Double(constraints.directions[Int(node.column)]) * (right - left) < 0 {
        left = node.value
        right = node.value
      }
      tree.nodes[Int(node.left)].value = left
      tree.nodes[Int(node.right)].value = right
      bounds.split(leaf: leaf, node: node)
      leaves[leaf] = Int(node.left)
      leaves.append(Int(node.right))
    }
  }
}

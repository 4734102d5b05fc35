import StatisticalLearning

/// Gives a grown tree the leaf values that other rows call for, its structure kept.
///
/// Splits are replayed in the order in which they were made, so that each leaf's value is held within the bounds that a
/// monotone direction sets at that moment; where the new rows contradict a direction, both children keep their parent's
/// value. Sums run over the units in their order, which is that of what they hold.
struct LeafRefit {
  private let data: BinnedDataset
  private let constraints: ColumnConstraints
  private let objective: LeafObjective
  private let weights: [Double]
  private var totals: [Total] = []

  private struct Total {
    var gradient = 0.0
    var hessian = 0.0
    var count: Int64 = 0

    static func + (a: Total, b: Total) -> Total {
      Total(gradient: a.gradient + b.gradient, hessian: a.hessian + b.hessian, count: a.count + b.count)
    }
  }

  init(_ data: BinnedDataset, _ constraints: ColumnConstraints, _ parameters: BoostingParameters, weights: [Double]) {
    self.data = data
    self.constraints = constraints
    self.weights = weights
    objective = LeafObjective(parameters, data, SumScales())
  }

  /// - Parameters:
  ///   - gradients: First derivatives of every unit.
  ///   - hessians: Second derivatives of every unit.
  ///   - nodeOfUnit: The leaf of every unit.
  mutating func refit<Index: FixedWidthInteger>(
    _ tree: inout GrownTree, gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>,
    nodeOfUnit: UnsafePointer<Index>
  ) {
    let nodeCount = tree.nodes.count
    totals.removeAll(keepingCapacity: true)
    totals.append(contentsOf: repeatElement(Total(), count: nodeCount))
    totals.withUnsafeMutableBufferPointer { totals in
      weights.withUnsafeBufferPointer { weights in
        data.counts.withUnsafeBufferPointer { counts in
          for unit in 0..<counts.count {
            let leaf = Int(truncatingIfNeeded: nodeOfUnit[unit])
            totals[leaf].gradient += weights[unit] * gradients[unit]
            totals[leaf].hessian += weights[unit] * hessians[unit]
            totals[leaf].count &+= counts[unit]
          }
        }
      }
    }
    for index in stride(from: nodeCount - 1, through: 0, by: -1) where tree.nodes[index].column >= 0 {
      let node = tree.nodes[index]
      totals[index] = totals[Int(node.left)] + totals[Int(node.right)]
    }
    for index in 0..<nodeCount { tree.nodes[index].cover = Double(totals[index].count) / data.countScale }
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
      let range = bounds.bounds(of: leaf) { tree.nodes[leaves[$0]].value }
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

  private func value(_ index: Int, _ bounds: ValueBounds) -> Double {
    objective.value(totals[index].gradient, totals[index].hessian, bounds)
  }
}

import StatisticalLearning

/// Grows one tree at a time on the rounded derivatives of a round. Its buffers are reused from tree to tree.
final class TreeGrower {
  let data: BinnedDataset
  let parameters: BoostingParameters
  let constraints: ColumnConstraints
  /// The missing bin of each column; one past all bins where nothing is missing.
  let missingBins: [Int32]

  /// Units of the tree, node by node: each node's are a run of one of two buffers.
  private let rows: RowPartition
  private var pool: HistogramPool
  private(set) var leaves: [GrowingLeaf] = []
  private(set) var tree = GrownTree()
  private var layout = HistogramLayout()
  private var drawnColumns: [Int] = []
  private var bounds: MonotoneBounds?

  private let workers: Workers

  init(
    _ data: BinnedDataset, _ parameters: BoostingParameters, _ constraints: ColumnConstraints, _ workers: Workers
  ) {
    self.data = data
    self.parameters = parameters
    self.constraints = constraints
    missingBins = data.bins.map { Int32($0.hasMissing ? $0.missingBin : Int(Int32.max)) }
    rows = RowPartition(data)
    pool = HistogramPool()
    self.workers = workers
  }

  /// - Parameters:
  ///   - sums: The rounded derivatives of every unit; units that count nothing are left out.
  ///   - columns: The columns that may be split on, ascending.
  func grow(
    sums: UnsafePointer<Sums>, total: Sums, scales: SumScales, columns: [Int]
  ) -> GrownTree {
    let objective = LeafObjective(parameters, data, scales)
    let finder = SplitFinder(objective: objective)
    if columns != drawnColumns {
      layout = HistogramLayout(data, columns: columns, directions: constraints.directions)
      drawnColumns = columns
    }
    pool.reset(cellCount: layout.cellCount)
    bounds = constraints.hasMonotone ? MonotoneBounds(data, constraints) : nil
    tree = GrownTree()

    let count = rows.fill { sums[$0].y != 0 }
    var root = GrowingLeaf(
      node: 0, rows: RowRun(start: 0, count: count, side: 0), depth: 0, sums: total, slots: layout.allSlots)
    root.value = objective.value(scales.gradient(total), scales.hessian(total), ValueBounds())
    tree.nodes.append(
      GrownTree.Node(value: root.value, cover: Double(scales.count(total)) / data.countScale))
    leaves = [root]
    bounds?.addRoot()
    if canSplit(root, objective) {
      leaves[0].histogram = pool.take()
      accumulate(leaves[0], sums)
      findBest(0, finder)
    }
    while leaves.count < parameters.leafCount, let next = nextLeaf() { split(next, sums, finder) }
    return tree
  }

  private func canSplit(_ leaf: GrowingLeaf, _ objective: LeafObjective) -> Bool {
    if let maximumDepth = parameters.maximumDepth, leaf.depth >= maximumDepth { return false }
    return leaf.rows.count > 1 && !leaf.slots.isEmpty
      && objective.scales.count(leaf.sums) >= 2 * objective.minimumCount
      && objective.scales.hessian(leaf.sums) >= 2 * objective.minimumHessian
  }

  private func nextLeaf() -> Int? {
    var best: Int?
    for index in leaves.indices where leaves[index].best.isValid {
      guard let current = best else {
        best = index
        continue
      }
      let isShallower = parameters.growth == .depthWise && leaves[index].depth < leaves[current].depth
      let isAsDeep = parameters.growth == .leafWise || leaves[index].depth == leaves[current].depth
      if isShallower || (isAsDeep && leaves[index].best.gain > leaves[current].best.gain) { best = index }
    }
    return best
  }

  private func split(_ index: Int, _ sums: UnsafePointer<Sums>, _ finder: SplitFinder) {
    let objective = finder.objective
    let scales = objective.scales
    let parent = leaves[index]
    let best = parent.best
    let column = layout.columns[best.slot]
    let leftNode = tree.nodes.count
    var node = tree.nodes[parent.node]
    node.column = Int32(column)
    node.boundary = Int32(best.boundary)
    node.missingGoesLeft = best.missingGoesLeft
    node.left = Int32(leftNode)
    node.right = Int32(leftNode + 1)
    node.gain = best.gain
    if let bins = best.leftBins {
      var set = [Bool](repeating: false, count: max(data.bins[column].binCount, 1))
      for bin in bins { set[Int(bin)] = true }
      node.set = Int32(tree.sets.count)
      tree.sets.append(set)
    }
    tree.nodes[parent.node] = node

    let (leftCount, side) = rows.split(
      parent.rows, column: column, missingBin: Int(missingBins[column]), node, sets: tree.sets, workers)
    let slots = constraints.slots(layout, after: parent.path + [column], from: parent.slots)
    let rightSums = parent.sums &- best.left
    let valueBounds = parent.bounds
    func child(_ node: Int, _ start: Int, _ count: Int, _ sums: Sums) -> GrowingLeaf {
      var leaf = GrowingLeaf(
        node: node, rows: RowRun(start: start, count: count, side: side), depth: parent.depth + 1, sums: sums,
        slots: slots)
      leaf.value = objective.value(scales.gradient(sums), scales.hessian(sums), valueBounds)
      leaf.path = constraints.hasGroups ? parent.path + [column] : []
      leaf.bounds = valueBounds
      return leaf
    }
    var left = child(leftNode, parent.rows.start, leftCount, best.left)
    var right = child(leftNode + 1, parent.rows.start + leftCount, parent.rows.count - leftCount, rightSums)
    for leaf in [left, right] {
      tree.nodes.append(
        GrownTree.Node(value: leaf.value, cover: Double(scales.count(leaf.sums)) / data.countScale))
    }

    let isFull = leaves.count + 1 >= parameters.leafCount
    let leftSplits = !isFull && canSplit(left, objective)
    let rightSplits = !isFull && canSplit(right, objective)
    // The smaller child is counted, the larger one is what is left of the parent.
    if leftSplits || rightSplits {
      let leftIsSmaller = left.rows.count <= right.rows.count
      if leftIsSmaller ? !rightSplits : !leftSplits {
        // Only the smaller one can be split on: no use for the difference.
        let histogram = parent.histogram
        if leftIsSmaller { left.histogram = histogram } else { right.histogram = histogram }
        accumulate(leftIsSmaller ? left : right, sums)
      } else {
        let counted = pool.take()
        var smaller = leftIsSmaller ? left : right
        smaller.histogram = counted
        accumulate(smaller, sums)
        pool.subtract(counted, from: parent.histogram, layout, slots)
        if leftIsSmaller {
          left.histogram = counted
          right.histogram = parent.histogram
        } else {
          right.histogram = counted
          left.histogram = parent.histogram
        }
      }
    } else {
      pool.give(parent.histogram)
    }
    if !leftSplits, left.histogram >= 0 {
      pool.give(left.histogram)
      left.histogram = -1
    }
    if !rightSplits, right.histogram >= 0 {
      pool.give(right.histogram)
      right.histogram = -1
    }
    leaves[index] = left
    leaves.append(right)
    var changed: [Int] = []
    if bounds != nil {
      changed = bounds!.split(leaf: index, node: node)
      for leaf in [index, leaves.count - 1] + changed {
        leaves[leaf].bounds = bounds!.bounds(of: leaf, leaves.map(\.value))
      }
    }
    if isFull { return }
    if leftSplits { findBest(index, finder) }
    if rightSplits { findBest(leaves.count - 1, finder) }
    for leaf in changed where leaves[leaf].histogram >= 0 { findBest(leaf, finder) }
  }

  private func findBest(_ index: Int, _ finder: SplitFinder) {
    let leaf = leaves[index]
    var objective = finder.objective
    let scales = objective.scales
    let parentReduction = objective.reduction(scales.gradient(leaf.sums), scales.hessian(leaf.sums), at: leaf.value)
    // What is lost in rounding is no gain: a node whose rows are all alike isn't split.
    objective.minimumGain = max(objective.minimumGain, 1e-9 * parentReduction)
    let finder = SplitFinder(objective: objective)
    let free = FreeScan(objective, total: leaf.sums, parentReduction: parentReduction)
    let isFree = leaf.bounds.isFree && objective.l1 == 0
    var best = SplitCandidate()
    best.score = free.score(ofGain: objective.minimumGain)
    let cells = UnsafePointer(pool.cells(leaf.histogram))
    leaf.slots.withUnsafeBufferPointer { slots in
      layout.slots.withUnsafeBufferPointer { layout in
        for slot32 in slots {
          let slot = Int(slot32)
          let bins = layout[slot]
          let start = cells + bins.offset
          if bins.isCategorical {
            if finder.findCategorical(
              start, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, hasMissing: bins.hasMissing,
              total: leaf.sums, bounds: leaf.bounds, parentReduction: parentReduction, slot: slot, best: &best)
            {
              best.score = free.score(ofGain: best.gain)
            }
          } else if isFree && bins.direction == 0 {
            free.find(
              start, valueBinCount: bins.valueBinCount, hasMissing: bins.hasMissing, slot: slot, finder: finder,
              best: &best)
          } else if finder.findNumeric(
            start, valueBinCount: bins.valueBinCount, hasMissing: bins.hasMissing, total: leaf.sums,
            bounds: leaf.bounds, direction: bins.direction, parentReduction: parentReduction, slot: slot, best: &best)
          {
            best.score = free.score(ofGain: best.gain)
          }
        }
      }
    }
    leaves[index].best = best
    if !best.isValid {
      pool.give(leaf.histogram)
      leaves[index].histogram = -1
    }
  }

  private func accumulate(_ leaf: GrowingLeaf, _ sums: UnsafePointer<Sums>) {
    let pass = HistogramPass(data, layout, slots: leaf.slots, sums: sums)
    let units = rows.units(leaf.rows)
    pool.clear(leaf.histogram, layout, leaf.slots)
    let minimum = max(1, (1 << 20) / max(pass.slotCount, 1))
    let runCount = workers.runCount(leaf.rows.count, minimum: minimum)
    guard runCount > 1 else {
      return pass.add(rows: units, count: leaf.rows.count, to: pool.cells(leaf.histogram))
    }
    // A histogram per thread; whole numbers add up to the same in any order.
    let others = (1..<runCount).map { _ in pool.take() }
    for other in others { pool.clear(other, layout, leaf.slots) }
    let targets = Shared(([leaf.histogram] + others).map { pool.cells($0) })
    let start = Shared(units)
    workers.forRuns(leaf.rows.count, minimum: minimum) { run, range in
      pass.add(rows: start.value + range.lowerBound, count: range.count, to: targets.value[run])
    }
    for other in others {
      pool.add(other, to: leaf.histogram, layout, leaf.slots)
      pool.give(other)
    }
  }

  /// Adds the last tree's values to the scores of all units: by runs for those that grew it, by descent for others.
  func addScores(_ scores: UnsafeMutablePointer<Double>, scale: Double, sums: UnsafePointer<Sums>) {
    let scores = Shared(scores)
    var used = 0
    for leaf in leaves {
      let value = tree.nodes[leaf.node].value * scale
      let units = Shared(rows.units(leaf.rows))
      used += leaf.rows.count
      workers.forRuns(leaf.rows.count, minimum: 1 << 18) { _, run in
        for index in run { scores.value[Int(units.value[index])] += value }
      }
    }
    guard used < data.unitCount else { return }
    let shared = Shared(sums)
    let tree = self.tree
    let data = self.data
    missingBins.withUnsafeBufferPointer { missing in
      let missing = Shared(missing.baseAddress!)
      workers.forRuns(data.unitCount, minimum: 1 << 15) { _, run in
        for unit in run where shared.value[unit].y == 0 {
          scores.value[unit] += tree.nodes[tree.leaf(of: unit, in: data, missingBins: missing.value)].value * scale
        }
      }
    }
  }
}

/// A leaf while its tree grows.
struct GrowingLeaf {
  var node: Int
  var rows: RowRun
  var depth: Int
  var sums: Sums
  /// Columns that it may be split on.
  var slots: [Int32]
  /// −1 when it needs none.
  var histogram = -1
  var value = 0.0
  var bounds = ValueBounds()
  /// Columns split on above it; kept only under interaction constraints.
  var path: [Int] = []
  var best = SplitCandidate()

  init(node: Int, rows: RowRun, depth: Int, sums: Sums, slots: [Int32]) {
    self.node = node
    self.rows = rows
    self.depth = depth
    self.sums = sums
    self.slots = slots
  }
}

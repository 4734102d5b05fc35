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
      accumulate(leaves[0], sums, workers)
      leaves[0].best = bestSplit(leaves[0], finder)
    }
    while leaves.count < parameters.leafCount, let next = nextLeaf() {
      if leaves[next].children.isEmpty { expand(next, sums, finder) }
      split(next, finder)
    }
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
      if best == nil || precedes(index, best!) { best = index }
    }
    return best
  }

  /// Whether a leaf is split before another; the earlier one where they are equal.
  private func precedes(_ a: Int, _ b: Int) -> Bool {
    if parameters.growth == .depthWise, leaves[a].depth != leaves[b].depth {
      return leaves[a].depth < leaves[b].depth
    }
    return leaves[a].best.gain != leaves[b].best.gain ? leaves[a].best.gain > leaves[b].best.gain : a < b
  }

  /// Works out the children of a leaf, and at the same time, one thread each, those of the leaves that are likely to be
  /// next. Nothing that a leaf's children are depends on other leaves, so this only saves time.
  private func expand(_ index: Int, _ sums: UnsafePointer<Sums>, _ finder: SplitFinder) {
    let chosen = [index] + companions(of: index)
    let spares = chosen.map { _ in pool.take() }
    let isFull = leaves.count + 1 >= parameters.leafCount
    let shared = Shared((self, sums, chosen.map { leaves[$0] }))
    let inner = chosen.count == 1 ? workers : Workers(threadCount: 1)
    let expansions = Parallel.map(count: chosen.count, threadCount: chosen.count) { position in
      let (grower, sums, leaves) = shared.value
      return grower.children(
        of: leaves[position], spare: spares[position], isFull: isFull, sums, finder, inner)
    }
    for (leaf, expansion) in zip(chosen, expansions) {
      leaves[leaf].children = expansion.children
      leaves[leaf].split = expansion.split
      leaves[leaf].leftSet = expansion.leftSet
      leaves[leaf].rows = expansion.rows
      leaves[leaf].histogram = -1
      for histogram in expansion.unused { pool.give(histogram) }
    }
  }

  /// Leaves that are worth a thread of their own beside one that is too small for several.
  private func companions(of index: Int) -> [Int] {
    let slotCount = layout.slots.count
    func work(_ leaf: Int) -> Int { leaves[leaf].rows.count * slotCount }
    let least = workers.scaled(1 << 17)
    guard workers.threadCount > 1, bounds == nil, work(index) > least, work(index) < 16 * least else { return [] }
    let budget = min(workers.threadCount, parameters.leafCount - leaves.count) - 1
    let candidates = leaves.indices.filter {
      $0 != index && leaves[$0].best.isValid && leaves[$0].children.isEmpty && work($0) > least
    }
    return Array(candidates.sorted { precedes($0, $1) }.prefix(max(budget, 0)))
  }

  private struct Expansion: Sendable {
    var children: [GrowingLeaf]
    var split: GrownTree.Node
    var leftSet: [Bool]?
    /// Where the rows are now.
    var rows: RowRun
    /// Histograms that are free again.
    var unused: [Int] = []
  }

  /// The two children of a leaf at its best split, with their histograms and, unless bounds are still to be set, their own
  /// best splits.
  ///
  /// - Parameters:
  ///   - spare: A histogram for the smaller child; the larger one takes the parent's.
  ///   - isFull: Whether the children can't be split any more.
  private func children(
    of parent: GrowingLeaf, spare: Int, isFull: Bool, _ sums: UnsafePointer<Sums>, _ finder: SplitFinder,
    _ workers: Workers
  ) -> Expansion {
    let objective = finder.objective
    let scales = objective.scales
    let best = parent.best
    let column = layout.columns[best.slot]
    var node = GrownTree.Node()
    node.column = Int32(column)
    node.boundary = Int32(best.boundary)
    node.missingGoesLeft = best.missingGoesLeft
    node.gain = best.gain
    var leftSet: [Bool]?
    if let bins = best.leftBins {
      var set = [Bool](repeating: false, count: max(data.bins[column].binCount, 1))
      for bin in bins { set[Int(bin)] = true }
      leftSet = set
    }
    let (leftCount, side) = rows.split(
      parent.rows, column: column, missingBin: Int(missingBins[column]), node, leftSet: leftSet, workers)
    let slots = constraints.slots(layout, after: parent.path + [column], from: parent.slots)
    func child(_ start: Int, _ count: Int, _ sums: Sums) -> GrowingLeaf {
      var leaf = GrowingLeaf(
        node: -1, rows: RowRun(start: start, count: count, side: side), depth: parent.depth + 1, sums: sums,
        slots: slots)
      leaf.value = objective.value(scales.gradient(sums), scales.hessian(sums), parent.bounds)
      leaf.path = constraints.hasGroups ? parent.path + [column] : []
      leaf.bounds = parent.bounds
      return leaf
    }
    var left = child(parent.rows.start, leftCount, best.left)
    var right = child(parent.rows.start + leftCount, parent.rows.count - leftCount, parent.sums &- best.left)
    var expansion = Expansion(
      children: [], split: node, leftSet: leftSet,
      rows: RowRun(start: parent.rows.start, count: parent.rows.count, side: side))

    let leftSplits = !isFull && canSplit(left, objective)
    let rightSplits = !isFull && canSplit(right, objective)
    let leftIsSmaller = left.rows.count <= right.rows.count
    if leftSplits || rightSplits {
      // The smaller child is counted, the larger one is what is left of the parent.
      if leftIsSmaller { left.histogram = spare } else { right.histogram = spare }
      accumulate(leftIsSmaller ? left : right, sums, workers)
      if leftIsSmaller ? rightSplits : leftSplits {
        pool.subtract(spare, from: parent.histogram, layout, slots)
        if leftIsSmaller { right.histogram = parent.histogram } else { left.histogram = parent.histogram }
      } else {
        expansion.unused.append(parent.histogram)
      }
    } else {
      expansion.unused = [spare, parent.histogram]
    }
    func release(_ leaf: inout GrowingLeaf) {
      if leaf.histogram >= 0 { expansion.unused.append(leaf.histogram) }
      leaf.histogram = -1
    }
    if !leftSplits { release(&left) }
    if !rightSplits { release(&right) }
    if bounds == nil {
      if leftSplits { left.best = bestSplit(left, finder) }
      if rightSplits { right.best = bestSplit(right, finder) }
      if !left.best.isValid { release(&left) }
      if !right.best.isValid { release(&right) }
    }
    expansion.children = [left, right]
    return expansion
  }

  /// Puts the children of a leaf into the tree.
  private func split(_ index: Int, _ finder: SplitFinder) {
    let scales = finder.objective.scales
    let parent = leaves[index]
    var node = parent.split
    node.value = tree.nodes[parent.node].value
    node.cover = tree.nodes[parent.node].cover
    node.left = Int32(tree.nodes.count)
    node.right = Int32(tree.nodes.count + 1)
    if let set = parent.leftSet {
      node.set = Int32(tree.sets.count)
      tree.sets.append(set)
    }
    tree.nodes[parent.node] = node
    leaves[index] = parent.children[0]
    leaves.append(parent.children[1])
    for leaf in [index, leaves.count - 1] {
      leaves[leaf].node = tree.nodes.count
      tree.nodes.append(
        GrownTree.Node(
          value: leaves[leaf].value, cover: Double(scales.count(leaves[leaf].sums)) / data.countScale))
    }
    guard let changed = bounds?.split(leaf: index, node: node) else { return }
    for leaf in [index, leaves.count - 1] + changed {
      leaves[leaf].bounds = bounds!.bounds(of: leaf, leaves.map(\.value))
      guard leaves[leaf].histogram >= 0 else { continue }
      leaves[leaf].best = bestSplit(leaves[leaf], finder)
      if !leaves[leaf].best.isValid {
        pool.give(leaves[leaf].histogram)
        leaves[leaf].histogram = -1
      }
    }
  }

  /// The best split of a leaf that has a histogram.
  private func bestSplit(_ leaf: GrowingLeaf, _ finder: SplitFinder) -> SplitCandidate {
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
    return best
  }

  private func accumulate(_ leaf: GrowingLeaf, _ sums: UnsafePointer<Sums>, _ workers: Workers) {
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
    let used = leaves.reduce(0) { $0 + $1.rows.count }
    let runs = Shared(leaves.map { (rows.units($0.rows), $0.rows.count, self.tree.nodes[$0.node].value * scale) })
    let threadCount = workers.runCount(used, minimum: 1 << 17)
    Parallel.forEach(count: threadCount == 1 ? 1 : leaves.count, threadCount: threadCount) { part in
      for (units, count, value) in threadCount == 1 ? runs.value[...] : runs.value[part...part] {
        for index in 0..<count { scores.value[Int(units[index])] += value }
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
struct GrowingLeaf: Sendable {
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
  /// Left and right, once they are worked out at `split`; the leaf's own rows and histogram are theirs then.
  var children: [GrowingLeaf] = []
  var split = GrownTree.Node()
  var leftSet: [Bool]?

  init(node: Int, rows: RowRun, depth: Int, sums: Sums, slots: [Int32]) {
    self.node = node
    self.rows = rows
    self.depth = depth
    self.sums = sums
    self.slots = slots
  }
}

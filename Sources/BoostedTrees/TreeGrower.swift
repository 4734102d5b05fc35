import StatisticalLearning

/// Grows one tree at a time on the rounded derivatives of a round. Its buffers are reused from tree to tree.
final class TreeGrower<Cell: HistogramCell> {
  let data: BinnedDataset
  let parameters: BoostingParameters
  let constraints: ColumnConstraints
  /// What each unit adds to a histogram.
  let addends: UnsafeMutablePointer<Cell>

  private let partition: BagPartition
  private let pool = HistogramPool<Cell>()
  /// Those of the last tree.
  private var leaves: [GrowingLeaf] = []
  private var tree = GrownTree()
  private var layout: HistogramLayout
  private var pass: HistogramPass<Cell>?
  private var bounds: MonotoneBounds?
  private let workers: Workers

  init(
    _ data: BinnedDataset, _ parameters: BoostingParameters, _ constraints: ColumnConstraints,
    _ partition: BagPartition, _ workers: Workers
  ) {
    self.data = data
    self.parameters = parameters
    self.constraints = constraints
    self.partition = partition
    self.workers = workers
    layout = HistogramLayout(data, directions: constraints.directions)
    addends = .allocate(capacity: max(data.unitCount, 1))
  }

  deinit { addends.deallocate() }

  /// - Parameters:
  ///   - quantized: How `addends` were rounded.
  ///   - columns: The columns that may be split on, ascending.
  func grow(_ quantized: QuantizedDerivatives, columns: [Int]) -> GrownTree {
    let scales = quantized.scales
    let total = quantized.total
    let objective = LeafObjective(parameters, data, scales)
    let finder = SplitFinder(objective: objective)
    layout.lay(out: columns)
    pool.reset(cellCount: layout.cellCount)
    pass = HistogramPass(data, layout, slots: layout.allSlots, addends: addends)
    bounds = constraints.hasMonotone ? MonotoneBounds(data, constraints) : nil
    // What grows is local: its changes need no check that nobody else reads it.
    var tree = GrownTree()
    var leaves = self.leaves
    self.leaves = []
    leaves.removeAll(keepingCapacity: true)

    var root = GrowingLeaf(
      node: 0, rows: partition.rows.all, others: partition.others.all, depth: 0, sums: total, slots: layout.allSlots)
    root.value = objective.value(scales.gradient(total), scales.hessian(total), ValueBounds())
    tree.nodes.append(
      GrownTree.Node(value: root.value, cover: Double(scales.count(total)) / data.countScale))
    bounds?.addRoot()
    if canSplit(root, objective) {
      root.histogram = pool.take()
      accumulate(root, workers)
      root.best = bestSplit(root, finder)
    }
    leaves.append(root)
    while leaves.count < parameters.leafCount, let next = nextLeaf(leaves) {
      if leaves[next].expansion == nil { expand(next, &leaves, finder) }
      split(next, &leaves, &tree, finder)
    }
    self.leaves = leaves
    self.tree = tree
    return tree
  }

  private func canSplit(_ leaf: GrowingLeaf, _ objective: LeafObjective) -> Bool {
    if let maximumDepth = parameters.maximumDepth, leaf.depth >= maximumDepth { return false }
    return leaf.rows.count > 1 && !leaf.slots.isEmpty
      && objective.scales.count(leaf.sums) >= 2 * objective.minimumCount
      && objective.scales.hessian(leaf.sums) >= 2 * objective.minimumHessian
  }

  private func nextLeaf(_ leaves: [GrowingLeaf]) -> Int? {
    var best: Int?
    for index in leaves.indices where leaves[index].best.isValid {
      if best == nil || precedes(index, best!, leaves) { best = index }
    }
    return best
  }

  /// Whether a leaf is split before another; the earlier one where they are equal.
  private func precedes(_ a: Int, _ b: Int, _ leaves: [GrowingLeaf]) -> Bool {
    if parameters.growth == .depthWise, leaves[a].depth != leaves[b].depth {
      return leaves[a].depth < leaves[b].depth
    }
    return leaves[a].best.gain != leaves[b].best.gain ? leaves[a].best.gain > leaves[b].best.gain : a < b
  }

  /// Works out the children of a leaf, and at the same time, one thread each, those of the leaves that are likely to be
  /// next. Nothing that a leaf's children are depends on other leaves, so this only saves time.
  private func expand(_ index: Int, _ leaves: inout [GrowingLeaf], _ finder: SplitFinder) {
    let isFull = leaves.count + 1 >= parameters.leafCount
    let others = companions(of: index, leaves)
    guard !others.isEmpty else {
      let spare = isFull ? -1 : pool.take()
      let expansion = children(of: leaves[index], spare: spare, isFull: isFull, finder, workers)
      return leaves[index].set(expansion, pool)
    }
    let chosen = [index] + others
    let spares = chosen.map { _ in isFull ? -1 : pool.take() }
    let shared = Shared((self, chosen.map { leaves[$0] }))
    let expansions = Parallel.map(count: chosen.count, threadCount: chosen.count) { position in
      let (grower, leaves) = shared.value
      return grower.children(
        of: leaves[position], spare: spares[position], isFull: isFull, finder, Workers(threadCount: 1))
    }
    for (leaf, expansion) in zip(chosen, expansions) { leaves[leaf].set(expansion, pool) }
  }

  /// Leaves that are worth a thread of their own beside one that is too small for several.
  private func companions(of index: Int, _ leaves: [GrowingLeaf]) -> [Int] {
    guard workers.threadCount > 1, bounds == nil else { return [] }
    let slotCount = layout.slots.count
    func work(_ leaf: Int) -> Int { leaves[leaf].rows.count * slotCount }
    let least = workers.scaled(1 << 17)
    guard work(index) > least, work(index) < 16 * least else { return [] }
    let budget = min(workers.threadCount, parameters.leafCount - leaves.count) - 1
    let candidates = leaves.indices.filter {
      $0 != index && leaves[$0].best.isValid && leaves[$0].expansion == nil && work($0) > least
    }
    return Array(candidates.sorted { precedes($0, $1, leaves) }.prefix(max(budget, 0)))
  }

  /// The two children of a leaf at its best split, with their histograms and, unless bounds are still to be set, their own
  /// best splits.
  ///
  /// - Parameters:
  ///   - spare: A histogram for the smaller child; the larger one takes the parent's.
  ///   - isFull: Whether the children can't be split any more.
  private func children(
    of parent: GrowingLeaf, spare: Int, isFull: Bool, _ finder: SplitFinder, _ workers: Workers
  ) -> Expansion {
    let objective = finder.objective
    let scales = objective.scales
    let best = parent.best
    let column = layout.slots[best.slot].column
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
    let (rows, others) = partition.split(parent.rows, parent.others, node, leftSet: leftSet, workers)
    let slots =
      constraints.hasGroups
      ? constraints.slots(layout, after: parent.path + [column], from: parent.slots) : parent.slots
    func child(_ rows: RowRun, _ others: RowRun, _ sums: Sums) -> GrowingLeaf {
      var leaf = GrowingLeaf(node: -1, rows: rows, others: others, depth: parent.depth + 1, sums: sums, slots: slots)
      leaf.value = objective.value(scales.gradient(sums), scales.hessian(sums), parent.bounds)
      if constraints.hasGroups { leaf.path = parent.path + [column] }
      leaf.bounds = parent.bounds
      return leaf
    }
    var left = child(rows.left, others.left, best.left)
    var right = child(rows.right, others.right, parent.sums &- best.left)
    var unused = (-1, -1)

    let leftSplits = !isFull && canSplit(left, objective)
    let rightSplits = !isFull && canSplit(right, objective)
    let leftIsSmaller = left.rows.count <= right.rows.count
    if leftSplits || rightSplits {
      // The smaller child is counted, the larger one is what is left of the parent.
      if leftIsSmaller { left.histogram = spare } else { right.histogram = spare }
      accumulate(leftIsSmaller ? left : right, workers)
      if leftIsSmaller ? rightSplits : leftSplits {
        pool.subtract(spare, from: parent.histogram)
        if leftIsSmaller { right.histogram = parent.histogram } else { left.histogram = parent.histogram }
      } else {
        unused.0 = parent.histogram
      }
      if leftIsSmaller ? !leftSplits : !rightSplits {
        unused.1 = spare
        if leftIsSmaller { left.histogram = -1 } else { right.histogram = -1 }
      }
    } else {
      unused = (spare, parent.histogram)
    }
    if bounds == nil {
      if leftSplits { left.best = bestSplit(left, finder) }
      if rightSplits { right.best = bestSplit(right, finder) }
    }
    return Expansion(
      left: left, right: right, split: node, leftSet: leftSet, rows: rows.both, others: others.both, unused: unused)
  }

  /// Puts the children of a leaf into the tree.
  private func split(_ index: Int, _ leaves: inout [GrowingLeaf], _ tree: inout GrownTree, _ finder: SplitFinder) {
    let scales = finder.objective.scales
    guard let expansion = leaves[index].expansion else { return }
    let parent = leaves[index].node
    var node = expansion.split
    node.value = tree.nodes[parent].value
    node.cover = tree.nodes[parent].cover
    node.left = Int32(tree.nodes.count)
    node.right = Int32(tree.nodes.count + 1)
    if let set = expansion.leftSet {
      node.set = Int32(tree.sets.count)
      tree.sets.append(set)
    }
    tree.nodes[parent] = node
    leaves[index] = expansion.left
    leaves.append(expansion.right)
    func add(_ leaf: Int) {
      leaves[leaf].node = tree.nodes.count
      tree.nodes.append(
        GrownTree.Node(
          value: leaves[leaf].value, cover: Double(scales.count(leaves[leaf].sums)) / data.countScale))
      if bounds == nil { leaves[leaf].releaseUseless(pool) }
    }
    add(index)
    add(leaves.count - 1)
    guard let changed = bounds?.split(leaf: index, node: node) else { return }
    for leaf in [index, leaves.count - 1] + changed {
      leaves[leaf].bounds = bounds!.bounds(of: leaf) { leaves[$0].value }
      guard leaves[leaf].histogram >= 0 else { continue }
      leaves[leaf].best = bestSplit(leaves[leaf], finder)
      leaves[leaf].releaseUseless(pool)
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
          if isFree && bins.direction == 0 && !bins.isCategorical {
            free.find(
              start, valueBinCount: bins.valueBinCount, hasMissing: bins.hasMissing, slot: slot, finder: finder,
              best: &best)
            continue
          }
          withUnsafeTemporaryAllocation(of: Sums.self, capacity: bins.binCount) { sums in
            let sums = sums.baseAddress!
            for bin in 0..<bins.binCount { sums[bin] = start[bin].sums }
            if bins.isCategorical {
              if finder.findCategorical(
                sums, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, hasMissing: bins.hasMissing,
                total: leaf.sums, bounds: leaf.bounds, parentReduction: parentReduction, slot: slot, best: &best)
              {
                best.score = free.score(ofGain: best.gain)
              }
            } else if finder.findNumeric(
              sums, valueBinCount: bins.valueBinCount, hasMissing: bins.hasMissing, total: leaf.sums,
              bounds: leaf.bounds, direction: bins.direction, parentReduction: parentReduction, slot: slot, best: &best)
            {
              best.score = free.score(ofGain: best.gain)
            }
          }
        }
      }
    }
    return best
  }

  private func accumulate(_ leaf: GrowingLeaf, _ workers: Workers) {
    let pass =
      constraints.hasGroups
      ? HistogramPass(data, layout, slots: leaf.slots, addends: addends) : self.pass!
    let units = partition.rows.units(leaf.rows)
    pool.clear(leaf.histogram)
    let minimum = max(1, (1 << 20) / max(pass.slotCount, 1))
    let runCount = workers.runCount(leaf.rows.count, minimum: minimum)
    guard runCount > 1 else {
      return pass.add(rows: units, count: leaf.rows.count, to: pool.cells(leaf.histogram))
    }
    // A histogram per thread; whole numbers add up to the same in any order.
    let others = (1..<runCount).map { _ in pool.take() }
    for other in others { pool.clear(other) }
    let targets = Shared(([leaf.histogram] + others).map { pool.cells($0) })
    let start = Shared(units)
    workers.forRuns(leaf.rows.count, minimum: minimum) { run, range in
      pass.add(rows: start.value + range.lowerBound, count: range.count, to: targets.value[run])
    }
    for other in others {
      pool.add(other, to: leaf.histogram)
      pool.give(other)
    }
  }

  /// Adds the last tree's values to the scores of all units.
  ///
  /// - Parameter nodeOfUnit: Receives the leaf that each unit is in.
  func addScores(
    _ scores: UnsafeMutablePointer<Double>, scale: Double, nodeOfUnit: UnsafeMutablePointer<UInt16>?
  ) {
    let target = Shared((scores, nodeOfUnit))
    let runs = Shared(
      leaves.flatMap { leaf in
        let value = tree.nodes[leaf.node].value * scale
        let node = UInt16(truncatingIfNeeded: leaf.node)
        return [
          (partition.rows.units(leaf.rows), leaf.rows.count, value, node),
          (partition.others.units(leaf.others), leaf.others.count, value, node),
        ]
      })
    let threadCount = workers.runCount(data.unitCount, minimum: 1 << 17)
    Parallel.forEach(count: threadCount == 1 ? 1 : runs.value.count, threadCount: threadCount) { part in
      let (scores, nodeOfUnit) = target.value
      for (units, count, value, node) in threadCount == 1 ? runs.value[...] : runs.value[part...part] {
        for index in 0..<count { scores[Int(units[index])] += value }
        guard let nodeOfUnit else { continue }
        for index in 0..<count { nodeOfUnit[Int(units[index])] = node }
      }
    }
  }
}

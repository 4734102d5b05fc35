import StatisticalLearning

/// The units of one node: a run of one of the two buffers of a ``RowPartition``.
struct RowRun {
  var start: Int
  var count: Int
  /// Which buffer.
  var side: Int
}

/// A run after a split.
struct SplitRun {
  var left: RowRun
  var right: RowRun
  /// Where all of it is now.
  var both: RowRun
}

/// The units of a bag: those that grow a tree, and those that only get its values, because they were not drawn or are
/// left out. Both go down the tree as it grows.
struct BagPartition {
  let rows: RowPartition
  let others: RowPartition
  private let data: BinnedDataset

  init(_ data: BinnedDataset) {
    self.data = data
    rows = RowPartition(data)
    others = RowPartition(data)
  }

  /// - Parameter leftSet: For a categorical split, whether each bin goes left.
  func split(
    _ rows: RowRun, _ others: RowRun, _ node: GrownTree.Node, leftSet: [Bool]?, _ workers: Workers
  ) -> (rows: SplitRun, others: SplitRun) {
    let column = Int(node.column)
    let bins = data.bins[column]
    let missingBin = bins.hasMissing ? bins.missingBin : -1
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bins.binCount) { isLeft in
      for bin in 0..<bins.binCount {
        let goesLeft =
          leftSet.map { $0[bin] } ?? (bin == missingBin ? node.missingGoesLeft : bin <= Int(node.boundary))
        isLeft[bin] = goesLeft ? 1 : 0
      }
      let isLeft = UnsafePointer(isLeft.baseAddress!)
      return (
        self.rows.split(rows, column: column, isLeft: isLeft, workers),
        self.others.split(others, column: column, isLeft: isLeft, workers)
      )
    }
  }
}

/// Which units each node of a growing tree holds. A split writes the run of a node into the other buffer, so that nothing
/// is copied back.
///
/// The order within a run means nothing: all that is made of it are sums of whole numbers.
final class RowPartition {
  private let data: BinnedDataset
  private let sides: [UnsafeMutablePointer<UInt32>]

  init(_ data: BinnedDataset) {
    self.data = data
    sides = (0..<2).map { _ in .allocate(capacity: max(data.unitCount, 1)) }
  }

  deinit {
    for side in sides { side.deallocate() }
  }

  func units(_ run: RowRun) -> UnsafePointer<UInt32> { UnsafePointer(sides[run.side] + run.start) }

  /// All units that were set.
  private(set) var all = RowRun(start: 0, count: 0, side: 0)

  /// Makes the first run; `write` fills it and returns the number of units.
  func set(_ write: (UnsafeMutablePointer<UInt32>) -> Int) { all.count = write(sides[0]) }

  /// Moves the units of the left child to the front of the run. Runs that don't overlap may be split at the same time.
  ///
  /// - Parameter isLeft: 1 for each bin that goes left.
  func split(_ run: RowRun, column: Int, isLeft: UnsafePointer<UInt8>, _ workers: Workers) -> SplitRun {
    guard run.count > 0 else { return SplitRun(left: run, right: run, both: run) }
    let (leftCount, side) = splitUnits(run, column: column, isLeft: isLeft, workers)
    return SplitRun(
      left: RowRun(start: run.start, count: leftCount, side: side),
      right: RowRun(start: run.start + leftCount, count: run.count - leftCount, side: side),
      both: RowRun(start: run.start, count: run.count, side: side))
  }

  /// - Parameter isLeft: 1 for each bin that goes left.
  private func splitUnits(
    _ run: RowRun, column: Int, isLeft: UnsafePointer<UInt8>, _ workers: Workers
  ) -> (leftCount: Int, side: Int) {
    let source = sides[run.side] + run.start
    let target = sides[1 - run.side] + run.start
    let runCount = workers.runCount(run.count, minimum: 1 << 16)
    if runCount == 1 { return (split(source, run.count, column, isLeft, into: target), 1 - run.side) }

    // Each thread splits a part in place of the other buffer; then the parts are put together where they came from.
    let shared = Shared((self, source, target, isLeft))
    let leftCounts = Parallel.map(count: runCount, threadCount: runCount) { part in
      let range = run.count * part / runCount..<run.count * (part + 1) / runCount
      let (partition, source, target, isLeft) = shared.value
      return partition.split(
        source + range.lowerBound, range.count, column, isLeft, into: target + range.lowerBound)
    }
    let total = leftCounts.reduce(0, +)
    Parallel.forEach(count: runCount, threadCount: runCount) { part in
      let range = run.count * part / runCount..<run.count * (part + 1) / runCount
      let leftBefore = leftCounts[..<part].reduce(0, +)
      let (_, source, target, _) = shared.value
      let left = leftCounts[part]
      (source + leftBefore).update(from: target + range.lowerBound, count: left)
      (source + total + range.lowerBound - leftBefore).update(
        from: target + range.lowerBound + left, count: range.count - left)
    }
    return (total, run.side)
  }

  /// Writes the units that go left from the front on, the others from the back.
  private func split(
    _ source: UnsafeMutablePointer<UInt32>, _ count: Int, _ column: Int, _ isLeft: UnsafePointer<UInt8>,
    into target: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let start = data.columnCells.map { $0 + column * data.unitCount * (data.isWide ? 2 : 1) }
    let cells = start ?? data.cells + column * (data.isWide ? 2 : 1)
    let stride = start == nil ? data.columnCount : 1
    return data.isWide
      ? split(source, count, cells.assumingMemoryBound(to: UInt16.self), stride, isLeft, into: target)
      : split(source, count, cells.assumingMemoryBound(to: UInt8.self), stride, isLeft, into: target)
  }

  @inline(__always)
  private func split<Bin: FixedWidthInteger>(
    _ source: UnsafeMutablePointer<UInt32>, _ count: Int, _ bins: UnsafeMutablePointer<Bin>, _ stride: Int,
    _ isLeft: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt32>
  ) -> Int {
    var left = 0
    var last = count &- 1
    for index in 0..<count {
      let unit = source[index]
      let goesLeft = Int(isLeft[Int(truncatingIfNeeded: bins[Int(unit) &* stride])])
      // Both places are free: what is written to the wrong one is written over.
      target[left] = unit
      target[last] = unit
      left &+= goesLeft
      last &-= 1 &- goesLeft
    }
    return left
  }
}

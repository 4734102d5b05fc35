/// Where the sums of each bin of each column lie: packed one after the other, because a fixed stride of 256 bins puts the
/// few bins of ordinal columns into the same cache sets, ten times slower.
struct HistogramLayout {
  var columns: [Int] = []
  /// What a scan needs of a column, without reference counts.
  struct Slot {
    var offset: Int
    var valueBinCount: Int
    var missingBin: Int
    var binCount: Int
    var hasMissing: Bool
    var isCategorical: Bool
  }

  var slots: [Slot] = []
  var cellCount = 0
  var allSlots: [Int32] = []
  private var holdsAllColumns = false

  init() {}

  init(_ data: BinnedDataset, columns: [Int]) {
    // A column of one bin separates nothing.
    self.columns = columns.filter { data.bins[$0].binCount > 1 }
    for column in self.columns {
      let bins = data.bins[column]
      slots.append(
        Slot(
          offset: cellCount, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, binCount: bins.binCount,
          hasMissing: bins.hasMissing, isCategorical: bins.isCategorical))
      cellCount += bins.binCount
    }
    allSlots = self.columns.indices.map { Int32($0) }
    holdsAllColumns = self.columns.count == data.columnCount
  }

  /// Adds the sums of the rows to the cells of the columns at `slots`.
  func accumulate(
    _ data: BinnedDataset, rows: UnsafePointer<UInt32>, count: Int, sums: UnsafePointer<Sums>, slots: [Int32],
    into cells: UnsafeMutablePointer<Sums>
  ) {
    if data.isWide {
      accumulate(
        UnsafePointer(data.cells.assumingMemoryBound(to: UInt16.self)), stride: data.columnCount, rows: rows,
        count: count, sums: sums, slots: slots, into: cells)
    } else {
      accumulate(
        UnsafePointer(data.cells.assumingMemoryBound(to: UInt8.self)), stride: data.columnCount, rows: rows,
        count: count, sums: sums, slots: slots, into: cells)
    }
  }

  @inline(__always)
  private func accumulate<Bin: FixedWidthInteger & UnsignedInteger>(
    _ data: UnsafePointer<Bin>, stride: Int, rows: UnsafePointer<UInt32>, count: Int, sums: UnsafePointer<Sums>,
    slots: [Int32], into cells: UnsafeMutablePointer<Sums>
  ) {
    withUnsafeTemporaryAllocation(of: (column: Int, cells: UnsafeMutablePointer<Sums>).self, capacity: slots.count) {
      targets in
      for (index, slot) in slots.enumerated() {
        targets.initializeElement(at: index, to: (columns[Int(slot)], cells + self.slots[Int(slot)].offset))
      }
      let slotCount = slots.count
      guard slotCount > 0 else { return }
      let targets = UnsafePointer(targets.baseAddress!)
      if holdsAllColumns && slotCount == columns.count {
        for index in 0..<count {
          let unit = Int(rows[index])
          let bins = data + unit &* stride
          let addend = sums[unit]
          for slot in 0..<slotCount {
            let cell = targets[slot].cells + Int(truncatingIfNeeded: bins[slot])
            cell.pointee = cell.pointee &+ addend
          }
        }
      } else {
        for index in 0..<count {
          let unit = Int(rows[index])
          let bins = data + unit &* stride
          let addend = sums[unit]
          for slot in 0..<slotCount {
            let cell = targets[slot].cells + Int(truncatingIfNeeded: bins[targets[slot].column])
            cell.pointee = cell.pointee &+ addend
          }
        }
      }
    }
  }
}

/// Histograms of one layout, reused; what is free is always zero.
struct HistogramPool {
  private final class Block {
    let cells: UnsafeMutablePointer<Sums>
    let capacity: Int

    init(_ capacity: Int) {
      self.capacity = max(capacity, 1)
      cells = .allocate(capacity: self.capacity)
    }

    deinit { cells.deallocate() }
  }

  private var blocks: [Block] = []
  private var free: [Int] = []
  private var cellCount = 0

  /// Frees all histograms, and sets their size.
  mutating func reset(cellCount: Int) {
    self.cellCount = cellCount
    if blocks.contains(where: { $0.capacity < cellCount }) { blocks = [] }
    free = Array(blocks.indices.reversed())
  }

  /// The index of a histogram of zeros.
  mutating func take() -> Int {
    if free.isEmpty {
      blocks.append(Block(cellCount))
      free.append(blocks.count - 1)
    }
    let index = free.removeLast()
    blocks[index].cells.update(repeating: Sums(), count: cellCount)
    return index
  }

  mutating func give(_ index: Int) {
    if index >= 0 { free.append(index) }
  }

  func cells(_ index: Int) -> UnsafeMutablePointer<Sums> { blocks[index].cells }

  func clear(_ index: Int, _ layout: HistogramLayout, _ slots: [Int32]) {
    let cells = blocks[index].cells
    if slots.count == layout.columns.count {
      cells.update(repeating: Sums(), count: layout.cellCount)
      return
    }
    for slot in slots {
      (cells + layout.slots[Int(slot)].offset).update(repeating: Sums(), count: layout.slots[Int(slot)].binCount)
    }
  }

  /// Subtracts one histogram from another, in the columns at `slots`.
  func subtract(_ index: Int, from parent: Int, _ layout: HistogramLayout, _ slots: [Int32]) {
    let cells = blocks[index].cells
    let result = blocks[parent].cells
    func subtract(_ range: Range<Int>) {
      for cell in range { result[cell] = result[cell] &- cells[cell] }
    }
    if slots.count == layout.columns.count { return subtract(0..<layout.cellCount) }
    for slot in slots {
      let start = layout.slots[Int(slot)].offset
      subtract(start..<start + layout.slots[Int(slot)].binCount)
    }
  }
}

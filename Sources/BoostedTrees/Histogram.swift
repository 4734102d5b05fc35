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
    /// +1, −1, or 0 for none.
    var direction: Int
  }

  var slots: [Slot] = []
  var cellCount = 0
  var allSlots: [Int32] = []
  /// Whether slot *i* is column *i* of the data.
  private(set) var holdsAllColumns = false

  init() {}

  init(_ data: BinnedDataset, columns: [Int], directions: [Int]) {
    // A column of one bin separates nothing.
    self.columns = columns.filter { data.bins[$0].binCount > 1 }
    for column in self.columns {
      let bins = data.bins[column]
      slots.append(
        Slot(
          offset: cellCount, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, binCount: bins.binCount,
          hasMissing: bins.hasMissing, isCategorical: bins.isCategorical,
          direction: directions[column]))
      cellCount += bins.binCount
    }
    allSlots = self.columns.indices.map { Int32($0) }
    holdsAllColumns = self.columns.count == data.columnCount
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

  /// Adds one histogram to another.
  func add(_ index: Int, to target: Int) {
    let cells = blocks[index].cells
    let result = blocks[target].cells
    for cell in 0..<cellCount { result[cell] = result[cell] &+ cells[cell] }
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

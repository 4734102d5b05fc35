/// Where the sums of each bin of each column lie.
///
/// Columns are an odd number of cells apart where that is no great waste, so that the next column is an addition away;
/// else one after the other. Never a power of two: it puts the few bins of ordinal columns into the same cache sets, ten
/// times slower.
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
  /// How many cells columns are apart; 0 where they lie one after the other.
  private(set) var stride = 0
  var allSlots: [Int32] = []
  /// Whether slot *i* is column *i* of the data.
  private(set) var holdsAllColumns = false

  init() {}

  init(_ data: BinnedDataset, columns: [Int], directions: [Int]) {
    // A column of one bin separates nothing.
    self.columns = columns.filter { data.bins[$0].binCount > 1 }
    let widest = self.columns.reduce(0) { max($0, data.bins[$1].binCount) } | 1
    let together = self.columns.reduce(0) { $0 + data.bins[$1].binCount }
    if widest * self.columns.count <= max(16_384, 2 * together) { stride = widest }
    for column in self.columns {
      let bins = data.bins[column]
      slots.append(
        Slot(
          offset: cellCount, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, binCount: bins.binCount,
          hasMissing: bins.hasMissing, isCategorical: bins.isCategorical,
          direction: directions[column]))
      cellCount += stride > 0 ? stride : bins.binCount
    }
    allSlots = self.columns.indices.map { Int32($0) }
    holdsAllColumns = self.columns.count == data.columnCount
  }
}

/// Histograms of one layout, reused.
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

  /// The index of a histogram of any content.
  mutating func take() -> Int {
    if free.isEmpty {
      blocks.append(Block(cellCount))
      free.append(blocks.count - 1)
    }
    return free.removeLast()
  }

  mutating func give(_ index: Int) {
    if index >= 0 { free.append(index) }
  }

  func cells(_ index: Int) -> UnsafeMutablePointer<Sums> { blocks[index].cells }

  /// Calls `body` with the cells of each of some columns.
  @inline(__always)
  private func forCells(_ layout: HistogramLayout, _ slots: [Int32], _ body: (Range<Int>) -> Void) {
    slots.withUnsafeBufferPointer { slots in
      layout.slots.withUnsafeBufferPointer { layout in
        for slot in slots {
          let offset = layout[Int(slot)].offset
          body(offset..<offset &+ layout[Int(slot)].binCount)
        }
      }
    }
  }

  func clear(_ index: Int, _ layout: HistogramLayout, _ slots: [Int32]) {
    let cells = blocks[index].cells
    forCells(layout, slots) { for cell in $0 { cells[cell] = Sums() } }
  }

  /// Adds one histogram to another, in the columns at `slots`.
  func add(_ index: Int, to target: Int, _ layout: HistogramLayout, _ slots: [Int32]) {
    let cells = blocks[index].cells
    let result = blocks[target].cells
    forCells(layout, slots) { for cell in $0 { result[cell] = result[cell] &+ cells[cell] } }
  }

  /// Subtracts one histogram from another, in the columns at `slots`.
  func subtract(_ index: Int, from parent: Int, _ layout: HistogramLayout, _ slots: [Int32]) {
    let cells = blocks[index].cells
    let result = blocks[parent].cells
    forCells(layout, slots) { for cell in $0 { result[cell] = result[cell] &- cells[cell] } }
  }
}

/// Where the sums of each bin of each column lie: one column after the other, an odd number of cells each, and on tables
/// larger than the cache as many for each where that is no great waste, so that the next column is an addition away. A
/// power of two would put the few bins of ordinal columns into the same cache sets, ten times slower.
struct HistogramLayout {
  /// What a scan needs of a column, without reference counts.
  struct Slot {
    var column = 0
    var offset = 0
    var valueBinCount = 0
    var missingBin = 0
    var binCount = 0
    var hasMissing = false
    var isCategorical = false
    /// +1, −1, or 0 for none.
    var direction = 0
  }

  private(set) var slots: [Slot] = []
  private(set) var cellCount = 0
  /// How many cells columns are apart; 0 where they differ.
  private(set) var stride = 0
  private(set) var allSlots: [Int32] = []
  /// Whether slot *i* is column *i* of the data.
  private(set) var holdsAllColumns = false
  /// The slot of every column, its offset aside.
  private let templates: [Slot]
  private let isLarge: Bool

  init(_ data: BinnedDataset, directions: [Int]) {
    isLarge = data.columnCells != nil
    templates = data.bins.enumerated().map { column, bins in
      Slot(
        column: column, valueBinCount: bins.valueBinCount, missingBin: bins.missingBin, binCount: bins.binCount,
        hasMissing: bins.hasMissing, isCategorical: bins.isCategorical, direction: directions[column])
    }
  }

  /// Lays out some columns, ascending. A column of one bin separates nothing.
  mutating func lay(out columns: [Int]) {
    slots.removeAll(keepingCapacity: true)
    cellCount = 0
    stride = 0
    if isLarge {
      let widest = columns.reduce(0) { max($0, templates[$1].binCount) } | 1
      let together = columns.reduce(0) { $0 + templates[$1].binCount }
      if widest * columns.count <= max(16_384, 2 * together) { stride = widest }
    }
    for column in columns where templates[column].binCount > 1 {
      var slot = templates[column]
      slot.offset = cellCount
      cellCount += stride > 0 ? stride : slot.binCount | 1
      slots.append(slot)
    }
    if allSlots.count != slots.count { allSlots = slots.indices.map { Int32($0) } }
    holdsAllColumns = slots.count == templates.count
  }
}

/// Histograms of one layout, reused.
final class HistogramPool<Cell: HistogramCell> {
  private var blocks: [UnsafeMutablePointer<Cell>] = []
  private var capacity = 0
  private var free: [Int] = []
  private var cellCount = 0

  deinit { for block in blocks { block.deallocate() } }

  /// Frees all histograms, and sets their size.
  func reset(cellCount: Int) {
    self.cellCount = cellCount
    if capacity < cellCount {
      for block in blocks { block.deallocate() }
      blocks = []
      capacity = cellCount
    }
    free.removeAll(keepingCapacity: true)
    for index in blocks.indices.reversed() { free.append(index) }
  }

  /// The index of a histogram of any content.
  func take() -> Int {
    if free.isEmpty {
      blocks.append(.allocate(capacity: max(capacity, 1)))
      free.append(blocks.count - 1)
    }
    return free.removeLast()
  }

  func give(_ index: Int) {
    if index >= 0 { free.append(index) }
  }

  func cells(_ index: Int) -> UnsafeMutablePointer<Cell> { blocks[index] }

  func clear(_ index: Int) { blocks[index].initialize(repeating: Cell(), count: cellCount) }

  /// Adds one histogram to another.
  func add(_ index: Int, to target: Int) {
    let cells = blocks[index]
    let result = blocks[target]
    for cell in 0..<cellCount { result[cell] = result[cell] &+ cells[cell] }
  }

  /// Subtracts one histogram from another.
  func subtract(_ index: Int, from parent: Int) {
    let cells = blocks[index]
    let result = blocks[parent]
    for cell in 0..<cellCount { result[cell] = result[cell] &- cells[cell] }
  }
}

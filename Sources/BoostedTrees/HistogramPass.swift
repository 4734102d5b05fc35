import StatisticalLearning

/// Adds the derivatives of rows to the histograms of the columns at some slots.
struct HistogramPass<Cell: HistogramCell>: @unchecked Sendable {
  private let data: BinnedDataset
  private let addends: UnsafePointer<Cell>
  private let columns: [Int32]
  private let offsets: [Int32]
  /// The layout's.
  private let cellStride: Int
  /// Whether slot *i* is column *i* of the data.
  private let isContiguous: Bool
  /// More than any sum of bins, which keeps the loads that only read ahead from being optimised away.
  private let impossibleBin: Int

  /// - Parameter addends: What each unit adds.
  init(_ data: BinnedDataset, _ layout: HistogramLayout, slots: [Int32], addends: UnsafePointer<Cell>) {
    self.data = data
    self.addends = addends
    columns = slots.map { Int32(layout.slots[Int($0)].column) }
    offsets = slots.map { Int32(layout.slots[Int($0)].offset) }
    cellStride = slots.count == layout.slots.count ? layout.stride : 0
    isContiguous = layout.holdsAllColumns && slots.count == layout.slots.count
    impossibleBin = max(1 << 20, data.columnCount)
  }

  /// Additions per row.
  var slotCount: Int { offsets.count }

  func add(rows: UnsafePointer<UInt32>, count: Int, to cells: UnsafeMutablePointer<Cell>) {
    guard !offsets.isEmpty, count > 0 else { return }
    if data.isWide {
      add(data.cells.assumingMemoryBound(to: UInt16.self), rows, count, cells)
    } else {
      add(data.cells.assumingMemoryBound(to: UInt8.self), rows, count, cells)
    }
  }

  @inline(__always)
  private func add<Bin: FixedWidthInteger & UnsignedInteger>(
    _ data: UnsafePointer<Bin>, _ rows: UnsafePointer<UInt32>, _ count: Int, _ cells: UnsafeMutablePointer<Cell>
  ) {
    let slotCount = offsets.count
    let stride = self.data.columnCount
    let blockSize = 64
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Cell>.self, capacity: slotCount) { targets in
      withUnsafeTemporaryAllocation(of: Cell.self, capacity: blockSize) { block in
        columns.withUnsafeBufferPointer { columns in
          offsets.withUnsafeBufferPointer { offsets in
            for slot in 0..<slotCount { targets[slot] = cells + Int(offsets[slot]) }
          }
          let targets = UnsafePointer(targets.baseAddress!)
          let columns = columns.baseAddress!
          let block = block.baseAddress!
          // Rows of a leaf lie apart in memory. Where they are more than the cache holds, reading one bin of each row of
          // a block first lets their loads wait for memory together.
          let readsAhead = self.data.columnCells != nil
          var start = 0
          while start < count {
            let end = min(start &+ blockSize, count)
            if readsAhead {
              var ahead: Bin = 0
              for index in start..<end {
                let unit = Int(rows[index])
                ahead &+= data[unit &* stride] &+ data[unit &* stride &+ stride &- 1]
                block[index &- start] = addends[unit]
              }
              if Int(truncatingIfNeeded: ahead) > impossibleBin { return }
            } else {
              for index in start..<end { block[index &- start] = addends[Int(rows[index])] }
            }
            for index in start..<end {
              let addend = block[index &- start]
              let bins = data + Int(rows[index]) &* stride
              if cellStride > 0, isContiguous {
                addRow(addend, slotCount, cells) { bins[$0] }
              } else if cellStride > 0 {
                addRow(addend, slotCount, cells) { bins[Int(columns[$0])] }
              } else if isContiguous {
                addRow(addend, slotCount, targets) { bins[$0] }
              } else {
                addRow(addend, slotCount, targets) { bins[Int(columns[$0])] }
              }
            }
            start = end
          }
        }
      }
    }
  }

  /// Four slots at a time.
  @inline(__always)
  private func addRow<Bin: FixedWidthInteger>(
    _ addend: Cell, _ slotCount: Int, _ targets: UnsafePointer<UnsafeMutablePointer<Cell>>, _ bin: (Int) -> Bin
  ) {
    @inline(__always) func addTo(_ slot: Int) {
      let cell = targets[slot] + Int(truncatingIfNeeded: bin(slot))
      cell.pointee = cell.pointee &+ addend
    }
    var slot = 0
    while slot &+ 4 <= slotCount {
      addTo(slot)
      addTo(slot &+ 1)
      addTo(slot &+ 2)
      addTo(slot &+ 3)
      slot &+= 4
    }
    while slot < slotCount {
      addTo(slot)
      slot &+= 1
    }
  }

  /// The next column is `cellStride` cells on.
  @inline(__always)
  private func addRow<Bin: FixedWidthInteger>(
    _ addend: Cell, _ slotCount: Int, _ cells: UnsafeMutablePointer<Cell>, _ bin: (Int) -> Bin
  ) {
    var cells = cells
    for slot in 0..<slotCount {
      let cell = cells + Int(truncatingIfNeeded: bin(slot))
      cell.pointee = cell.pointee &+ addend
      cells += cellStride
    }
  }
}

import StatisticalLearning

/// Adds the derivatives of rows to the histograms of the columns at some slots.
struct HistogramPass: @unchecked Sendable {
  private let data: BinnedDataset
  private let sums: UnsafePointer<Sums>
  private let columns: [Int32]
  private let offsets: [Int]
  /// The layout's.
  private let cellStride: Int
  private let isContiguous: Bool
  /// More than any sum of bins, which keeps the loads that only read ahead from being optimised away.
  private let impossibleBin: Int

  init(_ data: BinnedDataset, _ layout: HistogramLayout, slots: [Int32], sums: UnsafePointer<Sums>) {
    self.data = data
    self.sums = sums
    columns = slots.map { Int32(layout.columns[Int($0)]) }
    offsets = slots.map { layout.slots[Int($0)].offset }
    cellStride = slots.count == layout.columns.count ? layout.stride : 0
    isContiguous = layout.holdsAllColumns && slots.count == layout.columns.count
    impossibleBin = max(1 << 20, data.columnCount)
  }

  /// Additions per row.
  var slotCount: Int { offsets.count }

  func add(rows: UnsafePointer<UInt32>, count: Int, to cells: UnsafeMutablePointer<Sums>) {
    if data.isWide {
      add(data.cells.assumingMemoryBound(to: UInt16.self), rows, count, cells)
    } else {
      add(data.cells.assumingMemoryBound(to: UInt8.self), rows, count, cells)
    }
  }

  @inline(__always)
  private func add<Bin: FixedWidthInteger & UnsignedInteger>(
    _ data: UnsafePointer<Bin>, _ rows: UnsafePointer<UInt32>, _ count: Int, _ cells: UnsafeMutablePointer<Sums>
  ) {
    let slotCount = offsets.count
    let stride = self.data.columnCount
    guard slotCount > 0, count > 0 else { return }
    let blockSize = 64
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Sums>.self, capacity: slotCount) { targets in
      withUnsafeTemporaryAllocation(of: Sums.self, capacity: blockSize) { addends in
        columns.withUnsafeBufferPointer { columns in
          for slot in 0..<slotCount { targets[slot] = cells + offsets[slot] }
          let targets = UnsafePointer(targets.baseAddress!)
          let addends = addends.baseAddress!
          let columns = columns.baseAddress!
          // Rows of a leaf lie apart in memory. Where they are more than the cache holds, reading one bin of each row of
          // a block first lets their loads wait for memory together.
          let readsAhead = self.data.columnCells != nil
          var start = 0
          while start < count {
            let end = min(start + blockSize, count)
            if readsAhead {
              var ahead: Bin = 0
              for index in start..<end {
                let unit = Int(rows[index])
                ahead &+= data[unit &* stride] &+ data[unit &* stride &+ stride &- 1]
                addends[index &- start] = sums[unit]
              }
              if Int(truncatingIfNeeded: ahead) > impossibleBin { return }
            } else {
              for index in start..<end { addends[index &- start] = sums[Int(rows[index])] }
            }
            if cellStride > 0, isContiguous {
              for index in start..<end {
                let bins = data + Int(rows[index]) &* stride
                let addend = addends[index &- start]
                var cells = cells
                for slot in 0..<slotCount {
                  let cell = cells + Int(truncatingIfNeeded: bins[slot])
                  cell.pointee = cell.pointee &+ addend
                  cells += cellStride
                }
              }
            } else if cellStride > 0 {
              for index in start..<end {
                let bins = data + Int(rows[index]) &* stride
                let addend = addends[index &- start]
                var cells = cells
                for slot in 0..<slotCount {
                  let cell = cells + Int(truncatingIfNeeded: bins[Int(columns[slot])])
                  cell.pointee = cell.pointee &+ addend
                  cells += cellStride
                }
              }
            } else {
              for index in start..<end {
                let bins = data + Int(rows[index]) &* stride
                let addend = addends[index &- start]
                for slot in 0..<slotCount {
                  let cell = targets[slot] + Int(truncatingIfNeeded: bins[Int(columns[slot])])
                  cell.pointee = cell.pointee &+ addend
                }
              }
            }
            start = end
          }
        }
      }
    }
  }
}

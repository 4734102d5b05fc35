import Foundation
import StatisticalLearning

/// A dataset in the form that trees grow on: columns in the order of their names, values as bins, and rows in an order
/// that depends on their content only.
///
/// Where all weights are whole numbers, rows with the same bins, target and offset are one *unit* whose weight is their
/// sum, made of *copies* that are drawn and left out one by one. So a row of weight 2 is two rows, and the order of
/// rows, of columns and the number of threads change no bit of a model: the units are the same, and every sum runs over
/// them in the same order or over integers.
final class BinnedDataset: @unchecked Sendable {
  let features: [Feature]
  /// The index in `features` of each column, in the order of the names.
  let columnOrder: [Int]
  let bins: [FeatureBins]
  let columnCount: Int
  let unitCount: Int
  /// `true` where a bin takes two bytes.
  let isWide: Bool
  /// `unitCount` × `columnCount` local bins, unit by unit.
  let cells: UnsafeMutableRawPointer
  /// The same column by column, where there are so many that reading one column of `cells` would read all of memory.
  let columnCells: UnsafeMutableRawPointer?
  /// The unit of each row of the dataset; −1 for a row of weight 0.
  let unitOfRow: [Int32]
  let targets: [Double]
  let offsets: [Double]?
  /// What multiplies a derivative before rounding: all 1 where weights are whole numbers (`nil`), else the weights.
  let realWeights: [Double]?
  /// The whole weight of a unit, or the fixed-point form of its real weight.
  let counts: [Int64]
  /// `counts` is the weight times this.
  let countScale: Double
  /// A hash of a unit's bins, whatever the order of the columns.
  let keys: [UInt64]
  /// The number of the first copy of a unit among those that share its key.
  let firstCopies: [Int32]
  /// The weight of a copy; the last of a unit may be lighter.
  let copyWeight: Int64

  deinit {
    cells.deallocate()
    columnCells?.deallocate()
  }

  /// The weight of a unit.
  @inline(__always)
  func weight(_ unit: Int) -> Double { realWeights.map { $0[unit] } ?? Double(counts[unit]) }

  /// - Parameters:
  ///   - sharesDraws: Whether units with the same bins and different targets draw the same numbers, so that
  ///   swapping two classes changes nothing but their names.
  ///   - ranks: Those of the columns, where they are known.
  init(
    _ dataset: Dataset, maximumBinCount: Int?, sharesDraws: Bool, threadCount: Int, ranks: ColumnRanks? = nil
  ) throws(TrainingError) {
    guard dataset.featureCount > 0 else { throw .noFeatures }
    let rowCount = dataset.rowCount
    guard dataset.weights.contains(where: { $0 > 0 }) else { throw .noRows }
    features = dataset.features
    let order = dataset.features.indices.sorted { dataset.features[$0].name < dataset.features[$1].name }
    columnOrder = order
    columnCount = order.count
    let columnCount = order.count
    let workers = Workers(threadCount: threadCount)

    let weights = dataset.weights
    let total = weights.reduce(0, +)
    let isWhole = total <= 0x1p30 && weights.allSatisfy { $0 == $0.rounded(.down) }
    // 2²⁴ steps over all rows: fine enough for "at least 20 rows", coarse enough to share a word with Hessians.
    let scale = isWhole ? 1 : 0x1p24 / total
    countScale = scale
    let rowCounts = weights.map { $0 > 0 ? max(1, Int64(($0 * scale).rounded())) : 0 }

    // By what rows weigh, so that a row of weight 2 is two.
    let weightOfRows = Int(min(total, 1e6))
    let maximumBinCount =
      maximumBinCount ?? min(255, max(32, (isWhole ? weightOfRows : rowCounts.count { $0 > 0 }) / 32))
    let groupCount = rowCount * columnCount < 1 << 18 ? 1 : min(columnCount, threadCount)
    let groups = Parallel.map(count: groupCount, threadCount: groupCount) { group in
      var scratch = FeatureBins.Scratch()
      return dataset.matrix.withUnsafeElements { elements in
        rowCounts.withUnsafeBufferPointer { counts in
          stride(from: group, to: columnCount, by: groupCount).map { index in
            let feature = dataset.features[order[index]]
            let values = UnsafeBufferPointer(
              rebasing: elements[order[index] * rowCount..<(order[index] + 1) * rowCount])
            if let column = ranks?.columns[order[index]] {
              return FeatureBins(column, counts: counts, maximumBinCount: maximumBinCount)
            }
            if case .categorical(let levelCount) = feature.kind {
              return FeatureBins(levelsOf: values, counts: counts, levelCount: levelCount)
            }
            return FeatureBins(
              numeric: values, counts: counts, maximumBinCount: maximumBinCount, scratch: &scratch)
          }
        }
      }
    }
    let columns = order.indices.map { groups[$0 % groupCount][$0 / groupCount] }
    bins = columns
    isWide = columns.contains { $0.binCount > 256 }
    let width = isWide ? 2 : 1
    let bytes = columnCount * width
    let kept = (0..<UInt32(rowCount)).filter { rowCounts[Int($0)] > 0 }
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(kept.count * bytes, 1), alignment: 64)
    defer { raw.deallocate() }
    let hashes = Self.encode(
      dataset, order: order, kept: kept,
      encoders: columns.indices.map { BinEncoder(columns[$0], ranks?.columns[order[$0]]) }, bins: columns,
      isWide: isWide, workers: workers, into: raw)

    // Sorting by hash, then by everything that tells rows apart, gives one order whatever the order of the rows.
    func comparison(_ a: UInt32, _ b: UInt32) -> Int {
      if hashes[Int(a)] != hashes[Int(b)] { return hashes[Int(a)] < hashes[Int(b)] ? -1 : 1 }
      return Int(memcmp(raw + Int(a) * bytes, raw + Int(b) * bytes, bytes))
    }
    func content(_ index: UInt32) -> (Double, Double, Double) {
      let row = Int(kept[Int(index)])
      return (dataset.targets[row], dataset.offsets?[row] ?? 0, isWhole ? 0 : weights[row])
    }
    let sorted = KeySort.order(hashes) {
      let order = comparison($0, $1)
      return order != 0 ? order < 0 : content($0) < content($1)
    }

    var unitOfRow = [Int32](repeating: -1, count: rowCount)
    var targets: [Double] = []
    var offsets: [Double] = []
    var realWeights: [Double] = []
    var counts: [Int64] = []
    var keys: [UInt64] = []
    var sources: [UInt32] = []
    var newKey: [Bool] = []
    targets.reserveCapacity(kept.count)
    counts.reserveCapacity(kept.count)
    keys.reserveCapacity(kept.count)
    sources.reserveCapacity(kept.count)
    newKey.reserveCapacity(kept.count)
    for (position, index) in sorted.enumerated() {
      let row = Int(kept[Int(index)])
      let isSameKey = position > 0 && comparison(sorted[position - 1], index) == 0
      if isWhole, isSameKey, content(sorted[position - 1]) == content(index) {
        counts[counts.count - 1] += rowCounts[row]
      } else {
        sources.append(index)
        newKey.append(!isSameKey)
        keys.append(hashes[Int(index)])
        targets.append(dataset.targets[row])
        if let all = dataset.offsets { offsets.append(all[row]) }
        if !isWhole { realWeights.append(weights[row]) }
        counts.append(rowCounts[row])
      }
      unitOfRow[row] = Int32(counts.count - 1)
    }
    unitCount = counts.count
    self.unitOfRow = unitOfRow
    self.targets = targets
    self.offsets = dataset.offsets == nil ? nil : offsets
    self.realWeights = isWhole ? nil : realWeights
    self.counts = counts
    self.keys = keys

    // About four copies a unit at most, so that survey weights in the hundreds don't cost hundreds of draws.
    var copyWeight: Int64 = 1
    if isWhole {
      while counts.reduce(0, { $0 + ($1 - 1) / copyWeight + 1 }) > 4 * counts.count { copyWeight *= 2 }
    } else {
      copyWeight = .max
    }
    self.copyWeight = copyWeight
    var firstCopies = [Int32](repeating: 0, count: counts.count)
    var next: Int32 = 0
    for unit in counts.indices {
      if newKey[unit] || (sharesDraws && targets[unit] != targets[unit - 1]) { next = 0 }
      firstCopies[unit] = next
      next += isWhole ? Int32((counts[unit] - 1) / copyWeight + 1) : 1
    }
    self.firstCopies = firstCopies

    cells = .allocate(byteCount: max(counts.count * bytes, 1), alignment: 64)
    let target = Shared(cells)
    let source = Shared(raw)
    let sourceRows = sources
    workers.forRuns(counts.count, minimum: 1 << 15) { _, units in
      for unit in units {
        (target.value + unit * bytes).copyMemory(from: source.value + Int(sourceRows[unit]) * bytes, byteCount: bytes)
      }
    }
    columnCells =
      counts.count * bytes > 1 << 20
      ? Self.transposed(cells, unitCount: counts.count, columnCount: columnCount, width: width, workers: workers) : nil
  }

  /// Writes the bins of every kept row.
  ///
  /// - Returns: The hash of each, whatever the order of the columns.
  private static func encode(
    _ dataset: Dataset, order: [Int], kept: [UInt32], encoders: [BinEncoder], bins: [FeatureBins], isWide: Bool,
    workers: Workers, into raw: UnsafeMutableRawPointer
  ) -> [UInt64] {
    let rowCount = dataset.rowCount
    let columnCount = order.count
    let hashTables = bins.indices.map { column in
      let nameHash = stableHash(dataset.features[order[column]].name)
      return (0..<max(bins[column].binCount, 1)).map { mixed(nameHash &+ UInt64($0)) }
    }
    let target = Shared(raw)
    return dataset.matrix.withUnsafeElements { elements in
      let elements = Shared(elements.baseAddress!)
      return [UInt64](unsafeUninitializedCapacity: kept.count) { hashes, count in
        hashes.initialize(repeating: 0)
        count = kept.count
        let hashes = Shared(hashes.baseAddress!)
        // Blocks of rows, so that what is written row by row stays in cache from column to column.
        workers.forRuns(kept.count, minimum: 1 << 13) { _, run in
          withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 512) { block in
            let block = block.baseAddress!
            for start in stride(from: run.lowerBound, to: run.upperBound, by: 512) {
              let count = min(512, run.upperBound - start)
              for column in 0..<columnCount {
                kept.withUnsafeBufferPointer { kept in
                  encoders[column].encode(
                    elements.value + order[column] * rowCount, rows: kept.baseAddress! + start, count: count,
                    into: block)
                }
                hashTables[column].withUnsafeBufferPointer { table in
                  for index in 0..<count { hashes.value[start &+ index] &+= table[Int(block[index])] }
                }
                if isWide {
                  let cells = target.value.assumingMemoryBound(to: UInt16.self) + (start * columnCount + column)
                  for index in 0..<count { cells[index &* columnCount] = block[index] }
                } else {
                  let cells = target.value.assumingMemoryBound(to: UInt8.self) + (start * columnCount + column)
                  for index in 0..<count { cells[index &* columnCount] = UInt8(truncatingIfNeeded: block[index]) }
                }
              }
            }
          }
        }
      }
    }
  }

  /// A copy of `cells`, column by column.
  private static func transposed(
    _ cells: UnsafeMutableRawPointer, unitCount: Int, columnCount: Int, width: Int, workers: Workers
  ) -> UnsafeMutableRawPointer {
    let result = UnsafeMutableRawPointer.allocate(byteCount: unitCount * columnCount * width, alignment: 64)
    func copy<Bin: FixedWidthInteger & Sendable>(_: Bin.Type) {
      let source = Shared(cells.assumingMemoryBound(to: Bin.self))
      let target = Shared(result.assumingMemoryBound(to: Bin.self))
      workers.forRuns(unitCount, minimum: 1 << 14) { _, run in
        for start in stride(from: run.lowerBound, to: run.upperBound, by: 256) {
          let end = min(start + 256, run.upperBound)
          for column in 0..<columnCount {
            let place = target.value + column * unitCount
            for unit in start..<end { place[unit] = source.value[unit &* columnCount &+ column] }
          }
        }
      }
    }
    if width == 2 { copy(UInt16.self) } else { copy(UInt8.self) }
    return result
  }

  /// The weight of copy `index` of a unit.
  @inline(__always)
  func copyWeight(_ unit: Int, _ index: Int64) -> Int64 {
    realWeights == nil ? min(copyWeight, counts[unit] - index * copyWeight) : 1
  }

  @inline(__always)
  func copyCount(_ unit: Int) -> Int64 { realWeights == nil ? (counts[unit] - 1) / copyWeight + 1 : 1 }

  /// How often each unit counts when all rows are used: its weight where weights are whole, else once.
  var allMultipliers: [Int64] { realWeights == nil ? counts : [Int64](repeating: 1, count: unitCount) }

  /// The bin of a unit in a column.
  @inline(__always)
  func bin(_ unit: Int, _ column: Int) -> Int {
    let position = unit &* columnCount &+ column
    return isWide
      ? Int(cells.load(fromByteOffset: position &* 2, as: UInt16.self))
      : Int(cells.load(fromByteOffset: position, as: UInt8.self))
  }
}

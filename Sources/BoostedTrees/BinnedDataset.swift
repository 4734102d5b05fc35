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

  deinit { cells.deallocate() }

  /// The weight of a unit.
  @inline(__always)
  func weight(_ unit: Int) -> Double { realWeights.map { $0[unit] } ?? Double(counts[unit]) }

  /// - Parameter sharesDraws: Whether units with the same bins and different targets draw the same numbers, so that
  ///   swapping two classes changes nothing but their names.
  init(_ dataset: Dataset, maximumBinCount: Int?, sharesDraws: Bool, threadCount: Int) throws(TrainingError) {
    guard dataset.featureCount > 0 else { throw .noFeatures }
    let rowCount = dataset.rowCount
    guard dataset.weights.contains(where: { $0 > 0 }) else { throw .noRows }
    features = dataset.features
    let order = dataset.features.indices.sorted { dataset.features[$0].name < dataset.features[$1].name }
    columnOrder = order
    columnCount = order.count
    let columnCount = order.count

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
      maximumBinCount ?? min(255, max(32, (isWhole ? weightOfRows : rowCounts.count { $0 > 0 }) / 8))
    let columns = Parallel.map(count: columnCount, threadCount: rowCount * columnCount < 1 << 18 ? 1 : threadCount) {
      (index: Int) -> FeatureBins in
      dataset.matrix.withUnsafeElements { elements in
        let feature = dataset.features[order[index]]
        let values = UnsafeBufferPointer(rebasing: elements[order[index] * rowCount..<(order[index] + 1) * rowCount])
        return rowCounts.withUnsafeBufferPointer { counts in
          if case .categorical(let levelCount) = feature.kind {
            return FeatureBins(levelsOf: values, counts: counts, levelCount: levelCount)
          }
          return FeatureBins(numeric: values, counts: counts, maximumBinCount: maximumBinCount)
        }
      }
    }
    bins = columns
    isWide = columns.contains { $0.binCount > 256 }
    let width = isWide ? 2 : 1
    let kept = (0..<rowCount).filter { rowCounts[$0] > 0 }
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(kept.count * columnCount * width, 1), alignment: 64)
    defer { raw.deallocate() }
    var hashes = [UInt64](repeating: 0, count: kept.count)
    Self.fill(
      raw, isWide: isWide, hashes: &hashes, dataset: dataset, order: order, kept: kept, bins: columns)

    // Sorting by hash, then by everything that tells rows apart, gives one order whatever the order of the rows.
    func precedes(_ a: Int, _ b: Int) -> Int {
      if hashes[a] != hashes[b] { return hashes[a] < hashes[b] ? -1 : 1 }
      let bytes = columnCount * width
      for index in 0..<bytes {
        let x = raw.load(fromByteOffset: a * bytes + index, as: UInt8.self)
        let y = raw.load(fromByteOffset: b * bytes + index, as: UInt8.self)
        if x != y { return x < y ? -1 : 1 }
      }
      return 0
    }
    func content(_ index: Int) -> (Double, Double, Double) {
      let row = kept[index]
      return (dataset.targets[row], dataset.offsets?[row] ?? 0, isWhole ? 0 : weights[row])
    }
    let sorted = (0..<kept.count).sorted {
      let comparison = precedes($0, $1)
      return comparison != 0 ? comparison < 0 : content($0) < content($1)
    }

    var unitOfRow = [Int32](repeating: -1, count: rowCount)
    var targets: [Double] = []
    var offsets: [Double] = []
    var realWeights: [Double] = []
    var counts: [Int64] = []
    var keys: [UInt64] = []
    var sources: [Int] = []
    var newKey: [Bool] = []
    for (position, index) in sorted.enumerated() {
      let row = kept[index]
      let isSameKey = position > 0 && precedes(sorted[position - 1], index) == 0
      if isWhole, isSameKey, content(sorted[position - 1]) == content(index) {
        counts[counts.count - 1] += rowCounts[row]
      } else {
        sources.append(index)
        newKey.append(!isSameKey)
        keys.append(hashes[index])
        targets.append(dataset.targets[row])
        offsets.append(dataset.offsets?[row] ?? 0)
        realWeights.append(weights[row])
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

    let bytes = columnCount * width
    cells = UnsafeMutableRawPointer.allocate(byteCount: max(counts.count * bytes, 1), alignment: 64)
    for (unit, source) in sources.enumerated() {
      (cells + unit * bytes).copyMemory(from: raw + source * bytes, byteCount: bytes)
    }
  }

  /// Writes the bins of every kept row, and the hash of each.
  private static func fill(
    _ raw: UnsafeMutableRawPointer, isWide: Bool, hashes: inout [UInt64], dataset: Dataset, order: [Int], kept: [Int],
    bins: [FeatureBins]
  ) {
    let rowCount = dataset.rowCount
    let columnCount = order.count
    dataset.matrix.withUnsafeElements { elements in
      hashes.withUnsafeMutableBufferPointer { hashes in
        for column in 0..<columnCount {
          let values = elements.baseAddress! + order[column] * rowCount
          let feature = bins[column]
          let nameHash = stableHash(dataset.features[order[column]].name)
          let table = (0..<max(feature.binCount, 1)).map { mixed(nameHash &+ UInt64($0)) }
          let encoder = BinEncoder(feature)
          for (index, row) in kept.enumerated() {
            let bin = encoder.bin(values[row])
            hashes[index] &+= table[bin]
            let position = index &* columnCount &+ column
            if isWide {
              raw.storeBytes(of: UInt16(bin), toByteOffset: position &* 2, as: UInt16.self)
            } else {
              raw.storeBytes(of: UInt8(bin), toByteOffset: position, as: UInt8.self)
            }
          }
        }
      }
    }
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

/// Bins of training values, with a table where values are small whole numbers.
struct BinEncoder {
  private let bins: FeatureBins
  private var low = 0.0
  private var table: [UInt16] = []

  init(_ bins: FeatureBins) {
    self.bins = bins
    guard !bins.isCategorical, bins.upperBounds.count > 1 else { return }
    let first = bins.upperBounds[0].rounded(.down)
    let last = bins.upperBounds[bins.upperBounds.count - 2].rounded(.up)
    guard last - first < 1024, first > -1e6, last < 1e6 else { return }
    low = first
    for value in stride(from: first, through: last, by: 1) { table.append(UInt16(bins.bin(of: value)!)) }
  }

  @inline(__always)
  func bin(_ value: Double) -> Int {
    let shifted = value - low
    if shifted >= 0, shifted < Double(table.count) {
      let index = Int(shifted)
      if Double(index) == shifted { return Int(table[index]) }
    }
    return bins.bin(of: value)!
  }
}

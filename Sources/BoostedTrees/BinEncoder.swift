/// Turns the training values of one column into bins: by a table where values are small whole numbers, else by a binary
/// search without branches, whose steps for neighbouring rows overlap.
struct BinEncoder: Sendable {
  private let bins: FeatureBins
  private var low = 0.0
  private var table: [UInt16] = []
  /// The upper bounds, filled up with infinity to a power of two.
  private var bounds: [Double] = []
  private let missing: UInt16
  /// The bin of each rank, where ranks are known, the missing one last.
  private var binOfRank: [UInt16] = []
  private let ranks: [UInt32]

  init(_ bins: FeatureBins, _ column: ColumnRanks.Column? = nil) {
    self.bins = bins
    ranks = column?.ranks ?? []
    missing = UInt16(truncatingIfNeeded: bins.hasMissing ? bins.missingBin : 0)
    if let column {
      binOfRank = column.values.map { UInt16(truncatingIfNeeded: bins.bin(of: $0) ?? 0) } + [missing]
      return
    }
    if bins.isCategorical {
      guard let last = bins.levels.last, last < 1 << 16 else { return }
      let unknown = bins.hasUnknown ? bins.unknownBin : 0
      table = [UInt16](repeating: UInt16(truncatingIfNeeded: unknown), count: last + 1)
      for (bin, level) in bins.levels.enumerated() { table[level] = UInt16(bin) }
      return
    }
    var size = 1
    while size < bins.upperBounds.count { size *= 2 }
    bounds = bins.upperBounds + [Double](repeating: .infinity, count: size - bins.upperBounds.count)
    guard bins.upperBounds.count > 1 else { return }
    let first = bins.upperBounds[0].rounded(.down)
    let last = bins.upperBounds[bins.upperBounds.count - 2].rounded(.up)
    guard last - first < 1024, first > -1e6, last < 1e6, bins.upperBounds.count <= 64 else { return }
    low = first
    for value in stride(from: first, through: last, by: 1) { table.append(UInt16(bins.bin(of: value)!)) }
  }

  /// Writes the bins of `values[rows[i]]`.
  func encode(
    _ values: UnsafePointer<Double>, rows: UnsafePointer<UInt32>, count: Int, into result: UnsafeMutablePointer<UInt16>
  ) {
    if !binOfRank.isEmpty {
      return ranks.withUnsafeBufferPointer { ranks in
        binOfRank.withUnsafeBufferPointer { bins in
          for index in 0..<count { result[index] = bins[Int(ranks[Int(rows[index])])] }
        }
      }
    }
    if table.isEmpty, !bins.isCategorical {
      return bounds.withUnsafeBufferPointer { bounds in
        for index in 0..<count {
          let value = values[Int(rows[index])]
          let bin = Self.search(bounds.baseAddress!, bounds.count, value)
          result[index] = value.isNaN ? missing : bin
        }
      }
    }
    table.withUnsafeBufferPointer { table in
      let end = Double(table.count)
      for index in 0..<count {
        let value = values[Int(rows[index])]
        let shifted = value - low
        if shifted >= 0, shifted < end {
          // Subtraction rounds: a value beside a whole number must not pass for it.
          let place = Int(shifted)
          if Double(place) + low == value {
            result[index] = table[place]
            continue
          }
        }
        // Only missing values have no bin, where the training data have some.
        result[index] = bins.bin(of: value).map { UInt16($0) } ?? missing
      }
    }
  }

  /// The first of the bounds, a power of two of them, that is at least `value`.
  @inline(__always)
  private static func search(_ bounds: UnsafePointer<Double>, _ count: Int, _ value: Double) -> UInt16 {
    var base = 0
    var shift = count.trailingZeroBitCount &- 1
    while shift >= 0 {
      let half = 1 &<< shift
      let isBelow = Int(truncatingIfNeeded: unsafeBitCast(bounds[base &+ half &- 1] < value, to: UInt8.self))
      base &+= isBelow &<< shift
      shift &-= 1
    }
    return UInt16(truncatingIfNeeded: base)
  }
}

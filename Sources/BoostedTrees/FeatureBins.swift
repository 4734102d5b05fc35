/// How the values of one column become bins: one bin per distinct value where there are few, else runs of neighbouring
/// values of about equal weight; missing values have a bin of their own, after the others.
///
/// Bins depend on the order of the values only, so that a monotone transform of a column changes nothing but the
/// thresholds.
struct FeatureBins: Sendable {
  /// For a numeric column: value bin `b` holds the values `upperBounds[b - 1] < x <= upperBounds[b]`; the last bound is
  /// the largest finite number.
  let upperBounds: [Double]
  /// For a categorical column: the level of each value bin, in ascending order.
  let levels: [Int]
  let isCategorical: Bool
  /// Whether training values that are no level at all have a bin, after the levels. It is in no set.
  let hasUnknown: Bool
  let hasMissing: Bool

  /// The bins that can be told apart by a threshold or put into a set.
  var valueBinCount: Int { isCategorical ? levels.count : upperBounds.count }
  var unknownBin: Int { levels.count }
  var missingBin: Int { valueBinCount + (hasUnknown ? 1 : 0) }
  var binCount: Int { missingBin + (hasMissing ? 1 : 0) }

  /// Bins of a numeric or ordinal column.
  ///
  /// - Parameters:
  ///   - values: `NaN` is missing.
  ///   - counts: How much each row counts; rows that count 0 are ignored.
  ///   - maximumBinCount: At least 2.
  ///   - scratch: Memory that is used again from column to column.
  init(
    numeric values: UnsafeBufferPointer<Double>, counts: UnsafeBufferPointer<Int64>, maximumBinCount: Int,
    scratch: inout Scratch
  ) {
    var missing = false
    if !Self.smallIntegers(values, counts, missing: &missing, into: &scratch.distinct) {
      missing = false
      Self.sortedDistinct(values, counts, missing: &missing, &scratch)
    }
    self.init(distinct: scratch.distinct, hasMissing: missing, maximumBinCount: maximumBinCount)
  }

  /// Bins of a numeric or ordinal column whose values have been sorted before.
  init(_ column: ColumnRanks.Column, counts: UnsafeBufferPointer<Int64>, maximumBinCount: Int) {
    var totals = [Int64](repeating: 0, count: column.values.count + 1)
    for row in counts.indices { totals[Int(column.ranks[row])] += counts[row] }
    var distinct: [(value: Double, count: Int64)] = []
    for (rank, value) in column.values.enumerated() where totals[rank] > 0 { distinct.append((value, totals[rank])) }
    self.init(distinct: distinct, hasMissing: totals[column.values.count] > 0, maximumBinCount: maximumBinCount)
  }

  private init(distinct: [(value: Double, count: Int64)], hasMissing: Bool, maximumBinCount: Int) {
    var bounds: [Double] = []
    if distinct.count <= maximumBinCount {
      for (left, right) in zip(distinct, distinct.dropFirst()) { bounds.append(Self.middle(left.value, right.value)) }
    } else {
      // A bin is closed when the weight seen so far reaches its share of what is left, so that a value that is heavier
      // than a share takes a bin alone and the others are spread over the rest.
      var remaining = distinct.reduce(0) { $0 + $1.count }
      var current: Int64 = 0
      for (index, entry) in distinct.enumerated().dropLast() {
        current += entry.count
        let left = Int64(maximumBinCount - bounds.count)
        guard left > 1 else { break }
        let next = distinct[index + 1]
        let share = remaining / left
        if current >= share || (next.count >= share && current * 2 >= share) {
          bounds.append(Self.middle(entry.value, next.value))
          remaining -= current
          current = 0
        }
      }
    }
    if !distinct.isEmpty { bounds.append(.greatestFiniteMagnitude) }
    upperBounds = bounds
    levels = []
    isCategorical = false
    hasUnknown = false
    self.hasMissing = hasMissing
  }

  /// Bins of a categorical column: one per level seen.
  init(levelsOf values: UnsafeBufferPointer<Double>, counts: UnsafeBufferPointer<Int64>, levelCount: Int) {
    var seen = Set<Int>()
    var missing = false
    var unknown = false
    for (value, count) in zip(values, counts) where count > 0 {
      if value.isNaN {
        missing = true
      } else if let level = Int(exactly: value), level >= 0, level < levelCount {
        seen.insert(level)
      } else {
        unknown = true
      }
    }
    upperBounds = []
    levels = seen.sorted()
    isCategorical = true
    hasUnknown = unknown
    hasMissing = missing
  }

  /// A threshold `t` with `left <= t < right`, halfway where the numbers allow it.
  static func middle(_ left: Double, _ right: Double) -> Double {
    let middle = left / 2 + right / 2
    return middle >= left && middle < right ? middle : left
  }

  /// The distinct values with their counts when all are whole numbers within a short range, as answers are.
  private static func smallIntegers(
    _ values: UnsafeBufferPointer<Double>, _ counts: UnsafeBufferPointer<Int64>, missing: inout Bool,
    into distinct: inout [(value: Double, count: Int64)]
  ) -> Bool {
    var low = Double.infinity
    var high = -Double.infinity
    for index in values.indices where counts[index] > 0 {
      let value = values[index]
      if value.isNaN { continue }
      guard value > -1e6, value < 1e6, value == Double(Int32(value)) else { return false }
      low = min(low, value)
      high = max(high, value)
    }
    guard low <= high else {
      missing = (0..<values.count).contains { counts[$0] > 0 }
      distinct.removeAll(keepingCapacity: true)
      return true
    }
    guard high - low < 1024 else { return false }
    var table = [Int64](repeating: 0, count: Int(high - low) + 1)
    for index in values.indices where counts[index] > 0 {
      let value = values[index]
      if value.isNaN { missing = true } else { table[Int(value - low)] += counts[index] }
    }
    distinct.removeAll(keepingCapacity: true)
    for index in table.indices where table[index] > 0 { distinct.append((low + Double(index), table[index])) }
    return true
  }

  private static func sortedDistinct(
    _ values: UnsafeBufferPointer<Double>, _ counts: UnsafeBufferPointer<Int64>, missing: inout Bool,
    _ scratch: inout Scratch
  ) {
    var isSingle = true
    scratch.keys.removeAll(keepingCapacity: true)
    scratch.keys.reserveCapacity(values.count)
    for index in values.indices where counts[index] > 0 {
      isSingle = isSingle && counts[index] == 1
      if values[index].isNaN { missing = true } else { scratch.keys.append(KeySort.orderedBits(values[index])) }
    }
    KeySort.sort(&scratch.keys, with: &scratch.otherKeys)
    scratch.distinct.removeAll(keepingCapacity: true)
    var last: UInt64?
    var count: Int64 = 0
    for key in scratch.keys {
      if let value = last, value != key {
        scratch.distinct.append((KeySort.value(value), count))
        count = 0
      }
      last = key
      count += 1
    }
    if let last { scratch.distinct.append((KeySort.value(last), count)) }
    guard !isSingle else { return }
    for index in scratch.distinct.indices { scratch.distinct[index].count = 0 }
    for index in values.indices where counts[index] > 0 && !values[index].isNaN {
      let place = firstIndex(scratch.distinct.count) { scratch.distinct[$0].value >= values[index] }
      scratch.distinct[place].count += counts[index]
    }
  }

  /// The bin of a value. A level that was not seen, and a missing value where none was, have none.
  func bin(of value: Double) -> Int? {
    if value.isNaN { return hasMissing ? missingBin : nil }
    if isCategorical {
      guard let level = Int(exactly: value) else { return hasUnknown ? unknownBin : nil }
      let index = Self.firstIndex(levels.count) { levels[$0] >= level }
      if index < levels.count, levels[index] == level { return index }
      return hasUnknown ? unknownBin : nil
    }
    return upperBounds.isEmpty ? nil : Self.firstIndex(upperBounds.count) { upperBounds[$0] >= value }
  }

  @inline(__always)
  static func firstIndex(_ count: Int, _ isTrue: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isTrue(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension FeatureBins {
  /// Memory for the binning of one column after the other.
  struct Scratch {
    fileprivate var keys: [UInt64] = []
    fileprivate var otherKeys: [UInt64] = []
    /// The distinct values of the column, ascending, with their counts.
    fileprivate var distinct: [(value: Double, count: Int64)] = []
  }
}

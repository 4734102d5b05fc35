import StatisticalLearning

/// An interval and the level that it was made for.
public struct UncertaintyInterval: Sendable, Hashable, Codable {
  public var lower: Double
  public var upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  @inlinable
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// How an interval is made from bootstrap replicates.
public enum ReplicateIntervalKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The replicates' own quantiles.
  case percentile
  /// The quantiles reflected at the estimate: `2θ̂ − q`.
  case basic
  /// Percentiles shifted for the median bias of the replicates (Efron 1987, without acceleration, which would need a
  /// jackknife of the whole pipeline).
  case biasCorrected
  /// `θ̂ ± z · sd`.
  case normal
}

extension ReplicateIntervalKind {
  /// The interval of one quantity. Reorders `values`, the *R* finite replicates; `nil` when there are fewer than two.
  ///
  /// Quantiles are those of `p (R + 1)`, linearly interpolated and bounded by the extremes.
  ///
  /// - Complexity: O(*R*) expected.
  func interval(
    estimate: Double, replicates values: UnsafeMutableBufferPointer<Double>, level: Double
  ) -> UncertaintyInterval? {
    let count = values.count
    guard count > 1 else { return nil }
    let tail = (1 - level) / 2
    switch self {
    case .percentile:
      return UncertaintyInterval(lower: Self.quantile(values, tail), upper: Self.quantile(values, 1 - tail))
    case .basic:
      return UncertaintyInterval(
        lower: 2 * estimate - Self.quantile(values, 1 - tail), upper: 2 * estimate - Self.quantile(values, tail))
    case .biasCorrected:
      var below = 0.0
      for value in values { below += value < estimate ? 1 : (value == estimate ? 0.5 : 0) }
      let share = min(max(below, 0.5), Double(count) - 0.5) / Double(count)
      let shift = 2 * StandardNormal.quantile(share)
      let z = StandardNormal.quantile(tail)
      return UncertaintyInterval(
        lower: Self.quantile(values, StandardNormal.cumulative(shift + z)),
        upper: Self.quantile(values, StandardNormal.cumulative(shift - z)))
    case .normal:
      var mean = 0.0
      for value in values { mean += value }
      mean /= Double(count)
      var squares = 0.0
      for value in values { squares += (value - mean) * (value - mean) }
      let half = StandardNormal.quantile(1 - tail) * (squares / Double(count - 1)).squareRoot()
      return UncertaintyInterval(lower: estimate - half, upper: estimate + half)
    }
  }

  /// The quantile at `p (R + 1)`, counted from 1.
  static func quantile(_ values: UnsafeMutableBufferPointer<Double>, _ p: Double) -> Double {
    let count = values.count
    let position = min(max(p * Double(count + 1) - 1, 0), Double(count - 1))
    let index = Int(position)
    let fraction = position - Double(index)
    // Tails are short: the few extreme values are kept sorted in one pass, most of which is one comparison a value.
    if index < 24, 4 * index < count {
      let (low, next) = extreme(values, index, sign: 1)
      return fraction > 0 ? low + fraction * (next - low) : low
    }
    if count - 1 - index < 24, 4 * (count - 1 - index) < count {
      // From the top, the value at `index` comes after its successor.
      let fromTop = count - 1 - index
      guard fraction > 0 else { return -extreme(values, fromTop, sign: -1).value }
      let (next, low) = extreme(values, fromTop - 1, sign: -1)
      return -low + fraction * (low - next)
    }
    let low = select(values, index)
    guard fraction > 0 else { return low }
    // After the selection, the next order statistic is the least of what stands behind.
    var next = Double.infinity
    for k in (index + 1)..<count { next = min(next, values[k]) }
    return low + fraction * (next - low)
  }

  /// Of the values times `sign`, the `index`-th smallest and the one after it (∞ past the end). Changes nothing.
  private static func extreme(
    _ values: UnsafeMutableBufferPointer<Double>, _ index: Int, sign: Double
  ) -> (value: Double, next: Double) {
    let size = index + 2
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { smallest in
      smallest.initialize(repeating: .infinity)
      var limit = Double.infinity
      for raw in values {
        let value = sign * raw
        guard value < limit else { continue }
        var k = size &- 1
        while k > 0, smallest[k &- 1] > value {
          smallest[k] = smallest[k &- 1]
          k &-= 1
        }
        smallest[k] = value
        limit = smallest[size &- 1]
      }
      return (smallest[index], smallest[index + 1])
    }
  }

  /// Puts the `index`-th smallest value at `index`, smaller ones before it, larger ones behind (Hoare's selection).
  static func select(_ values: UnsafeMutableBufferPointer<Double>, _ index: Int) -> Double {
    var low = 0
    var high = values.count - 1
    while high > low {
      let middle = low + (high - low) / 2
      // The median of three as pivot: presorted replicates stay linear.
      let pivot = max(min(values[low], values[high]), min(max(values[low], values[high]), values[middle]))
      var i = low
      var j = high
      while i <= j {
        while values[i] < pivot { i &+= 1 }
        while values[j] > pivot { j &-= 1 }
        if i <= j {
          values.swapAt(i, j)
          i &+= 1
          j &-= 1
        }
      }
      if index <= j { high = j } else if index >= i { low = i } else { break }
    }
    return values[index]
  }
}

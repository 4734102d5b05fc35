import StatisticalLearning

/// The derivatives of one output, rounded once a round to whole multiples of a power of two.
///
/// Scales are chosen so that the sums over all rows can't overflow and each derivative has up to 30 bits; rounding is to
/// nearest, ties to even, so that flipping signs flips results. A unit of whole weight `w` gets `w` times the rounded
/// derivative of one row, which is what `w` rows would add up to.
struct QuantizedDerivatives {
  private(set) var scales = SumScales()
  private(set) var total = Sums()

  /// Writes the sums of each unit, 0 for units that don't count.
  ///
  /// - Parameters:
  ///   - multipliers: How often each unit counts.
  ///   - counts: What one of these adds to the count; `nil` is 1.
  ///   - weights: What multiplies derivatives before rounding; `nil` is 1.
  mutating func quantize(
    gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>, multipliers: UnsafePointer<Int64>,
    counts: UnsafePointer<Int64>?, weights: UnsafePointer<Double>?, unitCount: Int, workers: Workers,
    into result: UnsafeMutablePointer<Sums>
  ) {
    let source = Shared((gradients, hessians, multipliers, counts, weights))
    let runs = workers.runCount(unitCount, minimum: 1 << 18)
    let extents = Parallel.map(count: runs, threadCount: runs) { run in
      let (gradients, hessians, multipliers, counts, weights) = source.value
      var extent = Extent()
      for unit in unitCount * run / runs..<unitCount * (run + 1) / runs where multipliers[unit] > 0 {
        extent.multiplier &+= multipliers[unit]
        extent.count &+= multipliers[unit] &* (counts?[unit] ?? 1)
        let weight = weights?[unit] ?? 1
        extent.gradient = max(extent.gradient, abs(gradients[unit] * weight))
        extent.hessian = max(extent.hessian, hessians[unit] * weight)
      }
      return extent
    }
    let totalMultiplier = extents.reduce(0) { $0 + $1.multiplier }
    let totalCount = extents.reduce(0) { $0 + $1.count }
    let largestGradient = extents.reduce(0) { max($0, $1.gradient) }
    let largestHessian = extents.reduce(0) { max($0, $1.hessian) }
    let countBits = Int64(64 - totalCount.leadingZeroBitCount)
    let multiplierBits = 64 - totalMultiplier.leadingZeroBitCount
    scales.hessianBits = 62 - countBits
    scales.hessianMask = (1 << scales.hessianBits) - 1
    let gradientExponent = Self.exponent(largestGradient, bits: min(30, 61 - multiplierBits))
    let hessianExponent = Self.exponent(largestHessian, bits: min(30, Int(scales.hessianBits) - 1 - multiplierBits))
    scales.gradient = Self.powerOfTwo(-gradientExponent)
    scales.hessian = Self.powerOfTwo(-hessianExponent)
    let gradientScale = Self.powerOfTwo(gradientExponent)
    let hessianScale = Self.powerOfTwo(hessianExponent)
    let hessianBits = scales.hessianBits
    let target = Shared(result)
    let totals = Parallel.map(count: runs, threadCount: runs) { run in
      let (gradients, hessians, multipliers, counts, weights) = source.value
      let result = target.value
      var total = Sums()
      for unit in unitCount * run / runs..<unitCount * (run + 1) / runs {
        let multiplier = multipliers[unit]
        if multiplier <= 0 {
          result[unit] = Sums()
          continue
        }
        let weight = weights?[unit] ?? 1
        let gradient = Self.rounded(gradients[unit] * weight * gradientScale)
        let hessian = Self.rounded(hessians[unit] * weight * hessianScale)
        let count = counts?[unit] ?? 1
        let sums = Sums(multiplier &* gradient, (multiplier &* count) << hessianBits &+ multiplier &* hessian)
        result[unit] = sums
        total = total &+ sums
      }
      return total
    }
    total = totals.reduce(Sums()) { $0 &+ $1 }
  }

  /// What derivatives are scaled by.
  private struct Extent {
    var multiplier: Int64 = 0
    var count: Int64 = 0
    var gradient = 0.0
    var hessian = 0.0
  }

  /// The exponent by which numbers up to `largest` fit into `bits` bits.
  private static func exponent(_ largest: Double, bits: Int) -> Int {
    guard largest > 0, largest.isFinite else { return 0 }
    return min(1000, max(-1000, bits - 1 - Int(largest.exponent)))
  }

  private static func powerOfTwo(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// The nearest whole number of a number below 2⁵¹ in size. Adding 1.5 · 2⁵² leaves it in the low bits.
  @inline(__always)
  private static func rounded(_ value: Double) -> Int64 {
    let shift = 0x1.8p52
    guard abs(value) < 0x1p50 else { return 0 }
    return Int64(bitPattern: (value + shift).bitPattern) &- Int64(bitPattern: shift.bitPattern)
  }
}

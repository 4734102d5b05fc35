import StatisticalLearning

/// The derivatives of one output, rounded once a round to whole multiples of a power of two.
///
/// Scales are chosen so that the sums over all rows can't overflow; rounding is to nearest, ties to even, so that
/// flipping signs flips results. A unit of whole weight `w` gets `w` times the rounded derivative of one row, which is
/// what `w` rows would add up to.
struct QuantizedDerivatives {
  private(set) var scales = SumScales()
  private(set) var total = Sums()

  /// What is rounded.
  struct Source {
    let gradients: UnsafePointer<Double>
    let hessians: UnsafePointer<Double>
    /// The units that count, and how many they are.
    let units: UnsafePointer<UInt32>
    let unitCount: Int
    /// How often each unit counts.
    let multipliers: UnsafePointer<Int64>
    /// What one of these adds to the count, and what multiplies derivatives before rounding; both `nil` where it is 1.
    let counts: UnsafePointer<Int64>?
    let weights: UnsafePointer<Double>?
    /// Whether units count once each and follow each other, so that none of this need be looked up.
    var isPlain = false

    var plain: Source {
      var source = self
      source.isPlain = true
      return source
    }

    /// Calls `body` with the multiplier, count and derivatives of some units that count.
    @inline(__always)
    func forEach(
      _ range: Range<Int>, _ body: (_ unit: Int, _ multiplier: Int64, _ count: Int64, Double, Double) -> Void
    ) {
      if isPlain {
        guard let start = range.first else { return }
        let first = Int(units[start])
        for unit in first..<first + range.count { body(unit, 1, 1, gradients[unit], hessians[unit]) }
      } else if let counts, let weights {
        for index in range {
          let unit = Int(units[index])
          let multiplier = multipliers[unit]
          let weight = weights[unit]
          body(unit, multiplier, multiplier &* counts[unit], gradients[unit] * weight, hessians[unit] * weight)
        }
      } else {
        for index in range {
          let unit = Int(units[index])
          body(unit, multipliers[unit], multipliers[unit], gradients[unit], hessians[unit])
        }
      }
    }
  }

  /// Writes what each unit that counts adds to a histogram.
  ///
  /// - Returns: `nil` where the cells can't hold the sums at a resolution that makes no difference: where less than a
  ///   quarter of the rows have derivatives of 64 steps or more, because a few are so much larger than the others.
  init?<Cell: HistogramCell>(
    _ source: Source, for cell: Cell.Type, workers: Workers, into result: UnsafeMutablePointer<Cell>
  ) {
    let shared = Shared((source, result))
    let runs = workers.runCount(source.unitCount, minimum: 1 << 18)
    let unitCount = source.unitCount
    @Sendable func range(_ run: Int) -> Range<Int> { unitCount * run / runs..<unitCount * (run + 1) / runs }
    let extent = Parallel.map(count: runs, threadCount: runs) { run in
      Extent(shared.value.0, range(run))
    }.reduce(Extent()) { $0.union($1) }
    guard let bits = Cell.bits(totalMultiplier: extent.multiplier, totalCount: extent.count) else { return nil }
    scales.hessianBits = bits.hessianSum
    scales.hessianMask = (1 << scales.hessianBits) - 1
    let gradientExponent = Self.exponent(extent.gradient, bits: bits.gradient)
    let hessianExponent = Self.exponent(extent.hessian, bits: bits.hessian)
    scales.gradient = Self.powerOfTwo(-gradientExponent)
    scales.hessian = Self.powerOfTwo(-hessianExponent)
    let rounding = Rounding(
      gradientScale: Self.powerOfTwo(gradientExponent), hessianScale: Self.powerOfTwo(hessianExponent),
      hessianBits: bits.hessianSum)
    let totals = Parallel.map(count: runs, threadCount: runs) { run in
      rounding.round(extent.isPlain ? shared.value.0.plain : shared.value.0, range(run), into: shared.value.1)
    }.reduce(Totals()) { $0.union($1) }
    if bits.gradient < 30 || bits.hessian < 30 {
      guard 4 * totals.fineGradients >= extent.multiplier, 4 * totals.fineHessians >= extent.multiplier else {
        return nil
      }
    }
    total = Sums(totals.gradient, extent.count << scales.hessianBits &+ totals.hessian)
  }

  /// What derivatives are scaled by.
  private struct Extent {
    var multiplier: Int64 = 0
    var count: Int64 = 0
    /// Whether every unit counts once, and none in between is left out.
    var isPlain = true
    var gradient = 0.0
    var hessian = 0.0

    init() {}

    init(_ source: Source, _ range: Range<Int>) {
      var next = range.isEmpty ? 0 : Int(source.units[range.lowerBound])
      source.forEach(range) { unit, multiplier, count, gradient, hessian in
        self.multiplier &+= multiplier
        self.count &+= count
        isPlain = isPlain && unit == next && multiplier == 1 && count == 1
        next = unit &+ 1
        self.gradient = max(self.gradient, abs(gradient))
        self.hessian = max(self.hessian, hessian)
      }
    }

    func union(_ other: Extent) -> Extent {
      var result = self
      result.multiplier += other.multiplier
      result.count += other.count
      result.isPlain = isPlain && other.isPlain
      result.gradient = max(gradient, other.gradient)
      result.hessian = max(hessian, other.hessian)
      return result
    }
  }

  private struct Totals {
    var gradient: Int64 = 0
    var hessian: Int64 = 0
    /// How many are of 64 steps or more.
    var fineGradients: Int64 = 0
    var fineHessians: Int64 = 0

    func union(_ other: Totals) -> Totals {
      Totals(
        gradient: gradient + other.gradient, hessian: hessian + other.hessian,
        fineGradients: fineGradients + other.fineGradients, fineHessians: fineHessians + other.fineHessians)
    }
  }

  private struct Rounding {
    var gradientScale: Double
    var hessianScale: Double
    var hessianBits: Int64

    @inline(__always)
    func round<Cell: HistogramCell>(
      _ source: Source, _ range: Range<Int>, into result: UnsafeMutablePointer<Cell>
    ) -> Totals {
      var totals = Totals()
      source.forEach(range) { unit, multiplier, count, gradient, hessian in
        let gradientSteps = rounded(gradient * gradientScale)
        let hessianSteps = rounded(hessian * hessianScale)
        totals.fineGradients &+= abs(gradientSteps) >= 64 ? multiplier : 0
        totals.fineHessians &+= hessianSteps >= 64 ? multiplier : 0
        let gradient = multiplier &* gradientSteps
        let hessian = multiplier &* hessianSteps
        result[unit] = Cell(x: gradient, y: (count &<< hessianBits) &+ hessian)
        totals.gradient &+= gradient
        totals.hessian &+= hessian
      }
      return totals
    }

    /// The nearest whole number of a number below 2⁵¹ in size. Adding 1.5 · 2⁵² leaves it in the low bits.
    @inline(__always)
    private func rounded(_ value: Double) -> Int64 {
      let shift = 0x1.8p52
      guard abs(value) < 0x1p50 else { return 0 }
      return Int64(bitPattern: (value + shift).bitPattern) &- Int64(bitPattern: shift.bitPattern)
    }
  }

  /// The exponent by which numbers up to `largest` fit into `bits` bits.
  private static func exponent(_ largest: Double, bits: Int) -> Int {
    guard largest > 0, largest.isFinite else { return 0 }
    return min(1000, max(-1000, bits - 1 - Int(largest.exponent)))
  }

  private static func powerOfTwo(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}

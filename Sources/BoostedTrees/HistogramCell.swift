import StatisticalLearning

/// Sums over the rows of a node, as whole numbers: the gradient, and Hessian and count packed into one word.
///
/// `x` is Σ gradient; `y` is Σ count << `hessianBits` + Σ Hessian. Both are additive and can't overflow, by the choice
/// of scales in ``QuantizedDerivatives``, so sums don't depend on their order, and differences are exact.
typealias Sums = SIMD2<Int64>

/// How sums are read.
struct SumScales {
  var gradient = 1.0
  var hessian = 1.0
  var hessianBits: Int64 = 32
  var hessianMask: Int64 = 0xFFFF_FFFF

  @inline(__always) func gradient(_ sums: Sums) -> Double { Double(sums.x) * gradient }
  @inline(__always) func hessian(_ sums: Sums) -> Double { Double(sums.y & hessianMask) * hessian }
  @inline(__always) func count(_ sums: Sums) -> Int64 { sums.y &>> hessianBits }
}

/// What a histogram holds for each bin: the sums of its rows in some form. All forms are whole numbers that can't
/// overflow; they differ in how many rows they can hold at which resolution.
protocol HistogramCell: Sendable {
  init()
  /// - Parameter y: The count << `hessianBits` + the Hessian.
  init(x: Int64, y: Int64)
  static func &+ (a: Self, b: Self) -> Self
  static func &- (a: Self, b: Self) -> Self
  var sums: Sums { get }

  /// The bits of a row's derivatives; `nil` where this form holds too few.
  static func bits(totalMultiplier: Int64, totalCount: Int64) -> DerivativeBits?
}

/// How many bits a derivative of one row is rounded to, and how sums of Hessians and counts share a word.
struct DerivativeBits {
  var gradient: Int
  var hessian: Int
  /// Of the sum of Hessians beside the count.
  var hessianSum: Int64
}

/// Any rows: 16 bytes a cell, up to 30 bits a derivative.
extension SIMD2<Int64>: HistogramCell {
  @inline(__always) init(x: Int64, y: Int64) { self.init(x, y) }
  @inline(__always) var sums: Sums { self }

  static func bits(totalMultiplier: Int64, totalCount: Int64) -> DerivativeBits? {
    let countBits = Int64(bitWidth(totalCount))
    let multiplierBits = bitWidth(totalMultiplier)
    let sum = 62 - countBits
    return DerivativeBits(
      gradient: Swift.min(30, 61 - multiplierBits), hessian: Swift.min(30, Int(sum) - 1 - multiplierBits),
      hessianSum: sum)
  }
}

/// Up to 8,191 rows: gradient, count and Hessian in one word of 64 bits, so that a row is one addition. With 500 rows a
/// derivative has 18 bits, with 8,000 a gradient has 14 and a Hessian 10.
struct PackedSums: HistogramCell {
  /// Σ gradient << 36 + Σ count << `hessianBits` + Σ Hessian.
  var word: Int64 = 0

  static let shift: Int64 = 36
  static let mask: Int64 = 1 << 36 - 1
  /// The largest number of bits of a count.
  static let countBits = 13

  @inline(__always) init() {}
  @inline(__always) init(word: Int64) { self.word = word }
  @inline(__always) init(x: Int64, y: Int64) { word = (x &<< Self.shift) &+ y }

  @inline(__always) static func &+ (a: Self, b: Self) -> Self { Self(word: a.word &+ b.word) }
  @inline(__always) static func &- (a: Self, b: Self) -> Self { Self(word: a.word &- b.word) }

  @inline(__always) var sums: Sums { Sums(word &>> Self.shift, word & Self.mask) }

  static func bits(totalMultiplier: Int64, totalCount: Int64) -> DerivativeBits? {
    // Real weights count in small fractions of a row, which take too many bits.
    guard totalCount == totalMultiplier, bitWidth(totalCount) <= countBits else { return nil }
    let count = max(1, bitWidth(totalCount))
    let sum = Self.shift - Int64(count)
    return DerivativeBits(gradient: min(30, 27 - count), hessian: min(30, Int(sum) - count), hessianSum: sum)
  }
}

@inline(__always)
private func bitWidth(_ value: Int64) -> Int { 64 - value.leadingZeroBitCount }

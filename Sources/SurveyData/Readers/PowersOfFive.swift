/// The leading 128 bits of every power of five that a decimal number in the range of `Double` can need.
///
/// Entry `q` stands for 5^q, scaled by a power of two so that its top bit is set: rounded down for q ≥ 0, rounded up
/// (reciprocals) for q < 0, as the error bounds of Lemire (2021), "Number parsing at a gigabyte per second", Software:
/// Practice and Experience 51(8), require. Computed once, in about 0.2 ms, when a number first needs it.
struct PowersOfFive: @unchecked Sendable {
  static let smallestExponent = -342
  static let largestExponent = 308
  static let shared = PowersOfFive()

  /// High and low word in turn, from `smallestExponent` up. Written once, never freed: it is as long-lived as the program.
  let words: UnsafePointer<UInt64>

  private init() {
    var words = [UInt64](repeating: 0, count: 2 * (Self.largestExponent - Self.smallestExponent + 1))
    func set(_ exponent: Int, _ top: (high: UInt64, low: UInt64)) {
      words[2 * (exponent - Self.smallestExponent)] = top.high
      words[2 * (exponent - Self.smallestExponent) + 1] = top.low
    }
    var power = WideInteger(1)
    for exponent in 0...Self.largestExponent {
      set(exponent, power.leading128)
      power.multiply(by: 5)
    }
    // ⌊2^B / 5^k⌋ by k divisions by five; ⌊2^b / 5^k⌋ for a smaller b is the same number shifted right, exactly.
    let wideBits = 1856
    var quotient = WideInteger(powerOfTwo: wideBits)
    power = WideInteger(1)
    for exponent in 1...(-Self.smallestExponent) {
      quotient.divide(by: 5)
      power.multiply(by: 5)
      let bits = power.bitWidth
      let scale = exponent <= 27 ? bits + 127 : 2 * bits + 128
      var reciprocal = quotient.shiftedRight(by: wideBits - scale)
      reciprocal.increment()
      set(-exponent, reciprocal.leading128)
    }
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: words.count)
    table.initialize(from: words, count: words.count)
    self.words = UnsafePointer(table)
  }
}

/// As much big-integer arithmetic as the table needs; words from the least significant up.
private struct WideInteger {
  private var words: [UInt64]

  init(_ value: UInt64) { words = [value] }

  init(powerOfTwo exponent: Int) {
    words = [UInt64](repeating: 0, count: exponent / 64 + 1)
    words[exponent / 64] = 1 << UInt64(exponent % 64)
  }

  var bitWidth: Int { words.count * 64 - words[words.count - 1].leadingZeroBitCount }

  mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = words[index].multipliedFullWidth(by: factor)
      let (low, overflow) = product.low.addingReportingOverflow(carry)
      words[index] = low
      carry = product.high &+ (overflow ? 1 : 0)
    }
    if carry > 0 { words.append(carry) }
  }

  mutating func divide(by divisor: UInt64) {
    var remainder: UInt64 = 0
    for index in words.indices.reversed() {
      let result = divisor.dividingFullWidth((remainder, words[index]))
      words[index] = result.quotient
      remainder = result.remainder
    }
    while words.count > 1, words[words.count - 1] == 0 { words.removeLast() }
  }

  mutating func increment() {
    for index in words.indices {
      words[index] &+= 1
      if words[index] != 0 { return }
    }
    words.append(1)
  }

  func shiftedRight(by bits: Int) -> WideInteger {
    var result = self
    result.words.removeFirst(min(bits / 64, words.count - 1))
    let shift = UInt64(bits % 64)
    if shift > 0 {
      for index in result.words.indices {
        let above = index + 1 < result.words.count ? result.words[index + 1] << (64 - shift) : 0
        result.words[index] = result.words[index] >> shift | above
      }
    }
    while result.words.count > 1, result.words[result.words.count - 1] == 0 { result.words.removeLast() }
    return result
  }

  /// The top 128 bits, the first of them set; zeros follow a shorter number.
  var leading128: (high: UInt64, low: UInt64) {
    let padded = [0, 0] + words
    let top = padded.count - 1
    let shift = UInt64(padded[top].leadingZeroBitCount)
    func word(_ index: Int) -> UInt64 {
      shift == 0 ? padded[index] : padded[index] << shift | padded[index - 1] >> (64 - shift)
    }
    return (word(top), word(top - 1))
  }
}

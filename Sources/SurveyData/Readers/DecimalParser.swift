/// Decimal text to the nearest `Double`, ties to even: the same bits as the C library's `strtod`, several times faster.
///
/// Three roads, the cheapest that is exact: up to 2^53 times a power of ten up to 10^22 is one rounded operation
/// (Clinger 1990); 19 digits and any exponent go through a 128-bit product (Lemire 2021); what that leaves undecided
/// (beyond 19 digits, next to a tie) goes to the standard library.
enum DecimalParser {
  /// What a text is, read as a number.
  enum Outcome: Equatable {
    case number(Double)
    /// Digits only, 01 or 00123: a code rather than a quantity. The value that it would have is not lost with it.
    case zeroPadded(Double)
    /// A whole number beyond 2^53 whose last digits a `Double` does not hold.
    case tooManyDigits(Double)
    case notNumber
  }

  /// Reads a whole field: sign, digits with an optional decimal separator, optional exponent. No spaces, no
  /// thousands separators, no hexadecimal, `inf` or `nan`; beyond the range of `Double` it is not a number.
  static func parse(_ text: UnsafeBufferPointer<UInt8>, decimalSeparator: UInt8) -> Outcome {
    var index = 0
    let count = text.count
    guard count > 0 else { return .notNumber }
    let negative = text[0] == UInt8(ascii: "-")
    if negative || text[0] == UInt8(ascii: "+") { index = 1 }
    let firstDigit = index

    // Leading zeros carry no digits; at most 19 significant ones are kept, the rest only shift the exponent.
    var mantissa: UInt64 = 0
    var significantDigits = 0
    var droppedNonZero = false
    var exponent = 0
    func take(_ digit: UInt8) {
      if significantDigits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if mantissa > 0 { significantDigits += 1 }
      } else {
        droppedNonZero = droppedNonZero || digit > 0
        exponent += 1
      }
    }
    while index < count, text[index] &- 48 < 10 {
      take(text[index] &- 48)
      index += 1
    }
    let integerDigits = index - firstDigit
    var fractionDigits = 0
    let isWhole = index == count
    if index < count, text[index] == decimalSeparator {
      index += 1
      let start = index
      while index < count, text[index] &- 48 < 10 {
        take(text[index] &- 48)
        index += 1
      }
      fractionDigits = index - start
    }
    guard integerDigits + fractionDigits > 0 else { return .notNumber }
    exponent -= fractionDigits
    if index < count {
      guard text[index] | 0x20 == UInt8(ascii: "e") else { return .notNumber }
      index += 1
      var negativeExponent = false
      if index < count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        negativeExponent = text[index] == UInt8(ascii: "-")
        index += 1
      }
      guard index < count else { return .notNumber }
      var written = 0
      while index < count, text[index] &- 48 < 10 {
        written = min(written * 10 + Int(text[index] &- 48), 1_000_000_000)
        index += 1
      }
      guard index == count else { return .notNumber }
      exponent += negativeExponent ? -written : written
    }

    var magnitude = value(mantissa, exponent)
    if droppedNonZero, magnitude?.bitPattern != value(mantissa + 1, exponent)?.bitPattern { magnitude = nil }
    let number = magnitude ?? slowValue(text, decimalSeparator: decimalSeparator)
    guard number.isFinite else { return .notNumber }
    let signed = negative ? -number.magnitude : number.magnitude
    if isWhole, integerDigits > 1, text[firstDigit] == UInt8(ascii: "0") { return .zeroPadded(signed) }
    if isWhole, mantissa > 1 << 53 { return .tooManyDigits(signed) }
    return .number(signed)
  }

  /// `mantissa × 10^exponent`, or `nil` when 128 bits do not decide the rounding.
  @inline(__always)
  static func value(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      let number = Double(Int64(bitPattern: mantissa))
      return exponent < 0 ? number / exactPowersOfTen[-exponent] : number * exactPowersOfTen[exponent]
    }
    return wideValue(mantissa, exponent)
  }

  /// 10^0 … 10^22, each of them exact.
  static let exactPowersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// 10^0 … 10^8.
  static let integerPowersOfTen: [UInt64] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

  @inline(never)
  static func wideValue(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    wideValue(mantissa, exponent, PowersOfFive.shared.words)
  }

  /// The product of the mantissa and the power of five, in 128 bits (Lemire 2021, algorithm 1).
  @inline(__always)
  static func wideValue(_ mantissa: UInt64, _ exponent: Int, _ powers: UnsafePointer<UInt64>) -> Double? {
    if mantissa == 0 || exponent < PowersOfFive.smallestExponent { return 0 }
    if exponent > PowersOfFive.largestExponent { return .infinity }
    let shift = mantissa.leadingZeroBitCount
    let scaled = mantissa << UInt64(shift)
    let entry = powers + 2 * (exponent - PowersOfFive.smallestExponent)
    var product = scaled.multipliedFullWidth(by: entry[0])
    // 55 bits are used: 53 and two to round. The low word matters only when all bits below those are set.
    if product.high & 0x1FF == 0x1FF {
      let correction = scaled.multipliedFullWidth(by: entry[1]).high
      let (low, overflow) = product.low.addingReportingOverflow(correction)
      product = (product.high &+ (overflow ? 1 : 0), low)
      if low == .max, exponent < -27 || exponent > 55 { return nil }
    }
    let upperBit = Int(product.high >> 63)
    var significand = product.high >> UInt64(upperBit + 9)
    // 217706 / 2^16 is log2(10) to the precision that these exponents need.
    var binaryExponent = (217_706 * exponent) >> 16 + 63 + upperBit - shift + 1023
    if binaryExponent <= 0 {
      let loss = 1 - binaryExponent
      if loss >= 64 { return 0 }
      significand >>= UInt64(loss)
      significand = (significand + significand & 1) >> 1
      // Rounding up to 2^52 makes the smallest normal number: its bits are those of the integer.
      return Double(bitPattern: significand)
    }
    // An exact tie rounds to even. Only these exponents allow one.
    if product.low <= 1, exponent >= -4, exponent <= 23, significand & 3 == 1,
      significand << UInt64(upperBit + 9) == product.high
    {
      significand &= ~1
    }
    significand = (significand + significand & 1) >> 1
    if significand >= 1 << 53 {
      significand = 1 << 52
      binaryExponent += 1
    }
    if binaryExponent >= 2047 { return .infinity }
    return Double(bitPattern: UInt64(binaryExponent) << 52 | significand & (1 << 52 - 1))
  }

  /// The standard library's parser, which takes any number of digits and no heed of the locale.
  private static func slowValue(_ text: UnsafeBufferPointer<UInt8>, decimalSeparator: UInt8) -> Double {
    let point = UInt8(ascii: ".")
    let digits = String(decoding: text.map { $0 == decimalSeparator ? point : $0 }, as: UTF8.self)
    // A bare trailing point, `5.`, is not in that parser's grammar.
    return Double(digits) ?? Double(digits.replacing(".", with: ".0", maxReplacements: 1)) ?? .nan
  }
}

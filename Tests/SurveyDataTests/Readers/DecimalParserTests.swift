import Foundation
import Testing

@testable import SurveyData

private func parse(_ text: String, _ separator: Character = ".") -> DecimalParser.Outcome {
  Array(text.utf8).withUnsafeBufferPointer { DecimalParser.parse($0, decimalSeparator: separator.asciiValue!) }
}

/// The same text through the road that the reader takes first, when that road takes it.
private func shortNumber(_ text: String) -> Double? {
  let bytes = Array(text.utf8) + [UInt8](repeating: 10, count: 24)
  return bytes.withUnsafeBufferPointer { buffer in
    let result = CSVChunkParser.shortNumber(
      buffer.baseAddress!, UInt8(ascii: "."), DecimalParser.exactPowersOfTen,
      DecimalParser.integerPowersOfTen)
    guard let result, result.next == buffer.baseAddress! + text.utf8.count else { return nil }
    return result.value
  }
}

private func expectLikeStrtod(_ text: String) {
  let wanted = strtod(text, nil)
  if wanted.isFinite {
    switch parse(text) {
    case .number(let value), .zeroPadded(let value), .tooManyDigits(let value):
      #expect(value.bitPattern == wanted.bitPattern, "\(text)")
    case .notNumber: Issue.record("\(text) is a number")
    }
  } else {
    #expect(parse(text) == .notNumber, "\(text)")
  }
  if let short = shortNumber(text) { #expect(short.bitPattern == wanted.bitPattern, "short: \(text)") }
}

@Suite struct DecimalParserTests {
  @Test func knownHardCases() {
    for text in [
      "0", "-0", "1", "1e0", "0.1", "0.3", "9007199254740993.0", "9007199254740992.5", "9007199254740993.5",
      "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e308", "1e309", "1e400", "-1e400",
      "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400", "0e999", "0e-999",
      "2.2250738585072014e-308", "2.2250738585072011e-308",
      "2.225073858507201136057409796709131975934819546351645648e-308",
      "8.41e+21", "9.5367431640625e-7", "7.2057594037927933e16", "1e23", "8.5e22", "123456789012345678901234567890",
      "0.000000000000000000000000000000000000001234567890123456789", "100000000000000016777215",
      "100000000000000016777216",
      "6.631236871469758276785396630275967e-309", "1" + String(repeating: "0", count: 300),
      "0." + String(repeating: "0", count: 330) + "1", String(repeating: "9", count: 800),
      "1." + String(repeating: "3", count: 900),
    ] {
      expectLikeStrtod(text)
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func likeStrtod(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state &* 0x2545_F491_4F6C_DD1D
    }
    for _ in 0..<2_000 {
      let value = Double(bitPattern: random())
      guard value.isFinite else { continue }
      expectLikeStrtod("\(value)")
      // One digit more than suffices, one fewer, and the point halfway to the next number.
      expectLikeStrtod(String(format: "%.17e", value))
      expectLikeStrtod(String(format: "%.12g", value))
      let halfway = String(format: "%.*e", 30, value.magnitude)
      expectLikeStrtod(halfway)
      let small = Double(Int64(truncatingIfNeeded: random() >> 20)) / 1e6
      expectLikeStrtod(String(format: "%.6f", small))
      expectLikeStrtod(String(random()) + "." + String(random() % 1_000_000))
      expectLikeStrtod("\(Double(bitPattern: random() >> 12))")
      expectLikeStrtod(String(format: "%.\(random() % 20)f", Double(random() % 100_000) / 7))
    }
  }

  /// Halfway between two doubles, written out in full: ties go to even, one digit more or less decides.
  @Test func exactTies() {
    for exponent in stride(from: -60, through: 60, by: 1) {
      for mantissa: UInt64 in [1 << 52, (1 << 52) + 1, (1 << 53) - 1, (1 << 52) + 12345] {
        // (2m + 1) · 2^(e−1), exact in decimal: printf writes all digits of a long double of 64 bits.
        let digits = exactDecimal(2 * mantissa + 1, powerOfTwo: exponent - 1)
        expectLikeStrtod(digits)
        expectLikeStrtod(digits + (digits.contains(".") ? "1" : ".00000000000000000000000001"))
      }
    }
  }

  @Test func kinds() {
    #expect(parse("007") == .zeroPadded(7))
    #expect(parse("-01") == .zeroPadded(-1))
    #expect(parse("0.5") == .number(0.5))
    #expect(parse("00.5") == .number(0.5))
    #expect(parse("9007199254740992") == .number(9_007_199_254_740_992))
    #expect(parse("9007199254740993") == .tooManyDigits(9_007_199_254_740_992))
    #expect(parse(".5") == .number(0.5))
    #expect(parse("5.") == .number(5))
    #expect(parse("+5") == .number(5))
    #expect(parse("1,5", ",") == .number(1.5))
    #expect(parse("1.5", ",") == .notNumber)
    for text in [
      "", "-", ".", "e5", "1e", "1e+", "1.2.3", "1,000", "0x10", "inf", "nan", "NaN", " 1", "1 ", "--1", "1-",
    ] {
      #expect(parse(text) == .notNumber, "\(text)")
    }
  }
}

/// `mantissa · 2^power` in decimal, by long arithmetic on digits.
private func exactDecimal(_ mantissa: UInt64, powerOfTwo power: Int) -> String {
  var digits = String(mantissa).reversed().map { Int($0.wholeNumberValue!) }
  var point = 0
  func multiply(by factor: Int) {
    var carry = 0
    for index in digits.indices {
      let product = digits[index] * factor + carry
      digits[index] = product % 10
      carry = product / 10
    }
    while carry > 0 {
      digits.append(carry % 10)
      carry /= 10
    }
  }
  for _ in 0..<abs(power) {
    // Halving is five times as much, one place further right.
    multiply(by: power > 0 ? 2 : 5)
    if power < 0 { point += 1 }
  }
  while digits.count <= point { digits.append(0) }
  var text = digits.reversed().map(String.init).joined()
  if point > 0 { text.insert(".", at: text.index(text.endIndex, offsetBy: -point)) }
  return text
}

import Foundation

/// Reads JSON (RFC 8259, and the `NaN` and `Infinity` that XGBoost writes) in one pass over the bytes, within a budget of
/// memory and of depth.
struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var budget: DocumentBudget
  private let format: ModelFileFormat

  static func value(_ data: Data, format: ModelFileFormat) throws -> ModelValue {
    try data.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes: bytes, format: format)
      let value = try reader.value(depth: 0)
      reader.skipSpace()
      guard reader.position == bytes.count else { throw reader.failure("something follows the end") }
      return value
    }
  }

  private init(bytes: UnsafeRawBufferPointer, format: ModelFileFormat) {
    self.bytes = bytes
    self.format = format
    budget = DocumentBudget(byteCount: bytes.count)
  }

  private func failure(_ reason: String) -> ModelFileError {
    .malformed(format, place: "byte \(position)", reason: reason)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
  }

  /// The next byte that is not a space; not consumed.
  private mutating func peek() throws -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw failure("the file ends too early") }
    return bytes[position]
  }

  private mutating func take(_ byte: Character) throws -> Bool {
    guard try peek() == byte.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws -> ModelValue {
    guard depth <= DocumentBudget.deepest else { throw failure("nested too deep") }
    try budget.spendValue()
    switch try peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return try word()
    default: return .number(try number())
    }
  }

  private mutating func word() throws -> ModelValue {
    for (word, value) in [("true", ModelValue.flag(true)), ("false", .flag(false)), ("null", .null)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("not a value")
  }

  private mutating func object(depth: Int) throws -> ModelValue {
    position += 1
    var entries: [String: ModelValue] = [:]
    if try take("}") { return .object(entries) }
    repeat {
      guard try peek() == UInt8(ascii: "\"") else { throw failure("a key is expected") }
      let key = try text()
      guard try take(":") else { throw failure("':' is expected") }
      guard entries[key] == nil else { throw failure("a key stands twice") }
      entries[key] = try value(depth: depth + 1)
    } while try take(",")
    guard try take("}") else { throw failure("',' or '}' is expected") }
    return .object(entries)
  }

  private mutating func list(depth: Int) throws -> ModelValue {
    position += 1
    if try take("]") { return .numbers([]) }
    if Self.startsNumber(try peek()) { return try numbers() }
    var values: [ModelValue] = []
    repeat { values.append(try value(depth: depth + 1)) } while try take(",")
    guard try take("]") else { throw failure("',' or ']' is expected") }
    return .list(values)
  }

  private static func startsNumber(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I")
  }

  private mutating func numbers() throws -> ModelValue {
    // Counted first, so that the list never grows.
    var end = position
    var count = 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "]") {
      if bytes[end] == UInt8(ascii: ",") { count += 1 }
      end += 1
    }
    try budget.spend(count * 8)
    var values: [Double] = []
    values.reserveCapacity(count)
    repeat {
      guard Self.startsNumber(try peek()) else { throw failure("a number is expected") }
      values.append(try number())
    } while try take(",")
    guard try take("]") else { throw failure("',' or ']' is expected") }
    return .numbers(values)
  }

  /// What XGBoost writes for numbers that are not finite.
  private func special() -> (length: Int, value: Double)? {
    let isNegative = bytes[position] == UInt8(ascii: "-")
    let first = position + (isNegative ? 1 : 0)
    guard first < bytes.count, bytes[first] >= 0x41 else { return nil }
    if !isNegative, bytes[first...].starts(with: "NaN".utf8) { return (3, .nan) }
    guard bytes[first...].starts(with: "Infinity".utf8) else { return nil }
    return isNegative ? (9, -.infinity) : (8, .infinity)
  }

  private static let powersOfTen: [Double] = (0...22).map { pow(10, Double($0)) }

  private mutating func number() throws -> Double {
    let start = position
    if let (length, value) = special() {
      position += length
      return value
    }
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var (digits, digitCount, scale) = (UInt64(0), 0, 0)
    func isDigit(_ position: Int) -> Bool { position < bytes.count && (0x30...0x39).contains(bytes[position]) }
    let whole = position
    while isDigit(position) {
      digits = digits &* 10 &+ UInt64(bytes[position] & 15)
      (digitCount, position) = (digitCount + 1, position + 1)
    }
    guard position > whole else { throw failure("not a value") }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      let fraction = position
      while isDigit(position) {
        digits = digits &* 10 &+ UInt64(bytes[position] & 15)
        (digitCount, scale, position) = (digitCount + 1, scale - 1, position + 1)
      }
      guard position > fraction else { throw failure("a digit is expected") }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      let isBelow = position < bytes.count && bytes[position] == UInt8(ascii: "-")
      if position < bytes.count, isBelow || bytes[position] == UInt8(ascii: "+") { position += 1 }
      let first = position
      var exponent = 0
      while isDigit(position) {
        exponent = min(exponent * 10 + Int(bytes[position] & 15), 100_000)
        position += 1
      }
      guard position > first else { throw failure("a digit is expected") }
      scale += isBelow ? -exponent : exponent
    }
    // Up to 15 digits and powers of ten up to 22 are exact, and one operation rounds once.
    if digitCount <= 15, abs(scale) <= 22 {
      let value = scale < 0 ? Double(digits) / Self.powersOfTen[-scale] : Double(digits) * Self.powersOfTen[scale]
      return isNegative ? -value : value
    }
    guard position - start <= 1024, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw failure("not a number")
    }
    return value
  }

  private mutating func text() throws -> String {
    position += 1
    let start = position
    var hasEscapes = false
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        hasEscapes = true
        position += 1
      }
      position += 1
    }
    guard position < bytes.count else { throw failure("a text does not end") }
    let range = start..<position
    position += 1
    try budget.spend(16 + range.count)
    if hasEscapes { return try unescaped(range) }
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw failure("text that is not UTF-8") }
    return text
  }

  private func unescaped(_ range: Range<Int>) throws -> String {
    var units: [UInt16] = []
    var plain: [UInt8] = []
    func flushed() throws -> [UInt16] {
      guard let text = String(validating: plain, as: UTF8.self) else { throw failure("text that is not UTF-8") }
      return Array(text.utf16)
    }
    var index = range.lowerBound
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        plain.append(bytes[index])
        index += 1
        continue
      }
      units += try flushed()
      plain = []
      index += 1
      guard index < range.upperBound else { throw failure("an escape does not end") }
      let escape = bytes[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(UInt16(escape))
      case UInt8(ascii: "b"): units.append(8)
      case UInt8(ascii: "f"): units.append(12)
      case UInt8(ascii: "n"): units.append(10)
      case UInt8(ascii: "r"): units.append(13)
      case UInt8(ascii: "t"): units.append(9)
      case UInt8(ascii: "u"):
        guard range.upperBound - index >= 4,
          let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape that is not known") }
        units.append(unit)
        index += 4
      default: throw failure("an escape that is not known")
      }
    }
    units += try flushed()
    return String(decoding: units, as: UTF16.self)
  }
}

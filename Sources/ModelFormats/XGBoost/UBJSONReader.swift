import Foundation

/// Reads the Universal Binary JSON that XGBoost's `save_model` writes by default: counted and typed lists, numbers in
/// big-endian order (draft 12 of ubjson.org), within a budget of memory and of depth.
struct UBJSONReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var budget: DocumentBudget

  static func value(_ data: Data) throws -> ModelValue {
    try data.withUnsafeBytes { bytes in
      var reader = UBJSONReader(bytes: bytes)
      let value = try reader.value(marker: try reader.byte(), depth: 0)
      guard reader.position == bytes.count else { throw reader.failure("something follows the end") }
      return value
    }
  }

  private init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    budget = DocumentBudget(byteCount: bytes.count)
  }

  private func failure(_ reason: String) -> ModelFileError {
    .malformed(.xgboost, place: "byte \(position)", reason: reason)
  }

  private mutating func byte() throws -> UInt8 {
    // `N` is no operation, allowed between values.
    while position < bytes.count, bytes[position] == UInt8(ascii: "N") { position += 1 }
    guard position < bytes.count else { throw failure("the file ends too early") }
    position += 1
    return bytes[position - 1]
  }

  private func peek(_ marker: Character) -> Bool { position < bytes.count && bytes[position] == marker.asciiValue }

  private enum NumberKind: UInt8 {
    case int8 = 0x69  // i
    case uint8 = 0x55  // U
    case int16 = 0x49  // I
    case int32 = 0x6C  // l
    case int64 = 0x4C  // L
    case float = 0x64  // d
    case double = 0x44  // D

    var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16: 2
      case .int32, .float: 4
      case .int64, .double: 8
      }
    }
  }

  /// The number at the position, whose bytes are known to be there.
  private mutating func number(_ kind: NumberKind) -> Double {
    var bits: UInt64 = 0
    for offset in 0..<kind.size { bits = bits << 8 | UInt64(bytes[position + offset]) }
    position += kind.size
    return switch kind {
    case .int8: Double(Int8(truncatingIfNeeded: bits))
    case .uint8: Double(bits)
    case .int16: Double(Int16(truncatingIfNeeded: bits))
    case .int32: Double(Int32(truncatingIfNeeded: bits))
    case .int64: Double(Int64(bitPattern: bits))
    case .float: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: Double(bitPattern: bits)
    }
  }

  private mutating func checkedNumber(_ kind: NumberKind) throws -> Double {
    guard bytes.count - position >= kind.size else { throw failure("the file ends too early") }
    return number(kind)
  }

  private mutating func length() throws -> Int {
    guard let kind = NumberKind(rawValue: try byte()), kind != .float, kind != .double else {
      throw failure("a length is expected")
    }
    guard let length = Int(exactly: try checkedNumber(kind)), length >= 0, length <= bytes.count else {
      throw failure("a length beyond the file")
    }
    return length
  }

  private mutating func text() throws -> String {
    let length = try length()
    guard bytes.count - position >= length else { throw failure("a text reaches beyond the file") }
    try budget.spend(16 + length)
    guard let text = String(validating: bytes[position..<position + length], as: UTF8.self) else {
      throw failure("text that is not UTF-8")
    }
    position += length
    return text
  }

  private mutating func value(marker: UInt8, depth: Int) throws -> ModelValue {
    guard depth <= DocumentBudget.deepest else { throw failure("nested too deep") }
    try budget.spendValue()
    if let kind = NumberKind(rawValue: marker) { return .number(try checkedNumber(kind)) }
    switch marker {
    case UInt8(ascii: "Z"): return .null
    case UInt8(ascii: "T"): return .flag(true)
    case UInt8(ascii: "F"): return .flag(false)
    case UInt8(ascii: "S"): return .text(try text())
    case UInt8(ascii: "C"):
      guard position < bytes.count else { throw failure("the file ends too early") }
      position += 1
      return .text(String(decoding: bytes[position - 1..<position], as: UTF8.self))
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    default: throw failure("a value of a kind that is not known")
    }
  }

  private mutating func object(depth: Int) throws -> ModelValue {
    var entries: [String: ModelValue] = [:]
    var count: Int?
    if peek("#") {
      position += 1
      count = try length()
    }
    while count.map({ entries.count < $0 }) ?? !peek("}") {
      let key = try text()
      guard entries[key] == nil else { throw failure("a key stands twice") }
      entries[key] = try value(marker: try byte(), depth: depth + 1)
    }
    if count == nil { position += 1 }
    return .object(entries)
  }

  private mutating func list(depth: Int) throws -> ModelValue {
    if peek("$") {
      position += 1
      guard let kind = NumberKind(rawValue: try byte()) else { throw failure("a typed list of no numbers") }
      guard peek("#") else { throw failure("a typed list without its length") }
      position += 1
      let count = try length()
      guard count <= (bytes.count - position) / kind.size else { throw failure("a list reaches beyond the file") }
      try budget.spend(count * 8)
      return .numbers((0..<count).map { _ in number(kind) })
    }
    var count: Int?
    if peek("#") {
      position += 1
      count = try length()
    }
    var values: [ModelValue] = []
    while count.map({ values.count < $0 }) ?? !peek("]") {
      values.append(try value(marker: try byte(), depth: depth + 1))
    }
    if count == nil { position += 1 }
    return .list(values)
  }
}

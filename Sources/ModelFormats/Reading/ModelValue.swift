/// A value of a JSON-like document: what XGBoost's two forms of model file hold.
///
/// Lists of numbers are kept as numbers, eight bytes each: a model is almost nothing else.
enum ModelValue: Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case numbers([Double])
  case list([ModelValue])
  case object([String: ModelValue])
}

/// A value and where in the document it stands, for messages that say so.
struct ModelValueReference {
  let value: ModelValue
  let place: String
  let format: ModelFileFormat

  private func failure(_ reason: String) -> ModelFileError { .malformed(format, place: place, reason: reason) }

  private func child(_ value: ModelValue, _ name: String) -> ModelValueReference {
    ModelValueReference(value: value, place: place.isEmpty ? name : place + "." + name, format: format)
  }

  /// The value of a key; `nil` where the object lacks it or it is null.
  func optional(_ key: String) throws -> ModelValueReference? {
    guard case .object(let entries) = value else { throw failure("an object is expected") }
    guard let value = entries[key] else { return nil }
    if case .null = value { return nil }
    return child(value, key)
  }

  func required(_ key: String) throws -> ModelValueReference {
    guard let value = try optional(key) else { throw child(.null, key).failure("missing") }
    return value
  }

  func text() throws -> String {
    guard case .text(let text) = value else { throw failure("a text is expected") }
    return text
  }

  /// Parameters are texts; some writers leave the quotes out.
  func parameter() throws -> String {
    switch value {
    case .text(let text): text
    case .number(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    default: throw failure("a text is expected")
    }
  }

  func numbers() throws -> [Double] {
    switch value {
    case .numbers(let numbers): numbers
    case .list(let list):
      try list.map { value in
        switch value {
        case .number(let number): number
        case .flag(let flag): flag ? 1 : 0
        default: throw failure("a list of numbers is expected")
        }
      }
    default: throw failure("a list of numbers is expected")
    }
  }

  /// Numbers that are whole and fit 32 bits.
  func integers() throws -> [Int] {
    try numbers().map { number in
      guard let integer = Int32(exactly: number) else { throw failure("a list of whole numbers is expected") }
      return Int(integer)
    }
  }

  func list() throws -> [ModelValueReference] {
    switch value {
    case .list(let list): list.enumerated().map { child($1, "\($0)") }
    case .numbers(let numbers): numbers.enumerated().map { child(.number($1), "\($0)") }
    default: throw failure("a list is expected")
    }
  }
}

/// What a document may become in memory: a few bytes of a hostile file could stand for many.
struct DocumentBudget {
  private var left: Int
  private let limit: Int

  /// Room for six times the file, and a constant.
  init(byteCount: Int) {
    limit = byteCount * 6 + 1 << 20
    left = limit
  }

  mutating func spend(_ bytes: Int) throws {
    left -= bytes
    if left < 0 {
      throw ModelFileError.tooLarge(what: "memory to read the file, in bytes", got: limit - left, limit: limit)
    }
  }

  /// A value of its own: its case, and its share of the list or object that grew to hold it.
  mutating func spendValue() throws { try spend(48) }

  /// Objects and lists inside each other.
  static let deepest = 32
}

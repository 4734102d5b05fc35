import Foundation

/// A code or text that stands for an answer in the file: `1`, `-99`, `Ns/Nc`.
///
/// Codes compare as numbers when both are numbers (`1`, `1.0`, `01`), as trimmed texts otherwise. Case and accents
/// count: `si` is not `Si`, though it is suggested.
public struct AnswerCode: Sendable, Codable {
  /// As it was written, trimmed.
  public let text: String
  /// What the code compares by.
  let key: Key

  enum Key: Sendable, Hashable {
    case number(Double)
    case text(String)
  }

  public init(_ text: String) {
    self.text = trimmed(text)
    key = Self.key(of: self.text)
  }

  public init(_ number: Double) { self.init(SurveyColumn.text(of: number)) }

  /// The number that the code is; `nil` for a text.
  public var number: Double? { if case .number(let number) = key { number } else { nil } }

  static func key(of text: String) -> Key {
    let text = trimmed(text)
    return decimalNumber(text).map { .number($0 == 0 ? 0 : $0) } ?? .text(text)
  }

  public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension AnswerCode: Hashable {
  public static func == (left: AnswerCode, right: AnswerCode) -> Bool { left.key == right.key }
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension AnswerCode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(stringLiteral value: String) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
  public init(floatLiteral value: Double) { self.init(value) }
}

/// Without spaces, tabs, line ends and no-break spaces around it.
func trimmed(_ text: some StringProtocol) -> String {
  func isSpace(_ character: Character) -> Bool { character.isWhitespace || character == "\u{FEFF}" }
  guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) }) else {
    return ""
  }
  return String(text[first...last])
}

/// The finite decimal number that `text` is in full: `-1.5`, `.5`, `1e3`. No hexadecimal, `inf`, `nan` or separators.
func decimalNumber(_ text: String) -> Double? {
  guard let first = text.utf8.first, first == 0x2B || first == 0x2D || first == 0x2E || (0x30...0x39).contains(first),
    text.utf8.allSatisfy({
      (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 == 0x45 || $0 == 0x65
    }),
    let number = Double(text), number.isFinite
  else { return nil }
  return number
}

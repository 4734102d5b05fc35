/// What makes the answer of a column a *yes*: `== Si`, `>= 0.1`, `in [A, B]`, `top 25%`.
public enum OutcomeRule: Sendable, Hashable {
  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case atLeast = ">="
    case atMost = "<="
    case greater = ">"
    case less = "<"

    /// Whether it needs numbers or levels in order.
    public var needsOrder: Bool { self != .equal && self != .notEqual }

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal: left == right
      case .notEqual: left != right
      case .atLeast: left >= right
      case .atMost: left <= right
      case .greater: left > right
      case .less: left < right
      }
    }
  }

  case comparison(Comparison, AnswerCode)
  case oneOf([AnswerCode])
  /// The highest share of the firms, in `0 < share < 1`.
  case top(Double)

  /// The codes that the rule names.
  public var codes: [AnswerCode] {
    switch self {
    case .comparison(_, let code): [code]
    case .oneOf(let codes): codes
    case .top: []
    }
  }

  /// Why a rule can't be read.
  public struct SyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  static let expected = "'== Si', '!= 0', '>= 0.1', '> 0%', '<= 3', '< 5', 'in [A, B]' or 'top 25%'"

  /// Reads a rule. A text without an operator is `==` that text.
  public init(_ text: String) throws(SyntaxError) {
    let text = trimmed(text)
    guard !text.isEmpty else { throw SyntaxError(description: "the rule is empty; expected \(Self.expected)") }
    for comparison in Comparison.allCases where text.hasPrefix(comparison.rawValue) {
      let (codes, rest) = try Self.codes(in: text.dropFirst(comparison.rawValue.count), endingAt: nil)
      guard codes.count == 1, rest.isEmpty, !codes[0].text.isEmpty else {
        throw SyntaxError(description: "'\(text)' has nothing to compare with; expected \(Self.expected)")
      }
      self = .comparison(comparison, codes[0])
      return
    }
    if text.hasPrefix("=") {
      throw SyntaxError(description: "'\(text)' starts with a single '='; did you mean '=\(text)'?")
    }
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    if words[0].lowercased() == "in" || text.lowercased().hasPrefix("in[") {
      guard let open = text.firstIndex(of: "["), trimmed(text[text.index(text.startIndex, offsetBy: 2)..<open]).isEmpty
      else { throw SyntaxError(description: "'\(text)' has no list after 'in'; expected 'in [A, B]'") }
      let (codes, rest) = try Self.codes(in: text[text.index(after: open)...], endingAt: "]")
      guard !codes.isEmpty, codes.allSatisfy({ !$0.text.isEmpty }) else {
        throw SyntaxError(description: "'\(text)' has an empty place in its list; expected 'in [A, B]'")
      }
      guard trimmed(rest).isEmpty else {
        throw SyntaxError(description: "'\(text)' goes on after the list: '\(trimmed(rest))'")
      }
      self = .oneOf(codes)
      return
    }
    if words[0].lowercased() == "top", words.count == 2, words[1].hasSuffix("%") {
      guard let percent = decimalNumber(trimmed(words[1].dropLast())), percent > 0, percent < 100 else {
        throw SyntaxError(description: "'\(text)' needs a share above 0% and below 100%, as in 'top 25%'")
      }
      self = .top(percent / 100)
      return
    }
    self = .comparison(.equal, AnswerCode(Self.unquoted(text)))
  }

  /// Codes separated by commas up to `end` (or one code up to the end of the text), with quotes where needed.
  static func codes(
    in text: Substring, endingAt end: Character?
  ) throws(SyntaxError) -> (codes: [AnswerCode], rest: Substring) {
    guard let end else { return ([AnswerCode(unquoted(trimmed(text)))], "") }
    var codes: [AnswerCode] = []
    var current = ""
    var quote: Character?
    var isEscaped = false
    var rest = text
    while let character = rest.popFirst() {
      if let open = quote {
        current.append(character)
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == open {
          quote = nil
        }
      } else if character == "\"" || character == "'", trimmed(current).isEmpty {
        quote = character
        current = String(character)
      } else if character == "," || character == end {
        codes.append(AnswerCode(unquoted(trimmed(current))))
        current = ""
        if character == end { return (codes, rest) }
      } else {
        current.append(character)
      }
    }
    throw SyntaxError(description: "the list is not closed by '\(end)'")
  }

  /// The text inside matching quotes; the text itself when it is not quoted.
  static func unquoted(_ text: String) -> String {
    guard text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
      return text
    }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if !isEscaped, character == "\\" {
        isEscaped = true
      } else {
        if !isEscaped, character == quote { return text }
        result.append(character)
        isEscaped = false
      }
    }
    return isEscaped ? text : result
  }
}

extension OutcomeRule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .comparison(let comparison, let code):
      "\(comparison.rawValue) \(Self.quotedIfNeeded(code.text, inList: false))"
    case .oneOf(let codes): "in [\(codes.map { Self.quotedIfNeeded($0.text, inList: true) }.joined(separator: ", "))]"
    case .top(let share): "top \(SurveyColumn.text(of: Self.percent(share)))%"
    }
  }

  /// The percentage whose hundredth is exactly `share`: 0.07 is 7 and not 7.000000000000001.
  private static func percent(_ share: Double) -> Double {
    let rounded = (share * 1e10).rounded() / 1e8
    return rounded / 100 == share ? rounded : share * 100
  }

  static func quotedIfNeeded(_ text: String, inList: Bool) -> String {
    let needsQuotes =
      text.isEmpty || text.contains("\"") || text.contains("'") || text.contains("\\")
      || (inList && (text.contains(",") || text.contains("]"))) || "=<>!".contains(text.first!)
    guard needsQuotes else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

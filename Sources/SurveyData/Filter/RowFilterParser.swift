/// Reads the text of a ``RowFilter`` by recursive descent.
struct RowFilterParser {
  private enum Token: Equatable {
    case word(String)
    case quoted(String)
    case column(String)
    case comparison(OutcomeRule.Comparison)
    /// `(`, `)`, `[`, `]`, `,`
    case mark(Character)
    case end

    var description: String {
      switch self {
      case .word(let text), .quoted(let text), .column(let text): "'\(shortened(text))'"
      case .comparison(let comparison): "'\(comparison.rawValue)'"
      case .mark(let character): "'\(character)'"
      case .end: "the end"
      }
    }
  }

  private let text: String
  private var tokens: [(token: Token, position: Int)] = []
  private var next = 0
  private var depth = 0

  init(_ text: String) { self.text = text }

  private func error(_ message: String, at position: Int? = nil) -> RowFilter.FilterError {
    .init(filter: text, position: position ?? tokens[next].position, message: message)
  }

  mutating func parse() throws(RowFilter.FilterError) -> RowFilter.Condition {
    try tokenize()
    guard tokens[0].token != .end else { throw error("the filter is empty; expected 'COLUMN == VALUE'") }
    let condition = try either()
    guard tokens[next].token == .end else {
      throw error("found \(tokens[next].token.description); expected 'and', 'or' or the end")
    }
    return condition
  }

  // MARK: Tokens

  private mutating func tokenize() throws(RowFilter.FilterError) {
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      let start = index
      let character = characters[index]
      if character.isWhitespace {
        index += 1
      } else if "()[],".contains(character) {
        tokens.append((.mark(character), start + 1))
        index += 1
      } else if let comparison = OutcomeRule.Comparison.allCases.first(where: {
        characters[index...].starts(with: $0.rawValue)
      }) {
        tokens.append((.comparison(comparison), start + 1))
        index += comparison.rawValue.count
      } else if "=!&|".contains(character) {
        let meant = ["=": "==", "!": "!= or not", "&": "and", "|": "or"][character]!
        throw error("found '\(character)'; did you mean \(meant)?", at: start + 1)
      } else if "`\"'“”‘’".contains(character) {
        let close = ["“": "”", "‘": "’"][character] ?? character
        var content = ""
        index += 1
        while index < characters.count, characters[index] != close {
          if characters[index] == "\\", index + 1 < characters.count { index += 1 }
          content.append(characters[index])
          index += 1
        }
        guard index < characters.count else { throw error("the \(character) is not closed", at: start + 1) }
        index += 1
        tokens.append((character == "`" ? .column(content) : .quoted(content), start + 1))
      } else {
        while index < characters.count, !characters[index].isWhitespace, !"()[],=!<>`\"'".contains(characters[index]) {
          index += 1
        }
        tokens.append((.word(String(characters[start..<index])), start + 1))
      }
    }
    tokens.append((.end, characters.count + 1))
  }

  private func isKeyword(_ word: String) -> Bool {
    if case .word(let text) = tokens[next].token { text.lowercased() == word } else { false }
  }

  // MARK: Grammar

  private mutating func either() throws(RowFilter.FilterError) -> RowFilter.Condition {
    var condition = try both()
    while isKeyword("or") {
      next += 1
      condition = .or(condition, try both())
    }
    return condition
  }

  private mutating func both() throws(RowFilter.FilterError) -> RowFilter.Condition {
    var condition = try single()
    while isKeyword("and") {
      next += 1
      condition = .and(condition, try single())
    }
    return condition
  }

  private mutating func single() throws(RowFilter.FilterError) -> RowFilter.Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 100 else { throw error("too many levels of parentheses") }
    if isKeyword("not") {
      next += 1
      return .not(try single())
    }
    if tokens[next].token == .mark("(") {
      next += 1
      let condition = try either()
      guard tokens[next].token == .mark(")") else {
        throw error("found \(tokens[next].token.description); expected ')'")
      }
      next += 1
      return condition
    }
    return try comparison()
  }

  private mutating func comparison() throws(RowFilter.FilterError) -> RowFilter.Condition {
    let position = tokens[next].position
    let column: String
    switch tokens[next].token {
    case .word(let name), .column(let name), .quoted(let name): column = name
    default: throw error("found \(tokens[next].token.description); expected a column")
    }
    next += 1
    if isKeyword("in") {
      next += 1
      return .comparison(column: column, .oneOf(try list()), position: position)
    }
    if isKeyword("not") {
      next += 1
      guard isKeyword("in") else { throw error("found \(tokens[next].token.description); expected 'in' after 'not'") }
      next += 1
      return .not(.comparison(column: column, .oneOf(try list()), position: position))
    }
    guard case .comparison(let comparison) = tokens[next].token else {
      throw error(
        "found \(tokens[next].token.description) after the column '\(column)'; expected ==, !=, <, <=, >, >= or in"
          + " (put a column name with spaces in backticks)")
    }
    next += 1
    return .comparison(column: column, .comparison(comparison, try value()), position: position)
  }

  private mutating func list() throws(RowFilter.FilterError) -> [AnswerCode] {
    guard case .mark(let open) = tokens[next].token, open == "[" || open == "(" else {
      throw error("found \(tokens[next].token.description); expected a list, as in [A, B]")
    }
    let close: Character = open == "[" ? "]" : ")"
    next += 1
    var values: [AnswerCode] = []
    while true {
      values.append(try value())
      if tokens[next].token == .mark(close) { break }
      guard tokens[next].token == .mark(",") else {
        throw error("found \(tokens[next].token.description); expected ',' or '\(close)'")
      }
      next += 1
    }
    next += 1
    return values
  }

  /// A quoted text, or words up to the next keyword or sign.
  private mutating func value() throws(RowFilter.FilterError) -> AnswerCode {
    if case .quoted(let text) = tokens[next].token {
      next += 1
      return AnswerCode(text)
    }
    var words: [String] = []
    while case .word(let word) = tokens[next].token, !["and", "or"].contains(word.lowercased()) {
      words.append(word)
      next += 1
    }
    guard !words.isEmpty else { throw error("found \(tokens[next].token.description); expected a value") }
    return AnswerCode(words.joined(separator: " "))
  }
}

/// An outcome as a user names it without a codebook: `income`, `income=>50K`, `"exports >= 0.1"`.
public struct OutcomeSpecification: Sendable, Hashable {
  public enum Condition: Sendable, Hashable {
    /// The column as it is: its *yes*, or its number.
    case column
    case rule(OutcomeRule)
  }

  public var column: String
  public var condition: Condition

  public init(column: String, condition: Condition = .column) {
    self.column = column
    self.condition = condition
  }

  /// Why a specification can't be read.
  public struct SyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// Reads `COLUMN`, `COLUMN=LEVEL` or `COLUMN RULE`. A column may stand in backticks; otherwise the longest column
  /// name that the text starts with is meant.
  ///
  /// - Parameter columns: The names of the file's columns.
  public init(_ text: String, columns: [String]) throws(SyntaxError) {
    let text = trimmed(text)
    var rest: String
    if text.hasPrefix("`"), let end = text.dropFirst().firstIndex(of: "`") {
      column = String(text[text.index(after: text.startIndex)..<end])
      rest = trimmed(text[text.index(after: end)...])
      guard columns.contains(column) else { throw Self.unknown(column, columns) }
    } else {
      let candidates = columns.filter { name in
        guard text.hasPrefix(name), !name.isEmpty else { return false }
        guard let next = text.dropFirst(name.count).first else { return true }
        return next.isWhitespace || "=!<>".contains(next)
      }
      guard let name = candidates.max(by: { $0.count < $1.count }) else {
        let name = text.prefix { !"=!<>".contains($0) }
        throw Self.unknown(trimmed(name), columns)
      }
      column = name
      rest = trimmed(text.dropFirst(name.count))
    }
    if rest.isEmpty {
      condition = .column
    } else if rest.hasPrefix("="), !rest.hasPrefix("==") {
      rest = trimmed(rest.dropFirst())
      guard !rest.isEmpty else {
        throw SyntaxError(description: "'\(text)' names no level; expected COLUMN=LEVEL, as in 'income=>50K'")
      }
      condition = .rule(.comparison(.equal, AnswerCode(OutcomeRule.unquoted(rest))))
    } else {
      do { condition = .rule(try OutcomeRule(rest)) } catch { throw SyntaxError(description: error.description) }
    }
  }

  private static func unknown(_ column: String, _ columns: [String]) -> SyntaxError {
    let hint =
      SpellingSuggestion.nearest(to: column, in: columns).map { "did you mean '\($0)'?" }
      ?? "it has \(listed(columns))"
    return SyntaxError(description: "the file has no column '\(shortened(column))'; \(hint)")
  }
}

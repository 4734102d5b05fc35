/// Cells of a column that can't be read, all with the same content.
///
/// The cells are missing with the reason ``MissingReason/unreadable``; none is dropped silently.
public struct EncodingProblem: Sendable, Hashable, Codable {
  public var column: String
  /// What stands in the cells, cut to 40 characters.
  public var found: String
  /// What was expected: the levels, or `a number`; at most 12.
  public var expected: [String]
  /// The expected text that was probably meant.
  public var suggestion: String?
  /// The number of such cells.
  public var count: Int
  /// The first of their rows, from 0; at most 5.
  public var firstRows: [Int]

  init(column: String, found: String, expected: [String], count: Int, firstRows: [Int]) {
    self.column = column
    self.found = shortened(found)
    self.expected = Array(expected.prefix(12))
    suggestion = expected == ["a number"] ? nil : SpellingSuggestion.nearest(to: found, in: expected)
    self.count = count
    self.firstRows = firstRows
  }
}

extension EncodingProblem: CustomStringConvertible {
  /// `p.1.14: 3 cells hold 'hasta 10%' (rows 4, 9, 12); expected 0%, Hasta 10%; did you mean 'Hasta 10%'?`
  public var description: String {
    let rows = firstRows.map { String($0 + 1) }.joined(separator: ", ") + (count > firstRows.count ? ", …" : "")
    let place = count == 1 ? "row \(rows) holds" : "\(count) cells hold"
    let places = count == 1 ? "" : " (rows \(rows))"
    return "\(column): \(place) '\(found)'\(places); expected \(expected.joined(separator: ", "))"
      + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
  }
}

/// Why a table can't be encoded.
public enum SurveyEncodingError: Error, Sendable, Equatable {
  public struct MissingColumn: Sendable, Equatable {
    public var column: String
    /// What needs it: `item 'formal-plan'`.
    public var neededBy: String
    public var suggestion: String?
  }

  /// Columns that the codebook names and the file does not have.
  case missingColumns([MissingColumn])
  /// A column said to be binary that holds more than two different answers.
  case notBinary(column: String, found: [String])
  case unknownOutcome(String, known: [String])
  /// A `top` rule on a column without numbers.
  case noThreshold(outcome: String)
}

extension SurveyEncodingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingColumns(let columns):
      let lines = columns.prefix(20).map { column in
        "the file has no column '\(column.column)' (\(column.neededBy))"
          + (column.suggestion.map { "; did you mean '\($0)'?" } ?? "")
      }
      let more = columns.count > 20 ? ["… and \(columns.count - 20) more columns"] : []
      return (lines + more).joined(separator: "\n")
    case .notBinary(let column, let found):
      return "column '\(column)' is binary in the codebook and holds more than two answers: \(listed(found))"
    case .unknownOutcome(let id, let known):
      let hint = SpellingSuggestion.nearest(to: id, in: known).map { "; did you mean '\($0)'?" } ?? ""
      return "there is no outcome '\(id)'; expected \(listed(known))\(hint)"
    case .noThreshold(let outcome):
      return "outcome '\(outcome)' takes the top of a column that holds no numbers"
    }
  }
}

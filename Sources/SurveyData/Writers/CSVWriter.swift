/// Writes comma-separated text as RFC 4180 has it: cells in quotes only where they must be, quotes doubled.
///
/// Lines end with a line feed by default, which every reader takes; `lineEnd: "\r\n"` is the letter of the standard.
public struct CSVWriter: Sendable {
  public let delimiter: Character
  public let lineEnd: String
  /// The text so far.
  public private(set) var text = ""

  public init(delimiter: Character = ",", lineEnd: String = "\n") {
    self.delimiter = delimiter
    self.lineEnd = lineEnd
  }

  /// Appends a row.
  public mutating func append(row: some Sequence<String>) {
    var count = 0
    var lastIsEmpty = false
    for cell in row {
      if count > 0 { text.append(delimiter) }
      text += quoted(cell)
      lastIsEmpty = cell.isEmpty
      count += 1
    }
    // A row of one empty cell would be a blank line, which is no row.
    if count == 1, lastIsEmpty { text += "\"\"" }
    text += lineEnd
  }

  /// Appends a table: its names, then its rows; missing answers are empty cells, numbers in the shortest form that
  /// reads back as the same number.
  public mutating func append(_ table: SurveyTable) {
    append(row: table.columns.map(\.name))
    for row in 0..<table.rowCount { append(row: table.columns.map { $0.text(row: row) ?? "" }) }
  }

  private func quoted(_ cell: String) -> String {
    let needsQuotes = cell.unicodeScalars.contains { scalar in
      scalar == "\"" || scalar == "\n" || scalar == "\r" || Character(scalar) == delimiter
    }
    guard needsQuotes else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}

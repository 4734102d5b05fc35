/// A table for a terminal: columns aligned, a rule under the header, two spaces between columns.
struct TextTable {
  enum Alignment { case left, right }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) {
    header = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "\(row.count) cells for \(header.count) columns")
    rows.append(row)
  }

  var isEmpty: Bool { rows.isEmpty }

  func rendered(indent: Int = 0) -> String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let margin = String(repeating: " ", count: indent)
    func line(_ cells: [String]) -> String {
      var text = margin
      for column in cells.indices {
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        text += alignments[column] == .left ? cells[column] + padding : padding + cells[column]
        if column < cells.count - 1 { text += "  " }
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    let rule = margin + widths.map { String(repeating: "─", count: $0) }.joined(separator: "──")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}

import CapabilityScoring
import Foundation
import SurveyData

/// The answers of firms that ask for a diagnosis: a survey file, or JSON.
struct FirmInput {
  let path: String
  /// Of `--where`.
  let condition: String?

  private var isJSON: Bool { path.lowercased().hasSuffix(".json") }

  /// Reads and encodes the firms. What can't be read is told on standard error, by place and without the answer.
  func encoded(by encoding: SurveyEncoding) throws -> EncodedSurvey {
    let (whole, names) = try table(encoding)
    let rows = try chosenRows(of: whole)
    let table = condition == nil ? whole : whole.selectingRows(rows)
    guard encoding.features.contains(where: { table[column: $0.column] != nil }) else {
      throw CommandFailure(
        .data,
        "\(path) has none of the \(encoding.features.count) columns that the model takes, such as "
          + encoding.features.prefix(3).map { "'\($0.column)'" }.joined(separator: ", ")
          + "; 'innov4sme inspect MODEL' lists them")
    }
    guard table.rowCount > 0 else { throw CommandFailure(.data, "\(path) holds no firm") }
    var encoded = try encoding.encode(table, for: .prediction, allowingMissingColumns: true)
    for (position, row) in rows.enumerated() {
      if let name = names?[row] { encoded.firmIDs[position] = name }
    }
    for warning in encoded.warnings where !(isJSON && warning.contains("identifier")) { Console.warning(warning) }
    tell(encoded.problems)
    return encoded
  }

  /// Reads and encodes the firms for an index: no outcome is needed, and levels are those of the codebook.
  func encoded(by codebook: Codebook) throws -> EncodedSurvey {
    let empty = try SurveyEncoding(
      codebook: codebook, table: SurveyTable(columns: [], rowCount: 0), outcomes: [], allowingMissingColumns: true)
    let (whole, _) = try table(empty)
    return try encoded(
      by: SurveyEncoding(codebook: codebook, table: whole, outcomes: [], allowingMissingColumns: true))
  }

  /// The rows that meet `--where`.
  private func chosenRows(of table: SurveyTable) throws -> [Int] {
    guard let condition else { return Array(0..<table.rowCount) }
    let selection = try RowFilter(condition).selection(in: table)
    if selection.unknownCount > 0 {
      Console.warning(
        "--where can't tell for \(selection.unknownCount) firms, whose answers are missing; they are left out")
    }
    guard !selection.rows.isEmpty else {
      throw CommandFailure(.data, "--where \"\(condition)\" leaves none of the \(table.rowCount) firms of \(path)")
    }
    return selection.rows
  }

  /// The chosen rows as they stand, for models without a codebook: survey files only.
  func table() throws -> SurveyTable {
    guard !isJSON else {
      throw CommandFailure(
        .usage, "\(path): JSON answers need a model that 'train' wrote, whose codebook names the columns")
    }
    let whole = try SurveyReader.read(path)
    return condition == nil ? whole : whole.selectingRows(try chosenRows(of: whole))
  }

  private func table(_ encoding: SurveyEncoding) throws -> (SurveyTable, names: [String?]?) {
    guard isJSON else { return (try SurveyReader.read(path), nil) }
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file.")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened")
    }
    let answers = try JSONAnswers(data, name: path, encoding: encoding)
    return (answers.table, answers.firmIDs)
  }

  /// Where cells can't be read, and what was expected: never what they hold, which is somebody's answer.
  private func tell(_ problems: [EncodingProblem]) {
    var columns: [(column: String, count: Int, rows: [Int], expected: [String])] = []
    for problem in problems {
      if let place = columns.firstIndex(where: { $0.column == problem.column }) {
        columns[place].count += problem.count
        columns[place].rows += problem.firstRows
      } else {
        columns.append((problem.column, problem.count, problem.firstRows, problem.expected))
      }
    }
    for entry in columns.prefix(20) {
      let rows = entry.rows.sorted().prefix(5).map { String($0 + 1) }.joined(separator: ", ")
      let more = entry.count > min(entry.rows.count, 5) ? ", …" : ""
      Console.warning(
        "\(entry.column): \(entry.count) unreadable answer\(entry.count == 1 ? "" : "s") (row \(rows)\(more)), counted as "
          + "missing; expected \(entry.expected.joined(separator: ", "))")
    }
    if columns.count > 20 { Console.warning("… and \(columns.count - 20) more columns with unreadable answers") }
  }
}

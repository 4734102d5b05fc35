import Foundation
import SurveyData

/// A survey that was read, its firms chosen, and what its columns mean.
struct LoadedSurvey {
  let table: SurveyTable
  let codebook: Codebook
  /// What was inferred about columns; `nil` when a codebook was given.
  let inferred: InferredCodebook?
  /// The outcomes that were named for a file without a codebook.
  let specifications: [OutcomeSpecification]
  /// Ids of the outcomes that were asked for; `nil` for the codebook's own choice.
  let outcomes: [String]?
  /// Firms in the file, before `--where`.
  let fileRowCount: Int
  /// Firms of which `--where` could not tell.
  let unknownCount: Int
}

extension SurveyArguments {
  /// Reads the survey and its codebook, or infers one, and keeps the firms that were asked for.
  ///
  /// - Parameter needsOutcomes: Without a codebook the outcomes must be named, unless `false`.
  func load(needsOutcomes: Bool = true) throws -> LoadedSurvey {
    let whole = try readTable()
    let (table, unknownCount) = try chosenFirms(of: whole)
    if let codebook {
      let text = try TextFile.read(codebook, what: "codebook")
      let read = try Codebook(yaml: text, name: codebook)
      return LoadedSurvey(
        table: table, codebook: read, inferred: nil, specifications: [], outcomes: outcomes.isEmpty ? nil : outcomes,
        fileRowCount: whole.rowCount, unknownCount: unknownCount)
    }
    guard !(needsOutcomes && outcomes.isEmpty) else {
      throw CommandFailure(
        .usage,
        "say what to predict: --codebook FILE, or --outcome COLUMN (once or twice). "
          + "'innov4sme check \(survey)' lists the columns.")
    }
    let names = whole.columns.map(\.name)
    let specifications = try outcomes.map { text in
      do { return try OutcomeSpecification(text, columns: names) } catch {
        throw CommandFailure(.usage, "--outcome '\(text)': \(error)")
      }
    }
    let inferred = try Codebook.inferred(from: table, outcomes: specifications)
    return LoadedSurvey(
      table: table, codebook: inferred.codebook, inferred: inferred, specifications: specifications, outcomes: nil,
      fileRowCount: whole.rowCount, unknownCount: unknownCount)
  }

  func readTable() throws -> SurveyTable { try SurveyReader.read(survey) }

  private func chosenFirms(of table: SurveyTable) throws -> (SurveyTable, unknownCount: Int) {
    guard let condition else { return (table, 0) }
    let selection = try RowFilter(condition).selection(in: table)
    guard !selection.rows.isEmpty else {
      throw CommandFailure(.data, "--where \"\(condition)\" leaves none of the \(table.rowCount) firms of \(survey)")
    }
    return (table.selectingRows(selection.rows), selection.unknownCount)
  }
}

/// Small text files: codebooks.
enum TextFile {
  static func read(_ path: String, what: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file; expected a \(what)")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened; expected a \(what)")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandFailure(.data, "\(path) is not UTF-8 text; expected a \(what)")
    }
    return text
  }
}

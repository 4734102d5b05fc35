import Foundation
import ModelFormats
import StatisticalLearning
import SurveyData

/// Predictions of a model that another tool wrote, for the rows of a table.
///
/// Columns are found by the names that the file gives to its features; a file without names takes all columns of the
/// table in their order.
struct ImportedPrediction {
  let model: ImportedModel
  let table: SurveyTable

  /// Per row: its predictions.
  func run(format: OutputFormat) throws -> String {
    let columns = try zip(sources(), 0..<model.featureCount).map {
      try cells($0, isText: model.textFeatures.contains($1))
    }
    let predictions = try model.predictions(for: columns)
    let names = model.outputNames(count: predictions.columnCount)
    switch format {
    case .csv: return csv(names) { predictions[$0, $1] }
    case .table: return table(names) { predictions[$0, $1] }
    case .json: return try json(names) { predictions[$0, $1] }
    }
  }

  /// The rows as numbers, one column per feature of the model.
  func numbers() throws -> Matrix {
    let columns = try zip(model.featureNames, sources()).map { name, source -> [Double] in
      guard case .numbers(let values) = try cells(source, isText: false) else {
        throw CommandFailure(.data, "column '\(name)' is not of numbers")
      }
      return values
    }
    return Matrix(columns: columns, rowCount: table.rowCount)
  }

  private func sources() throws -> [SurveyColumn] {
    let found = model.featureNames.map { table[column: $0] }
    if found.allSatisfy({ $0 != nil }) { return found.map { $0! } }
    if table.columns.count == model.featureCount, found.allSatisfy({ $0 == nil }) {
      Console.message(
        "the model's names are not in the file; its \(table.columns.count) columns are taken in their order")
      return table.columns
    }
    let missing = zip(model.featureNames, found).filter { $0.1 == nil }.map { "'\($0.0)'" }
    throw CommandFailure(
      .data,
      "\(missing.count) of the \(model.featureCount) columns that the model takes are not in the file: "
        + missing.prefix(10).joined(separator: ", ") + (missing.count > 10 ? ", …" : "")
        + ". Give a file that has them, or one with exactly \(model.featureCount) columns in the model's order.")
  }

  private func cells(_ column: SurveyColumn, isText: Bool) throws -> ImportedModel.FeatureColumn {
    if isText { return .texts((0..<column.rowCount).map { column.text(row: $0) ?? "" }) }
    switch column.values {
    case .numbers(let numbers): return .numbers(numbers)
    case .texts(let codes, let levels):
      let numbers = levels.map { text -> Double? in
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? .nan : Double(trimmed)
      }
      return .numbers(
        try codes.enumerated().map { row, code in
          guard code >= 0 else { return .nan }
          guard let number = numbers[Int(code)] else {
            throw CommandFailure(
              .data, "row \(row + 1), column '\(column.name)': the model takes a number there, and the cell is text")
          }
          return number
        })
    }
  }

  // MARK: Rendering

  private func csv(_ names: [String], _ value: (Int, Int) -> Double) -> String {
    var writer = CSVWriter()
    writer.append(row: ["id"] + names)
    for row in 0..<table.rowCount { writer.append(row: ["row \(row + 1)"] + names.indices.map { "\(value(row, $0))" }) }
    return writer.text
  }

  private func table(_ names: [String], _ value: (Int, Int) -> Double) -> String {
    var table = TextTable([("row", .right)] + names.map { ($0, .right) })
    for row in 0..<self.table.rowCount {
      table.append(["\(row + 1)"] + names.indices.map { NumberText.decimal(value(row, $0), 4) })
    }
    return table.rendered(indent: 0)
  }

  private func json(_ names: [String], _ value: (Int, Int) -> Double) throws -> String {
    let rows = (0..<table.rowCount).map { row in
      Row(
        id: "row \(row + 1)",
        predictions: Dictionary(names.enumerated().map { ($1, value(row, $0)) }) { first, _ in first })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(rows), as: UTF8.self)
  }

  private struct Row: Encodable {
    var id: String
    var predictions: [String: Double]
  }
}

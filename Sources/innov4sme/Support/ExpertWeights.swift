import CapabilityScoring
import Foundation
import SurveyData

/// What experts give each capability, one weight per goal, in the order of the codebook.
struct ExpertWeights {
  var innovation: [Double]
  var export: [Double]
  /// How consistent judgements are, and what was left out.
  var notes: [String]
}

/// Reads weights, or the judgements that they are made from.
struct ExpertWeightsReader {
  let capabilities: [String]

  func read(weights path: String?, innovation: [String], export: [String]) throws -> ExpertWeights {
    if let path { return try table(path) }
    guard !innovation.isEmpty else {
      let equal = [Double](repeating: 1 / Double(capabilities.count), count: capabilities.count)
      return ExpertWeights(
        innovation: equal, export: equal, notes: ["all weights are the same; --weights gives others"])
    }
    let (first, firstNote) = try hierarchy(innovation, goal: "innovation")
    let (second, secondNote) = try hierarchy(export, goal: "export")
    return ExpertWeights(innovation: first, export: second, notes: [firstNote, secondNote])
  }

  private func table(_ path: String) throws -> ExpertWeights {
    let table = try SurveyReader.read(path)
    func column(_ name: String) throws -> SurveyColumn {
      guard let column = table[column: name] else {
        throw CommandFailure(.data, "\(path) lacks the column '\(name)'; expected capability, innovation and export")
      }
      return column
    }
    let names = try column("capability")
    var weights: [[Double]] = [[], []]
    for (goal, name) in ["innovation", "export"].enumerated() {
      let column = try column(name)
      var values = [Double](repeating: 0, count: capabilities.count)
      var seen = Set<String>()
      for row in 0..<table.rowCount {
        let id = names.text(row: row) ?? ""
        guard let position = capabilities.firstIndex(of: id) else {
          throw CommandFailure(
            .data,
            "\(path), row \(row + 2): '\(id)' is no capability; expected one of \(capabilities.joined(separator: ", "))"
          )
        }
        guard seen.insert(id).inserted else {
          throw CommandFailure(.data, "\(path), row \(row + 2): '\(id)' stands twice")
        }
        guard let value = column.text(row: row).flatMap(Double.init), value >= 0, value.isFinite else {
          throw CommandFailure(.data, "\(path), row \(row + 2), column '\(name)': expected a number of 0 or more")
        }
        values[position] = value
      }
      let total = values.reduce(0, +)
      guard total > 0 else { throw CommandFailure(.data, "\(path): every weight for \(name) is 0") }
      weights[goal] = values.map { $0 / total }
    }
    return ExpertWeights(innovation: weights[0], export: weights[1], notes: [])
  }

  private func hierarchy(_ paths: [String], goal: String) throws -> ([Double], String) {
    let matrices = try paths.map(matrix)
    do {
      let result = try AnalyticHierarchy(judgements: try AnalyticHierarchy.combined(matrices))
      let ratio = result.consistencyRatio.map { NumberText.decimal($0, 3) } ?? "not tabulated"
      return (
        result.weights,
        "\(goal): consistency ratio \(ratio)"
          + (result.isConsistent ? "" : "; above 0.10 the judgements contradict each other: ask again")
      )
    } catch { throw CommandFailure(.data, "judgements for \(goal): \(error)") }
  }

  private func matrix(_ path: String) throws -> [[Double]] {
    let table = try SurveyReader.read(path)
    guard let names = table.columns.first else { throw CommandFailure(.data, "\(path) is empty") }
    let rows = (0..<table.rowCount).map { names.text(row: $0) ?? "" }
    return try capabilities.map { row in
      guard let position = rows.firstIndex(of: row) else {
        throw CommandFailure(.data, "\(path) lacks the row '\(row)'")
      }
      return try capabilities.map { name in
        guard let column = table[column: name] else {
          throw CommandFailure(.data, "\(path) lacks the column '\(name)'")
        }
        guard let value = column.text(row: position).flatMap(Double.init) else {
          throw CommandFailure(.data, "\(path), row '\(row)', column '\(name)': expected a number")
        }
        return value
      }
    }
  }
}

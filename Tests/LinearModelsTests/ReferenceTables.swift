import Foundation
import StatisticalLearning
import _TestSupport

/// Reading of the reference tables and fits that other tools computed.
enum ReferenceTables {
  /// The columns of a CSV file of plain cells by name, as text.
  static func columns(_ path: String) throws -> [String: [String]] {
    let text = try String(contentsOf: SharedData.file(path)!, encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
      }
    }
    var columns: [String: [String]] = [:]
    for (index, name) in lines[0].enumerated() { columns[name] = lines.dropFirst().map { $0[index] } }
    return columns
  }

  static func numbers(_ path: String) throws -> [String: [Double]] {
    try columns(path).compactMapValues { values in
      let numbers = values.compactMap { Double($0) }
      return numbers.count == values.count ? numbers : nil
    }
  }

  static func json(_ path: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: SharedData.file(path)!)) as! [String: Any]
  }

  /// `y`, `X1`, `X2`, …: the layout of the example files.
  static func example(_ path: String) throws -> Dataset {
    let columns = try numbers(path)
    let count = columns.count - 1
    return try Dataset(matrix: Matrix(columns: (1...count).map { columns["X\($0)"]! }), targets: columns["y"]!)
  }
}

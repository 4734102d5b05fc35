import Foundation
import StatisticalLearning

/// A file of 64-bit floating-point numbers in the machine's byte order, column after column; `NaN` is missing.
enum NumberFile {
  static func read(_ path: String, rowCount: Int) throws -> [[Double]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    return stride(from: 0, to: numbers.count, by: rowCount).map { Array(numbers[$0..<$0 + rowCount]) }
  }

  static func write(_ numbers: [Double], to path: String) throws {
    try numbers.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
  }
}

/// How a column is read: levels make it categorical, a direction monotone.
struct ColumnDescription: Codable {
  var name: String
  var levels: Int?

  var feature: Feature { Feature(name, levels.map { .categorical(levelCount: $0) } ?? .numeric) }
}

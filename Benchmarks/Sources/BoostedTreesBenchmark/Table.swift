import Foundation
import StatisticalLearning

/// A comma-separated table of numbers; an empty cell is missing. The columns after `featureCount` are targets.
struct Table {
  var names: [String] = []
  var columns: [[Double]] = []

  init(path: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let header = lines.first else { return }
    names = header.split(separator: ",").map(String.init)
    columns = Array(repeating: [], count: names.count)
    for line in lines.dropFirst() {
      for (index, cell) in line.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
        columns[index].append(Double(cell) ?? .nan)
      }
    }
  }

  func dataset(target: String, ignoring: Set<String> = [], categorical: [String: Int] = [:]) throws -> Dataset {
    let kept = names.indices.filter { names[$0] != target && !ignoring.contains(names[$0]) }
    return try Dataset(
      features: kept.map {
        Feature(names[$0], categorical[names[$0]].map { .categorical(levelCount: $0) } ?? .numeric)
      },
      matrix: Matrix(columns: kept.map { columns[$0] }), targets: columns[names.firstIndex(of: target)!])
  }
}

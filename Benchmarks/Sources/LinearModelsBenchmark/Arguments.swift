import Foundation
import StatisticalLearning

/// `--name value` pairs after the name of the task.
struct Arguments {
  let task: String
  private let values: [String: String]

  init(_ arguments: [String]) {
    task = arguments.count > 1 ? arguments[1] : ""
    var values: [String: String] = [:]
    var index = 2
    while index + 1 < arguments.count {
      values[String(arguments[index].drop { $0 == "-" })] = arguments[index + 1]
      index += 2
    }
    self.values = values
  }

  func text(_ name: String) -> String {
    guard let value = values[name] else {
      FileHandle.standardError.write(Data("missing --\(name)\n".utf8))
      exit(64)
    }
    return value
  }

  func integer(_ name: String, default value: Int? = nil) -> Int { values[name].flatMap(Int.init) ?? value ?? 0 }
  func number(_ name: String, default value: Double) -> Double { values[name].flatMap(Double.init) ?? value }

  /// Native doubles, as written by numpy's `tofile` or R's `writeBin`.
  func numbers(_ name: String) throws -> [Double] {
    let data = try Data(contentsOf: URL(fileURLWithPath: text(name)))
    return data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  /// The dense columns in `--x`, then blocks with the level counts `--levels` whose codes are the columns of `--codes`.
  func oneHotDataset() throws -> OneHotDataset {
    let n = integer("rows")
    let dense = Matrix(rowCount: n, columnCount: integer("columns"), elements: try numbers("x"))
    let codes = try numbers("codes").map { Int($0) }
    let blocks = try text("levels").split(separator: ",").enumerated().map { index, count in
      try IndicatorBlock(
        name: "block\(index + 1)", levels: (0..<Int(count)!).map(String.init),
        codes: Array(codes[index * n..<(index + 1) * n]))
    }
    return try OneHotDataset(matrix: OneHotMatrix(dense: dense, blocks: blocks), targets: try numbers("y"))
  }

  func dataset() throws -> Dataset {
    let matrix = Matrix(
      rowCount: integer("rows"), columnCount: integer("columns"), elements: try numbers("x"))
    return try Dataset(matrix: matrix, targets: try numbers("y"))
  }
}

/// What a task took, run by run: on the clock, and of the processor, which other work on the machine disturbs less.
struct Timings {
  var seconds: [Double] = []
  var processorSeconds: [Double] = []
}

/// The times of each of `repeats` runs, and the result of the last.
func timed<Value>(_ repeats: Int, _ body: () throws -> Value) rethrows -> (timings: Timings, value: Value) {
  let clock = ContinuousClock()
  var timings = Timings()
  var value: Value!
  for _ in 0..<max(repeats, 1) {
    let start = processorClock()
    let duration = try clock.measure { value = try body() }
    timings.processorSeconds.append(Double(processorClock() - start) / Double(CLOCKS_PER_SEC))
    timings.seconds.append(Double(duration.components.attoseconds) * 1e-18 + Double(duration.components.seconds))
  }
  return (timings, value)
}

private func processorClock() -> clock_t { clock() }

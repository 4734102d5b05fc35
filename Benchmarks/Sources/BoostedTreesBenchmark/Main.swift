import BoostedTrees
import Foundation
import StatisticalLearning

/// Speed of boosted trees, for a script that runs peers on the same files in turns.
///
///     BoostedTreesBenchmark fit TABLE COLUMNS TEST [NAME=VALUE ...]
///     BoostedTreesBenchmark predict TABLE COLUMNS TEST [NAME=VALUE ...]
///     BoostedTreesBenchmark batch TABLE COLUMNS WEIGHTS TEST [NAME=VALUE ...]
///     BoostedTreesBenchmark memory ROWS COLUMNS [NAME=VALUE ...]
///
/// `TABLE.x` holds the columns one after the other and `TABLE.y` the targets, as 64-bit floating-point numbers in the
/// machine's byte order. Each command prints one line of JSON. Reading and making data are outside the clock.
@main
enum BoostedTreesBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 3, let columns = Int(arguments[2]) else {
      print("usage: BoostedTreesBenchmark fit|predict TABLE COLUMNS TEST")
      print("       BoostedTreesBenchmark batch TABLE COLUMNS WEIGHTS TEST")
      print("       BoostedTreesBenchmark memory ROWS COLUMNS")
      exit(64)
    }
    let settings = Settings(arguments.drop { !$0.contains("=") })
    switch arguments[0] {
    case "fit":
      try fit(dataset(arguments[1], columns), test: dataset(arguments[3], columns), settings)
    case "predict":
      try predict(dataset(arguments[1], columns), test: dataset(arguments[3], columns), settings)
    case "batch":
      try batch(
        dataset(arguments[1], columns), weights: arguments[3], test: dataset(arguments[4], columns), settings)
    case "memory":
      try memory(rowCount: Int(arguments[1])!, columnCount: columns, settings)
    default:
      exit(64)
    }
  }

  static func dataset(_ stem: String, _ columnCount: Int) throws -> Dataset {
    let targets = try numbers(stem + ".y")
    return try Dataset(
      matrix: Matrix(rowCount: targets.count, columnCount: columnCount, elements: numbers(stem + ".x")),
      targets: targets)
  }

  static func numbers(_ path: String) throws -> [Double] {
    try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  static func report(_ fields: [(String, Double)]) {
    print("{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}")
  }
}

/// `NAME=VALUE` arguments.
struct Settings {
  private var values: [String: String] = [:]

  init(_ arguments: some Sequence<String>) {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
  }

  func number(_ name: String, _ standard: Int) -> Int { values[name].flatMap { Int($0) } ?? standard }

  func names(_ name: String) -> Bool { values[name] != nil }

  /// The preset, or large-table parameters with `leaves` and `trees`.
  func learner(_ data: Dataset) -> BoostedTrees {
    var parameters = BoostingParameters.preset(rowCount: data.rowCount, featureCount: data.featureCount)
    if let leaves = values["leaves"] {
      parameters = BoostingParameters(treeCount: number("trees", 100), leafCount: Int(leaves)!)
      parameters.maximumBinCount = values["bins"].flatMap { Int($0) }
    }
    return BoostedTrees(parameters: parameters, threadCount: number("threads", 1))
  }
}

/// Seconds on the wall and of the processor.
struct Clock {
  private let wall = ContinuousClock.now
  private let processor = Self.processorSeconds()

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  var elapsed: (wall: Double, processor: Double) {
    let duration = ContinuousClock.now - wall
    return (
      Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18,
      Self.processorSeconds() - processor
    )
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

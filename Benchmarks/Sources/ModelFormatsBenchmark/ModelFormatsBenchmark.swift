import Foundation

/// Two suites, each driven by a script under `Benchmarks/Scripts` that says what it needs:
///
///     ModelFormatsBenchmark rows MODEL.onnx COUNT FOLDER INTERVALS    rows for a graph, and what the predictor says of them
///     ModelFormatsBenchmark shrink MODEL.onnx TREES OUT     the model with its first few trees
///     ModelFormatsBenchmark fuzz FOLDER [--count N] [--seed S] [--first I] [--seconds T] [--progress FILE]
@main
enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "rows" where arguments.count == 5 && Int(arguments[2]) != nil && Int(arguments[4]) != nil:
      try RowSuite(
        model: arguments[1], count: Int(arguments[2])!, folder: arguments[3], intervalCount: Int(arguments[4])!
      ).run()
    case "shrink" where arguments.count == 4 && Int(arguments[2]) != nil:
      try Shrinking.run(model: arguments[1], treeCount: Int(arguments[2])!, output: arguments[3])
    case "fuzz" where arguments.count >= 2 && arguments.count % 2 == 0:
      try FuzzSuite(folder: arguments[1], options: Array(arguments.dropFirst(2))).run()
    default:
      FileHandle.standardError.write(
        Data("usage: see Benchmarks/Scripts/model_formats.py and model_files_fuzz.py\n".utf8))
      exit(64)
    }
  }
}

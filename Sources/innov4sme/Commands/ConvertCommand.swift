import ArgumentParser
import Foundation
import ModelFormats

extension ModelFileFormat: ExpressibleByArgument {}
extension ScoringInputForm: ExpressibleByArgument {}
extension ONNXTreeOperator: ExpressibleByArgument {}

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a model in another format: ONNX, LightGBM's text or XGBoost's JSON.",
    discussion: """
      EXAMPLES
        innov4sme convert lightgbm.txt --output model.onnx
        innov4sme convert xgboost.ubj --output model.txt --to lightgbm
        innov4sme convert model.onnx --outcome export --output export.json
        innov4sme convert model.onnx --input columns --output columns.onnx

      Trees of any of the formats become trees of any other, where it has what they need: XGBoost's JSON has single \
      precision and no sets of levels here, LightGBM's text no scores that need more than its objectives. Of a model that \
      'train' wrote, one outcome can be written for LightGBM or XGBoost when its learner is boosted-trees; written as \
      ONNX it keeps everything, and --input columns makes a graph that takes the survey's columns as they stand in the \
      file.
      """)

  @Argument(help: "A model: ONNX, the text of LightGBM, the JSON or UBJSON of XGBoost.")
  var model: String

  @Option(name: [.short, .long], help: ArgumentHelp("Where the result is written.", valueName: "file"))
  var output: String

  @Option(
    help: "onnx, lightgbm or xgboost; by default what the name of the output says (.onnx, .txt, .json).")
  var to: ModelFileFormat?

  @Option(help: ArgumentHelp("Which outcome of a model that 'train' wrote.", valueName: "id"))
  var outcome: String?

  @Option(help: "What the graph of a model that 'train' wrote takes: matrix or columns.")
  var input: ScoringInputForm = .matrix

  @Option(
    help:
      "The ONNX operator for trees: tree-ensemble, or tree-ensemble-regressor for runtimes before 2024 (single precision)."
  )
  var trees: ONNXTreeOperator = .treeEnsemble

  private var format: ModelFileFormat? {
    if let to { return to }
    switch URL(fileURLWithPath: output).pathExtension.lowercased() {
    case "onnx": return .onnx
    case "txt": return .lightGBM
    case "json": return .xgboost
    default: return nil
    }
  }

  func validate() throws {
    guard format != nil else {
      throw ValidationError("the name '\(output)' does not say the format: add --to onnx, lightgbm or xgboost")
    }
  }

  mutating func run() throws {
    let data = try ModelFile.data(model)
    let converted: Data
    do {
      converted = try ModelConversion.convert(data, to: format!, outcome: outcome, form: input, treeOperator: trees)
    } catch let error as ModelFileError {
      throw CommandFailure(.data, "\(model): \(error)")
    }
    try ResultFile.write(converted, to: output)
    Console.message("Wrote \(output) (\(format!.title), \(NumberText.count(converted.count)) bytes).")
  }
}

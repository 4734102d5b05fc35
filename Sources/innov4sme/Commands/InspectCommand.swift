import ArgumentParser
import CapabilityScoring
import Foundation
import ModelFormats
import SurveyData

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a model file holds: where it comes from, its inputs, how well it predicts.",
    discussion: """
      EXAMPLES
        innov4sme inspect model.onnx
        innov4sme inspect model.onnx --verify
        innov4sme inspect model.onnx --card > card.md
        innov4sme inspect lightgbm.txt

      Any model file can be shown: of this tool, of LightGBM (text), of XGBoost (JSON, UBJSON), and ONNX models of trees \
      and linear models by others. A file that can't be used is shown as far as it can be read, with what is wrong, and \
      exit code 65. Nothing in a file is run.
      """)

  @Argument(help: "A model.")
  var model: String

  @Flag(help: "Score the rows that the model carries, and say how far the answers are from what they should be.")
  var verify = false

  @Flag(help: "Print the model card, in Markdown.")
  var card = false

  @Option(help: "table or json.")
  var format: OutputFormat = .table

  func validate() throws {
    if verify && card { throw ValidationError("--verify and --card exclude each other") }
    if format == .csv { throw ValidationError("--format csv; expected table or json") }
  }

  mutating func run() throws {
    let data = try ModelFile.data(model)
    let (summary, content) = ModelFileSummary.examine(data)
    guard let content else {
      // What is no model file at all has nothing to show.
      if summary.format != nil { try ResultFile.emit(try rendered(summary), to: nil) }
      throw CommandFailure(.data, "\(model) can't be used as a model: \(summary.problem ?? "")")
    }
    if verify || card {
      guard case .scoring(let file) = content else {
        throw CommandFailure(
          .data, "\(model) is a model of another tool: it carries no \(card ? "card" : "rows to verify it with")")
      }
      return try ResultFile.emit(card ? try cardText(file) : verification(file), to: nil)
    }
    if format == .table, case .scoring(let file) = content,
      let predictor = try? SurveyModelFile.predictor(of: file, byteCount: data.count)
    {
      return print(PredictorDescription(predictor: predictor, summary: summary).rendered())
    }
    try ResultFile.emit(try rendered(summary), to: nil)
  }

  private func cardText(_ file: ScoringModelFile) throws -> String {
    guard let text = file.attachments[SurveyModelFile.card] else {
      throw CommandFailure(.data, "\(model) carries no card")
    }
    return text
  }

  private func verification(_ file: ScoringModelFile) -> String {
    let golden = file.goldenRows
    let numbers = golden.outputs.values.reduce(0) { $0 + $1.count }
    return """
      \(golden.rows.count) rows, \(golden.outputs.count) outputs, \(NumberText.count(numbers)) numbers scored by the graph \
      and by the model as read
      largest difference from what the file says: \(String(format: "%.2g", file.goldenRowDifference))
      """
  }

  private func rendered(_ summary: ModelFileSummary) throws -> String {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      return String(decoding: try encoder.encode(summary), as: UTF8.self)
    case .table, .csv: return ModelFileDescription(summary: summary).rendered()
    }
  }
}

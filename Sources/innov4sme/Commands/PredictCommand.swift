import ArgumentParser
import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

extension PriorityObjective {
  /// The names of `--objective`.
  static let names = ["balanced", "min", "both", "innovation", "export"]

  init?(name: String) {
    switch name {
    case "balanced": self = .balanced
    case "min": self = .smaller
    case "both": self = .both
    case "innovation": self = .innovation
    case "export": self = .export
    default: return nil
    }
  }
}

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Diagnose firms with a trained model: their chances, and which capabilities to develop first.",
    discussion: """
      EXAMPLES
        innov4sme predict model.onnx firms.csv
        innov4sme predict model.onnx firms.csv --top 5 --objective min
        innov4sme predict model.onnx firms.csv --format csv --output priorities.csv
        innov4sme predict model.onnx survey.dta --where "country == AR" --format json
        innov4sme predict model.onnx firms.csv --contributions

      The order of priorities (--objective): 'balanced' counts the uplift of the chance of both goals, and half the \
      uplift of the goal least served; 'min' only the goal least served; 'both' only the chance of both; 'innovation' and \
      'export' the first and the second goal of the model. Uplifts are associations: firms like this one that score one \
      step higher have the goal that much more often.
      """)

  @Argument(help: "A model that 'train' wrote; of another tool's model (ONNX, LightGBM, XGBoost) only its predictions.")
  var model: String

  @Argument(help: "The firms' answers: .csv, .tsv, .dta, .sav or .zsav.")
  var firms: String

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only the firms that meet a condition.", valueName: "condition"))
  var condition: String?

  @Option(help: ArgumentHelp("How many priorities are shown.", valueName: "K"))
  var top = 3

  @Option(help: "balanced, min, both, innovation or export.")
  var objective = "balanced"

  @Flag(help: "Show what moves each firm's chances away from those of an average firm, instead of its priorities.")
  var contributions = false

  @OptionGroup var output: OutputArguments

  @Option(help: ArgumentHelp("Threads; 0 takes all cores.", valueName: "N"))
  var threads = 0

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    guard PriorityObjective(name: objective) != nil else {
      throw ValidationError("--objective '\(objective)'; expected \(PriorityObjective.names.joined(separator: ", "))")
    }
  }

  mutating func run() throws {
    if let imported = try ModelFile.imported(model) {
      let prediction = ImportedPrediction(model: imported, table: try firmTable())
      return try ResultFile.emit(try prediction.run(format: output.format), to: output.output)
    }
    let predictor = try ModelFile.read(model)
    let table = try firmTable()
    let encoded = try predictor.encoding.encode(table, for: .prediction, allowingMissingColumns: true)
    for warning in encoded.warnings { Console.warning(warning) }
    for problem in encoded.problems.prefix(20) { Console.warning(problem.description) }
    if contributions {
      let rendering = try ContributionRendering(
        predictor: predictor, encoded: encoded, top: max(top, 8),
        threadCount: threads > 0 ? threads : Parallel.defaultThreadCount)
      return try ResultFile.emit(rendering.rendered(output.format), to: output.output)
    }
    let scorer = FirmScorer(
      model: predictor.scoring, ranker: PriorityRanker(objective: PriorityObjective(name: objective)!))
    let diagnoses = scorer.diagnose(
      predictor.answers(of: encoded), ids: encoded.firmIDs,
      threadCount: threads > 0 ? threads : Parallel.defaultThreadCount)
    let rendering = DiagnosisRendering(predictor: predictor, encoded: encoded, diagnoses: diagnoses, top: top)
    let text =
      switch output.format {
      case .table: rendering.table()
      case .csv: rendering.csv()
      case .json: try rendering.json()
      }
    try ResultFile.emit(text, to: output.output)
  }

  private func firmTable() throws -> SurveyTable {
    let table = try SurveyReader.read(firms)
    guard let condition else { return table }
    let selection = try RowFilter(condition).selection(in: table)
    guard !selection.rows.isEmpty else {
      throw CommandFailure(.data, "--where \"\(condition)\" leaves none of the \(table.rowCount) firms of \(firms)")
    }
    return table.selectingRows(selection.rows)
  }
}

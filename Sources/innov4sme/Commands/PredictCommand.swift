import ArgumentParser
import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Diagnose firms with a trained model: their chances, and which capabilities to develop first.",
    discussion: """
      EXAMPLES
        innov4sme predict model.onnx firms.csv
        innov4sme predict model.onnx answers.json --language fr
        innov4sme predict model.onnx firms.csv --top 5 --objective min --target upper-quartile
        innov4sme predict model.onnx firm.json --plan --target-chance innovation=0.5,export=0.4
        innov4sme predict model.onnx firms.csv --plan --budget 4 --objective weighted --weights innovation=1,export=2
        innov4sme predict model.onnx firms.csv --format csv --output priorities.csv
        innov4sme predict model.onnx survey.dta --where "country == AR" --format json
        innov4sme predict model.onnx firms.csv --contributions

      The order of priorities (--objective): 'balanced' counts the uplift of the chance of both goals at once, and half of \
      that of the goal least served; 'both' and 'min' count one of these alone; 'innovation' and \
      'export' the first and the second goal of the model (or name them as the model does); 'weighted' the sum of both \
      uplifts with --weights. Uplifts are associations: firms like this one that stand one step higher have the goal that \
      much more often.

      How far a capability is raised (--target): 'step' is a level more on scales or one more practice in place; \
      'median' and 'upper-quartile' are those of comparable firms that do both.

      A plan (--plan) is the least effort that reaches --target-chance, or the most that --budget allows (3 when neither \
      is given); efforts are those of the codebook, and at most three steps of a capability are taken.

      FIRMS is a survey file, or JSON: one object for one firm, an array for several, with columns or ids of the codebook \
      as keys: {"id": "Bodega 12", "q01": 3, "q02": 1, "country": "AR"}.
      """)

  @Argument(help: "A model that 'train' wrote; of another tool's model (ONNX, LightGBM, XGBoost) only its predictions.")
  var model: String

  @Argument(help: "The firms' answers: .csv, .tsv, .dta, .sav, .zsav or .json.")
  var firms: String

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only the firms that meet a condition.", valueName: "condition"))
  var condition: String?

  @Option(help: "The language of the table, and of names in JSON: en, fr or es.")
  var language: Language = .en

  @Option(help: ArgumentHelp("How many priorities the table and the CSV show.", valueName: "K"))
  var top = 3

  @Option(help: "balanced, both, min, innovation, export or weighted.")
  var objective = "balanced"

  @Option(help: ArgumentHelp("Of --objective weighted: innovation=2,export=1.", valueName: "weights"))
  var weights: String?

  @Option(help: "How far capabilities are raised: step, median or upper-quartile.")
  var target: PriorityTarget = .step

  @Flag(help: "Add the plan of least effort, or the best within a budget.")
  var plan = false

  @Option(help: ArgumentHelp("What the plan is to reach: innovation=0.5,export=0.4.", valueName: "chances"))
  var targetChance: String?

  @Option(help: ArgumentHelp("The greatest effort of the plan.", valueName: "effort"))
  var budget: Double?

  @Flag(help: "Show what sets each firm's chances apart from those of an average firm, instead of its priorities.")
  var contributions = false

  @OptionGroup var output: OutputArguments

  @Option(help: ArgumentHelp("Threads; 0 takes all cores.", valueName: "N"))
  var threads = 0

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    guard threads >= 0 else { throw ValidationError("--threads is \(threads); expected 0 or more") }
    if let budget, !(budget > 0 && budget.isFinite) {
      throw ValidationError("--budget is \(budget); expected an effort above 0")
    }
    if !plan, targetChance != nil || budget != nil {
      throw ValidationError("\(targetChance != nil ? "--target-chance" : "--budget") belongs to --plan")
    }
  }

  mutating func run() throws {
    if let imported = try ModelFile.imported(model) {
      let prediction = ImportedPrediction(
        model: imported, table: try FirmInput(path: firms, condition: condition).table())
      return try ResultFile.emit(try prediction.run(format: output.format), to: output.output)
    }
    let predictor = try ModelFile.read(model)
    let chosen = try PriorityObjective(name: objective, weights: weights, model: predictor.scoring)
    let request = plan ? try planRequest(predictor.scoring) : nil
    if target != .step, predictor.scoring.joint == nil {
      throw CommandFailure(
        .usage, "--target \(target.rawValue): this model has no two goals that a firm may do both of")
    }
    let encoded = try FirmInput(path: firms, condition: condition).encoded(by: predictor.encoding)
    if contributions {
      let rendering = try ContributionRendering(
        predictor: predictor, encoded: encoded, top: max(top, 8),
        threadCount: threads > 0 ? threads : Parallel.defaultThreadCount)
      return try ResultFile.emit(rendering.rendered(output.format), to: output.output)
    }
    let ranker = FirmScorer.ranker(for: predictor.scoring, objective: chosen)
    let assessor = FirmAssessor(
      predictor: predictor, ranker: ranker, target: target, planning: request,
      probesMissingAnswers: output.format != .csv)
    let assessments = assessor.assess(
      encoded, threadCount: threads > 0 ? threads : Parallel.defaultThreadCount)
    let rendering = DiagnosisRendering(
      predictor: predictor, assessments: assessments, language: language, objective: chosen, target: target, top: top,
      level: ranker.level)
    let text =
      switch output.format {
      case .table: rendering.table()
      case .csv: rendering.csv()
      case .json: try rendering.json()
      }
    try ResultFile.emit(text, to: output.output)
  }

  /// What the plan is for; a budget of 3 when nothing is said.
  private func planRequest(_ model: ScoringModel) throws -> FirmPlanner.Request {
    let ids = model.joinedOutcomes
    guard ids.allSatisfy({ id in model.outcomes.first { $0.id == id }?.kind == .binary }) else {
      throw CommandFailure(.usage, "--plan needs goals that a firm has or has not; '\(ids[0])' is a quantity")
    }
    guard let targetChance else { return .init(targets: [], budget: budget ?? 3) }
    let chances = try NamedNumbers(
      targetChance, option: "--target-chance", names: ids, expected: "a chance between 0 and 1, such as 0.5"
    ) { $0 > 0 && $0 < 1 }
    return .init(targets: ids.compactMap { id in chances[id].map { .init(outcome: id, chance: $0) } }, budget: budget)
  }
}

extension Language: ExpressibleByArgument {}
extension PriorityTarget: ExpressibleByArgument {}

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
        innov4sme predict model.onnx firm.json --language es
        innov4sme predict model.onnx firms.csv --top 5 --objective min
        innov4sme predict model.onnx firm.json --plan --target innovation=0.5 --target export=0.6
        innov4sme predict model.onnx firm.json --plan --budget 4
        innov4sme predict model.onnx firms.csv --format csv --output priorities.csv
        innov4sme predict model.onnx survey.dta --where "country == AR" --format json

      The order of priorities (--objective) is by how much more often firms like this one that stand one step higher \
      reach: 'both' goals at once; the goal least served ('min'); 'innovation' or 'export', the first or second goal of \
      the model, alone; 'weighted', the sum of both differences with --weights; 'balanced', both at once plus half the \
      goal least served. ◆ marks capabilities that no other beats on one goal without losing on the other, whatever the \
      order (the Pareto set). These are associations.

      A plan (--plan) is the set of steps of least effort with which otherwise similar firms reach a target on both \
      goals (--target OUTCOME=CHANCE; ten points above today where it is not given), or the best within an effort \
      (--budget). It is found exactly, and "no such plan" is proved.

      Answers can be a survey file, or JSON: {"id": "My firm", "q01": 3, "q02": null, …}, or a list of such objects.
      """)

  @Argument(help: "A model that 'train' wrote; of another tool's model (ONNX, LightGBM, XGBoost) only its predictions.")
  var model: String

  @Argument(help: "The firms' answers: .csv, .tsv, .dta, .sav, .zsav or .json.")
  var firms: String

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only the firms that meet a condition.", valueName: "condition"))
  var condition: String?

  @Option(help: ArgumentHelp("How many priorities are shown.", valueName: "K"))
  var top = 3

  @Option(help: "both, min, innovation, export, weighted or balanced.")
  var objective = "both"

  @Option(help: ArgumentHelp("Of the two goals, for --objective weighted.", valueName: "a,b"))
  var weights: String?

  @Option(help: "Of the page: en, fr or es.")
  var language = "en"

  @Flag(help: "Find a plan of steps for each firm.")
  var plan = false

  @Option(
    name: .customLong("target"),
    help: ArgumentHelp("A chance that the plan must reach, such as export=0.6.", valueName: "outcome=chance"))
  var targets: [String] = []

  @Option(help: ArgumentHelp("The effort that the plan may take, instead of a target.", valueName: "effort"))
  var budget: Double?

  @OptionGroup var output: OutputArguments

  @Option(help: ArgumentHelp("Threads; 0 takes all cores.", valueName: "N"))
  var threads = 0

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    _ = try chosenObjective()
    guard Language(rawValue: language) != nil else {
      throw ValidationError("--language '\(language)'; expected en, fr or es")
    }
    if !plan, !targets.isEmpty || budget != nil { throw ValidationError("--target and --budget need --plan") }
    if !targets.isEmpty, budget != nil { throw ValidationError("--target and --budget exclude each other") }
    if let budget, !(budget >= 0 && budget.isFinite) {
      throw ValidationError("--budget is \(budget); expected 0 or more")
    }
    if plan, output.format == .csv { throw ValidationError("--plan has no columns in csv; use table or json") }
    for target in targets { _ = try Self.target(target) }
  }

  private func chosenObjective() throws -> PriorityObjective {
    if objective != "weighted", weights != nil { throw ValidationError("--weights needs --objective weighted") }
    switch objective {
    case "both": return .both
    case "min": return .smaller
    case "balanced": return .balanced
    case "innovation": return .innovation
    case "export": return .export
    case "weighted":
      let parts = (weights ?? "1,1").split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard parts.count == 2, let first = parts[0], let second = parts[1], first >= 0, second >= 0,
        first + second > 0, (first + second).isFinite
      else { throw ValidationError("--weights '\(weights ?? "")'; expected two numbers such as 2,1, not negative") }
      return .weighted(innovation: first, export: second)
    default:
      throw ValidationError(
        "--objective '\(objective)'; expected both, min, innovation, export, weighted or balanced")
    }
  }

  private static func target(_ text: String) throws -> (outcome: String, chance: Double) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let chance = Double(parts[1]), chance > 0, chance < 1 else {
      throw ValidationError("--target '\(text)'; expected an outcome and a chance between 0 and 1, such as export=0.6")
    }
    return (parts[0], chance)
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
    let objective = try chosenObjective()
    let reporter = FirmReporter(predictor: predictor, objective: objective, firstCount: top)
    let reports = reporter.reports(encoded, threadCount: threads > 0 ? threads : Parallel.defaultThreadCount)
    let page = DiagnosisPage(
      predictor: predictor, reports: reports, plans: try plans(encoded, predictor, reports), objective: objective,
      top: top, phrases: Phrases(Language(rawValue: language)!))
    let text =
      switch output.format {
      case .table: page.rendered()
      case .csv: DiagnosisCSV(model: predictor.scoring, reports: reports, top: top).rendered()
      case .json: try DiagnosisDocument(page: page, objective: self.objective).encoded()
      }
    try ResultFile.emit(text, to: output.output)
  }

  private func plans(
    _ encoded: EncodedSurvey, _ predictor: SurveyPredictor, _ reports: [FirmReport]
  ) throws -> [PlanAdvisor.Advice] {
    guard plan else { return [] }
    let advisor: PlanAdvisor
    do { advisor = try PlanAdvisor(model: predictor.scoring) } catch {
      throw CommandFailure(.usage, "--plan: \(error)")
    }
    let joint = predictor.scoring.joint!
    let ids = [joint.first, joint.second].map { predictor.scoring.outcomes[$0].id }
    var chosen: [String: Double] = [:]
    for text in targets {
      let (outcome, chance) = try Self.target(text)
      guard ids.contains(outcome) else {
        throw CommandFailure(.usage, "--target '\(text)': the model's outcomes are \(ids.joined(separator: " and "))")
      }
      chosen[outcome] = chance
    }
    let answers = predictor.answers(of: encoded)
    let count = threads > 0 ? threads : Parallel.defaultThreadCount
    return Parallel.map(count: reports.count, threadCount: count) { row in
      let goal: PlanAdvisor.Goal
      if let budget {
        goal = .budget(budget)
      } else {
        let now = [joint.first, joint.second].map { reports[row].diagnosis.outcomes[$0].estimate.value }
        let aims = ids.indices.map { chosen[ids[$0]] ?? min(now[$0] + 0.1, (1 + now[$0]) / 2) }
        goal = .target(aims[0], aims[1])
      }
      return advisor.advise(answers.selectingRows([row]), goal: goal)
    }
  }

  private func firmTable() throws -> SurveyTable {
    let isJSON = firms.lowercased().hasSuffix(".json")
    let table = isJSON ? try JSONAnswers.read(firms) : try SurveyReader.read(firms)
    guard let condition else { return table }
    let selection = try RowFilter(condition).selection(in: table)
    guard !selection.rows.isEmpty else {
      throw CommandFailure(.data, "--where \"\(condition)\" leaves none of the \(table.rowCount) firms of \(firms)")
    }
    return table.selectingRows(selection.rows)
  }
}

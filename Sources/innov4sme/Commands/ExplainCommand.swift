import ArgumentParser
import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a model has learned: which capabilities count for which goal, and how sure that is.",
    discussion: """
      EXAMPLES
        innov4sme explain model.onnx
        innov4sme explain model.onnx survey.csv
        innov4sme explain lightgbm.txt rows.csv
        innov4sme explain model.onnx survey.csv --held-out 5 --shapes shapes.csv
        innov4sme explain model.onnx survey.dta --where "country == AR" --format json --output explanation.json
        innov4sme explain model.onnx survey.csv --map map.html
        innov4sme explain model.onnx survey.csv --by country
        innov4sme explain model.onnx survey.csv --by sector --merge intensity.csv --format csv

      With a survey, figures are averages over its firms; without, they compare firms at the upper and the lower quartile \
      of one capability that are average in all else, as far as the model file knows them. All are associations, in points \
      of probability; intervals are 90 % over the replicates in the model.

      Shuffling on the firms that the model was trained on flatters what it has memorised; --held-out K refits it K times \
      and shuffles among firms it had not seen.

      --by compares groups of firms instead: what each group's own firms say beyond the model, which priorities hold in \
      every group, which differ, and how well a model of the other groups predicts each. --merge FILE joins levels into groups first (such as sectors by technological intensity): a table with the \
      columns level and group.
      """)

  @Argument(help: "A model that 'train' wrote, or a sum of trees of another tool (ONNX, LightGBM, XGBoost).")
  var model: String

  @Argument(help: "Firms to explain it on: .csv, .tsv, .dta, .sav or .zsav.")
  var survey: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only the firms that meet a condition.", valueName: "condition"))
  var condition: String?

  @Option(help: "What shuffling is measured by: auc, log-loss or brier.")
  var metric: ImportanceMetric = .areaUnderROC

  @Option(help: ArgumentHelp("How often each capability is shuffled.", valueName: "R"))
  var repeats = 10

  @Option(
    help: ArgumentHelp("Shuffle among held-out firms of K folds; the survey must hold the outcomes.", valueName: "K"))
  var heldOut: Int?

  @Option(
    help: ArgumentHelp("Shuffle only among firms that share this context, such as their sector.", valueName: "context"))
  var within: String?

  @Option(
    name: .customLong("null"),
    help: ArgumentHelp("Correct the trees' gain by R fits to shuffled outcomes; needs the survey.", valueName: "R"))
  var nullCount: Int?

  @Option(help: ArgumentHelp("Average over at most this many firms of the survey.", valueName: "N"))
  var firms: Int?

  @Option(help: ArgumentHelp("How many pairs of capabilities are shown.", valueName: "K"))
  var pairs = 5

  @Option(help: ArgumentHelp("Write curves and surfaces to this file, .csv or .json.", valueName: "file"))
  var shapes: String?

  @Option(
    help: ArgumentHelp("Compare groups instead: country, size, sector, or a column of the survey.", valueName: "column")
  )
  var by: String?

  @Option(help: ArgumentHelp("Groups that levels of --by are joined into: a table of level,group.", valueName: "file"))
  var merge: String?

  @Option(
    help: ArgumentHelp(
      "Draw how capabilities lie to each other, with clusters and uplifts: a file .html, .svg or .csv.",
      valueName: "file"))
  var map: String?

  @Option(help: "Seed of shuffles and bootstrap samples.")
  var seed: UInt64 = 1

  @OptionGroup var output: OutputArguments

  @Option(help: ArgumentHelp("Threads; 0 takes all cores. The results do not depend on it.", valueName: "N"))
  var threads = 0

  func validate() throws {
    guard repeats >= 1 else { throw ValidationError("--repeats is \(repeats); expected 1 or more") }
    guard pairs >= 0 else { throw ValidationError("--pairs is \(pairs); expected 0 or more") }
    if let firms, firms < 2 { throw ValidationError("--firms is \(firms); expected 2 or more") }
    if let heldOut {
      guard heldOut >= 2 else { throw ValidationError("--held-out is \(heldOut); expected 2 or more") }
      guard survey != nil else { throw ValidationError("--held-out needs the survey that the model was trained on") }
    }
    if let nullCount {
      guard nullCount >= 1 else { throw ValidationError("--null is \(nullCount); expected 1 or more") }
      guard survey != nil else { throw ValidationError("--null needs the survey that the model was trained on") }
    }
    if within != nil, survey == nil { throw ValidationError("--within needs a survey") }
    if by != nil {
      guard survey != nil else { throw ValidationError("--by needs the survey that the model was trained on") }
      if heldOut != nil || nullCount != nil || within != nil || shapes != nil || map != nil {
        throw ValidationError("--by excludes --held-out, --null, --within, --shapes and --map")
      }
    }
    if let map {
      guard survey != nil else { throw ValidationError("--map needs a survey") }
      guard MapRendering.Form(path: map) != nil else {
        throw ValidationError("--map '\(map)'; expected a file that ends in .html, .svg or .csv")
      }
    }
    if merge != nil, by == nil { throw ValidationError("--merge needs --by") }
    if condition != nil, survey == nil { throw ValidationError("--where needs a survey") }
    if let shapes, !(shapes.hasSuffix(".csv") || shapes.hasSuffix(".json")) {
      throw ValidationError("--shapes '\(shapes)'; expected a file that ends in .csv or .json")
    }
  }

  mutating func run() throws {
    if let imported = try ModelFile.imported(model) {
      guard by == nil, map == nil else {
        throw CommandFailure(.usage, "--by and --map need a model that 'innov4sme train' wrote")
      }
      let table = try survey.map(table)
      return try ResultFile.emit(
        ImportedExplanation(model: imported, table: table).run(format: output.format), to: output.output)
    }
    let predictor = try ModelFile.read(model)
    if let by, let survey { return try compareGroups(by, of: survey, predictor) }
    var explainer = ScoringExplainer(
      model: predictor.scoring, reference: predictor.typicalFirm, peers: predictor.peers)
    explainer.metric = metric
    explainer.repeatCount = repeats
    explainer.pairCount = pairs
    explainer.seed = seed
    explainer.wantsShapes = shapes != nil || output.format == .json
    explainer.wantsMap = map != nil || output.format == .json
    if threads > 0 { explainer.threadCount = threads }
    if let firms { explainer.firmLimit = firms }
    explainer.progress = { Console.progress($0) }
    var source = ExplanationRendering.Source.modelFile
    var firmsOfSurvey: ScoringExplainer.Firms?
    if let survey {
      let loaded = try load(survey, predictor)
      if let heldOut {
        explainer.heldOutDrops = try explainer.heldOutDrops(
          loaded.survey, folds: heldOut, groups: loaded.firms.groups)
      }
      if let nullCount { explainer.nullGains = try explainer.nullGains(loaded.survey, count: nullCount) }
      firmsOfSurvey = loaded.firms
      source = predictor.isTrainingSurvey(loaded.survey) ? .trainingSurvey : .otherSurvey
    }
    var explanation = try explainer.explain(firmsOfSurvey)
    explanation.shuffledWithin = within
    Console.clearProgress()
    let rendering = ExplanationRendering(predictor: predictor, explanation: explanation, source: source)
    if let shapes, let curves = explanation.shapes {
      let text = shapes.hasSuffix(".csv") ? ShapeRendering.csv(curves) : try ShapeRendering.json(curves)
      try ResultFile.emit(text, to: shapes)
    }
    if let map {
      guard let atlas = explanation.map else {
        throw CommandFailure(.data, "--map: fewer than three capabilities have levels that vary among the firms")
      }
      try ResultFile.emit(MapRendering(explanation: rendering, atlas: atlas).text(.init(path: map)!), to: map)
    }
    let text =
      switch output.format {
      case .table: rendering.table()
      case .csv: rendering.csv()
      case .json: try rendering.json()
      }
    try ResultFile.emit(text, to: output.output)
    if let map { Console.message("Wrote \(map): how capabilities lie to each other.") }
    if let shapes { Console.message("Wrote \(shapes): curves with bands, and where the firms are.") }
  }

  private func table(_ path: String) throws -> SurveyTable {
    let table = try SurveyReader.read(path)
    guard table.rowCount > 0 else { throw CommandFailure(.data, "\(path) has no firms") }
    guard let condition else { return table }
    let selection = try RowFilter(condition).selection(in: table)
    guard !selection.rows.isEmpty else {
      throw CommandFailure(.data, "--where \"\(condition)\" leaves none of the \(table.rowCount) firms of \(path)")
    }
    return table.selectingRows(selection.rows)
  }

  private func load(
    _ path: String, _ predictor: SurveyPredictor
  ) throws -> (firms: ScoringExplainer.Firms, survey: ScoringSurvey, columns: GroupColumns) {
    let table = try table(path)
    let encoded = try predictor.encoding.encode(table, for: .prediction, allowingMissingColumns: true)
    for warning in encoded.warnings { Console.warning(warning) }
    for problem in encoded.problems.prefix(20) { Console.warning(problem.description) }
    let survey = ScoringSurvey(encoded, codebook: predictor.encoding.codebook)
    let usesWeights = predictor.scoring.record.settings.usesWeights
    let weights = survey.weights.map { usesWeights ? $0 : $0 > 0 ? 1 : 0 }
    guard weights.contains(where: { $0 > 0 }) else {
      throw CommandFailure(.data, "\(path): no firm has a positive weight")
    }
    let targets = predictor.scoring.outcomes.map { outcome in
      encoded.outcome(outcome.id)?.values ?? [Double](repeating: .nan, count: encoded.rowCount)
    }
    if heldOut != nil || nullCount != nil || by != nil, targets.contains(where: { $0.allSatisfy(\.isNaN) }) {
      throw CommandFailure(.data, "\(path) does not hold the model's outcomes, which --held-out, --null and --by need")
    }
    let groups = try within.map { id in
      guard let group = encoded.group(id) else {
        let known = encoded.groups.map(\.id).joined(separator: ", ")
        throw CommandFailure(
          .usage, "--within '\(id)': there is no such context with levels; expected \(known.isEmpty ? "none" : known)")
      }
      return group.codes
    }
    let answers = predictor.answers(of: encoded)
    return (
      ScoringExplainer.Firms(answers: answers, targets: targets, weights: weights, groups: groups),
      ScoringSurvey(
        answers: answers, capabilities: survey.capabilities, outcomes: survey.outcomes, weights: survey.weights),
      GroupColumns(table: table, encoded: encoded)
    )
  }

  private func compareGroups(_ column: String, of path: String, _ predictor: SurveyPredictor) throws {
    let loaded = try load(path, predictor)
    guard !predictor.scoring.capabilities.isEmpty else {
      throw CommandFailure(
        .data, "\(model) has no capabilities whose priorities could be compared; train with a codebook")
    }
    let groups = try loaded.columns.groups(column, option: "--by", merged: merge.map { try GroupMerge($0) })
    let result = try GroupPriorities(
      model: predictor.scoring, survey: loaded.survey, names: groups.names, codes: groups.codes,
      threadCount: threads > 0 ? threads : Parallel.defaultThreadCount
    ) { Console.progress($0) }
    Console.clearProgress()
    let rendering = GroupRendering(
      predictor: predictor, result: result, column: column,
      unknownCount: groups.codes.indices.count { groups.codes[$0] < 0 && loaded.survey.weights[$0] > 0 })
    let text =
      switch output.format {
      case .table: rendering.table()
      case .csv: rendering.csv()
      case .json: try rendering.json()
      }
    try ResultFile.emit(text, to: output.output)
  }
}

extension ImportanceMetric: ExpressibleByArgument {}

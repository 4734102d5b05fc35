import ArgumentParser
import CapabilityScoring
import DiagnosticReport
import Foundation
import ModelEvaluation
import StatisticalLearning
import SurveyData

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "How accurately outcomes are predicted, how well calibrated, how stable, against what.",
    discussion: """
      EXAMPLES
        innov4sme benchmark survey.csv --codebook codebook.yaml
        innov4sme benchmark survey.csv --codebook codebook.yaml --repeats 10 --format html --output page.html
        innov4sme benchmark survey.csv --codebook codebook.yaml --leave-out country
        innov4sme benchmark adult.csv --outcome 'income=>50K' --learner ridge --learner trees
        innov4sme benchmark survey.csv --codebook codebook.yaml --folds-out folds.csv --against mine.csv
        innov4sme benchmark survey.csv --codebook codebook.yaml --gate 'auc.export >= 0.75'

      CANDIDATES (--learner; all that apply when none is named)
      \(SurveyCandidate.allCases.map { "  \($0.rawValue.padding(toLength: 18, withPad: " ", startingAt: 0))\($0.summary)" }
        .joined(separator: "\n"))

      All that is learned, with or without the outcome, is learned from the training firms of each fold: how gaps are \
      filled, penalties, trees, calibration, choices. Intervals of repeated cross-validation are Nadeau and Bengio's.

      A gate is METRIC.OUTCOME[.CANDIDATE] with >=, <=, > or < and a number; metrics are auc, logLoss, brier, accuracy, \
      calibrationSlope, calibrationError, r2, rmse, mae. Without a candidate it asks for the best. Exit code 1 says that \
      a gate is not met.
      """)

  @OptionGroup var survey: SurveyArguments

  @Option(name: .customLong("learner"), help: ArgumentHelp("A candidate; may be repeated.", valueName: "candidate"))
  var learners: [SurveyCandidate] = []

  @OptionGroup(title: "Splits") var resampling: ResamplingArguments

  @Flag(help: "Choose within every training set by cross-validation, as 'train' does; adds the choice among all.")
  var nested = false

  @OptionGroup(title: "More") var extras: BenchmarkExtras

  @Option(
    help: ArgumentHelp(
      "Another tool's predictions: id, NAME.probability (or NAME.value) and, for several repeats, repeat.",
      valueName: "file"))
  var against: [String] = []

  @Option(help: ArgumentHelp("The candidate that others are compared with (ridge).", valueName: "candidate"))
  var reference: String?

  @Option(
    help: ArgumentHelp(
      "Experts' pairwise judgements of capabilities, a square table with their ids: for index-ahp.", valueName: "file"))
  var judgements: String?

  @Option(help: ArgumentHelp("A condition that must hold, or the exit code is 1; may be repeated.", valueName: "gate"))
  var gate: [String] = []

  @Option(help: "table, csv, json or html.")
  var format: BenchmarkFormat = .table

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the results to this file instead of standard output.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write every held-out prediction, for other tools.", valueName: "file"))
  var predictionsOut: String?

  @Option(
    name: .customLong("set"), help: ArgumentHelp("A setting of 'train'; may be repeated.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(help: "Seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Threads; 0 takes all cores. Results do not depend on it.", valueName: "N"))
  var threads = 0

  @Flag(help: "Count each firm by the survey's weight.")
  var weighted = false

  @OptionGroup var leakage: LeakageArguments

  mutating func run() throws {
    let gates = try gate.map { text in
      do { return try BenchmarkGate(text) } catch { throw CommandFailure(.usage, "--gate '\(text)': \(error)") }
    }
    let settings = try resolvedSettings()
    let loaded = try survey.load()
    let refused = try leakage.refused(loaded)
    let encoding = try SurveyEncoding(
      codebook: loaded.codebook, table: loaded.table, outcomes: loaded.outcomes, excluding: refused)
    let encoded = try encoding.encode(loaded.table)
    SurveySummary(loaded: loaded, encoded: encoded, condition: survey.condition).printMessages()
    let cutOffs = try CutOffStudy(extras.cutOffs, codebook: encoding.codebook)
    let plan = try BenchmarkPlan(
      command: self, loaded: loaded, encoded: encoded, encoding: encoding, settings: settings)
    if let path = resampling.foldsOut {
      try ResultFile.emit(plan.run.folds.csv(rowIDs: encoded.firmIDs), to: path)
    }
    let fits = try plan.fits()
    if let path = predictionsOut { try ResultFile.emit(fits.predictionsCSV(rowIDs: encoded.firmIDs), to: path) }
    var result = fits.result()
    result.cutOffs = try cutOffs.measure(
      loaded: loaded, encoding: encoding, refused: refused, benchmark: plan.survey, run: plan.run,
      candidate: plan.candidates.first { $0.rawValue == plan.run.reference } ?? plan.candidates[0])
    if extras.stability {
      let names = plan.survey.survey.capabilities.map { own in
        encoding.codebook.capabilities.first { $0.id == own.id }?.name.en ?? own.id
      }
      result.stability = try PriorityStability.measure(
        plan.survey, folds: plan.run.folds, names: names, threadCount: plan.run.threadCount)
    }
    try ResultFile.emit(rendered(result), to: output)
    if let output { Console.message("Wrote \(output).") }
    let checks = gates.map { $0.check(result) }
    for check in checks { Console.message((check.isMet ? "gate met: " : "gate not met: ") + check.message) }
    if checks.contains(where: { !$0.isMet }) { throw ExitCode(CommandFailure.Code.gateNotMet.rawValue) }
  }

  private func rendered(_ result: BenchmarkResult) throws -> String {
    switch format {
    case .table: result.textTables()
    case .csv: result.csv()
    case .json: String(decoding: try result.json(), as: UTF8.self)
    case .html: BenchmarkPage.html(result, footer: "innov4sme \(toolVersion)")
    }
  }

  private func resolvedSettings() throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.seed = seed
    settings.threadCount = threads
    settings.usesWeights = weighted
    for assignment in assignments { try settings.apply(assignment) }
    try settings.validate()
    return settings
  }
}

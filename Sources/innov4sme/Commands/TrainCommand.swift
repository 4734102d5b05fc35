import ArgumentParser
import CapabilityScoring
import Foundation
import ModelFormats
import StatisticalLearning
import SurveyData

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn from a survey how capabilities go with its outcomes, and write a model.",
    discussion: """
      EXAMPLES
        innov4sme train survey.csv --codebook codebook.yaml --output model.onnx
        innov4sme train survey.dta --codebook codebook.yaml --where "size != Large" --output smes.onnx
        innov4sme train adult.csv --outcome 'income=>50K' --learner boosted-trees --output income.onnx
        innov4sme train survey.csv --codebook codebook.yaml --set l1-ratio=0.5 --set repeats=10 --output m.onnx
        innov4sme train survey.csv --codebook codebook.yaml --prior expert-1.csv --prior expert-2.csv --output m.onnx

      SETTINGS (--set NAME=VALUE)
        shrinkage     spike-and-slab: many coefficients exactly zero, as the data say; or penalty (spike-and-slab)
        l1-ratio      of the penalty: 0 is ridge, 1 is lasso (0)
        strengths     penalty strengths that are tried (24)
        inner-folds   folds in which the penalty is chosen (5)
        folds         folds of the reported cross-validation (5)
        repeats       its repeats (2)
        calibration   none, temperature, platt or auto (auto: what held-out firms call for, from 1,000 firms upwards)

      --prior mixes in what experts say: a table of weights (capability, and a column for each outcome), or pairwise \
      judgements as 'index' reads them, one file per expert. The model is the experts' index plus what the data add to \
      it; a penalty on what they add (in place of spike-and-slab) is chosen by cross-validation, so that few firms leave \
      the experts' weights and many the data's. How far experts count is printed and kept in the model.

      Columns that give an outcome away (filter questions, the outcome's own details) are refused; --drop-leaks leaves \
      them out, --allow-leaks uses them all the same.
      """)

  @OptionGroup var survey: SurveyArguments

  @Option(name: [.short, .long], help: ArgumentHelp("Where the model is written.", valueName: "model"))
  var output: String

  @Option(help: "logistic, boosted-trees, blend or auto.")
  var learner: TrainingSettings.Learner = .auto

  @Option(name: .customLong("set"), help: ArgumentHelp("A setting; may be repeated.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("Experts' weights or judgements to mix in; judgements may be repeated.", valueName: "file"))
  var prior: [String] = []

  @Option(help: ArgumentHelp("Replicates behind intervals.", valueName: "B"))
  var bootstrap = 200

  @Option(help: "Seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Threads; 0 takes all cores. The model does not depend on it.", valueName: "N"))
  var threads = 0

  @Option(help: "What the model's graph takes: one matrix of encoded answers, or the survey's columns as they stand.")
  var input: ScoringInputForm = .matrix

  @Flag(help: "Let more of an actionable capability lower an outcome.")
  var noMonotone = false

  @Flag(help: "Count each firm by the survey's weight.")
  var weighted = false

  @OptionGroup var leakage: LeakageArguments

  func validate() throws {
    if !prior.isEmpty, learner == .boostedTrees {
      throw ValidationError("--prior goes into the linear part, which --learner boosted-trees has not")
    }
  }

  mutating func run() throws {
    var settings = try resolvedSettings()
    let loaded = try survey.load()
    let leaks = try leakage.refused(loaded)
    let encoding = try SurveyEncoding(
      codebook: loaded.codebook, table: loaded.table, outcomes: loaded.outcomes, excluding: leaks)
    let encoded = try encoding.encode(loaded.table)
    if !prior.isEmpty {
      settings.prior = try PriorFiles(
        files: prior, codebook: loaded.codebook, outcomes: encoded.outcomes.map(\.id)
      ).read()
      // Only a penalty can be chosen by cross-validation; who asks for spike and slab by name keeps it.
      if !assignments.contains(where: { $0.hasPrefix("shrinkage=") }) { settings.shrinkage = .penalty }
    }
    SurveySummary(loaded: loaded, encoded: encoded, condition: survey.condition).printMessages()
    let started = Date()
    let trainer = ScoringTrainer(settings: settings) { what, done in
      Console.progress("\(what) \(Int(done * 100)) %")
    }
    let predictor = try SurveyPredictor.train(
      encoded, encoding: encoding, trainer: trainer, survey: (survey.survey as NSString).lastPathComponent,
      condition: survey.condition ?? "", toolVersion: toolVersion)
    Console.clearProgress()
    try ModelFile.write(predictor, to: output, form: input)
    let summary = SurveySummary(loaded: loaded, encoded: encoded, condition: survey.condition).rendered()
    for sentence in gate(predictor.scoring, codebook: loaded.codebook) { Console.warning(sentence) }
    let report = TrainingReport(model: predictor.scoring).rendered()
    try ResultFile.emit(summary + "\n\n" + report, to: nil)
    Console.message(
      "\nWrote \(output) in \(NumberText.decimal(Date().timeIntervalSince(started), 1)) s. "
        + "Next: innov4sme predict \(output) FIRMS.csv")
  }

  private func resolvedSettings() throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.learner = learner
    settings.bootstrap = bootstrap
    settings.seed = seed
    settings.threadCount = threads
    settings.isMonotone = !noMonotone
    settings.usesWeights = weighted
    for assignment in assignments { try settings.apply(assignment) }
    try settings.validate()
    return settings
  }

  /// What the number of firms allows, where it is not enough.
  private func gate(_ model: ScoringModel, codebook: Codebook) -> [String] {
    let gate = model.sampleSizeGate
    guard !model.capabilities.isEmpty, gate.level < .byGroup || gate.isEnough == false else { return [] }
    return gate.explanation(in: Phrases(.en)) { id in codebook.outcomes.first { $0.id == id }?.name.en ?? id }
  }
}

extension TrainingSettings.Learner: ExpressibleByArgument {}

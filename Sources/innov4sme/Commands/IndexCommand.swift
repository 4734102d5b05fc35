import ArgumentParser
import CapabilityScoring
import Foundation
import SurveyData

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Diagnose firms by experts' weights alone: the published indices, for a sector without data.",
    discussion: """
      EXAMPLES
        innov4sme index codebook.yaml firms.csv
        innov4sme index codebook.yaml firm.json --language es --top 5
        innov4sme index codebook.yaml firms.csv --weights weights.csv
        innov4sme index codebook.yaml firms.csv --judgements expert-1.csv --judgements expert-2.csv
        innov4sme index codebook.yaml firms.csv --reading level --format json

      No model and no outcomes are needed. A practice is in place (1) or not (0); a capability is the share of its \
      practices in place; the potential innovation, export and joint indices are weighted means of capabilities, cut \
      into proactive (from 0.61), preactive (0.41), reactive (0.29) and passive. FlowSort compares the firm with the \
      bounds of the classes capability by capability, and says 'between' where the comparison does not settle.

      What to develop first is the gap to the aim times the smaller of the two weights: expert weights, no data yet.

      WEIGHTS.csv has the columns capability, innovation, export and, if wanted, target (the aim, 0 to 1). A table of \
      judgements has the capabilities as its header and one row for each: how many times more important the row is than \
      the column (3, 1/3); several experts are combined by the geometric mean.
      """)

  @Argument(help: "What the columns mean: a codebook in YAML.")
  var codebook: String

  @Argument(help: "The firms' answers: .csv, .tsv, .dta, .sav, .zsav or .json.")
  var firms: String

  @Option(
    name: .customLong("where"), help: ArgumentHelp("Only the firms that meet a condition.", valueName: "condition"))
  var condition: String?

  @Option(help: ArgumentHelp("Experts' weights by capability.", valueName: "file"))
  var weights: String?

  @Option(help: ArgumentHelp("Pairwise judgements of one expert; may be repeated.", valueName: "file"))
  var judgements: [String] = []

  @Option(help: "existence (the published reading: in place or not) or level (the answer as a share of its scale).")
  var reading: IndexAssessor.Reading = .existence

  @Option(help: "The language of the table, and of names in JSON: en, fr or es.")
  var language: Language = .en

  @Option(help: ArgumentHelp("How many priorities the table and the CSV show.", valueName: "K"))
  var top = 3

  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    if weights != nil, !judgements.isEmpty { throw ValidationError("--weights and --judgements exclude each other") }
  }

  mutating func run() throws {
    let text = try TextFile.read(codebook, what: "codebook")
    let codebook = try Codebook(yaml: text, name: codebook)
    guard !codebook.capabilities.isEmpty else {
      throw CommandFailure(.data, "\(self.codebook) names no capabilities, which an index is made of")
    }
    let expert = try ExpertWeightFiles(weights: weights, judgements: judgements, capabilities: codebook.capabilities)
      .read()
    let encoded = try FirmInput(path: firms, condition: condition).encoded(by: codebook)
    let assessor = IndexAssessor(capabilities: codebook.capabilities, weights: expert, reading: reading)
    let rendering = IndexRendering(
      codebook: codebook, assessor: assessor, assessments: assessor.assess(encoded), phrases: Phrases(language),
      top: top,
      weightFile: weights, expertCount: judgements.count)
    let result =
      switch output.format {
      case .table: rendering.table()
      case .csv: rendering.csv()
      case .json: try rendering.json()
      }
    try ResultFile.emit(result, to: output.output)
  }
}

extension IndexAssessor.Reading: ExpressibleByArgument {}

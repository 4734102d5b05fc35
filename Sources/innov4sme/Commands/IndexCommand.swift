import ArgumentParser
import CapabilityScoring
import Foundation
import SurveyData

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Without data to learn from: the published potential indices, classes, and priorities by expert weights.",
    discussion: """
      EXAMPLES
        innov4sme index firms.csv --codebook codebook.yaml
        innov4sme index firm.json --codebook codebook.yaml --weights weights.csv --language fr
        innov4sme index firms.csv --codebook codebook.yaml --innovation-judgements a.csv --export-judgements b.csv

      The potential index is the weighted mean of how far each capability is developed (Assielou 2008; Enjolras, Camargo \
      and Schmitt 2016); an item exists from three quarters of its scale, unless --reading level counts its level. Classes \
      are cut at 0.61, 0.41 and 0.29. Priorities are gap times the smaller of the two weights.

      WEIGHTS.csv has the columns capability, innovation and export; a weight of 0 says that the capability serves the \
      other goal only. Judgements (AHP) are a square CSV: capabilities in the first column and in the header, and how many \
      times more important the row is than the column; repeat the option for several experts. Without either, all weights \
      are the same. Expert weights are opinions: where a survey exists, train.
      """)

  enum Reading: String, ExpressibleByArgument, CaseIterable { case existence, level }

  @Argument(help: "The firms' answers: .csv, .tsv, .dta, .sav, .zsav or .json.")
  var firms: String

  @Option(help: ArgumentHelp("What the columns mean: a codebook in YAML.", valueName: "file"))
  var codebook: String

  @Option(help: ArgumentHelp("Expert weights: capability, innovation, export.", valueName: "file"))
  var weights: String?

  @Option(help: ArgumentHelp("Pairwise judgements for innovation; may be repeated.", valueName: "file"))
  var innovationJudgements: [String] = []

  @Option(help: ArgumentHelp("Pairwise judgements for export; may be repeated.", valueName: "file"))
  var exportJudgements: [String] = []

  @Option(help: "existence or level.")
  var reading: Reading = .existence

  @Option(help: ArgumentHelp("How many priorities are shown.", valueName: "K"))
  var top = 3

  @Option(help: "Of the page: en, fr or es.")
  var language = "en"

  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top); expected 1 or more") }
    guard Language(rawValue: language) != nil else {
      throw ValidationError("--language '\(language)'; expected en, fr or es")
    }
    if weights != nil, !(innovationJudgements + exportJudgements).isEmpty {
      throw ValidationError("--weights and judgements exclude each other")
    }
    if innovationJudgements.isEmpty != exportJudgements.isEmpty {
      throw ValidationError("judgements are needed for both goals: --innovation-judgements and --export-judgements")
    }
  }

  mutating func run() throws {
    let book = try Codebook(yaml: TextFile.read(codebook, what: "codebook"), name: codebook)
    let isJSON = firms.lowercased().hasSuffix(".json")
    let table = isJSON ? try JSONAnswers.read(firms) : try SurveyReader.read(firms)
    let encoding = try SurveyEncoding(codebook: book, table: table, outcomes: [], allowingMissingColumns: true)
    let encoded = try encoding.encode(table, for: .prediction, allowingMissingColumns: true)
    for warning in encoded.warnings { Console.warning(warning) }
    for problem in encoded.problems.prefix(20) { Console.warning(problem.description) }
    let capabilities = book.capabilities.filter { capability in
      encoded.features.contains { $0.capability == capability.id && $0.kind.isOrdered && $0.kind != .numeric }
    }
    guard !capabilities.isEmpty else {
      throw CommandFailure(.data, "\(codebook) has no capability with an item on an ordered scale")
    }
    let experts = try ExpertWeightsReader(capabilities: capabilities.map(\.id)).read(
      weights: weights, innovation: innovationJudgements, export: exportJudgements)
    for note in experts.notes { Console.message(note) }
    let page = IndexPage(
      capabilities: capabilities, encoded: encoded, experts: experts, existsFrom: reading == .existence ? 0.75 : nil,
      top: top, phrases: Phrases(Language(rawValue: language)!))
    let text =
      switch output.format {
      case .table: page.rendered()
      case .csv: page.csv()
      case .json: try page.json()
      }
    try ResultFile.emit(text, to: output.output)
  }
}

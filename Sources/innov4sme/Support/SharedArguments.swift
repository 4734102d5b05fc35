import ArgumentParser

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, csv, json
}

struct OutputArguments: ParsableArguments {
  @Option(help: "table, csv or json.")
  var format: OutputFormat = .table

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the results to this file instead of standard output.", valueName: "file"))
  var output: String?
}

/// A survey, how to read it, and which firms of it.
struct SurveyArguments: ParsableArguments {
  @Argument(help: "The survey: .csv, .tsv, .dta (Stata), .sav or .zsav (SPSS).")
  var survey: String

  @Option(help: ArgumentHelp("What the columns mean: a codebook in YAML.", valueName: "file"))
  var codebook: String?

  @Option(
    name: .customLong("outcome"),
    help: ArgumentHelp(
      "An outcome: an id of the codebook, a column, or a rule such as 'export_share >= 0.1'. Repeat for a second one.",
      valueName: "outcome"))
  var outcomes: [String] = []

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only the firms that meet a condition, such as \"country == AR and size != Large\".", valueName: "condition"))
  var condition: String?
}

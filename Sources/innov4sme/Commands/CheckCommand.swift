import ArgumentParser
import SurveyData

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Is this survey fit to train on? How it was read, what is missing, and what gives an outcome away.",
    discussion: """
      EXAMPLES
        innov4sme check survey.csv --codebook codebook.yaml
        innov4sme check survey.csv --outcome innovated --outcome exports
        innov4sme check survey.dta --outcome 'export_share >= 0.1' --format json --output check.json
      """)

  @OptionGroup var survey: SurveyArguments

  @Option(help: "table or json.")
  var format: OutputFormat = .table

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write the results to this file instead of standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    if format == .csv { throw ValidationError("--format csv; expected table or json") }
  }

  mutating func run() throws {
    let check = try survey.check()
    try ResultFile.emit(format == .json ? check.json() : SurveyCheckText(check).description, to: output)
  }
}

extension SurveyArguments {
  /// Checks the survey, by its codebook or with kinds inferred.
  func check() throws -> SurveyCheck { try load().check() }
}

extension LoadedSurvey {
  /// Checks the firms that were chosen.
  func check() throws -> SurveyCheck {
    if !specifications.isEmpty { return try SurveyCheck.run(table: table, outcomes: specifications) }
    return try SurveyCheck.run(table: table, codebook: codebook, outcomes: outcomes)
  }
}

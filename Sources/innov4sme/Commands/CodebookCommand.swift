import ArgumentParser
import SurveyData

struct CodebookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codebook", abstract: "Draft or check a codebook.", subcommands: [Init.self, Check.self])

  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init",
      abstract: "Draft a codebook from a survey's labels and answers, with # TODO where a person must decide.",
      discussion: """
        EXAMPLES
          innov4sme codebook init survey.dta --output codebook.yaml
          innov4sme check survey.dta --codebook codebook.yaml
        """)

    @Argument(help: "The survey: .csv, .tsv, .dta, .sav or .zsav.")
    var survey: String

    @Option(
      name: [.short, .long],
      help: ArgumentHelp("Write the draft to this file instead of standard output.", valueName: "file"))
    var output: String?

    mutating func run() throws {
      try ResultFile.emit(CodebookDraft(try SurveyReader.read(survey)).yaml(), to: output)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Say what is wrong in a codebook, line by line.",
      discussion: """
        EXAMPLE
          innov4sme codebook check codebook.yaml
        """)

    @Argument(help: "A codebook in YAML.")
    var codebook: String

    mutating func run() throws {
      let read = try Codebook(yaml: TextFile.read(codebook, what: "codebook"), name: codebook)
      try ResultFile.emit(
        "\(codebook): \(read.items.count) items, \(read.capabilities.count) capabilities, "
          + "\(read.context.count) context columns, outcomes \(read.outcomes.map(\.id).joined(separator: ", "))",
        to: nil)
    }
  }
}

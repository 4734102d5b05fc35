import ArgumentParser
import CapabilityScoring
import Foundation
import SurveyData

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make a survey whose truth is known, to try the tool or to grade it.",
    discussion: """
      EXAMPLES
        innov4sme simulate --output survey.csv --codebook codebook.yaml --truth truth.json
        innov4sme simulate --firms 500 --countries FR,AR --seed 7 --output survey.csv

      The firms are wine makers that answer the short form of the wine questionnaire; none of them exists.
      """)

  @Option(help: ArgumentHelp("How many firms.", valueName: "N"))
  var firms = 220

  @Option(help: ArgumentHelp("Countries, separated by commas.", valueName: "list"))
  var countries = "FR,CL,AR"

  @Option(help: "Seed of all random choices.")
  var seed: UInt64 = 1

  @Option(help: "How capabilities go with the outcomes: linear, thresholds or interactions.")
  var kind: TruthKind = .linear

  @Option(name: [.short, .long], help: ArgumentHelp("Where the survey is written (CSV).", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Where the survey's codebook is written.", valueName: "file"))
  var codebook: String?

  @Option(
    help: ArgumentHelp(
      "Where the truth is written: effects, true chances, true order of priorities.", valueName: "file"))
  var truth: String?

  mutating func run() throws {
    let list = countries.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let survey = try SurveySimulation.wine(firms: firms, countries: list, seed: seed, truthKind: kind).simulated()
    try ResultFile.write(Data(survey.csv().utf8), to: output)
    if let codebook { try ResultFile.write(Data(survey.codebookYAML().utf8), to: codebook) }
    if let truth { try ResultFile.write(Data(try survey.truth.json().utf8), to: truth) }
    Console.message(
      "Wrote \(firms) simulated firms to \(output)" + (codebook.map { ", their codebook to \($0)" } ?? "")
        + (truth.map { ", the truth to \($0)" } ?? "") + ".")
  }
}

extension TruthKind: ExpressibleByArgument {}

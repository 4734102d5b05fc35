import Foundation
import SurveyData
import Testing
import _TestSupport

@testable import CapabilityScoring

/// The codebooks under `Datasets/`, seen from this file.
private let datasets = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Datasets")

func shippedCodebook(_ name: String) throws -> Codebook {
  let url = datasets.appendingPathComponent(name).appendingPathComponent("codebook.yaml")
  return try Codebook(yaml: String(contentsOf: url, encoding: .utf8), name: "\(name)/codebook.yaml")
}

@Suite("Codebooks that ship")
struct ShippedCodebookTests {
  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: datasets.path).sorted().filter {
      FileManager.default.fileExists(atPath: datasets.appendingPathComponent("\($0)/codebook.yaml").path)
    }) ?? []

  @Test("there are at least the four that are promised")
  func promised() {
    let promised = [
      "argentina-endei-2014-2016", "peru-ene-2015", "wine-questionnaire", "world-bank-enterprise-surveys",
    ]
    #expect(Set(promised).isSubset(of: Self.names))
  }

  @Test("each loads without an error, reads back, and speaks three languages", arguments: names)
  func loads(name: String) throws {
    let codebook = try shippedCodebook(name)
    #expect(try Codebook(yaml: codebook.yaml()) == codebook)
    #expect(!codebook.items.isEmpty && !codebook.capabilities.isEmpty && !codebook.outcomes.isEmpty)
    #expect(codebook.outcomes.contains { $0.isDefault })
    for item in codebook.items {
      #expect(codebook.capability(ofItem: item.id) != nil, "\(item.id) measures nothing")
    }
    let texts =
      [codebook.title] + codebook.items.map(\.text) + codebook.capabilities.map(\.name) + codebook.context.map(\.text)
      + codebook.outcomes.map(\.name) + codebook.items.flatMap { $0.levels.map(\.label) }
    for text in texts { #expect(text.fr != nil && text.es != nil, "\(text.en) has no translation") }
    // What gives an outcome away is no feature.
    let features = Set((codebook.items + codebook.context).map(\.column))
    #expect(features.isDisjoint(with: codebook.leaks) && features.isDisjoint(with: codebook.outcomeColumns))
    #expect(FileManager.default.fileExists(atPath: datasets.appendingPathComponent("\(name)/README.md").path))
  }

  @Test("the short form is the long one's, and keeps every capability")
  func shortForm() throws {
    let long = try shippedCodebook("wine-questionnaire")
    let short = SurveySimulation.wineShortForm
    #expect(long.items.count == 66 && short.items.count == 22)
    for item in short.items { #expect(long.items.contains(item), "\(item.id)") }
    #expect(short.capabilities.count == 14 && long.capabilities.count == 14)
    for (mine, whole) in zip(short.capabilities, long.capabilities) {
      #expect(mine.id == whole.id && mine.name == whole.name && mine.description == whole.description)
      #expect(mine.dimension == whole.dimension)
      #expect(Set(mine.items.map(\.item)).isSubset(of: whole.items.map(\.item)) && !mine.items.isEmpty)
    }
    // The nine dimensions of the common space, with three items for each of 17 activities, and five specific ones.
    let joint = [
      "network", "customer", "information", "skills", "knowledge", "strategy", "projects", "intellectual-property",
      "culture",
    ]
    #expect(Array(long.capabilities.prefix(9).map(\.id)) == joint)
    #expect(long.capabilities.prefix(9).reduce(0) { $0 + $1.items.count } == 51)
    #expect(Set(SurveySimulation.wineEffects.keys) == Set(long.capabilities.map(\.id)))
  }

  @Test("a survey on the long questionnaire can be simulated")
  func longForm() throws {
    var simulation = SurveySimulation.wine(firms: 30, seed: 1)
    simulation.questionnaire = try shippedCodebook("wine-questionnaire")
    let survey = try simulation.simulated()
    #expect(survey.codebook.items.count == 66 && survey.table.columns.count == 4 + 66 + 5)
    #expect(try Codebook(yaml: survey.codebook.yaml()) == survey.codebook)
  }
}

@Suite("The simulated survey that ships")
struct ShippedSimulationTests {
  private func file(_ name: String) throws -> String {
    try String(contentsOf: datasets.appendingPathComponent("simulated-wine/\(name)"), encoding: .utf8)
  }

  @Test("its files are those that its README's command makes")
  func madeAgain() throws {
    let survey = try SurveySimulation.wine(firms: 300, countries: ["FR", "CL", "AR"], seed: 2026).simulated()
    #expect(survey.csv() == (try file("survey.csv")))
    #expect(survey.codebookYAML() == (try file("codebook.yaml")))
    let truth = try JSONDecoder().decode(SimulatedTruth.self, from: Data(file("truth.json").utf8))
    #expect(truth.isSimulated && truth.capabilities == survey.truth.capabilities && truth.seed == 2026)
    #expect(truth.effects == survey.truth.effects && truth.firms.count == 300)
    for (kept, made) in zip(truth.firms, survey.truth.firms) {
      #expect(kept.id == made.id && kept.orderBySmaller == made.orderBySmaller)
      #expect(abs(kept.innovation - made.innovation) < 1e-6 && abs(kept.both - made.both) < 1e-6)
    }
  }
}

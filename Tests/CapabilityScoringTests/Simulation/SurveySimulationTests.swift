import Foundation
import StatisticalLearning
import SurveyData
import Testing
import _TestSupport

@testable import CapabilityScoring

@Suite("Simulated surveys")
struct SurveySimulationTests {
  @Test("the same seed gives the same survey, another seed another", arguments: [TruthKind.linear, .thresholds])
  func determinism(kind: TruthKind) throws {
    let first = try SurveySimulation.wine(firms: 40, seed: 7, truthKind: kind).simulated()
    let second = try SurveySimulation.wine(firms: 40, seed: 7, truthKind: kind).simulated()
    let other = try SurveySimulation.wine(firms: 40, seed: 8, truthKind: kind).simulated()
    #expect(first.csv() == second.csv())
    #expect(try first.truth.json() == second.truth.json())
    #expect(first.csv() != other.csv())
  }

  @Test("more firms leave the first ones as they are", arguments: [1, 2, 3] as [UInt64])
  func moreFirms(seed: UInt64) throws {
    let few = try SurveySimulation.wine(firms: 25, seed: seed).simulated()
    let many = try SurveySimulation.wine(firms: 60, seed: seed).simulated()
    let kept = many.csv().split(separator: "\n").prefix(26)
    #expect(few.csv().split(separator: "\n") == Array(kept))
    #expect(Array(many.truth.firms.prefix(25)) == few.truth.firms)
  }

  @Test("another item changes no other item's answers")
  func anotherItem() throws {
    let simulation = SurveySimulation.referenceTruth(firms: 50, seed: 3)
    var fewer = simulation
    fewer.questionnaire.items.remove(at: 0)
    fewer.questionnaire.capabilities.remove(at: 0)
    let all = try simulation.simulated().table
    let rest = try fewer.simulated().table
    for name in (2...18).map({ "c\($0)" }) + ["innovation", "export"] {
      #expect(all[column: name] == rest[column: name], "\(name)")
    }
  }

  @Test("missing answers come with their codes, and change neither the truth nor the answers that remain")
  func missingAnswers() throws {
    var simulation = SurveySimulation.wine(firms: 2000, seed: 5)
    simulation.missing = .none
    let full = try simulation.simulated()
    simulation.missing = .init(dontKnow: 0.05, refused: 0.02, notApplicable: 0.03)
    let gaps = try simulation.simulated()
    #expect(gaps.truth.firms == full.truth.firms)
    var counts: [Double: Int] = [:]
    for name in full.codebook.items.map(\.column) {
      let (all, some) = (values(full.table, name), values(gaps.table, name))
      for (answer, shown) in zip(all, some) {
        if shown < 0 { counts[shown, default: 0] += 1 } else { #expect(shown == answer) }
      }
    }
    let cells = Double(2000 * 22)
    // Four standard deviations of a binomial share.
    for (code, rate) in [(-9.0, 0.05), (-7.0, 0.02), (-8.0, 0.03)] {
      let share = Double(counts[code] ?? 0) / cells
      #expect(abs(share - rate) < 4 * (rate * (1 - rate) / cells).squareRoot(), "\(code): \(share)")
    }
  }

  @Test("don't-knows are more frequent where practice is poor, when they are informative")
  func informativeMissing() throws {
    var simulation = SurveySimulation.wine(firms: 3000, seed: 6)
    simulation.missing = .init(dontKnow: 0.05, isInformative: true)
    let survey = try simulation.simulated()
    let columns = survey.codebook.items.map { values(survey.table, $0.column) }
    var unknown: [Bool: (Int, Int)] = [:]
    for row in 0..<3000 {
      let answered = columns.map { $0[row] }.filter { $0 >= 0 }
      let isPoor = answered.reduce(0, +) / Double(answered.count) < 1.6
      let (missing, all) = unknown[isPoor] ?? (0, 0)
      unknown[isPoor] = (missing + columns.count - answered.count, all + columns.count)
    }
    let (poorMissing, poorAll) = try #require(unknown[true])
    let (richMissing, richAll) = try #require(unknown[false])
    let poor = Double(poorMissing) / Double(poorAll)
    let rich = Double(richMissing) / Double(richAll)
    #expect(poor > 1.5 * rich, "\(poor) against \(rich)")
  }

  @Test("outcomes occur as often as their true probabilities say, one by one and together")
  func prevalence() throws {
    let n = 8000
    let survey = try SurveySimulation.wine(firms: n, seed: 11).simulated()
    let innovates = zip(values(survey.table, "new_product"), values(survey.table, "new_process"))
      .map { $0 == 2 || $1 == 2 }
    let exports = values(survey.table, "export_share").map { $0 > 0 }
    let firms = survey.truth.firms
    let cases: [(String, [Bool], [Double])] = [
      ("innovation", innovates, firms.map(\.innovation)), ("export", exports, firms.map(\.export)),
      ("both", zip(innovates, exports).map { $0 && $1 }, firms.map(\.both)),
    ]
    for (name, happened, probability) in cases {
      let expected = probability.reduce(0, +)
      let deviation = probability.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
      let count = Double(happened.filter { $0 }.count)
      #expect(abs(count - expected) < 4 * deviation, "\(name): \(count) against \(expected)")
      #expect((0.2...0.8).contains(expected / Double(n)), "\(name): \(expected / Double(n))")
    }
    // P(both) of ψ = 1.8 is more than independence and no more than the smaller margin.
    for firm in firms {
      #expect(firm.both >= firm.innovation * firm.export && firm.both <= min(firm.innovation, firm.export))
    }
  }

  @Test("filter questions tell the outcome, and are named as leaks")
  func filters() throws {
    let survey = try SurveySimulation.wine(firms: 500, seed: 2).simulated()
    #expect(survey.truth.leaks == ["new_sales", "destinations"] && survey.codebook.leaks == survey.truth.leaks)
    for (share, destinations) in zip(values(survey.table, "export_share"), values(survey.table, "destinations")) {
      #expect((share > 0) == (destinations != -6))
    }
    for (product, sales) in zip(values(survey.table, "new_product"), values(survey.table, "new_sales")) {
      #expect((product > 0) == (sales != -6))
    }
  }

  @Test("everything is marked as simulated, and the codebook reads back")
  func marked() throws {
    let survey = try SurveySimulation.wine(firms: 12, seed: 1).simulated()
    #expect(survey.codebook.isSimulated && survey.truth.isSimulated)
    #expect(survey.codebook.title.en.hasPrefix("Simulated"))
    #expect(survey.table[column: "id"]?.text(row: 11) == "SIM-0012")
    #expect(try Codebook(yaml: survey.codebook.yaml()) == survey.codebook)
    let named =
      survey.codebook.items.map(\.column) + survey.codebook.context.map(\.column) + survey.codebook.outcomeColumns
      + survey.codebook.leaks + ["id"]
    for column in named { #expect(survey.table[column: column] != nil, "\(column)") }
    let decoded = try JSONDecoder().decode(SimulatedTruth.self, from: Data(survey.truth.json().utf8))
    #expect(decoded.firms.count == 12 && decoded.capabilities == survey.truth.capabilities)
    #expect(abs(decoded.firms[3].innovation - survey.truth.firms[3].innovation) <= 5e-7)
  }

  @Test("settings that make no sense are refused with their name")
  func refused() {
    var simulation = SurveySimulation.referenceTruth(firms: 0, seed: 1)
    #expect(throws: SimulationError.noFirms(0)) { try simulation.simulated() }
    simulation.firmCount = 5
    simulation.effects["c99"] = .init(innovation: 1)
    #expect(throws: SimulationError.unknownCapability("c99", known: (1...18).map { "c\($0)" })) {
      try simulation.simulated()
    }
    simulation.effects["c99"] = nil
    simulation.missing.dontKnow = 1.5
    #expect(throws: SimulationError.self) { try simulation.simulated() }
    simulation.missing = .none
    simulation.countries = ["FR", "CL", "FR"]
    #expect(throws: SimulationError.repeatedCountry("FR")) { try simulation.simulated() }
    simulation.countries = []
    simulation.questionnaire.items[0].levels[0].codes = [-9]
    #expect(throws: SimulationError.levelIsMissingCode(item: "c1", code: "-9")) { try simulation.simulated() }
    simulation.questionnaire.items[0].levels = []
    #expect(throws: SimulationError.itemWithoutLevels("c1")) { try simulation.simulated() }
  }
}

/// The numbers of a column.
func values(_ table: SurveyTable, _ column: String) -> [Double] {
  guard case .numbers(let numbers)? = table[column: column]?.values else { return [] }
  return numbers
}

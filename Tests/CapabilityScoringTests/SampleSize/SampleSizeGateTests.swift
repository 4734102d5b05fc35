import SurveyData
import Testing

@testable import CapabilityScoring

@Suite struct SampleSizeGateTests {
  private func gate(_ firms: Int, _ events: Int?, parameters: Int = 18) -> SampleSizeGate {
    SampleSizeGate(
      firmCount: firms, outcomes: [.init(name: "innovation", eventCount: events)], parameterCount: parameters)
  }

  @Test func bordersOfTheGates() {
    let levels = [0, 39, 40, 149, 150, 400, 401].map { gate($0, nil).level }
    #expect(levels == [.expertWeightsOnly, .expertWeightsOnly, .mixed, .mixed, .pooled, .pooled, .byGroup])
    #expect(gate(400, 200).level == .pooled && gate(401, 200).level == .byGroup)
  }

  @Test func theRarerClassDecides() {
    let rare = SampleSizeGate(
      firmCount: 1_000, outcomes: [.init(name: "innovation", eventCount: 480), .init(name: "export", eventCount: 950)],
      parameterCount: 9)
    #expect(rare.level == .mixed && rare.effectiveCount == 100)
    #expect(rare.decidingOutcome == "export" && rare.rarerClassCount == 50)
    #expect(rare.needsExpertWeights && !rare.allowsPrioritiesByGroup)
    #expect(gate(300, 0).level == .expertWeightsOnly && gate(300, 0).neededCount == nil && gate(300, 0).isEnough == nil)
  }

  /// Published arithmetic: 9 parameters at R² 0.2 need 359 firms, 17 need 677; at a prevalence of one half, ±0.05 of
  /// the overall risk needs 385.
  @Test func firmsNeeded() {
    func needed(_ parameters: Int, _ r2: Double) -> Int? {
      SampleSizeGate(
        firmCount: 200, outcomes: [.init(name: "export", eventCount: 100)], parameterCount: parameters, coxSnellR2: r2
      ).neededCount
    }
    #expect(needed(17, 0.2) == 677 && needed(9, 0.2) == 385 && needed(17, 0.1) == 1444)
  }

  @Test func explainsItself() {
    let text = gate(120, 19).explanation(in: Phrases(.en))
    #expect(text.count == 3)
    #expect(text[0].contains("too few to learn"))
    #expect(text[1] == "Only 19 of them are of the rarer outcome (innovation), which is what decides.")
    #expect(text[2].contains("18") && text[2].contains("Riley"))
    let french = gate(60, 30).explanation(in: Phrases(.fr)) { _ in "l’innovation" }
    #expect(french.count == 2 && french[0].contains("60\u{A0}entreprises"))
    #expect(gate(100_000, 50_000, parameters: 2).explanation(in: Phrases(.es)).count == 1)
  }
}

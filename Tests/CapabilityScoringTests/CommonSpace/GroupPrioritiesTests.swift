import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct GroupPrioritiesTests {
  /// Two groups of the reference truth, the second with its answers to c3 and c11 exchanged: there they lift the other goal.
  @Test func findsWhatDiffersAndWhatHolds() throws {
    let survey = ReferenceSurvey(firms: 1_600, seed: 12).survey
    let codes = (0..<1_600).map { $0 % 2 }
    let elements = (0..<18).flatMap { j in
      (0..<1_600).map { i -> Double in
        let source = codes[i] == 0 ? j : j == 2 ? 10 : j == 10 ? 2 : j
        return survey.answers.values[i, source]
      }
    }
    let changed = ScoringSurvey(
      answers: AnswerTable(
        columns: survey.answers.columns, values: Matrix(rowCount: 1_600, columnCount: 18, elements: elements)),
      capabilities: survey.capabilities, outcomes: survey.outcomes)
    let result = try GroupPriorities(
      changed, names: ["A", "B"], codes: codes, settings: ScoringTrainerTests.settings(bootstrap: 40))
    #expect(result.groups.map(\.firmCount) == [800, 800] && result.groups.allSatisfy(\.isCompared))
    let innovation = result.outcomes[0].entries
    #expect(innovation[2].verdict == .differs && innovation[10].verdict == .differs)
    #expect(innovation[3].verdict == .holdsInEveryGroup)
    #expect(innovation[2].groups[0].own > 0.08 && innovation[2].groups[1].own < 0.05)
    // Others' models predict either group better than its base rate, and worse than in a survey without the exchange.
    for left in result.leftOut {
      let score = try #require(left.outcomes[0])
      #expect(score.logLoss < score.baseLogLoss && score.areaUnderROC! > 0.65)
      #expect(try #require(left.orderAgreement) > 0.2)
    }
  }

  @Test func smallGroupsHaveNoModel() throws {
    let survey = ReferenceSurvey(firms: 200, seed: 2).survey
    let result = try GroupPriorities(
      survey, names: ["most", "few"], codes: (0..<200).map { $0 < 170 ? 0 : 1 },
      settings: ScoringTrainerTests.settings(bootstrap: 10))
    #expect(result.groups.map(\.isCompared) == [true, false])
    #expect(result.outcomes[0].entries[0].groups.map(\.group) == ["most"])
    #expect(result.leftOut[1].orderAgreement == nil && result.leftOut[1].outcomes[0] != nil)
  }

  @Test func kendallCountsPairs() {
    #expect(GroupPriorities.kendall([1, 2, 3], [1, 2, 3]) == 1)
    #expect(GroupPriorities.kendall([1, 2, 3], [3, 2, 1]) == -1)
    // Two of three pairs agree, one is tied on the right: 2 / √(3 · 2).
    #expect(abs(GroupPriorities.kendall([1, 2, 3], [1, 1, 2])! - 2 / 6.0.squareRoot()) < 1e-12)
    #expect(GroupPriorities.kendall([1, 1], [1, 2]) == nil)
  }
}

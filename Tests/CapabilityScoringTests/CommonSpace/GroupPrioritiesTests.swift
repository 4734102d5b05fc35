import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct GroupPrioritiesTests {
  private static func model(_ survey: ScoringSurvey) throws -> ScoringModel {
    try ScoringTrainer(settings: ScoringTrainerTests.settings(bootstrap: 40)).train(survey)
  }

  /// Two groups of the reference truth, the second with its answers to c3 and c11 exchanged: there they lift the other
  /// goal.
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
      model: try Self.model(changed), survey: changed, names: ["A", "B"], codes: codes)
    #expect(result.groups.map(\.firmCount) == [800, 800])
    #expect(result.comparisons.map(\.goal) == ["innovation", "export", "both"])
    func entry(_ goal: Int, _ capability: Int) throws -> GroupPriorities.Entry {
      try #require(result.comparisons[goal].entries.first { $0.capability == capability })
    }
    for goal in 0..<2 {
      for capability in [2, 10] { #expect(try entry(goal, capability).verdict == .differs) }
    }
    #expect(try entry(0, 3).verdict == .holdsInEveryGroup)
    let effects = try entry(0, 2).effects
    #expect(effects[0].shrunken.value > 0.06 && effects[1].shrunken.value < 0.03)
    #expect(effects[0].departure > 0 && effects[1].departure < 0)
    // Others' models predict either group better than its base rate.
    for left in result.leftOut {
      let score = try #require(left.outcomes[0])
      #expect(score.logLoss < score.baseLogLoss && score.areaUnderROC! > 0.65)
      #expect((0...3).contains(try #require(left.keptOfFirstThree)))
    }
  }

  /// Groups drawn by chance from one survey: hardly anything is said to differ, and where no capability counts nothing is
  /// said to hold.
  @Test(arguments: [2, 4, 12])
  func chanceGroupsDoNotDiffer(groupCount: Int) throws {
    var differing = 0
    for seed in 0..<4 {
      let survey = ReferenceSurvey(firms: 600, seed: UInt64(40 + seed)).survey
      let result = try GroupPriorities(
        model: try Self.model(survey), survey: survey, names: (0..<groupCount).map { "g\($0)" },
        codes: (0..<600).map { $0 % groupCount })
      for comparison in result.comparisons {
        differing += comparison.entries.contains { $0.verdict == .differs } ? 1 : 0
        // Of the 18, only five each count for a goal.
        let holds = comparison.entries.filter { $0.verdict == .holdsInEveryGroup }.map(\.capability)
        if comparison.goal == "innovation" { #expect(Set(holds).subtracting([2, 3, 4, 7, 8]).count <= 1) }
      }
    }
    // Twelve families of tests at a rate of one in ten.
    #expect(differing <= 4, "\(differing)")
  }

  @Test func smallGroupsAreNotCompared() throws {
    let survey = ReferenceSurvey(firms: 200, seed: 2).survey
    let result = try GroupPriorities(
      model: try Self.model(survey), survey: survey, names: ["most", "few"], codes: (0..<200).map { $0 < 185 ? 0 : 1 })
    #expect(result.comparisons.allSatisfy { $0.groups == ["most"] && $0.entries.isEmpty })
    #expect(result.leftOut[1].keptOfFirstThree == nil && result.leftOut[1].outcomes.allSatisfy { $0 == nil })
  }

  /// Firms of weight 0 and of no group change nothing, whatever the threads.
  @Test func onlyFirmsThatCount() throws {
    let survey = ReferenceSurvey(firms: 300, seed: 6).survey
    let model = try Self.model(survey)
    let codes = (0..<300).map { $0 % 3 - 1 }
    let few = survey.selectingRows(codes.indices.filter { codes[$0] >= 0 && $0 < 250 })
    let result = try GroupPriorities(
      model: model, survey: survey.weighted(by: (0..<300).map { $0 < 250 ? 1 : 0 }), names: ["a", "b"], codes: codes)
    let alone = try GroupPriorities(
      model: model, survey: few, names: ["a", "b"],
      codes: codes.indices.filter { codes[$0] >= 0 && $0 < 250 }.map { codes[$0] },
      threadCount: 1)
    #expect(result == alone)
  }
}

import CapabilityScoring
import ModelEvaluation
import StatisticalLearning
import Testing

@Suite struct SurveyBenchmarkTests {
  static func benchmark(_ survey: ScoringSurvey, nested: Bool = false) -> SurveyBenchmark {
    var settings = TrainingSettings()
    settings.strengthCount = 6
    settings.innerFolds = 3
    settings.folds = 2
    settings.repeats = 1
    var benchmark = SurveyBenchmark(survey: survey, contextColumns: [17], settings: settings)
    benchmark.hierarchyWeights = (0..<18).map { Double($0 + 1) / 171 }
    benchmark.isNested = nested
    return benchmark
  }

  static let split = FoldAssignment.Split(
    repeatIndex: 0, fold: 0, trainingRows: Array(0..<110), testRows: Array(110..<150))

  static func scores(_ candidate: SurveyCandidate, _ survey: ScoringSurvey, nested: Bool = false) throws -> [[Double]] {
    let candidates = benchmark(survey, nested: nested).candidates([candidate])
    return try candidates[0].fit(split, 1, SplitWorkspace())(split.testRows)
  }

  /// The survey with other outcomes for the tested firms, and other answers for all of them but the first.
  static func changed(_ survey: ScoringSurvey) -> ScoringSurvey {
    var elements = survey.answers.values.elements
    let n = survey.firmCount
    for column in survey.answers.columns.indices {
      for row in 111..<150 { elements[column * n + row] = elements[column * n + row].isNaN ? 4 : .nan }
    }
    return ScoringSurvey(
      answers: AnswerTable(
        columns: survey.answers.columns,
        values: Matrix(rowCount: n, columnCount: survey.answers.columns.count, elements: elements)),
      capabilities: survey.capabilities,
      outcomes: survey.outcomes.map { outcome in
        .init(
          id: outcome.id, kind: outcome.kind,
          targets: outcome.targets.enumerated().map { $0 < 110 ? $1 : 1 - $1 })
      }, weights: survey.weights)
  }

  /// Nothing of the tested firms reaches a model: neither their outcomes nor, by encoding or filling, their answers.
  @Test(arguments: SurveyCandidate.allCases)
  func testedFirmsLeaveNoTrace(_ candidate: SurveyCandidate) throws {
    let survey = ReferenceSurvey(firms: 150, seed: 3, missing: 0.1).survey
    let first = try Self.scores(candidate, survey).map { $0[0] }
    let second = try Self.scores(candidate, Self.changed(survey)).map { $0[0] }
    #expect(first == second)
  }

  @Test func neitherDoTheyWhenTrainingIsNested() throws {
    let survey = ReferenceSurvey(firms: 150, seed: 3, missing: 0.1).survey
    let first = try Self.scores(.auto, survey, nested: true).map { $0[0] }
    #expect(try first == Self.scores(.auto, Self.changed(survey), nested: true).map { $0[0] })
  }

  /// A candidate's results do not depend on which others share the split's workspace, nor on their order.
  @Test func companyDoesNotMatter() throws {
    let survey = ReferenceSurvey(firms: 150, seed: 4, missing: 0.1).survey
    let benchmark = Self.benchmark(survey)
    let workspace = SplitWorkspace()
    let together = try benchmark.candidates(SurveyCandidate.allCases.reversed()).map {
      (name: $0.name, scores: try $0.fit(Self.split, 1, workspace)(Self.split.testRows))
    }
    for candidate in SurveyCandidate.allCases {
      let alone = try Self.scores(candidate, survey)
      #expect(together.first { $0.name == candidate.rawValue }!.scores == alone)
    }
  }

  @Test func aFirmDrawnTwiceIsTwoFirms() throws {
    let survey = ReferenceSurvey(firms: 150, seed: 5).survey
    let drawn = FoldAssignment.Split(
      trainingRows: Array(0..<110), testRows: Self.split.testRows, trainingCounts: (0..<110).map { $0 % 2 + 1 })
    let weighted = survey.weighted(by: (0..<150).map { $0 < 110 ? Double($0 % 2 + 1) : 1 })
    var settings = TrainingSettings()
    settings.strengthCount = 6
    settings.usesWeights = true
    for candidate in [SurveyCandidate.ridge, .monotoneTrees, .indexEqual] {
      let counted = SurveyBenchmark(survey: survey, contextColumns: [], settings: settings).candidates([candidate])[0]
      let byWeight = SurveyBenchmark(survey: weighted, contextColumns: [], settings: settings).candidates([candidate])[
        0]
      let first = try counted.fit(drawn, 1, SplitWorkspace())(drawn.testRows)
      let plain = FoldAssignment.Split(trainingRows: Array(0..<110), testRows: drawn.testRows)
      let second = try byWeight.fit(plain, 1, SplitWorkspace())(drawn.testRows)
      for (a, b) in zip(first.flatMap { $0 }, second.flatMap { $0 }) { #expect(abs(a - b) < 1e-9) }
    }
  }

  @Test func learnersBeatTheBaselinesWhereThereIsMuchToLearn() throws {
    let survey = ReferenceSurvey(firms: 600, seed: 6).survey
    let benchmark = SurveyBenchmark(survey: survey, contextColumns: [17], settings: TrainingSettings())
    var run = try BenchmarkRun(
      outcomes: benchmark.outcomes, candidates: benchmark.candidates([.baseRate, .context, .indexEqual, .ridge]),
      folds: .unstratified(rowCount: 600, foldCount: 3, seed: 1), seed: 1)
    run.joint = benchmark.joint
    let result = run.result()
    for outcome in result.outcomes {
      let areas = outcome.candidates.map { $0.metric(.auc)!.value }
      #expect(areas[0] == 0.5 || outcome.name == "both")
      #expect(areas[1] < areas[2] && areas[2] < areas[3] && areas[3] > 0.75, "\(outcome.name): \(areas)")
    }
    #expect(result.outcomes.count == 3)
  }

  @Test func whatCannotTakePartSaysWhy() {
    let survey = ReferenceSurvey(firms: 30, seed: 1).survey
    let plain = ScoringSurvey(
      answers: AnswerTable(
        columns: survey.answers.columns.map { AnswerColumn(feature: $0.feature) }, values: survey.answers.values),
      capabilities: [], outcomes: survey.outcomes)
    let benchmark = SurveyBenchmark(survey: plain, contextColumns: [])
    #expect(
      benchmark.availableCandidates == [
        .baseRate, .ridge, .lasso, .elasticNet, .spikeAndSlab, .trees, .ordinalTrees, .blend, .auto,
      ])
    for candidate in SurveyCandidate.allCases where !benchmark.availableCandidates.contains(candidate) {
      #expect(benchmark.obstacle(to: candidate) != nil)
    }
  }

  @Test func prioritiesOfManyFirmsAreStabler() throws {
    let values = try [120, 1500].map { firms -> Double in
      let survey = ReferenceSurvey(firms: firms, seed: 8).survey
      var settings = TrainingSettings()
      settings.strengthCount = 8
      let benchmark = SurveyBenchmark(survey: survey, contextColumns: [], settings: settings)
      let stability = try #require(
        try PriorityStability.measure(
          benchmark, folds: .unstratified(rowCount: firms, foldCount: 2, repeatCount: 2, seed: 1),
          names: survey.capabilities.map(\.id), firmLimit: 60))
      #expect(stability.items.count == 18 && stability.trainingSetCount == 4 && stability.firstCount == 3)
      #expect(abs(stability.items.reduce(0) { $0 + $1.shareAmongFirst } - 3) < 1e-9)
      return try #require(stability.concordance)
    }
    #expect(values[1] > values[0] && values[1] > 0.8)
  }
}

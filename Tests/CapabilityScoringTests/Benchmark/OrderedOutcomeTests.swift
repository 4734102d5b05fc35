import Foundation
import ModelEvaluation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Ordered outcomes in a benchmark: the chance of every level from what is predicted.
@Suite struct OrderedOutcomeTests {
  /// Levels 0, 1, 2 of firms with a known prediction, by proportional odds with thresholds −1 and 1 and slope 2.
  static func held(_ count: Int, seed: UInt64) -> BenchmarkLevels.HeldOut {
    var generator = CounterBasedGenerator(seed: seed, purpose: "ordered outcome")
    let predictions = (0..<count).map { _ in generator.normal() }
    let levels = predictions.map { prediction in
      let u = generator.uniform()
      return u < sigmoid(-1 - 2 * prediction) ? 0 : u < sigmoid(1 - 2 * prediction) ? 1 : 2
    }
    return .init(
      predictions: predictions, levels: levels, weights: [Double](repeating: 1, count: count), levelCount: 3)
  }

  @Test func chancesOfLevelsAreThoseThatMadeThem() throws {
    let chances = try #require(LevelThresholds.distribution(Self.held(20_000, seed: 1)))
    for prediction in [-1.5, 0, 0.7] {
      let below = [sigmoid(-1 - 2 * prediction), sigmoid(1 - 2 * prediction)]
      for (own, wanted) in zip(chances(prediction), [below[0], below[1] - below[0], 1 - below[1]]) {
        #expect(abs(own - wanted) < 0.02)
      }
    }
  }

  /// Predictions that separate the levels, point the wrong way, are constant, or leave a level out.
  @Test func chancesStayChancesWherePredictionsAreOdd() throws {
    var held = Self.held(60, seed: 2)
    held.levelCount = 4
    let odd: [[Double]] = [
      held.levels.map { Double($0) * 1e6 }, held.levels.map { -Double($0) }, held.levels.map { _ in 3 },
    ]
    for predictions in odd {
      held.predictions = predictions
      let chances = try #require(LevelThresholds.distribution(held))
      for prediction in [-1e9, 0, 1, 1e9] {
        let own = chances(prediction)
        #expect(own.count == 4 && own.allSatisfy { $0 >= 0 } && abs(own.reduce(0, +) - 1) < 1e-12)
        #expect(own[3] > 0 || prediction == -1e9)
      }
      // What points the wrong way tells nothing.
      if predictions == odd[1] { #expect(chances(-2) == chances(2)) }
    }
  }

  /// An ordered outcome made of a capability: ridge beats the shares of levels, and its score is that of the formula.
  @Test func rankedProbabilityScoreOfABenchmark() throws {
    let survey = ReferenceSurvey(firms: 300, seed: 9).survey
    var generator = CounterBasedGenerator(seed: 9, purpose: "ordered outcome")
    let targets = (0..<300).map { row -> Double in
      let answer = survey.answers.values[row, 3]
      return (answer.isNaN ? 3 : answer) + generator.normal() < 2.5 ? 0 : generator.uniform() < 0.5 ? 1 : 2
    }
    let ordered = ScoringSurvey(
      answers: survey.answers, capabilities: survey.capabilities,
      outcomes: [.init(id: "size of exports", kind: .continuous, targets: targets, levelCount: 3)])
    let benchmark = SurveyBenchmark(survey: ordered, contextColumns: [])
    #expect(benchmark.outcomes[0].kind == .ordered)
    var run = try BenchmarkRun(
      outcomes: benchmark.outcomes, candidates: benchmark.candidates([.baseRate, .ridge]),
      folds: .unstratified(rowCount: 300, foldCount: 3, seed: 1), seed: 1)
    run.levels = benchmark.levels
    let result = run.result()
    let scores = result.outcomes[0].candidates.map { $0.metric(.rankedProbabilityScore)! }
    #expect(scores[1].value < scores[0].value - 0.02)
    #expect(scores.allSatisfy { $0.interval!.lower < $0.value && $0.value < $0.interval!.upper })
    #expect(result.outcomes[0].differences.contains { $0.metric == .rankedProbabilityScore })
    // Without a rule, every candidate has the shares of the levels among the training firms.
    run.levels = nil
    let plain = run.result().outcomes[0].candidates.map { $0.metric(.rankedProbabilityScore)!.value }
    #expect(plain[0] == plain[1])
    let folds = run.folds.splits.map { split -> Double in
      let shares = (0..<3).map { level in
        (0.5 + Double(split.trainingRows.count { targets[$0] == Double(level) }))
          / (Double(split.trainingRows.count) + 1.5)
      }
      let losses = split.testRows.map { row -> Double in
        let first = shares[0] - (targets[row] <= 0 ? 1 : 0)
        let second = shares[0] + shares[1] - (targets[row] <= 1 ? 1 : 0)
        return (first * first + second * second) / 2
      }
      return losses.reduce(0, +) / Double(losses.count)
    }
    #expect(abs(plain[0] - folds.reduce(0, +) / 3) < 1e-12)
  }

  @Test func aLevelThatIsNoneIsRefused() {
    let outcome = BenchmarkOutcome(name: "size", kind: .ordered, values: [0, 1, 2.5], levelCount: 3)
    #expect(throws: EvaluationError.invalidOutcome(row: 2, expected: "a level from 0 to 2, or missing")) {
      try BenchmarkRun(
        outcomes: [outcome], candidates: [.baseRate(outcomes: [outcome])],
        folds: .unstratified(rowCount: 3, foldCount: 3, seed: 1), seed: 1)
    }
  }
}

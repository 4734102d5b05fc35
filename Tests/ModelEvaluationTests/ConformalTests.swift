import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct ConformalTests {
  @Test func quantileHasTheRankOfTheTheory() {
    let scores = (1...9).map { Double($0) / 10 }
    let ones = scores.map { _ in 1.0 }
    #expect(conformalQuantile(scores, weights: ones, level: 0.9) == 0.9)
    #expect(conformalQuantile(scores, weights: ones, level: 0.8) == 0.8)
    #expect(conformalQuantile(scores, weights: ones, level: 0.95) == .infinity)
    #expect(conformalQuantile([], weights: [], level: 0.5) == .infinity)
    #expect(conformalQuantile(scores, weights: ones.map { $0 * 7 }, level: 0.9) == 0.9)
  }

  @Test func setsCoverWhateverTheModel() throws {
    // A model that is badly calibrated: coverage must hold all the same, for each outcome.
    var coverage = [0.0, 0, 0]
    for seed in UInt64(1)...60 {
      let p = try simulatedPredictions(rowCount: 300, seed: seed)
      let bad = try BinaryPredictions(logOdds: p.logOdds.map { 3 * $0 - 1 }, outcomes: p.outcomes)
      let result = ConformalCoverage(of: bad, folds: (0..<300).map { $0 % 5 }, level: 0.9)
      coverage[0] += result.coverage / 60
      coverage[1] += result.coverageByOutcome[0]! / 60
      coverage[2] += result.coverageByOutcome[1]! / 60
      #expect(result.decidedShare > 0 && result.decidedShare < 1)
    }
    #expect(coverage.allSatisfy { $0 > 0.895 && $0 < 0.92 })
  }

  @Test func setsFollowTheThresholds() throws {
    let calibration = try BinaryPredictions(
      probabilities: [0.1, 0.2, 0.6, 0.3, 0.9, 0.8], outcomes: [0, 0, 0, 1, 1, 1])
    let classifier = ConformalClassifier(calibration: calibration, level: 0.5)
    #expect(classifier.thresholds[0] == 0.2 && agree(classifier.thresholds[1], 0.2))
    #expect(classifier.predictionSet(probability: 0.15) == PredictionSet(includesNo: true, includesYes: false))
    #expect(classifier.predictionSet(probability: 0.5).count == 0)
    let everything = ConformalClassifier(calibration: calibration, level: 0.99)
    #expect(everything.predictionSet(probability: 0.5).count == 2)
  }

  @Test func regressionIntervalsCover() {
    var split = 0.0
    var plus = 0.0
    let rounds = 400
    for seed in 0..<rounds {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
      let y = (0..<41).map { _ in generator.normal() }
      let mean = y.dropLast().reduce(0, +) / 40
      // Folds of eight rows; the model is the mean of the others.
      let folds = (0..<40).map { $0 % 5 }
      let means = (0..<5).map { fold in
        (0..<40).filter { folds[$0] != fold }.map { y[$0] }.reduce(0, +) / 32
      }
      let residuals = (0..<40).map { y[$0] - means[folds[$0]] }
      let half = ConformalRegression.halfWidth(residuals: residuals, level: 0.9) ?? .infinity
      if abs(y[40] - mean) <= half { split += 1 / Double(rounds) }
      let interval = ConformalRegression.crossValidationPlus(
        residuals: residuals, folds: folds, foldPredictions: means, level: 0.9)
      if interval.lower <= y[40] && y[40] <= interval.upper { plus += 1 / Double(rounds) }
    }
    #expect(split > 0.86 && split < 0.96 && plus > 0.86 && plus < 0.96)
    #expect(ConformalRegression.halfWidth(residuals: [1, 2], level: 0.9) == nil)
  }
}

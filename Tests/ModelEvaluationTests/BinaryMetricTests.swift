import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct BinaryMetricTests {
  /// The definition, pair by pair.
  private func areaByPairs(_ p: BinaryPredictions) -> Double {
    var sum = 0.0
    var total = 0.0
    for i in 0..<p.rowCount where p.outcomes[i] == 1 {
      for j in 0..<p.rowCount where p.outcomes[j] == 0 {
        let weight = p.weights[i] * p.weights[j]
        total += weight
        sum += weight * (p.logOdds[i] > p.logOdds[j] ? 1 : p.logOdds[i] == p.logOdds[j] ? 0.5 : 0)
      }
    }
    return sum / total
  }

  @Test(arguments: 1...12)
  func areaUnderROCIsTheShareOfConcordantPairs(seed: Int) throws {
    let p = try simulatedPredictions(
      rowCount: 20 + 40 * seed, seed: UInt64(seed), levels: seed % 3 == 0 ? nil : seed, weighted: seed % 2 == 0)
    #expect(agree(p.areaUnderROC, areaByPairs(p), 1e-13))
  }

  @Test func longArraysAreSortedAsShortOnes() {
    var generator = CounterBasedGenerator(seed: 4, purpose: "test")
    var values = (0..<5000).map { _ in (generator.normal() * 8).rounded() / 8 }
    values += [
      .infinity, -.infinity, 0, -0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    let expected = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    #expect(radixOrder(of: values) == expected)
    #expect(ascendingOrder(of: Array(values.suffix(60))) == radixOrder(of: Array(values.suffix(60))))
  }

  @Test(arguments: 1...6)
  func weightsAreRepetitions(seed: Int) throws {
    let weighted = try simulatedPredictions(rowCount: 90, seed: UInt64(seed), levels: 12, weighted: true)
    let repeated = try repeatingRows(weighted)
    #expect(agree(weighted.areaUnderROC, repeated.areaUnderROC, 1e-13))
    #expect(agree(weighted.logLoss, repeated.logLoss, 1e-13))
    #expect(agree(weighted.brierScore, repeated.brierScore, 1e-13))
    #expect(agree(weighted.deviance, repeated.deviance, 1e-13))
    #expect(agree(weighted.devianceExplained, repeated.devianceExplained, 1e-12))
    let line = try #require(weighted.calibrationLine(weightMeaning: .frequency))
    let other = try #require(repeated.calibrationLine(weightMeaning: .frequency))
    #expect(agree(line.slope, other.slope))
    #expect(agree(line.intercept, other.intercept))
    #expect(agree(line.slopeStandardError, other.slopeStandardError))
    #expect(agree(line.interceptStandardError, other.interceptStandardError))
  }

  @Test func samplingWeightsHaveNoScale() throws {
    let p = try simulatedPredictions(rowCount: 200, seed: 8, weighted: true)
    let q = try BinaryPredictions(logOdds: p.logOdds, outcomes: p.outcomes, weights: p.weights.map { $0 * 37 })
    let one = try #require(p.calibrationLine())
    let other = try #require(q.calibrationLine())
    #expect(agree(one.slopeStandardError, other.slopeStandardError))
    #expect(agree(one.interceptStandardError, other.interceptStandardError))
    #expect(agree(p.logLoss, q.logLoss, 1e-13))
    let equal = try BinaryPredictions(
      logOdds: p.logOdds, outcomes: p.outcomes, weights: p.weights.map { _ in 3 })
    let unit = try BinaryPredictions(logOdds: p.logOdds, outcomes: p.outcomes)
    #expect(
      agree(
        equal.calibrationInTheLarge()?.standardError, unit.calibrationInTheLarge()?.standardError))
  }

  @Test func calibrationLineIsZeroOfTheScore() throws {
    let p = try simulatedPredictions(rowCount: 300, seed: 5, levels: 9, weighted: true, strength: 2)
    let line = try #require(p.calibrationLine())
    var score = (0.0, 0.0)
    for row in 0..<p.rowCount {
      let residual = p.weights[row] * (p.outcomes[row] - sigmoid(line.intercept + line.slope * p.logOdds[row]))
      score.0 += residual
      score.1 += residual * p.logOdds[row]
    }
    #expect(abs(score.0) < 1e-9 && abs(score.1) < 1e-9)
  }

  @Test func undefinedMetricsAreNil() throws {
    let one = try BinaryPredictions(logOdds: [0.1, 2], outcomes: [1, 1])
    #expect(one.areaUnderROC == nil && one.devianceExplained == nil && one.brierSkillScore == nil)
    #expect(one.calibrationLine() == nil && one.calibrationInTheLarge() == nil)
    let separated = try BinaryPredictions(logOdds: [-1, 0, 1, 2], outcomes: [0, 0, 1, 1])
    #expect(separated.areaUnderROC == 1 && separated.calibrationLine() == nil)
    let touching = try BinaryPredictions(logOdds: [-1, 0, 0, 2], outcomes: [0, 0, 1, 1])
    #expect(touching.calibrationLine() == nil)
    let constant = try BinaryPredictions(logOdds: [1, 1, 1], outcomes: [0, 1, 1])
    #expect(constant.areaUnderROC == 0.5 && constant.calibrationLine() == nil)
    let zero = try BinaryPredictions(logOdds: [0.1, 2], outcomes: [1, 0], weights: [1, 0])
    #expect(zero.areaUnderROC == nil && !zero.hasBothClasses && zero.baseRate == 1)
  }

  @Test func extremePredictionsStayExact() throws {
    let p = try BinaryPredictions(logOdds: [-800, 800, 40], outcomes: [0, 1, 1])
    #expect(agree(p.logLoss, exp(-40) / 3, 1e-25))
    let wrong = try BinaryPredictions(logOdds: [800], outcomes: [0])
    #expect(wrong.logLoss == 800)
    let certain = try BinaryPredictions(probabilities: [0, 1, 0.5], outcomes: [0, 1, 1])
    #expect(agree(certain.logLoss, log(2) / 3, 1e-15))
    #expect(certain.areaUnderROC == 1)
    #expect(try BinaryPredictions(probabilities: [1], outcomes: [0]).logLoss == .infinity)
    #expect(agree(try BinaryPredictions(probabilities: [1], outcomes: [0], clipping: 0x1p-52).logLoss, 52 * log(2)))
    let ignored = try BinaryPredictions(probabilities: [1, 0.5], outcomes: [0, 1], weights: [0, 1])
    #expect(agree(ignored.logLoss, log(2)))
  }

  @Test func manyRowsLoseNoDigits() throws {
    let p = try BinaryPredictions(
      logOdds: [Double](repeating: 0.1, count: 1_000_000), outcomes: [Double](repeating: 1, count: 1_000_000))
    #expect(agree(p.logLoss, log1p(exp(-0.1)), 2e-16))
    #expect(agree(p.brierScore, sigmoid(-0.1) * sigmoid(-0.1), 2e-16))
  }

  @Test func badInputIsNamed() {
    #expect(throws: EvaluationError.invalidPrediction(row: 1, expected: "a number")) {
      try BinaryPredictions(logOdds: [0, .nan], outcomes: [0, 1])
    }
    #expect(throws: EvaluationError.invalidOutcome(row: 0, expected: "0 or 1")) {
      try BinaryPredictions(logOdds: [0, 1], outcomes: [2, 1])
    }
    #expect(throws: EvaluationError.countMismatch("outcomes", got: 1, expected: 2)) {
      try BinaryPredictions(logOdds: [0, 1], outcomes: [1])
    }
    #expect(throws: EvaluationError.invalidWeight(row: 1)) {
      try BinaryPredictions(logOdds: [0, 1], outcomes: [1, 0], weights: [1, -1])
    }
    #expect(throws: EvaluationError.noRows) {
      try BinaryPredictions(logOdds: [0, 1], outcomes: [1, 0], weights: [0, 0])
    }
    #expect(throws: EvaluationError.noRows) { try BinaryPredictions(logOdds: [], outcomes: []) }
    #expect(throws: EvaluationError.invalidPrediction(row: 0, expected: "a probability from 0 to 1")) {
      try BinaryPredictions(probabilities: [1.1], outcomes: [1])
    }
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct BootstrapValidationTests {
  /// A one-nearest-neighbour rule on noise: right on every row that it has seen, and no better than chance elsewhere.
  private func memorising(noise: Bool, seed: UInt64) throws -> BootstrapValidation {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    let x = (0..<80).map { _ in generator.normal() }
    let y = x.map { generator.uniform() < (noise ? 0.5 : sigmoid(3 * $0)) ? 1.0 : 0 }
    return try BootstrapValidation(
      rowCount: 80, replicateCount: 60, seed: seed,
      metric: { rows, predictions, weights in
        let wrong = zip(rows, predictions).map { abs(y[$0] - $1) }
        return zip(wrong, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
      },
      fit: { weights in
        let known = weights.indices.filter { weights[$0] > 0 }
        return { rows in rows.map { row in y[known.min { abs(x[$0] - x[row]) < abs(x[$1] - x[row]) }!] } }
      })
  }

  @Test func memorisingNoiseIsSeenThrough() throws {
    for seed in UInt64(1)...4 {
      let result = try memorising(noise: true, seed: seed)
      #expect(result.apparent == 0 && result.replicateCount == 60)
      #expect(abs(result.outOfBag - 0.5) < 0.12 && abs(result.noInformation - 0.5) < 0.05)
      // Harrell's correction is too kind to a rule that memorises; .632+ is not.
      #expect(result.optimismCorrected < 0.3)
      #expect(abs(result.estimate632Plus - 0.5) < 0.1)
      #expect(agree(result.estimate632, 0.632 * result.outOfBag))
    }
  }

  @Test func formulasAreThoseOfTheSource() throws {
    let result = try memorising(noise: false, seed: 3)
    let rate = (result.outOfBag - result.apparent) / (result.noInformation - result.apparent)
    let weight = 0.632 / (1 - 0.368 * rate)
    #expect(rate > 0 && rate < 1)
    #expect(agree(result.estimate632Plus, (1 - weight) * result.apparent + weight * result.outOfBag))
    #expect(agree(result.optimismCorrected, result.apparent - result.optimism))
    #expect(result.optimism < 0)
  }

  @Test func aModelThatDoesNotLearnHasNoOptimism() throws {
    let y = (0..<50).map { Double($0 % 2) }
    let result = try BootstrapValidation(
      rowCount: 50, replicateCount: 20, seed: 1,
      metric: { rows, predictions, weights in
        try? BinaryPredictions(logOdds: predictions, outcomes: rows.map { y[$0] }, weights: weights).areaUnderROC
      }, fit: { _ in { rows in rows.map { _ in 0 } } })
    #expect(result.apparent == 0.5 && result.optimism == 0 && result.estimate632Plus == 0.5)
    #expect(throws: EvaluationError.self) {
      try BootstrapValidation(
        rowCount: 5, replicateCount: 2, seed: 1, metric: { _, _, _ in nil },
        fit: { _ in { rows in rows.map { _ in 0 } } })
    }
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct CalibratorTests {
  private func loss(_ p: BinaryPredictions, _ calibrator: Calibrator) throws -> Double {
    try BinaryPredictions(logOdds: calibrator.logOdds(p.logOdds), outcomes: p.outcomes, weights: p.weights).logLoss
  }

  @Test(arguments: CalibrationMethod.allCases)
  func neverDecreasesAndSurvivesStorage(method: CalibrationMethod) throws {
    for seed in UInt64(1)...5 {
      let p = try simulatedPredictions(rowCount: 120, seed: seed, weighted: seed % 2 == 0)
      let calibrator = try method.fit(p)
      let values = calibrator.logOdds((-300...300).map { Double($0) / 10 } + [1000])
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 } && values.allSatisfy { $0.isFinite })
      let stored = try JSONDecoder().decode(Calibrator.self, from: JSONEncoder().encode(calibrator))
      #expect(stored == calibrator)
      let twice = try method.fit(repeatingRows(p))
      #expect(
        zip(values, twice.logOdds((-300...300).map { Double($0) / 10 } + [1000])).allSatisfy { agree($0, $1, 1e-8) })
    }
  }

  @Test(arguments: CalibrationMethod.allCases)
  func mendsWhatIsTooExtreme(method: CalibrationMethod) throws {
    let p = try simulatedPredictions(rowCount: 3000, seed: 12)
    let extreme = try BinaryPredictions(logOdds: p.logOdds.map { 3 * $0 }, outcomes: p.outcomes)
    let calibrator = try method.fit(extreme)
    let fresh = try simulatedPredictions(rowCount: 3000, seed: 13)
    let before = try BinaryPredictions(logOdds: fresh.logOdds.map { 3 * $0 }, outcomes: fresh.outcomes)
    let after = try loss(before, calibrator)
    if method == .none { #expect(after == before.logLoss) } else { #expect(after < fresh.logLoss + 0.03) }
  }

  /// Least squares under a monotone constraint, by its min–max formula.
  @Test(arguments: 1...5)
  func isotonicEqualsMinMax(seed: Int) throws {
    let p = try simulatedPredictions(rowCount: 40, seed: UInt64(seed), levels: seed % 2 == 0 ? 8 : nil, weighted: true)
    let fit = IsotonicFit(positions: p.logOdds, targets: p.outcomes, weights: p.weights)
    for (index, value) in fit.values.enumerated() {
      let best = (0...index).map { low in
        (index..<fit.positions.count).map { high in
          let rows = (0..<40).filter { p.logOdds[$0] >= fit.positions[low] && p.logOdds[$0] <= fit.positions[high] }
          return rows.reduce(0) { $0 + p.weights[$1] * p.outcomes[$1] } / rows.reduce(0) { $0 + p.weights[$1] }
        }.min()!
      }.max()!
      #expect(agree(value, best, 1e-12))
    }
  }

  @Test func whatHasNoFitSaysSo() throws {
    let one = try BinaryPredictions(logOdds: [1, 2], outcomes: [1, 1])
    let separated = try BinaryPredictions(logOdds: [-2, -1, 1, 2], outcomes: [0, 0, 1, 1])
    let certain = try BinaryPredictions(probabilities: [0, 1, 0.5], outcomes: [0, 1, 1])
    for method in CalibrationMethod.allCases where method != .none {
      #expect(throws: EvaluationError.self) { try method.fit(one) }
      #expect(throws: EvaluationError.self) { try method.fit(certain) }
    }
    #expect(throws: EvaluationError.self) { try CalibrationMethod.temperature.fit(separated) }
    #expect(throws: EvaluationError.self) { try CalibrationMethod.beta.fit(separated) }
    // Platt's targets and isotonic bounds keep a finite fit.
    #expect(try CalibrationMethod.platt.fit(separated).logOdds(1).isFinite)
    #expect(try CalibrationMethod.isotonic.fit(separated).logOdds(2) == logit(0.9))
    // Predictions that rank the wrong way round are made constant, not reversed.
    let reversed = try BinaryPredictions(logOdds: [-2, -1, 1, 2, 0], outcomes: [1, 1, 0, 0, 1])
    for method in [CalibrationMethod.temperature, .platt, .isotonic] {
      let values = try method.fit(reversed).logOdds([-1, 0, 1])
      #expect(values[0] == values[1] && values[1] == values[2])
    }
    let constant = try BinaryPredictions(logOdds: [1, 1, 1, 1], outcomes: [0, 1, 0, 0])
    #expect(agree(try CalibrationMethod.platt.fit(constant).logOdds(5), logit((2.0 / 3 + 3 * 0.2) / 4)))
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// The probabilities that the tests vary over: ordinary, small, and the ends.
private let margins = [0, 1e-12, 1e-5, 0.03, 0.2, 0.5, 0.5 + 1e-9, 0.8, 0.97, 1 - 1e-9, 1]
private let logRatios = [-Double.infinity, -40, -8, -1, -1e-3, -1e-9, 0, 1e-9, 1e-3, 1, 8, 40, .infinity]

@Suite struct CrossRatioTests {
  /// The definition, where it is well conditioned.
  private func textbook(_ p: Double, _ q: Double, _ psi: Double) -> Double {
    if psi == 1 { return p * q }
    let a = 1 + (p + q) * (psi - 1)
    return (a - (a * a + 4 * psi * (1 - psi) * p * q).squareRoot()) / (2 * (psi - 1))
  }

  @Test(arguments: [0.02, 0.3, 0.9, 1.7, 2.6, 40])
  func agreesWithTheDefinition(psi: Double) {
    for p in [0.05, 0.2, 0.5, 0.9] {
      for q in [0.1, 0.5, 0.77] {
        #expect(abs(CrossRatio(psi).jointProbability(p, q) - textbook(p, q, psi)) < 1e-13)
      }
    }
  }

  @Test(arguments: logRatios)
  func statesAreProbabilitiesAndKeepBothMargins(logRatio: Double) {
    for p in margins {
      for q in margins {
        let s = CrossRatio(logValue: logRatio).states(innovation: p, export: q)
        for cell in [s.neither, s.innovationOnly, s.exportOnly, s.both] { #expect((0...1).contains(cell)) }
        #expect(abs(s.innovation - p) <= 4e-16 && abs(s.export - q) <= 4e-16)
        #expect(abs(s.both + s.innovationOnly + s.exportOnly + s.neither - 1) <= 6e-16)
        #expect(s.both <= min(p, q) && s.both >= p + q - 1 - 1e-15)
      }
    }
  }

  /// The cells give ψ back, to a relative accuracy that only forms without cancellation have.
  @Test(arguments: logRatios.filter { abs($0) < 9 })
  func cellsHaveTheCrossRatio(logRatio: Double) {
    for p in margins.filter({ $0 > 0 && $0 < 1 }) {
      for q in margins.filter({ $0 > 0 && $0 < 1 }) {
        let s = CrossRatio(logValue: logRatio).states(innovation: p, export: q)
        let recovered = log(s.both) + log(s.neither) - log(s.innovationOnly) - log(s.exportOnly)
        #expect(abs(recovered - logRatio) < 2e-6 * max(1, 1e-7 / min(1 - p, 1 - q, 1)))
        guard p < 1 - 1e-7, q < 1 - 1e-7 else { continue }
        #expect(abs(recovered - logRatio) < 1e-9)
      }
    }
  }

  @Test func limitsAreTheBoundsOfFrechet() {
    for p in margins {
      for q in margins {
        #expect(abs(CrossRatio(logValue: .infinity).jointProbability(p, q) - min(p, q)) <= 1.2e-16)
        #expect(abs(CrossRatio(0).jointProbability(p, q) - max(0, p + q - 1)) <= 1.2e-16)
        #expect(abs(CrossRatio.independence.jointProbability(p, q) - p * q) <= 1.2e-16)
      }
    }
  }

  @Test func symmetries() {
    for logRatio in [-3.0, -0.4, 0.7, 5] {
      for p in [1e-6, 0.2, 0.6, 0.99] {
        for q in [1e-4, 0.5, 0.9] {
          let s = CrossRatio(logValue: logRatio).states(innovation: p, export: q)
          let exchanged = CrossRatio(logValue: logRatio).states(innovation: q, export: p)
          #expect(abs(exchanged.both - s.both) < 1e-16 && abs(exchanged.exportOnly - s.innovationOnly) < 2e-16)
          let flipped = CrossRatio(logValue: -logRatio).states(innovation: p, export: 1 - q)
          #expect(abs(flipped.both - s.innovationOnly) < 2e-16)
        }
      }
    }
  }

  @Test func increasesWithTheRatio() {
    for p in [1e-9, 0.3, 0.5, 0.999] {
      for q in [1e-3, 0.5, 0.7] {
        let values = stride(from: -20.0, through: 20, by: 0.25).map {
          CrossRatio(logValue: $0).jointProbability(p, q)
        }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
  }

  @Test func logOddsKeepWhatProbabilitiesLose() {
    let s = CrossRatio(3).states(innovationLogOdds: 45, exportLogOdds: 50)
    // Both failures are rare: P(neither) is about ψ times the product of their probabilities.
    #expect(abs(s.neither / (3 * exp(-45) * exp(-50)) - 1) < 1e-9)
    #expect(abs(s.innovationOnly / exp(-50) - 1) < 1e-9)
  }

  @Test(arguments: [-6.0, -1, 0, 0.3, 2, 9])
  func derivativesAreNumericalDerivatives(logRatio: Double) {
    let ratio = CrossRatio(logValue: logRatio)
    for p in [0.01, 0.3, 0.5, 0.92] {
      for q in [0.05, 0.5, 0.7] {
        let d = ratio.derivatives(innovation: p, export: q)
        let h = 1e-5
        let byP = (ratio.jointProbability(p + h, q) - ratio.jointProbability(p - h, q)) / (2 * h)
        let byQ = (ratio.jointProbability(p, q + h) - ratio.jointProbability(p, q - h)) / (2 * h)
        let byRatio =
          (CrossRatio(logValue: logRatio + h).jointProbability(p, q)
            - CrossRatio(logValue: logRatio - h).jointProbability(p, q)) / (2 * h)
        let tolerance = logRatio > 8 ? 1e-4 : 1e-7
        #expect(abs(d.innovation - byP) < tolerance && abs(d.export - byQ) < tolerance)
        #expect(abs(d.logCrossRatio - byRatio) < 1e-8)
      }
    }
  }

  @Test func derivativesAtTheEnds() {
    let ratio = CrossRatio(3)
    for q in [0.2, 0.7] {
      let start = ratio.derivatives(innovation: 0, export: q).innovation
      #expect(abs(start - ratio.jointProbability(1e-9, q) / 1e-9) < 1e-7)
      let end = ratio.derivatives(innovation: 1, export: q).innovation
      #expect(abs(end - (q - ratio.jointProbability(1 - 1e-7, q)) / 1e-7) < 1e-5)
      #expect(ratio.derivatives(innovation: 0, export: q).export == 0)
      #expect(ratio.derivatives(innovation: 1, export: q).export == 1)
      #expect(ratio.derivatives(innovation: 0, export: q).logCrossRatio == 0)
    }
    let together = CrossRatio(logValue: .infinity).derivatives(innovation: 0.3, export: 0.6)
    #expect(together.innovation == 1 && together.export == 0)
    let apart = CrossRatio(0).derivatives(innovation: 0.3, export: 0.9)
    #expect(apart.innovation == 1 && apart.export == 1)
  }
}

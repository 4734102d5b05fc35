import Foundation
import Testing

@testable import StatisticalLearning

/// Expected values: scipy 1.17.1, `norm.ppf`, `norm.cdf`, `chi2.sf`.
@Suite struct DistributionTests {
  @Test(arguments: [
    (1e-300, -37.0470962993612), (1e-20, -9.262340089798409), (1e-5, -4.264890793922825),
    (0.02, -2.053748910631823), (0.075, -1.4395314709384563), (0.3, -0.5244005127080409), (0.5, 0),
    (0.9, 1.2815515655446004), (0.975, 1.959963984540054), (0.99999, 4.264890793923841),
  ])
  func normalQuantile(probability: Double, expected: Double) {
    #expect(abs(StandardNormal.quantile(probability) - expected) <= 4e-15 * max(1, abs(expected)))
  }

  @Test func normalQuantileEnds() {
    #expect(StandardNormal.quantile(0) == -.infinity)
    #expect(StandardNormal.quantile(1) == .infinity)
    #expect(StandardNormal.quantile(1.5).isNaN && StandardNormal.quantile(.nan).isNaN)
  }

  @Test func normalCumulativeInvertsTheQuantile() {
    var generator = CounterBasedGenerator(seed: 1, purpose: "test")
    for _ in 0..<1_000 {
      let p = exp(-30 * generator.uniform())
      #expect(abs(StandardNormal.cumulative(StandardNormal.quantile(p)) / p - 1) < 1e-12)
      #expect(abs(StandardNormal.upperTail(-StandardNormal.quantile(p)) / p - 1) < 1e-12)
    }
    #expect(abs(StandardNormal.cumulative(-10) / 7.61985302416047e-24 - 1) < 1e-12)
    #expect(abs(StandardNormal.upperTail(8) / 6.22096057427174e-16 - 1) < 1e-12)
  }

  @Test(arguments: [
    (0.1, 1, 0.7518296340458492), (3.841458820694124, 1, 0.04999999999999989), (10, 1, 0.001565402258002549),
    (50, 1, 1.537459794428033e-12), (0.5, 3, 0.9188914116546758), (7, 3, 0.07189777249646509),
    (200, 3, 4.218541107192018e-43), (1, 20, 0.999999999829033), (20, 20, 0.4579297144718523),
    (60, 20, 7.121750862815593e-06), (5, 2.5, 0.12308857115265866),
  ])
  func chiSquareUpperTail(x: Double, degreesOfFreedom: Double, expected: Double) {
    #expect(abs(ChiSquare.upperTail(x, degreesOfFreedom: degreesOfFreedom) / expected - 1) < 1e-12)
  }

  @Test func chiSquareEnds() {
    #expect(ChiSquare.upperTail(-1, degreesOfFreedom: 2) == 1)
    #expect(ChiSquare.upperTail(0, degreesOfFreedom: 2) == 1)
    #expect(ChiSquare.upperTail(.infinity, degreesOfFreedom: 2) == 0)
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct ComplementarityTestTests {
  private func diagonal(_ count: Int, _ variance: Double) -> Matrix {
    var result = Matrix(rowCount: count, columnCount: count)
    for k in 0..<count { result[k, k] = variance }
    return result
  }

  /// Two practices: one constraint, whose p-value is half a chi-square's, that is a one-sided normal test's.
  @Test(arguments: [-0.3, -0.1, 0.2])
  func twoPracticesAreAOneSidedTest(interaction: Double) throws {
    let test = try #require(
      ComplementarityTest(means: [0, 0.1, 0.3, 0.4 + interaction], covariance: diagonal(4, 0.01), first: 0, second: 1))
    #expect(abs(test.interactions[0] - interaction) < 1e-12 && abs(test.standardErrors[0] - 0.2) < 1e-12)
    let z = interaction / 0.2
    #expect(abs(test.complementStatistic - (z < 0 ? z * z : 0)) < 1e-9)
    #expect(abs(test.substituteStatistic - (z > 0 ? z * z : 0)) < 1e-9)
    let p = StandardNormal.upperTail(abs(z))
    #expect(abs((z < 0 ? test.complementPValue : test.substitutePValue) - p) < 0.02)
    #expect((z < 0 ? test.substitutePValue : test.complementPValue) == 1)
  }

  @Test func strongInteractionsDecide() throws {
    func verdict(_ interaction: Double) throws -> ComplementarityTest.Verdict {
      // Three practices; the interaction of the first two holds whatever the third.
      let means = (0..<8).map { (s: Int) -> Double in
        let alone: Double = (s & 1 == 1 ? 0.2 : 0) + (s >> 2 == 1 ? 0.1 : 0)
        return s & 3 == 3 ? alone + interaction : alone
      }
      return try #require(
        ComplementarityTest(means: means, covariance: diagonal(8, 0.001), first: 0, second: 1)
      ).verdict
    }
    #expect(try verdict(0.5) == .complements && verdict(-0.5) == .substitutes && verdict(0) == .undecided)
    // Of opposite sign in the two states of the third: neither.
    let mixed = try #require(
      ComplementarityTest(
        means: [0, 0, 0, 0.6, 0, 0, 0, -0.6], covariance: diagonal(8, 0.001), first: 0, second: 1))
    #expect(mixed.verdict == .undecided && mixed.complementPValue < 0.01 && mixed.substitutePValue < 0.01)
  }

  /// The projection against enumeration of which constraints bind.
  @Test(arguments: 0..<8)
  func distanceIsTheNearestPoint(seed: Int) throws {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let m = 4
    let root = Matrix(rows: (0..<m).map { _ in (0..<m).map { _ in generator.normal() } })
    var spread = LinearAlgebra.gram(root)
    for k in 0..<m { spread[k, k] += 0.1 }
    let precision = try #require(LinearAlgebra.cholesky(spread)).inverse()
    let c = (0..<m).map { _ in generator.normal() }
    // With the set B held at x = 0 and the rest free, the gap is c on B, and elsewhere spread_FB spread_BB⁻¹ c_B.
    var best = Double.infinity
    for mask in 0..<(1 << m) {
      let held = (0..<m).filter { mask >> $0 & 1 == 1 }
      var gap = [Double](repeating: 0, count: m)
      if !held.isEmpty {
        let block = spread.selectingRows(held).selectingColumns(held)
        let y = try #require(LinearAlgebra.cholesky(block)).solve(held.map { c[$0] })
        for k in 0..<m { gap[k] = zip(held, y).reduce(0) { $0 + spread[k, $1.0] * $1.1 } }
      }
      guard (0..<m).allSatisfy({ gap[$0] <= c[$0] + 1e-9 }) else { continue }
      var value = 0.0
      for a in 0..<m { for b in 0..<m { value += gap[a] * precision[a, b] * gap[b] } }
      best = min(best, value)
    }
    #expect(abs(ComplementarityTest.distance(c, precision) - best) < 1e-8 * max(1, best))
  }

  @Test func whatNoFirmShowsCannotBeTested() {
    #expect(ComplementarityTest(means: [0, 0, 0, 0], covariance: diagonal(4, 0), first: 0, second: 1) == nil)
    #expect(ComplementarityTest(means: [0, 0, 0, 0], covariance: diagonal(4, .infinity), first: 0, second: 1) == nil)
  }
}

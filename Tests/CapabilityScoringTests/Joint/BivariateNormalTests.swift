import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct BivariateNormalTests {
  /// `Tests/Scripts/joint_states.py`: adaptive quadrature of the conditional distribution (scipy 1.17.1).
  @Test(arguments: [
    (0, 0, 0.5, 0.3333333333333333), (1, -1, 0.3, 0.14833820905742245), (-2, -3, 0.2, 0.0001154085845911584),
    (0.5, 0.7, 0.9, 0.6592296432604663), (0.5, 0.7, 0.95, 0.6745338957346694),
    (0.5, -0.7, -0.97, 0.009556891379771485), (-1, -1.1, 0.999, 0.13562074468866106),
    (2, -2.1, -0.99, 0.0009696628731398509), (-4, -4, 0.6, 1.1266880572570215e-06),
    (1.5, 0.2, -0.8, 0.5126833794824037),
  ])
  func matchesQuadrature(x: Double, y: Double, correlation: Double, expected: Double) {
    #expect(abs(BivariateNormal.cumulative(x, y, correlation: correlation) - expected) < 2e-15)
  }

  /// `Φ₂(0, 0; ρ) = 1/4 + asin(ρ)/(2π)` (Sheppard 1899).
  @Test func medianOrthant() {
    for rho in [-1, -0.9999, -0.93, -0.925, -0.6, -0.2, 0, 0.1, 0.74, 0.76, 0.92, 0.93, 0.999999, 1] {
      #expect(
        abs(BivariateNormal.cumulative(0, 0, correlation: rho) - (0.25 + asin(rho) / (2 * .pi))) < 1e-15)
    }
  }

  @Test func edges() {
    for (x, y) in [(0.3, -1.2), (-2, 2), (1, 1)] {
      let (a, b) = (StandardNormal.cumulative(x), StandardNormal.cumulative(y))
      #expect(abs(BivariateNormal.cumulative(x, y, correlation: 1) - min(a, b)) < 1e-15)
      #expect(abs(BivariateNormal.cumulative(x, y, correlation: -1) - max(0, a + b - 1)) < 1e-15)
      #expect(abs(BivariateNormal.cumulative(x, y, correlation: 0) - a * b) < 1e-16)
      #expect(BivariateNormal.cumulative(.infinity, y, correlation: 0.4) == b)
      #expect(BivariateNormal.cumulative(x, -.infinity, correlation: 0.99) == 0)
    }
  }

  @Test(arguments: [-0.98, -0.9, -0.3, 0.5, 0.8, 0.926, 0.995])
  func itsDerivativeInTheCorrelationIsTheDensity(rho: Double) {
    for (x, y) in [(0.2, 0.4), (-1, 0.5), (1.5, 1.4)] {
      let h = 1e-5
      let slope =
        (BivariateNormal.cumulative(x, y, correlation: rho + h)
          - BivariateNormal.cumulative(x, y, correlation: rho - h)) / (2 * h)
      let density = BivariateNormal.density(x, y, correlation: rho)
      #expect(abs(slope - density) < 1e-6 * max(1, density))
    }
  }

  @Test func quadratureRuleIntegratesPolynomials() {
    for degree in stride(from: 0, through: 38, by: 2) {
      let sum = BivariateNormal.gaussLegendre(20).reduce(0) { $0 + $1.weight * pow($1.node, Double(degree)) }
      #expect(abs(sum - 2 / Double(degree + 1)) < 1e-14)
    }
  }
}

@Suite struct BivariateProbitTests {
  @Test func keepsBothMargins() {
    for rho in [-1, -0.7, 0, 0.3, 0.99, 1] {
      for p in [0, 1e-6, 0.3, 0.5, 0.9, 1] {
        for q in [0, 0.2, 0.5, 0.999, 1] {
          let s = BivariateProbit(correlation: rho).states(innovation: p, export: q)
          #expect(abs(s.innovation - p) < 2e-15 && abs(s.export - q) < 2e-15)
          #expect(abs(s.both + s.innovationOnly + s.exportOnly + s.neither - 1) < 4e-15)
        }
      }
    }
  }

  @Test func matchesAnIndependentOptimizer() throws {
    let data = CrossRatioEstimateTests.lattice
    let estimate = try #require(
      BivariateProbit.estimate(probabilitiesI: data.p, probabilitiesE: data.q, targetsI: data.i, targetsE: data.e))
    #expect(abs(estimate.model.correlation - -0.2373697913837474) < 1e-6)
    #expect(abs(estimate.logLikelihood - -36.677059812739415) < 1e-10)
    #expect(abs(estimate.independenceLogLikelihood - -37.2000566200122) < 1e-10)
    #expect(estimate.lower < estimate.model.correlation && estimate.model.correlation < estimate.upper)
  }

  @Test func agreementWithoutExceptionHasNoUpperBound() throws {
    let half = [Double](repeating: 0.5, count: 12)
    let alternating = (0..<12).map { $0.isMultiple(of: 2) }
    let estimate = try #require(
      BivariateProbit.estimate(
        probabilitiesI: half, probabilitiesE: half, targetsI: alternating, targetsE: alternating))
    #expect(estimate.model.correlation > 0.9999 && estimate.upper == 1 && estimate.lower > 0)
  }
}

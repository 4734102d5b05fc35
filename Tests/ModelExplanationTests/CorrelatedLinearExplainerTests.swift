import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct CorrelatedLinearExplainerTests {
  static func rows(_ count: Int, columns: Int, seed: UInt64) -> Matrix {
    var generator = CounterBasedGenerator(seed: seed, purpose: "rows")
    return Matrix(
      rows: (0..<count).map { _ in
        let common = generator.normal()
        return (0..<columns).map { 0.6 * common + Double($0 + 1) * 0.4 * generator.normal() }
      })
  }

  static func features(_ count: Int) -> [Feature] { (0..<count).map { Feature("x\($0)") } }

  /// Two features: `φ₁ = ½ (β₁ + w₁) d₁ + ½ (w₂ − β₂) d₂`, with `β_j` the regression of the score on one alone.
  @Test func twoFeatures() throws {
    let background = Self.rows(200, columns: 2, seed: 1)
    let w = [0.7, -0.4]
    let explainer = try CorrelatedLinearExplainer(
      intercept: 0.2, coefficients: w, features: Self.features(2), background: background, ridge: 1e-12)
    let values = try explainer.values(for: Self.rows(5, columns: 2, seed: 2))
    let m = (0..<2).map { background.column($0).reduce(0, +) / 200 }
    func covariance(_ i: Int, _ j: Int) -> Double {
      (0..<200).reduce(0) { $0 + (background[$1, i] - m[i]) * (background[$1, j] - m[j]) } / 200
    }
    let beta = [w[0] + w[1] * covariance(0, 1) / covariance(0, 0), w[1] + w[0] * covariance(0, 1) / covariance(1, 1)]
    let rows = Self.rows(5, columns: 2, seed: 2)
    for row in 0..<5 {
      let d = [rows[row, 0] - m[0], rows[row, 1] - m[1]]
      let expected = 0.5 * (beta[0] + w[0]) * d[0] + 0.5 * (w[1] - beta[1]) * d[1]
      #expect(abs(values[row, 0] - expected) < 1e-9)
    }
    #expect(values.additivityResidual < 1e-12)
    #expect(explainer.isExact)
  }

  /// Two copies of one feature share alike, however the coefficients split them.
  @Test(arguments: [0.0, 0.3, 1]) func copiesShare(part: Double) throws {
    let one = Self.rows(100, columns: 2, seed: 3)
    let twice = Matrix(columns: [one.column(0), one.column(0), one.column(1)])
    let explainer = try CorrelatedLinearExplainer(
      intercept: 0, coefficients: [part, 1 - part, 0.5], features: Self.features(3), background: twice, ridge: 1e-9)
    let values = try explainer.values(for: twice)
    for row in 0..<100 { #expect(abs(values[row, 0] - values[row, 1]) < 1e-5) }
  }

  /// Random orders come near what all subsets give, and add up exactly.
  @Test func ordersComeNear() throws {
    let background = Self.rows(150, columns: 13, seed: 4)
    let w = (0..<13).map { Double($0 % 4) * 0.3 - 0.4 }
    let features = Self.features(13)
    let pairs = try FeatureGrouping(features, groups: (0..<6).map { ("g\($0)", [2 * $0, 2 * $0 + 1]) })
    let exact = try CorrelatedLinearExplainer(
      intercept: 1, coefficients: w, features: features, background: background, grouping: pairs)
    let sampled = try CorrelatedLinearExplainer(
      intercept: 1, coefficients: w, features: features, background: background, orderCount: 400)
    #expect(exact.isExact && !sampled.isExact)
    let values = try sampled.values(for: background)
    #expect(values.additivityResidual < 1e-10)
    let grouped = try exact.values(for: background)
    #expect(grouped.players.count == 7)
    #expect(grouped.additivityResidual < 1e-10)
    // What is left alone by the grouping has nearly the same value.
    let gap = (0..<150).reduce(0) { max($0, abs(values[$1, 12] - grouped[$1, 6])) }
    #expect(gap < 0.25)
  }

  @Test func badInput() {
    #expect(throws: ExplanationError.missingValue(feature: "x1", row: 1)) {
      try CorrelatedLinearExplainer(
        intercept: 0, coefficients: [1, 1], features: Self.features(2),
        background: Matrix(rows: [[1, 2], [1, .nan]]))
    }
  }
}

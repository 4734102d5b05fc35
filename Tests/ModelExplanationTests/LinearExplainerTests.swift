import LinearModels
import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct LinearExplainerTests {
  static let features = ["a", "b", "c", "d"].map { Feature($0) }
  static let coefficients = [0.5, -2, 0, 1.25]

  static func rows(_ count: Int, seed: UInt64) -> Matrix {
    var generator = CounterBasedGenerator(seed: seed, purpose: "rows")
    return Matrix(
      rows: (0..<count).map { _ in
        (0..<4).map { $0 == 2 ? Double.nan : Double.random(in: -2...2, using: &generator) }
      })
  }

  @Test(arguments: [false, true]) func equalsDefinition(isGrouped: Bool) throws {
    let model = LogisticRegressionModel(features: Self.features, intercept: 0.3, coefficients: Self.coefficients)
    let grouping =
      isGrouped ? try FeatureGrouping(Self.features, groups: [("g", [0, 3])]) : FeatureGrouping(Self.features)
    let background = Self.rows(5, seed: 1)
    let weights: [Double] = [1, 0, 2, 1, 0.5]
    let rows = Self.rows(4, seed: 2)
    let explainer = try LinearExplainer(model, background: background, weights: weights, grouping: grouping)
    let values = try explainer.values(for: rows)
    #expect(values.additivityResidual <= 1e-14)
    for row in 0..<4 {
      let expected = BruteForce.shapley(playerCount: grouping.playerCount) { set in
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
          var score = 0.3
          for j in [0, 1, 3] {
            let isKnown = set >> grouping.playerOfFeature[j] & 1 == 1
            score += Self.coefficients[j] * (isKnown ? rows[row, j] : background[index, j])
          }
          sum += weight * score / weights.reduce(0, +)
        }
        return sum
      }
      for player in 0..<grouping.playerCount {
        #expect(abs(values[row, player] - expected.main[player]) <= 1e-13)
      }
    }
  }

  @Test func missingValuesAreNamed() throws {
    let rows = Matrix(rows: [[1, 2, 3, 4], [1, .nan, 3, 4]])
    #expect(throws: ExplanationError.missingValue(feature: "b", row: 1)) {
      try LinearExplainer(
        intercept: 0, coefficients: Self.coefficients, features: Self.features, background: rows)
    }
    let explainer = try LinearExplainer(
      intercept: 0, coefficients: Self.coefficients, features: Self.features, background: rows.selectingRows([0]))
    #expect(throws: ExplanationError.missingValue(feature: "b", row: 1)) { try explainer.values(for: rows) }
  }
}

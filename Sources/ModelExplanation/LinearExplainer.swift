import LinearModels
import StatisticalLearning

/// Exact interventional Shapley values of a linear score `b + Σⱼ wⱼ xⱼ`.
///
/// With `mⱼ` the background's weighted mean of feature `j`, the value of a feature is `wⱼ (xⱼ − mⱼ)`, of a group the
/// sum over its features, and the base value `b + Σⱼ wⱼ mⱼ`. A linear score has no interactions.
/// Source: Lundberg and Lee (2017), NeurIPS 30, corollary 1.
public struct LinearExplainer: Sendable, Equatable {
  public let features: [Feature]
  public let intercept: Double
  public let coefficients: [Double]
  /// The background's mean of each feature; not used where the coefficient is 0.
  public let means: [Double]
  public let grouping: FeatureGrouping

  public var baseValue: Double { zip(coefficients, means).reduce(intercept) { $0 + $1.0 * $1.1 } }

  /// - Parameters:
  ///   - background: The rows that unknown features are drawn from. Features with coefficient 0 may be missing.
  ///   - weights: One per background row; 1 each when `nil`.
  ///   - grouping: The players; each feature its own unless given.
  /// - Throws: ``ExplanationError`` for counts that do not fit, an empty background, or a missing value in it.
  public init(
    intercept: Double, coefficients: [Double], features: [Feature], background: Matrix, weights: [Double]? = nil,
    grouping: FeatureGrouping? = nil
  ) throws(ExplanationError) {
    let grouping = grouping ?? FeatureGrouping(features)
    for (what, got) in [
      ("features", features.count), ("columns", background.columnCount),
      ("features in the grouping", grouping.playerOfFeature.count),
    ] where got != coefficients.count {
      throw .countMismatch(what: what, got: got, expected: coefficients.count)
    }
    let weights = try checkedWeights(weights, rowCount: background.rowCount)
    let total = weights.reduce(0, +)
    var means = [Double](repeating: 0, count: coefficients.count)
    for (feature, coefficient) in coefficients.enumerated() where coefficient != 0 {
      for row in weights.indices where weights[row] > 0 {
        let x = background[row, feature]
        guard !x.isNaN else { throw .missingValue(feature: features[feature].name, row: row) }
        means[feature] += weights[row] / total * x
      }
    }
    self.features = features
    self.intercept = intercept
    self.coefficients = coefficients
    self.means = means
    self.grouping = grouping
  }

  /// Explains the log-odds of a logistic regression.
  public init(
    _ model: LogisticRegressionModel, background: Matrix, weights: [Double]? = nil, grouping: FeatureGrouping? = nil
  ) throws(ExplanationError) {
    try self.init(
      intercept: model.intercept, coefficients: model.coefficients, features: model.features, background: background,
      weights: weights, grouping: grouping)
  }

  /// The Shapley values of every row; features with coefficient 0 may be missing.
  ///
  /// - Throws: ``ExplanationError/missingValue(feature:row:)``, or a number of columns that does not fit.
  public func values(for matrix: Matrix) throws(ExplanationError) -> ShapleyValues {
    guard matrix.columnCount == coefficients.count else {
      throw .countMismatch(what: "columns", got: matrix.columnCount, expected: coefficients.count)
    }
    let rowCount = matrix.rowCount
    var values = [Double](repeating: 0, count: grouping.playerCount * rowCount)
    var scores = [Double](repeating: intercept, count: rowCount)
    for (feature, coefficient) in coefficients.enumerated() where coefficient != 0 {
      let place = grouping.playerOfFeature[feature] * rowCount
      for row in 0..<rowCount {
        let x = matrix[row, feature]
        guard !x.isNaN else { throw .missingValue(feature: features[feature].name, row: row) }
        values[place + row] += coefficient * (x - means[feature])
        scores[row] += coefficient * x
      }
    }
    return ShapleyValues(
      players: grouping.names, rowCount: rowCount, baseValues: [baseValue], values: values, rawScores: scores)
  }
}

import StatisticalLearning

/// A fitted logistic regression: log-odds `b + Σⱼ wⱼ xⱼ` on the original scale of the features.
public struct LogisticRegressionModel: BinaryClassifier, Equatable, Codable {
  public let features: [Feature]

  /// `b`, the log-odds where every feature is 0.
  public let intercept: Double

  /// `wⱼ`, one per feature: the change in log-odds per unit of the feature.
  public let coefficients: [Double]

  /// λ of the penalty that it was fitted with; `nil` when that is not known, as for a model read from a file.
  public let penaltyStrength: Double?

  /// What the solver reached; `nil` for a model that was not fitted here.
  public let record: FitRecord?

  public init(
    features: [Feature], intercept: Double, coefficients: [Double], penaltyStrength: Double? = nil,
    record: FitRecord? = nil
  ) {
    precondition(
      features.count == coefficients.count, "\(coefficients.count) coefficients for \(features.count) features")
    self.features = features
    self.intercept = intercept
    self.coefficients = coefficients
    self.penaltyStrength = penaltyStrength
    self.record = record
  }

  /// One log-odds per row; NaN where a feature with a coefficient other than 0 is missing. An offset is not included.
  public func logOdds(for matrix: Matrix) -> [Double] {
    linearScores(of: matrix, intercept: intercept, coefficients: coefficients)
  }
}

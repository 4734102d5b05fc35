import LinearModels
import StatisticalLearning

/// Learns the linear part of an outcome's scorer by penalised regression on the design, its strength chosen by
/// cross-validation. See ``SparseLearning`` for the default.
struct LinearLearning: Sendable {
  let kind: OutcomeModel.Kind
  let shape: PenaltyShape
  let strengths: PenaltyStrengths
  let rule: StrengthRule

  struct Result: Sendable {
    var part: LinearPart
    /// `nil` where nothing was cross-validated.
    let strength: Double?
    /// Draws of the posterior; empty for a penalty.
    var draws: [LinearPart] = []
    /// How far experts count; `nil` without any.
    var prior: (scale: Double, share: Double)?
  }

  /// How far from its minimum the objective may be, relative to itself: a few millionths of a point in a probability.
  private static let tolerance = 1e-7

  /// - Parameters:
  ///   - bounds: Of the coefficients of the design; `nil` leaves them free.
  ///   - strengths: `nil` spans the whole useful range, from all but the base rate to all but no penalty.
  ///   - hasExpertIndex: The last column is the experts' index, which is not penalised; the rest departs from it only for
  ///     evidence: by a standard error of the paired difference. Needs bounds.
  init(
    kind: OutcomeModel.Kind, settings: TrainingSettings, bounds: (lower: [Double], upper: [Double])?,
    strengths: [Double]? = nil, hasExpertIndex: Bool = false
  ) {
    self.kind = kind
    shape = PenaltyShape(
      l1Ratio: settings.l1Ratio,
      penaltyFactors: hasExpertIndex ? bounds.map { $0.lower.indices.map { _ in 1.0 }.dropLast() + [0] } : nil,
      lowerBounds: bounds?.lower, upperBounds: bounds?.upper)
    rule = hasExpertIndex ? .pairedStandardError : .minimum
    self.strengths = strengths.map { .values($0) } ?? .automatic(count: settings.strengthCount)
  }

  /// Learns from the rows of `design`, weighted, with the strength of the least cross-validated loss.
  ///
  /// - Parameter folds: One fold per row, the same for every strength, so that strengths are compared on the same firms.
  func fit(design: Matrix, features: [Feature], targets: [Double], weights: [Double], folds: [Int]) throws -> Result {
    let dataset = try Dataset(features: features, matrix: design, targets: targets, weights: weights)
    switch kind {
    case .binary:
      let path = LogisticRegressionPath(shape: shape, strengths: strengths, tolerance: Self.tolerance)
      let fitted = try CrossValidatedLogisticRegression(path: path, folds: folds, rule: rule, threadCount: 1).fit(
        dataset)
      return Result(
        part: LinearPart(intercept: fitted.model.intercept, coefficients: fitted.model.coefficients),
        strength: fitted.chosenStrength)
    case .continuous:
      let path = LinearRegressionPath(shape: shape, strengths: strengths, tolerance: Self.tolerance)
      let fitted = try CrossValidatedLinearRegression(
        path: path, folds: .given(folds), rule: rule, threadCount: 1
      ).fit(dataset)
      return Result(
        part: LinearPart(intercept: fitted.model.intercept, coefficients: fitted.model.coefficients),
        strength: fitted.chosenStrength)
    }
  }
}

extension LinearPart {
  /// One raw score per row of a design.
  func rawScores(for design: Matrix) -> [Double] {
    LinearAlgebra.product(design, coefficients).map { $0 + intercept }
  }
}

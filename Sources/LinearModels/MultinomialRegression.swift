import Foundation
import StatisticalLearning

/// Elastic-net regression of an outcome with several classes.
///
/// Minimises the mean of `−log P(yᵢ)`, `P(y = k) = exp(bₖ + x·wₖ) / Σₘ exp(bₘ + x·wₘ)`, plus the penalty of
/// ``ElasticNetPenalty`` on every `wₖ`, in the symmetric parametrisation of glmnet: one vector per class, none of them a
/// reference. Intercepts sum to 0. Without a penalty only differences between classes are determined. Offsets would
/// cancel, and are refused; bounds apply to every class.
public struct MultinomialRegression: Sendable {
  public var penalty: ElasticNetPenalty
  public var standardizesFeatures: Bool
  public var tolerance: Double

  public init(penalty: ElasticNetPenalty, standardizesFeatures: Bool = true, tolerance: Double = 1e-12) {
    self.penalty = penalty
    self.standardizesFeatures = standardizesFeatures
    self.tolerance = tolerance
  }

  /// - Throws: `TrainingError`, as ``LogisticRegression/fit(_:)``; `.invalidTarget` for a target that is not a class.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> MultinomialRegressionModel {
    try fit(
      dataset, weights: dataset.weights, strengths: .values([penalty.strength]), takesUncertified: true)[0]
  }

  /// One model per strength, from the strongest to the weakest; the penalty's own strength is not used.
  ///
  /// Ends at the first strength whose fit can't be certified.
  public func fitPath(
    _ dataset: Dataset, strengths: PenaltyStrengths = .automatic()
  ) throws(TrainingError) -> [MultinomialRegressionModel] {
    try fitPath(dataset, weights: dataset.weights, strengths: strengths)
  }

  func fitPath(
    _ dataset: Dataset, weights: [Double], strengths: PenaltyStrengths
  ) throws(TrainingError) -> [MultinomialRegressionModel] {
    try fit(dataset, weights: weights, strengths: strengths, takesUncertified: false)
  }

  private func fit(
    _ dataset: Dataset, weights: [Double], strengths: PenaltyStrengths, takesUncertified: Bool
  ) throws(TrainingError) -> [MultinomialRegressionModel] {
    try penalty.validate(featureCount: dataset.featureCount)
    try validateTolerance(tolerance)
    try strengths.validate()
    if let offsets = dataset.offsets, offsets.contains(where: { $0 != 0 }) {
      throw .invalidParameter(name: "offsets", value: "given", expected: "none: they cancel between classes")
    }
    let design = try StandardizedDesign(
      dataset, weights: weights, isScaling: standardizesFeatures || penalty.shape.groups == nil)
    let (targets, classCount) = try classes(dataset, design)
    let blocks = (0..<classCount).map { k in
      CoefficientBlock(
        pattern: (0..<classCount).map { $0 == k ? 1 : 0 }, penaltyFactor: 1, isBounded: true)
    }
    let solver = MultiIndexSolver(
      design: design,
      family: MultinomialFamily(targets: targets, weights: design.weights, indexCount: classCount),
      penalty: StandardizedPenalty(penalty.shape, design: design, isStandardizing: standardizesFeatures),
      blocks: blocks, offsetPattern: [Double](repeating: 0, count: classCount), tolerance: tolerance)
    let largest = solver.solveNullModel()
    var models: [MultinomialRegressionModel] = []
    for strength in strengths.resolved(
      largest: largest, l1Ratio: penalty.shape.l1Ratio, rowCount: design.rowCount,
      featureCount: dataset.featureCount)
    {
      let record = solver.solve(strength: strength)
      guard record.isCertified || takesUncertified else { break }
      var (intercepts, coefficients) = solver.unstandardized()
      let mean = intercepts.reduce(0, +) / Double(classCount)
      for k in intercepts.indices { intercepts[k] -= mean }
      models.append(
        MultinomialRegressionModel(
          features: dataset.features, intercepts: intercepts, coefficients: coefficients, penaltyStrength: strength,
          record: record))
    }
    return models
  }
}

/// A fitted model of an outcome with several classes.
public struct MultinomialRegressionModel: Sendable, Equatable, Codable {
  public let features: [Feature]
  /// One per class; they sum to 0.
  public let intercepts: [Double]
  /// One row per class, on the original scale of the features.
  public let coefficients: [[Double]]
  public let penaltyStrength: Double
  public let record: FitRecord

  public var classCount: Int { intercepts.count }

  /// *n* × K: the probability of every class.
  public func probabilities(for matrix: Matrix) -> Matrix {
    let n = matrix.rowCount
    let scores = intercepts.indices.map {
      linearScores(of: matrix, intercept: intercepts[$0], coefficients: coefficients[$0])
    }
    var result = Matrix(rowCount: n, columnCount: classCount)
    for i in 0..<n {
      let largest = scores.reduce(-Double.infinity) { max($0, $1[i]) }
      let terms = scores.map { exp($0[i] - largest) }
      let sum = terms.reduce(0, +)
      for k in terms.indices { result[i, k] = terms[k] / sum }
    }
    return result
  }
}

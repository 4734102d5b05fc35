import StatisticalLearning

/// Elastic-net logistic regression over a path of penalty strengths, each fit started from the one before.
///
/// The objective at each strength is that of ``LogisticRegression``.
public struct LogisticRegressionPath: Sendable {
  public var shape: PenaltyShape
  public var strengths: PenaltyStrengths
  public var standardizesFeatures: Bool

  /// The largest relative duality gap to accept at any point of the path.
  public var tolerance: Double

  public init(
    shape: PenaltyShape = PenaltyShape(), strengths: PenaltyStrengths = .automatic(),
    standardizesFeatures: Bool = true, tolerance: Double = 1e-10
  ) {
    self.shape = shape
    self.strengths = strengths
    self.standardizesFeatures = standardizesFeatures
    self.tolerance = tolerance
  }

  /// - Returns: One model per strength, from the strongest to the weakest. The path ends early at the first strength
  ///   whose fit can't be certified, which happens when the outcomes are all but separated and λ all but zero.
  /// - Throws: As ``LogisticRegression/fit(_:)``.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> LogisticRegressionPathModel {
    try fit(OneHotDataset(dataset))
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> LogisticRegressionPathModel {
    try fit(dataset, weights: dataset.weights)
  }

  func fit(
    _ dataset: OneHotDataset, weights: [Double], strengths fixed: [Double]? = nil
  ) throws(TrainingError) -> LogisticRegressionPathModel {
    try shape.validate(featureCount: dataset.featureCount)
    try strengths.validate()
    try validateTolerance(tolerance)
    let solver = try makeBinomialSolver(
      dataset, weights: weights, shape: shape, standardizesFeatures: standardizesFeatures, tolerance: tolerance)
    let largest = solver.solveNullModel()
    let strengths =
      fixed
      ?? self.strengths.resolved(
        largest: largest, l1Ratio: shape.l1Ratio, rowCount: solver.design.rowCount,
        featureCount: dataset.featureCount)
    var models: [LogisticRegressionModel] = []
    models.reserveCapacity(strengths.count)
    var previous = largest
    for strength in strengths {
      let record = solver.solve(strength: strength, previous: max(previous, strength))
      guard record.isCertified else { break }
      models.append(solver.model(features: dataset.features, strength: strength, record: record))
      previous = strength
    }
    return LogisticRegressionPathModel(
      features: dataset.features, strengths: strengths, models: models)
  }
}

/// The models of a path, all certified.
public struct LogisticRegressionPathModel: Sendable, Equatable {
  public let features: [Feature]

  /// The strengths asked for, from large to small.
  public let strengths: [Double]

  /// One per strength, in the same order; fewer when the path ended early.
  public let models: [LogisticRegressionModel]
}

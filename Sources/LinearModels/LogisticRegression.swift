import StatisticalLearning

/// Elastic-net logistic regression at one strength of the penalty.
///
/// Minimises over the intercept `b`, never penalised, and the coefficients `w`
///
/// ```
/// (1 / Σ sᵢ) Σᵢ sᵢ (log(1 + exp(ηᵢ)) − yᵢ ηᵢ) + λ Σⱼ fⱼ (ρ |w̃ⱼ| + (1 − ρ)/2 w̃ⱼ²),   ηᵢ = oᵢ + b + xᵢ·w
/// ```
///
/// subject to the bounds of the penalty, where `yᵢ ∈ {0, 1}`, `sᵢ` are row weights, `oᵢ` offsets, and λ, ρ, `fⱼ` and
/// `w̃ⱼ` are those of ``ElasticNetPenalty``. glmnet minimises the same function, with `lambda` = λ, `alpha` = ρ;
/// scikit-learn's `LogisticRegression` multiplies it by `C Σ sᵢ` with `C = 1 / (λ Σ sᵢ)` and does not standardise.
/// Source: Friedman, Hastie, Tibshirani (2010), J. Stat. Softw. 33(1).
///
/// With a positive strength the minimum is attained even when the outcomes are perfectly separated. With λ = 0 and
/// separated outcomes there is none: the record then says that the fit is not certified.
///
/// - Complexity: O(*passes* · *n* · *p*²) time, O(*n* · *p* + *p*²) memory; a handful of passes.
public struct LogisticRegression: Learner {
  public var penalty: ElasticNetPenalty

  /// Whether the penalty is on coefficients of features scaled to a standard deviation of 1. Coefficients are always
  /// reported on the original scale.
  public var standardizesFeatures: Bool

  /// The largest relative duality gap to accept. At 1e-12 and below, Newton passes go on until the optimality conditions
  /// hold to rounding: the error of coefficients is about the square root of the gap.
  public var tolerance: Double

  public init(
    penalty: ElasticNetPenalty, standardizesFeatures: Bool = true, tolerance: Double = 1e-12
  ) {
    self.penalty = penalty
    self.standardizesFeatures = standardizesFeatures
    self.tolerance = tolerance
  }

  /// - Throws: `TrainingError`: `.missingValue` for a NaN in a row of positive weight, `.singleClass`, `.noRows`,
  ///   `.invalidTarget` for a target that is not 0 or 1, `.invalidParameter`.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> LogisticRegressionModel {
    try fit(OneHotDataset(dataset), weights: dataset.weights, startingFrom: nil)
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> LogisticRegressionModel {
    try fit(dataset, weights: dataset.weights, startingFrom: nil)
  }

  /// - Parameter start: A model of the same features to start from; it changes the time, and the result only within the
  ///   tolerance.
  public func fit(
    _ dataset: Dataset, startingFrom start: LogisticRegressionModel
  ) throws(TrainingError) -> LogisticRegressionModel {
    try fit(OneHotDataset(dataset), weights: dataset.weights, startingFrom: start)
  }

  func fit(
    _ dataset: OneHotDataset, weights: [Double], startingFrom start: LogisticRegressionModel?
  ) throws(TrainingError) -> LogisticRegressionModel {
    try penalty.validate(featureCount: dataset.featureCount)
    try validateTolerance(tolerance)
    let solver = try makeBinomialSolver(
      dataset, weights: weights, shape: penalty.shape, standardizesFeatures: standardizesFeatures, tolerance: tolerance)
    if let start {
      precondition(start.coefficients.count == dataset.featureCount, "a start with other features")
      solver.start(from: start.coefficients, intercept: start.intercept)
    }
    let record = solver.solve(strength: penalty.strength, previous: nil)
    return solver.model(features: dataset.features, strength: penalty.strength, record: record)
  }
}

func validateTolerance(_ tolerance: Double) throws(TrainingError) {
  guard tolerance.isFinite, tolerance > 0 else {
    throw .invalidParameter(name: "tolerance", value: "\(tolerance)", expected: "a positive number")
  }
}

/// The checks that every logistic fit makes of its rows, and its solver.
func makeBinomialSolver(
  _ dataset: OneHotDataset, weights: [Double], rowOrder: [Int]? = nil, shape: PenaltyShape, standardizesFeatures: Bool,
  tolerance: Double
) throws(TrainingError) -> PathSolver<BinomialFamily> {
  // Groups are measured on the scale that is penalised.
  let design = try StandardizedDesign(
    dataset, weights: weights, rowOrder: rowOrder, isScaling: standardizesFeatures || shape.groups == nil)
  let targets = design.sourceRows.map { dataset.targets[$0] }
  if let index = targets.firstIndex(where: { $0 != 0 && $0 != 1 }) {
    throw .invalidTarget(row: design.sourceRows[index], expected: "0 or 1")
  }
  guard targets.contains(where: { $0 != targets[0] }) else { throw .singleClass }
  return PathSolver(
    design: design, family: BinomialFamily(targets: targets, weights: design.weights),
    penalty: StandardizedPenalty(shape, design: design, isStandardizing: standardizesFeatures), tolerance: tolerance)
}

extension PathSolver where Family == BinomialFamily {
  func model(features: [Feature], strength: Double, record: FitRecord) -> LogisticRegressionModel {
    let (coefficients, intercept) = design.unstandardized(self.coefficients, intercept: state.nuisance[0])
    return LogisticRegressionModel(
      features: features, intercept: intercept, coefficients: coefficients, penaltyStrength: strength,
      record: record)
  }
}

import StatisticalLearning

/// Elastic-net regression of a continuous outcome at one strength of the penalty.
///
/// Minimises over the intercept `b`, never penalised, and the coefficients `w`
///
/// ```
/// (1 / Σ sᵢ) Σᵢ sᵢ (oᵢ + b + xᵢ·w − yᵢ)² / 2 + λ Σⱼ fⱼ (ρ |w̃ⱼ| + (1 − ρ)/2 w̃ⱼ²)
/// ```
///
/// with the terms of ``LogisticRegression`` and ``ElasticNetPenalty``. scikit-learn's `ElasticNet` minimises the same
/// with `alpha` = λ and `l1_ratio` = ρ, without standardising. glmnet divides a Gaussian outcome by its standard
/// deviation inside, so that its ridge part is weaker by that factor: its `lambda` and `alpha` are λρ = lambda · alpha
/// and λ(1 − ρ) = lambda · (1 − alpha) / sd(y), with divisor `Σ sᵢ`.
public struct LinearRegression: Learner {
  public var penalty: ElasticNetPenalty
  public var standardizesFeatures: Bool
  public var tolerance: Double

  public init(penalty: ElasticNetPenalty, standardizesFeatures: Bool = true, tolerance: Double = 1e-12) {
    self.penalty = penalty
    self.standardizesFeatures = standardizesFeatures
    self.tolerance = tolerance
  }

  /// - Throws: `TrainingError`: `.missingValue`, `.noRows`, `.invalidParameter`.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> LinearRegressionModel {
    try fit(OneHotDataset(dataset))
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> LinearRegressionModel {
    try penalty.validate(featureCount: dataset.featureCount)
    let solver = try makeGaussianSolver(
      dataset, weights: dataset.weights, shape: penalty.shape, standardizesFeatures: standardizesFeatures,
      tolerance: tolerance)
    let record = solver.solve(strength: penalty.strength, previous: nil)
    return solver.model(features: dataset.features, strength: penalty.strength, record: record)
  }
}

/// Elastic-net linear regression over a path of penalty strengths; see ``LinearRegression`` for the objective.
public struct LinearRegressionPath: Sendable {
  public var shape: PenaltyShape
  public var strengths: PenaltyStrengths
  public var standardizesFeatures: Bool
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

  /// - Returns: One certified model per strength, from the strongest to the weakest.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> [LinearRegressionModel] {
    try fit(OneHotDataset(dataset))
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> [LinearRegressionModel] {
    try fit(dataset, weights: dataset.weights, strengths: nil)
  }

  func fit(
    _ dataset: OneHotDataset, weights: [Double], strengths fixed: [Double]?
  ) throws(TrainingError) -> [LinearRegressionModel] {
    try shape.validate(featureCount: dataset.featureCount)
    try strengths.validate()
    let solver = try makeGaussianSolver(
      dataset, weights: weights, shape: shape, standardizesFeatures: standardizesFeatures, tolerance: tolerance)
    let largest = solver.solveNullModel()
    var previous = largest
    var models: [LinearRegressionModel] = []
    for strength in fixed
      ?? strengths.resolved(
        largest: largest, l1Ratio: shape.l1Ratio, rowCount: solver.design.rowCount,
        featureCount: dataset.featureCount)
    {
      let record = solver.solve(strength: strength, previous: max(previous, strength))
      guard record.isCertified else { break }
      models.append(solver.model(features: dataset.features, strength: strength, record: record))
      previous = strength
    }
    return models
  }
}

/// Linear regression whose penalty strength is chosen by cross-validated mean squared error, with the folds and the
/// rules of ``CrossValidatedLogisticRegression``.
public struct CrossValidatedLinearRegression: Learner {
  public var path: LinearRegressionPath
  public var folds: FoldAssignment
  public var rule: StrengthRule
  public var threadCount: Int

  public init(
    path: LinearRegressionPath = LinearRegressionPath(), folds: FoldAssignment = .random(),
    rule: StrengthRule = .minimum, threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.path = path
    self.folds = folds
    self.rule = rule
    self.threadCount = threadCount
  }

  /// - Throws: As ``LinearRegression/fit(_:)``.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> CrossValidatedLinearRegressionModel {
    try fit(OneHotDataset(dataset))
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> CrossValidatedLinearRegressionModel {
    let draws = try folds.resolved(targets: dataset.targets)
    let full = try path.fit(dataset)
    let strengths = full.map(\.penaltyStrength)
    let results = try foldResults(draws, weights: dataset.weights, threadCount: threadCount) {
      (kept) throws(TrainingError) in
      try path.fit(dataset, weights: kept, strengths: strengths)
    } loss: { models, held in
      let rows = dataset.matrix.selectingRows(held)
      let total = held.reduce(0) { $0 + dataset.weights[$1] }
      return models.map { model in
        let scores = model.rawScores(for: rows)
        return held.indices.reduce(0) { sum, i in
          let error = scores[i] + (dataset.offsets?[held[i]] ?? 0) - dataset.targets[held[i]]
          return sum + dataset.weights[held[i]] * error * error
        } / total
      }
    }
    let curve = ValidationCurve(loss: .deviance, strengths: strengths, repeats: results)
    guard !curve.means.isEmpty else {
      throw .invalidParameter(
        name: "strengths", value: "\(strengths)", expected: "strengths at which every fold can be certified")
    }
    let index = curve.index(rule)
    return CrossValidatedLinearRegressionModel(model: full[index], chosenIndex: index, path: full, curve: curve)
  }
}

/// A fitted linear regression `b + Σⱼ wⱼ xⱼ` on the original scale of the features.
public struct LinearRegressionModel: Predictor, Equatable, Codable {
  public let features: [Feature]
  public let intercept: Double
  public let coefficients: [Double]
  public let penaltyStrength: Double
  public let record: FitRecord

  /// The predicted value per row; an offset is not included.
  public func rawScores(for matrix: Matrix) -> [Double] {
    linearScores(of: matrix, intercept: intercept, coefficients: coefficients)
  }
}

/// The model at the chosen strength, with the path and the curve that it was chosen from.
public struct CrossValidatedLinearRegressionModel: Predictor, Equatable {
  public let model: LinearRegressionModel
  public let chosenIndex: Int
  public let path: [LinearRegressionModel]
  /// Its loss is the mean squared error.
  public let curve: ValidationCurve

  public var features: [Feature] { model.features }
  public var chosenStrength: Double { curve.strengths[chosenIndex] }

  public func rawScores(for matrix: Matrix) -> [Double] { model.rawScores(for: matrix) }
}

private func makeGaussianSolver(
  _ dataset: OneHotDataset, weights: [Double], shape: PenaltyShape, standardizesFeatures: Bool, tolerance: Double
) throws(TrainingError) -> PathSolver<GaussianFamily> {
  try validateTolerance(tolerance)
  // Groups are measured on the scale that is penalised.
  let design = try StandardizedDesign(
    dataset, weights: weights, isScaling: standardizesFeatures || shape.groups == nil)
  let targets = design.sourceRows.map { dataset.targets[$0] }
  return PathSolver(
    design: design, family: GaussianFamily(targets: targets, weights: design.weights),
    penalty: StandardizedPenalty(shape, design: design, isStandardizing: standardizesFeatures), tolerance: tolerance)
}

extension PathSolver where Family == GaussianFamily {
  func model(features: [Feature], strength: Double, record: FitRecord) -> LinearRegressionModel {
    let (coefficients, intercept) = design.unstandardized(self.coefficients, intercept: state.nuisance[0])
    return LinearRegressionModel(
      features: features, intercept: intercept, coefficients: coefficients, penaltyStrength: strength, record: record)
  }
}

import StatisticalLearning

/// Elastic-net regression of an ordered outcome: proportional odds, with the semi-parallel extension.
///
/// For classes 0, 1, … K − 1,
///
/// ```
/// P(y ≤ k) = σ(τₖ − x·w)              parallel: one coefficient per feature
/// P(y ≤ k) = σ(τₖ − x·(w + γₖ))       semi-parallel: and one deviation per feature and threshold
/// ```
///
/// Minimises the mean negative log-likelihood plus the penalty of ``ElasticNetPenalty`` on `w` and, times
/// `deviationFactor`, on every `γₖ`; as that factor grows the model becomes the parallel one. A positive coefficient
/// goes with higher classes, as in R's `polr` and `clm`. Offsets are added to `x·w`. Bounds apply to `w`.
/// Source: McCullagh (1980), J. R. Stat. Soc. B 42; Wurm, Rathouz, Hanlon (2021), J. Stat. Softw. 99(6).
///
/// Targets are `0 ..< K` with every class present. The certificate's gap is exact to leading order.
public struct OrdinalRegression: Sendable, Learner {
  public enum Form: Sendable, Equatable {
    case parallel
    case semiParallel(deviationFactor: Double = 1)
  }

  public var penalty: ElasticNetPenalty
  public var form: Form
  public var standardizesFeatures: Bool
  public var tolerance: Double

  public init(
    penalty: ElasticNetPenalty, form: Form = .parallel, standardizesFeatures: Bool = true, tolerance: Double = 1e-12
  ) {
    self.penalty = penalty
    self.form = form
    self.standardizesFeatures = standardizesFeatures
    self.tolerance = tolerance
  }

  /// - Throws: `TrainingError`, as ``LogisticRegression/fit(_:)``; `.invalidTarget` for a target that is not a class.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> OrdinalRegressionModel {
    let solver = try makeSolver(dataset, weights: dataset.weights)
    let record = solver.solve(strength: penalty.strength)
    return model(solver, dataset.features, strength: penalty.strength, record: record)
  }

  /// One model per strength, from the strongest to the weakest; the penalty's own strength is not used.
  ///
  /// Ends at the first strength whose fit can't be certified.
  public func fitPath(
    _ dataset: Dataset, strengths: PenaltyStrengths = .automatic()
  ) throws(TrainingError) -> [OrdinalRegressionModel] {
    try fitPath(dataset, weights: dataset.weights, strengths: strengths)
  }

  func fitPath(
    _ dataset: Dataset, weights: [Double], strengths: PenaltyStrengths
  ) throws(TrainingError) -> [OrdinalRegressionModel] {
    try strengths.validate()
    let solver = try makeSolver(dataset, weights: weights)
    let largest = solver.solveNullModel()
    var models: [OrdinalRegressionModel] = []
    for strength in strengths.resolved(
      largest: largest, l1Ratio: penalty.shape.l1Ratio, rowCount: solver.design.rowCount,
      featureCount: dataset.featureCount)
    {
      let record = solver.solve(strength: strength)
      guard record.isCertified else { break }
      models.append(model(solver, dataset.features, strength: strength, record: record))
    }
    return models
  }

  /// The unpenalised parallel model with standard errors from the observed information; the penalty is not used.
  ///
  /// - Throws: ``InferenceError/separated`` when there is no maximum, or features are collinear.
  public func estimate(_ dataset: Dataset) throws -> OrdinalEstimates {
    let learner = OrdinalRegression(penalty: ElasticNetPenalty(strength: 0), tolerance: 1e-15)
    let solver = try learner.makeSolver(dataset, weights: dataset.weights)
    let record = solver.solve(strength: 0)
    guard record.kktResidual < 1e-7, !solver.design.scales.contains(0), let inverse = solver.inverseInformation()
    else { throw InferenceError.separated }
    let thresholdCount = solver.family.indexCount
    let count = inverse.rowCount
    guard (0..<count).allSatisfy({ inverse[$0, $0] < 1e6 }) else { throw InferenceError.separated }
    var transform = Matrix(rowCount: count, columnCount: count)
    for m in 0..<thresholdCount { transform[m, m] = 1 }
    for j in 0..<dataset.featureCount {
      let scale = solver.design.scales[j]
      transform[thresholdCount + j, thresholdCount + j] = 1 / scale
      for m in 0..<thresholdCount { transform[m, thresholdCount + j] = solver.design.means[j] / scale }
    }
    let covariance = LinearAlgebra.product(
      LinearAlgebra.product(transform, inverse), transform, transposedRight: true)
    let errors = (0..<count).map { (covariance[$0, $0] / solver.design.totalWeight).squareRoot() }
    let model = learner.model(solver, dataset.features, strength: 0, record: record)
    return OrdinalEstimates(
      model: model, thresholdErrors: Array(errors[..<thresholdCount]),
      coefficientErrors: Array(errors[thresholdCount...]),
      logLikelihood: -solver.design.totalWeight * solver.currentLoss)
  }

  private func makeSolver(
    _ dataset: Dataset, weights: [Double]
  ) throws(TrainingError) -> MultiIndexSolver<CumulativeFamily> {
    try penalty.validate(featureCount: dataset.featureCount)
    try validateTolerance(tolerance)
    let design = try StandardizedDesign(
      dataset, weights: weights, isScaling: standardizesFeatures || penalty.shape.groups == nil)
    let (targets, classCount) = try classes(dataset, design)
    let thresholdCount = classCount - 1
    let all = [Double](repeating: -1, count: thresholdCount)
    var blocks = [CoefficientBlock(pattern: all, penaltyFactor: 1, isBounded: true)]
    if case .semiParallel(let factor) = form {
      guard factor.isFinite, factor > 0 else {
        throw .invalidParameter(name: "deviationFactor", value: "\(factor)", expected: "a positive number")
      }
      for m in 0..<thresholdCount {
        blocks.append(
          CoefficientBlock(
            pattern: (0..<thresholdCount).map { $0 == m ? -1 : 0 }, penaltyFactor: factor, isBounded: false))
      }
    }
    return MultiIndexSolver(
      design: design,
      family: CumulativeFamily(targets: targets, weights: design.weights, indexCount: thresholdCount),
      penalty: StandardizedPenalty(penalty.shape, design: design, isStandardizing: standardizesFeatures),
      blocks: blocks, offsetPattern: all, tolerance: tolerance)
  }

  private func model(
    _ solver: MultiIndexSolver<CumulativeFamily>, _ features: [Feature], strength: Double, record: FitRecord
  ) -> OrdinalRegressionModel {
    let (thresholds, blocks) = solver.unstandardized()
    return OrdinalRegressionModel(
      features: features, thresholds: thresholds, coefficients: blocks[0], deviations: Array(blocks.dropFirst()),
      penaltyStrength: strength, record: record)
  }
}

/// The classes of the kept rows and their number.
func classes(
  _ dataset: Dataset, _ design: StandardizedDesign
) throws(TrainingError) -> (targets: [Int], count: Int) {
  var targets: [Int] = []
  for row in design.sourceRows {
    let value = dataset.targets[row]
    guard value >= 0, value == value.rounded(), value < 1000 else {
      throw .invalidTarget(row: row, expected: "a class: 0, 1, 2, …")
    }
    targets.append(Int(value))
  }
  let count = (targets.max() ?? 0) + 1
  let present = Set(targets)
  guard present.count > 1 else { throw .singleClass }
  if present.count < count {
    throw .invalidParameter(
      name: "targets", value: "\(present.count) classes present", expected: "every class of 0 ..< \(count)")
  }
  return (targets, count)
}

/// A fitted model of an ordered outcome.
public struct OrdinalRegressionModel: Predictor, Equatable, Codable {
  public let features: [Feature]
  /// τₖ, one fewer than there are classes.
  public let thresholds: [Double]
  /// w, on the original scale: the change in the log-odds of a higher class per unit.
  public let coefficients: [Double]
  /// γₖ, one row per threshold; empty for the parallel form.
  public let deviations: [[Double]]
  public let penaltyStrength: Double
  public let record: FitRecord

  public var classCount: Int { thresholds.count + 1 }

  /// `x·w`, one per row: higher goes with higher classes.
  public func rawScores(for matrix: Matrix) -> [Double] {
    linearScores(of: matrix, intercept: 0, coefficients: coefficients)
  }

  /// *n* × K: the probability of every class.
  ///
  /// With deviations, cumulative probabilities that would decrease are held level.
  public func probabilities(for matrix: Matrix) -> Matrix {
    let n = matrix.rowCount
    let common = rawScores(for: matrix)
    var result = Matrix(rowCount: n, columnCount: classCount)
    var below = [Double](repeating: 0, count: n)
    for k in thresholds.indices {
      let shift =
        deviations.isEmpty ? nil : linearScores(of: matrix, intercept: 0, coefficients: deviations[k])
      for i in 0..<n {
        let cumulative = sigmoid(thresholds[k] - common[i] - (shift?[i] ?? 0))
        let level = cumulative.isNaN ? cumulative : max(cumulative, below[i])
        result[i, k] = level - below[i]
        below[i] = level
      }
    }
    for i in 0..<n { result[i, classCount - 1] = 1 - below[i] }
    return result
  }
}

/// An unpenalised proportional-odds model with standard errors.
public struct OrdinalEstimates: Sendable, Equatable {
  public let model: OrdinalRegressionModel
  public let thresholdErrors: [Double]
  public let coefficientErrors: [Double]
  public let logLikelihood: Double
}

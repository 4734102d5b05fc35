import Foundation
import StatisticalLearning

/// Regression of an ordered outcome whose penalty strength is chosen by cross-validated deviance.
///
/// Folds hold the same share of every class, and the path, the curve and the rules are those of
/// ``CrossValidatedLogisticRegression``: the loss at a strength is −2 × the mean log-likelihood of the rows held out.
public struct CrossValidatedOrdinalRegression: Learner {
  /// What is fitted at every strength; the strength of its own penalty is not used.
  public var learner: OrdinalRegression
  public var strengths: PenaltyStrengths
  public var folds: FoldAssignment
  public var rule: StrengthRule

  /// The threads over which the folds are spread; the result does not depend on it.
  public var threadCount: Int

  public init(
    shape: PenaltyShape = PenaltyShape(), form: OrdinalRegression.Form = .parallel,
    strengths: PenaltyStrengths = .automatic(), standardizesFeatures: Bool = true, tolerance: Double = 1e-10,
    folds: FoldAssignment = .random(), rule: StrengthRule = .minimum, threadCount: Int = Parallel.defaultThreadCount
  ) {
    learner = OrdinalRegression(
      penalty: ElasticNetPenalty(strength: 0, shape: shape), form: form, standardizesFeatures: standardizesFeatures,
      tolerance: tolerance)
    self.strengths = strengths
    self.folds = folds
    self.rule = rule
    self.threadCount = threadCount
  }

  /// - Throws: As ``OrdinalRegression/fit(_:)``; `.invalidParameter` also when a fold holds every row of a class.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> CrossValidatedOrdinalRegressionModel {
    let (path, curve) = try validatedPath(
      dataset, folds: folds, strengths: strengths, threadCount: threadCount, penaltyStrength: \.penaltyStrength
    ) { (weights, strengths) throws(TrainingError) in
      try learner.fitPath(dataset, weights: weights, strengths: strengths)
    } logLikelihood: { model, row in
      model.logProbability(
        of: Int(dataset.targets[row]), dataset.matrix.row(row), offset: dataset.offsets?[row] ?? 0)
    }
    let index = rule == .minimum ? curve.minimumIndex : curve.oneStandardErrorIndex
    return CrossValidatedOrdinalRegressionModel(
      model: path[index], chosenIndex: index, rule: rule, path: path, curve: curve)
  }
}

/// Regression of a nominal outcome whose penalty strength is chosen by cross-validated deviance; see
/// ``CrossValidatedOrdinalRegression``.
public struct CrossValidatedMultinomialRegression: Sendable {
  /// What is fitted at every strength; the strength of its own penalty is not used.
  public var learner: MultinomialRegression
  public var strengths: PenaltyStrengths
  public var folds: FoldAssignment
  public var rule: StrengthRule

  /// The threads over which the folds are spread; the result does not depend on it.
  public var threadCount: Int

  public init(
    shape: PenaltyShape = PenaltyShape(), strengths: PenaltyStrengths = .automatic(),
    standardizesFeatures: Bool = true, tolerance: Double = 1e-10, folds: FoldAssignment = .random(),
    rule: StrengthRule = .minimum, threadCount: Int = Parallel.defaultThreadCount
  ) {
    learner = MultinomialRegression(
      penalty: ElasticNetPenalty(strength: 0, shape: shape), standardizesFeatures: standardizesFeatures,
      tolerance: tolerance)
    self.strengths = strengths
    self.folds = folds
    self.rule = rule
    self.threadCount = threadCount
  }

  /// - Throws: As ``MultinomialRegression/fit(_:)``; `.invalidParameter` also when a fold holds every row of a class.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> CrossValidatedMultinomialRegressionModel {
    let (path, curve) = try validatedPath(
      dataset, folds: folds, strengths: strengths, threadCount: threadCount, penaltyStrength: \.penaltyStrength
    ) { (weights, strengths) throws(TrainingError) in
      try learner.fitPath(dataset, weights: weights, strengths: strengths)
    } logLikelihood: { model, row in
      model.logProbability(of: Int(dataset.targets[row]), dataset.matrix.row(row))
    }
    let index = rule == .minimum ? curve.minimumIndex : curve.oneStandardErrorIndex
    return CrossValidatedMultinomialRegressionModel(
      model: path[index], chosenIndex: index, rule: rule, path: path, curve: curve)
  }
}

/// The model at the chosen strength, with the path and the curve that it was chosen from.
public struct CrossValidatedOrdinalRegressionModel: Predictor, Equatable {
  /// The model at the chosen strength, fitted on every row.
  public let model: OrdinalRegressionModel

  /// Its place in `path` and `curve`.
  public let chosenIndex: Int
  public let rule: StrengthRule
  public let path: [OrdinalRegressionModel]
  public let curve: ValidationCurve

  public var features: [Feature] { model.features }
  public var chosenStrength: Double { curve.strengths[chosenIndex] }

  public func rawScores(for matrix: Matrix) -> [Double] { model.rawScores(for: matrix) }
  public func probabilities(for matrix: Matrix) -> Matrix { model.probabilities(for: matrix) }
}

/// The model at the chosen strength, with the path and the curve that it was chosen from.
public struct CrossValidatedMultinomialRegressionModel: Sendable, Equatable {
  /// The model at the chosen strength, fitted on every row.
  public let model: MultinomialRegressionModel

  /// Its place in `path` and `curve`.
  public let chosenIndex: Int
  public let rule: StrengthRule
  public let path: [MultinomialRegressionModel]
  public let curve: ValidationCurve

  public var features: [Feature] { model.features }
  public var chosenStrength: Double { curve.strengths[chosenIndex] }

  public func probabilities(for matrix: Matrix) -> Matrix { model.probabilities(for: matrix) }
}

/// The path of all rows, and the deviance of held-out rows along it.
private func validatedPath<Model: Sendable>(
  _ dataset: Dataset, folds: FoldAssignment, strengths: PenaltyStrengths, threadCount: Int,
  penaltyStrength: (Model) -> Double,
  fit: @Sendable (_ weights: [Double], _ strengths: PenaltyStrengths) throws(TrainingError) -> [Model],
  logLikelihood: @Sendable (Model, _ row: Int) -> Double
) throws(TrainingError) -> (path: [Model], curve: ValidationCurve) {
  let weights = dataset.weights
  // Refuses targets that are not classes.
  let path = try fit(weights, strengths)
  let places = path.map(penaltyStrength)
  // A row of weight 0 may hold any target.
  let classes = weights.indices.map { weights[$0] > 0 ? Int(dataset.targets[$0]) : 0 }
  let draws = try folds.resolved(classes)
  for draw in draws {
    try requireEveryClass(outside: draw, classes: classes, weights: weights)
  }
  let results = try foldResults(draws, weights: weights, threadCount: threadCount) {
    (kept) throws(TrainingError) in
    try fit(kept, .values(places))
  } loss: { models, held in
    let total = held.reduce(0) { $0 + weights[$1] }
    return models.map { model in
      // A class held to be impossible counts as the smallest probability that there is.
      held.reduce(0) { $0 - 2 * weights[$1] * max(logLikelihood(model, $1), log(.leastNormalMagnitude)) } / total
    }
  }
  let curve = ValidationCurve(loss: .deviance, strengths: places, repeats: results)
  guard !curve.means.isEmpty else {
    throw .invalidParameter(
      name: "strengths", value: "\(places)", expected: "strengths at which every fold can be certified")
  }
  return (path, curve)
}

private func requireEveryClass(
  outside draw: FoldAssignment.Draw, classes: [Int], weights: [Double]
) throws(TrainingError) {
  var folds = [Set<Int>](repeating: [], count: (classes.max() ?? 0) + 1)
  for row in classes.indices where weights[row] > 0 { folds[classes[row]].insert(draw.folds[row]) }
  if let index = folds.firstIndex(where: { $0.count < 2 }) {
    throw .invalidParameter(
      name: "folds", value: "all rows of class \(index) in one fold", expected: "every class outside every fold")
  }
}

extension OrdinalRegressionModel {
  /// `log P(y = k)` of one row.
  func logProbability(of k: Int, _ row: [Double], offset: Double) -> Double {
    func score(_ m: Int) -> Double {
      var score = thresholds[m] - offset
      for (j, x) in row.enumerated() {
        let w = coefficients[j] + (deviations.isEmpty ? 0 : deviations[m][j])
        if w != 0 { score -= w * x }
      }
      return score
    }
    // P(y ≤ k) − P(y ≤ k − 1) = σ(a) σ(−b) (1 − exp(b − a)), without cancellation; cumulative probabilities that would
    // decrease are held level.
    let b = (0..<k).reduce(-.infinity) { max($0, score($1)) }
    let a = k < thresholds.count ? max(b, score(k)) : .infinity
    guard a > b else { return -.infinity }
    return -logOnePlusExp(-a) - logOnePlusExp(b) + (a - b == .infinity ? 0 : log(-expm1(b - a)))
  }
}

extension MultinomialRegressionModel {
  /// `log P(y = k)` of one row.
  func logProbability(of k: Int, _ row: [Double]) -> Double {
    let scores = intercepts.indices.map { m in
      zip(coefficients[m], row).reduce(intercepts[m]) { $1.0 == 0 ? $0 : $0 + $1.0 * $1.1 }
    }
    let largest = scores.max()!
    return scores[k] - largest - log(scores.reduce(0) { $0 + exp($1 - largest) })
  }
}

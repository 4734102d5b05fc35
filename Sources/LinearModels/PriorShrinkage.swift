import StatisticalLearning

/// Logistic regression shrunk toward the direction that experts give, as far as cross-validation finds it useful.
///
/// With expert weights `uⱼ ≥ 0`, one per feature (from an analytic hierarchy process, for instance), on features
/// standardised by their weighted mean and standard deviation,
///
/// ```
/// log-odds = b + κ Σⱼ uⱼ x̃ⱼ + Σⱼ δⱼ x̃ⱼ,   κ ≥ 0,
/// ```
///
/// `b` and κ are not penalised, and `δ`, the departure from the experts, is by `λ ‖δ‖² / 2`. A strong penalty gives the
/// expert index, rescaled to the data by two numbers; a weak one the coefficients that the data ask for. λ is chosen by
/// cross-validation; the one-standard-error rule, the default, departs from the experts only for evidence.
public struct PriorShrinkage: Learner {
  /// `uⱼ`, one per feature, finite, with at least one that is not 0; 0 where experts say nothing.
  public var priorWeights: [Double]
  public var strengths: PenaltyStrengths
  public var folds: FoldAssignment
  public var loss: ValidationLoss
  public var rule: StrengthRule

  public init(
    priorWeights: [Double], strengths: PenaltyStrengths = .automatic(count: 40),
    folds: FoldAssignment = .random(), loss: ValidationLoss = .deviance, rule: StrengthRule = .oneStandardError
  ) {
    self.priorWeights = priorWeights
    self.strengths = strengths
    self.folds = folds
    self.loss = loss
    self.rule = rule
  }

  /// - Throws: As ``CrossValidatedLogisticRegression/fit(_:)``.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> PriorShrinkageModel {
    let p = dataset.featureCount
    guard priorWeights.count == p, priorWeights.allSatisfy(\.isFinite), priorWeights.contains(where: { $0 != 0 })
    else {
      throw .invalidParameter(
        name: "priorWeights", value: "\(priorWeights.count) values", expected: "\(p) finite numbers, not all 0")
    }
    let design = try StandardizedDesign(dataset, weights: dataset.weights)
    // The expert index per row: Σ uⱼ (xⱼ − meanⱼ) / sdⱼ.
    let slopes = (0..<p).map { design.scales[$0] > 0 ? priorWeights[$0] / design.scales[$0] : 0 }
    let shift = (0..<p).reduce(0) { $0 - slopes[$1] * design.means[$1] }
    let index = linearScores(of: dataset.matrix, intercept: shift, coefficients: slopes)
    var name = "expert index"
    while dataset.features.contains(where: { $0.name == name }) { name += "'" }
    let extended: Dataset
    do {
      extended = try Dataset(
        features: dataset.features + [Feature(name)],
        matrix: Matrix(
          rowCount: dataset.rowCount, columnCount: p + 1, elements: dataset.matrix.elements + index),
        targets: dataset.targets, weights: dataset.weights, offsets: dataset.offsets)
    } catch {
      throw .invalidParameter(name: "priorWeights", value: "\(error)", expected: "weights of a usable size")
    }
    let shape = PenaltyShape(
      penaltyFactors: [Double](repeating: 1, count: p) + [0],
      lowerBounds: [Double](repeating: -.infinity, count: p) + [0])
    let chosen = try CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(shape: shape, strengths: strengths), folds: folds, loss: loss, rule: rule
    ).fit(extended)
    let scale = chosen.model.coefficients[p]
    let departures = Array(chosen.model.coefficients[..<p])
    let model = LogisticRegressionModel(
      features: dataset.features, intercept: chosen.model.intercept + scale * shift,
      coefficients: (0..<p).map { scale * slopes[$0] + departures[$0] },
      penaltyStrength: chosen.model.penaltyStrength, record: chosen.model.record)
    return PriorShrinkageModel(
      model: model, priorScale: scale,
      departures: (0..<p).map { departures[$0] * design.scales[$0] }, curve: chosen.curve,
      chosenIndex: chosen.chosenIndex)
  }
}

/// A logistic model that stands between experts and data, and where it stands.
public struct PriorShrinkageModel: BinaryClassifier, Equatable {
  public let model: LogisticRegressionModel
  /// κ: the log-odds per unit of the expert index.
  public let priorScale: Double
  /// δ: what the data add to the experts' direction, per standard deviation of each feature.
  public let departures: [Double]
  public let curve: ValidationCurve
  public let chosenIndex: Int

  public var features: [Feature] { model.features }
  public var chosenStrength: Double { curve.strengths[chosenIndex] }

  public func logOdds(for matrix: Matrix) -> [Double] { model.logOdds(for: matrix) }
}

import Foundation
import StatisticalLearning

/// What cross-validation minimises on the rows held out.
public enum ValidationLoss: String, Sendable, Codable, CaseIterable {
  /// −2 × the mean log-likelihood.
  case deviance
  /// The mean squared difference of probability and outcome.
  case brier
  /// 1 − the area under the ROC curve of each fold.
  case areaUnderCurve
}

/// Which point of the cross-validation curve becomes the model.
public enum StrengthRule: String, Sendable, Codable, CaseIterable {
  /// The strength of the smallest loss.
  case minimum
  /// The largest strength whose loss is within one standard error of the smallest.
  case oneStandardError
  /// The largest strength whose loss exceeds the smallest by at most one standard error of that difference, paired by
  /// fold.
  case pairedStandardError
}

/// Logistic regression whose penalty strength is chosen by cross-validation.
///
/// The path of strengths is that of the whole dataset; each fold is fitted on the same strengths without its rows. The
/// loss at a strength is the mean of the folds' losses, weighted by the weights held out, and its standard error that
/// of the fold means: `√(Σ vₖ (lossₖ − mean)² / (K − 1))`, with `vₖ` the share of weight in fold *k*. Folds drawn more
/// than once are averaged (``ValidationCurve``).
public struct CrossValidatedLogisticRegression: Learner {
  public var path: LogisticRegressionPath
  public var folds: FoldAssignment
  public var loss: ValidationLoss
  public var rule: StrengthRule

  /// The threads over which the folds are spread; the result does not depend on it.
  public var threadCount: Int

  public init(
    path: LogisticRegressionPath = LogisticRegressionPath(), folds: FoldAssignment = .random(),
    loss: ValidationLoss = .deviance, rule: StrengthRule = .minimum, threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.path = path
    self.folds = folds
    self.loss = loss
    self.rule = rule
    self.threadCount = threadCount
  }

  /// - Parameters:
  ///   - folds: One fold number per row.
  public init(
    path: LogisticRegressionPath = LogisticRegressionPath(), folds: [Int], loss: ValidationLoss = .deviance,
    rule: StrengthRule = .minimum, threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.init(path: path, folds: .given(folds), loss: loss, rule: rule, threadCount: threadCount)
  }

  /// - Throws: As ``LogisticRegression/fit(_:)``; `.singleClass` also when a fold holds every row of an outcome.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    try fit(OneHotDataset(dataset))
  }

  /// The same, of indicator blocks without their zeros.
  public func fit(_ dataset: OneHotDataset) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    try fit(dataset, weights: dataset.weights, threadCount: threadCount)
  }

  func fit(
    _ dataset: OneHotDataset, weights: [Double], threadCount: Int
  ) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    let draws = try folds.resolved(targets: dataset.targets)
    let size = dataset.featureCount
    // All folds in step, where their Hessians fit into memory together.
    let isDense = dataset.matrix.blocks.isEmpty
    if isDense, path.shape.l1Ratio == 0, size > 0, size <= 300, (draws[0].count + 1) * size * size <= 4_000_000 {
      let fits = try Parallel.map(count: draws.count, threadCount: threadCount) {
        index throws(TrainingError) in
        try fitRidge(dataset, weights: weights, folds: draws[index].folds, foldCount: draws[index].count)
      }
      return try choose(fits[0].path, fits.map(\.folds))
    }
    let full = try path.fit(dataset, weights: weights)
    let strengths = full.models.map { $0.penaltyStrength! }
    guard !strengths.isEmpty else {
      throw .invalidParameter(
        name: "strengths", value: "\(full.strengths)", expected: "strengths at which the fit can be certified")
    }
    let results = try foldResults(draws, weights: weights, threadCount: threadCount) {
      (kept) throws(TrainingError) in
      try path.fit(dataset, weights: kept, strengths: strengths).models
    } loss: { models, held in
      let rows = dataset.matrix.selectingRows(held)
      let targets = held.map { dataset.targets[$0] }
      let heldWeights = held.map { weights[$0] }
      return models.map { model in
        var scores = model.logOdds(for: rows)
        if let offsets = dataset.offsets { for (i, row) in held.enumerated() { scores[i] += offsets[row] } }
        return loss.mean(logOdds: scores, targets: targets, weights: heldWeights)
      }
    }
    return try choose(full, results)
  }

  private func choose(
    _ full: LogisticRegressionPathModel, _ results: [[FoldResult]]
  ) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    let strengths = full.models.map { $0.penaltyStrength! }
    let curve = ValidationCurve(loss: loss, strengths: strengths, repeats: results)
    guard !curve.means.isEmpty else {
      throw .invalidParameter(
        name: "strengths", value: "\(full.strengths)", expected: "strengths at which every fold can be certified")
    }
    let index = curve.index(rule)
    return CrossValidatedLogisticRegressionModel(
      model: full.models[index], chosenIndex: index, rule: rule, path: full, curve: curve)
  }
}

/// The model at the chosen strength, with the path and the curve that it was chosen from.
public struct CrossValidatedLogisticRegressionModel: BinaryClassifier, Equatable {
  /// The model at the chosen strength, fitted on every row.
  public let model: LogisticRegressionModel

  /// Its place in `path.models` and `curve`.
  public let chosenIndex: Int
  public let rule: StrengthRule
  public let path: LogisticRegressionPathModel
  public let curve: ValidationCurve

  public var features: [Feature] { model.features }
  public var chosenStrength: Double { curve.strengths[chosenIndex] }

  public func logOdds(for matrix: Matrix) -> [Double] { model.logOdds(for: matrix) }
}

/// The losses of held-out rows over a path, fold by fold.
///
/// - Parameters:
///   - weights: Of the rows; rows of weight 0 are neither fitted nor held out.
///   - fit: The models of a path, which may end early, from weights that are 0 for the rows held out.
///   - loss: The mean loss of a model over some rows.
func foldResults<Model>(
  _ draws: [FoldAssignment.Draw], weights: [Double], threadCount: Int,
  fit: @Sendable (_ kept: [Double]) throws(TrainingError) -> [Model],
  loss: @Sendable (_ models: [Model], _ held: [Int]) -> [Double]
) throws(TrainingError) -> [[FoldResult]] {
  try mapFolds(draws, threadCount: threadCount) { (folds, fold) throws(TrainingError) -> FoldResult? in
    let held = weights.indices.filter { folds[$0] == fold && weights[$0] > 0 }
    guard !held.isEmpty else { return nil }
    let models = try fit(weights.indices.map { folds[$0] == fold ? 0 : weights[$0] })
    return FoldResult(weight: held.reduce(0) { $0 + weights[$1] }, losses: loss(models, held))
  }
}

/// What `body` makes of every fold of every draw, over threads; folds of which it makes nothing are left out.
func mapFolds<Value: Sendable>(
  _ draws: [FoldAssignment.Draw], threadCount: Int,
  _ body: @Sendable (_ folds: [Int], _ fold: Int) throws(TrainingError) -> Value?
) throws(TrainingError) -> [[Value]] {
  let places = draws.indices.flatMap { draw in (0..<draws[draw].count).map { (draw: draw, fold: $0) } }
  let folds = draws.map(\.folds)
  let values = try Parallel.map(count: places.count, threadCount: threadCount) { index throws(TrainingError) in
    try body(folds[places[index].draw], places[index].fold)
  }
  return draws.indices.map { draw in
    places.indices.filter { places[$0].draw == draw }.compactMap { values[$0] }
  }
}

extension ValidationLoss {
  /// The weighted mean loss of log-odds against 0/1 targets; NaN for an area without both outcomes.
  func mean(logOdds: [Double], targets: [Double], weights: [Double]) -> Double {
    let total = weights.reduce(0, +)
    var sum = 0.0
    switch self {
    case .deviance:
      let loss = LogisticLoss()
      for i in targets.indices { sum += weights[i] * loss.value(rawScore: logOdds[i], target: targets[i]) }
      return 2 * sum / total
    case .brier:
      for i in targets.indices {
        let difference = sigmoid(logOdds[i]) - targets[i]
        sum += weights[i] * difference * difference
      }
      return sum / total
    case .areaUnderCurve:
      let order = targets.indices.sorted { logOdds[$0] < logOdds[$1] }
      var below = 0.0
      var positive = 0.0
      var start = 0
      while start < order.count {
        var end = start
        var tiedPositive = 0.0
        var tiedNegative = 0.0
        while end < order.count, logOdds[order[end]] == logOdds[order[start]] {
          if targets[order[end]] == 1 {
            tiedPositive += weights[order[end]]
          } else {
            tiedNegative += weights[order[end]]
          }
          end += 1
        }
        sum += tiedPositive * (below + tiedNegative / 2)
        below += tiedNegative
        positive += tiedPositive
        start = end
      }
      return positive > 0 && below > 0 ? 1 - sum / (positive * below) : .nan
    }
  }
}

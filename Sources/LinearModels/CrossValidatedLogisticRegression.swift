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
}

/// Logistic regression whose penalty strength is chosen by cross-validation.
///
/// The path of strengths is that of the whole dataset; each fold is fitted on the same strengths without its rows. The
/// loss at a strength is the mean of the folds' losses, weighted by the weights held out, and its standard error that
/// of the fold means: `√(Σ vₖ (lossₖ − mean)² / (K − 1))`, with `vₖ` the share of weight in fold *k*.
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
    try fit(dataset, weights: dataset.weights, threadCount: threadCount)
  }

  func fit(
    _ dataset: Dataset, weights: [Double], threadCount: Int
  ) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    let (folds, foldCount) = try folds.resolved(targets: dataset.targets)
    let size = dataset.featureCount
    // All folds in step, where their Hessians fit into memory together.
    if path.shape.l1Ratio == 0, size > 0, size <= 300, (foldCount + 1) * size * size <= 4_000_000 {
      let (full, results) = try fitRidge(dataset, weights: weights, folds: folds, foldCount: foldCount)
      return try choose(full, results)
    }
    let full = try path.fit(dataset, weights: weights)
    let strengths = full.models.map { $0.penaltyStrength! }
    guard !strengths.isEmpty else {
      throw .invalidParameter(
        name: "strengths", value: "\(full.strengths)", expected: "strengths at which the fit can be certified")
    }
    let results = try Parallel.map(count: foldCount, threadCount: threadCount) {
      fold throws(TrainingError) -> FoldResult? in
      let held = weights.indices.filter { folds[$0] == fold && weights[$0] > 0 }
      guard !held.isEmpty else { return nil }
      var kept = weights
      for row in folds.indices where folds[row] == fold { kept[row] = 0 }
      let models = try path.fit(dataset, weights: kept, strengths: strengths).models
      let rows = dataset.selectingRows(held)
      let heldWeights = held.map { weights[$0] }
      let losses = models.map { model in
        var scores = model.logOdds(for: rows.matrix)
        if let offsets = rows.offsets { for i in scores.indices { scores[i] += offsets[i] } }
        return loss.mean(logOdds: scores, targets: rows.targets, weights: heldWeights)
      }
      return FoldResult(weight: heldWeights.reduce(0, +), losses: losses)
    }
    return try choose(full, results.compactMap { $0 })
  }

  private func choose(
    _ full: LogisticRegressionPathModel, _ results: [FoldResult]
  ) throws(TrainingError) -> CrossValidatedLogisticRegressionModel {
    let strengths = full.models.map { $0.penaltyStrength! }
    let curve = ValidationCurve(loss: loss, strengths: strengths, folds: results)
    guard !curve.means.isEmpty else {
      throw .invalidParameter(
        name: "strengths", value: "\(full.strengths)", expected: "strengths at which every fold can be certified")
    }
    let index = rule == .minimum ? curve.minimumIndex : curve.oneStandardErrorIndex
    return CrossValidatedLogisticRegressionModel(
      model: full.models[index], chosenIndex: index, rule: rule, path: full, curve: curve)
  }
}

/// The losses of one fold over the path, which may end early.
struct FoldResult: Sendable {
  let weight: Double
  let losses: [Double]
}

/// The cross-validated loss over a path of strengths.
public struct ValidationCurve: Sendable, Equatable {
  public let loss: ValidationLoss

  /// From large to small, as far as every fold could be fitted.
  public let strengths: [Double]

  /// The mean over the folds, one per strength.
  public let means: [Double]

  /// The standard error of the mean, one per strength.
  public let standardErrors: [Double]

  /// Where `means` is smallest; the largest strength among equals.
  public let minimumIndex: Int

  /// The largest strength whose mean is at most the smallest plus its standard error.
  public let oneStandardErrorIndex: Int

  init(loss: ValidationLoss, strengths: [Double], folds: [FoldResult]) {
    let count = folds.reduce(strengths.count) { min($0, $1.losses.count) }
    var means: [Double] = []
    var standardErrors: [Double] = []
    for index in 0..<count {
      // A fold without both outcomes has no area under the curve; it says nothing rather than something invented.
      let usable = folds.filter { !$0.losses[index].isNaN }
      let total = usable.reduce(0) { $0 + $1.weight }
      let mean = usable.reduce(0) { $0 + $1.weight / total * $1.losses[index] }
      let variance = usable.reduce(0) { sum, fold in
        let deviation = fold.losses[index] - mean
        return sum + fold.weight / total * deviation * deviation
      }
      means.append(usable.isEmpty ? .nan : mean)
      standardErrors.append((variance / Double(max(usable.count - 1, 1))).squareRoot())
    }
    var best = 0
    for index in means.indices where means[index] < means[best] { best = index }
    self.loss = loss
    self.strengths = Array(strengths.prefix(count))
    self.means = means
    self.standardErrors = standardErrors
    minimumIndex = best
    if means.isEmpty {
      oneStandardErrorIndex = 0
    } else {
      let limit = means[best] + standardErrors[best]
      oneStandardErrorIndex = means.firstIndex { $0 <= limit } ?? best
    }
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

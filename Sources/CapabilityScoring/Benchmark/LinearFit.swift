import LinearModels
import ModelEvaluation
import StatisticalLearning

/// A penalised regression on the training firms of a split, its strength chosen by cross-validation among them.
final class LinearFit {
  /// What sets one apart from the other fits of a split.
  struct Shape: Hashable {
    var outcome: Int
    var l1Ratio = 0.0
    var isMonotone = false
    var onContext = false
  }

  private let kind: OutcomeModel.Kind
  private let settings: TrainingSettings
  private let bounds: (lower: [Double], upper: [Double])?
  private let rows: LearningRows
  private let folds: [Int]
  private let scored: ScoredRows
  private let fit: LinearLearning.Result

  init(
    kind: OutcomeModel.Kind, settings: TrainingSettings, bounds: (lower: [Double], upper: [Double])?,
    rows: LearningRows,
    seed: UInt64, scored: ScoredRows
  ) throws {
    self.kind = kind
    self.settings = settings
    self.bounds = bounds
    self.rows = rows
    self.scored = scored
    folds = try rows.innerFolds(kind: kind, count: settings.innerFolds, seed: seed)
    fit = try LinearLearning(kind: kind, settings: settings, bounds: bounds).fit(
      design: rows.matrix, features: rows.features, targets: rows.targets, weights: rows.weights, folds: folds)
  }

  var part: LinearPart { fit.part }

  var scorer: SplitLearning.Scorer {
    let (part, scored) = (fit.part, scored)
    return { part.rawScores(for: scored.designMatrix($0)) }
  }

  /// The score of each training row at the chosen strength, by a fit without its inner fold.
  func outOfFold() throws -> [Double] {
    let learning = LinearLearning(kind: kind, settings: settings, bounds: bounds)
    guard let strength = fit.strength else { preconditionFailure("a cross-validated fit has a strength") }
    return try rows.outOfFold(folds) { kept in
      try learning.fit(
        design: kept.matrix, features: kept.features, targets: kept.targets, weights: kept.weights, strength: strength)
    }
  }
}

extension LinearLearning {
  /// Learns at one strength.
  func fit(
    design: Matrix, features: [Feature], targets: [Double], weights: [Double], strength: Double
  ) throws -> LinearPart {
    let dataset = try Dataset(features: features, matrix: design, targets: targets, weights: weights)
    let penalty = ElasticNetPenalty(strength: strength, shape: shape)
    switch kind {
    case .binary:
      let model = try LogisticRegression(penalty: penalty, tolerance: 1e-7).fit(dataset)
      return LinearPart(intercept: model.intercept, coefficients: model.coefficients)
    case .continuous:
      let model = try LinearRegression(penalty: penalty, tolerance: 1e-7).fit(dataset)
      return LinearPart(intercept: model.intercept, coefficients: model.coefficients)
    }
  }
}

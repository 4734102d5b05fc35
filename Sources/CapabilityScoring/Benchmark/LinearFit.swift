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

  /// What is learned from.
  struct Rows {
    var matrix: Matrix
    var targets: [Double]
    var weights: [Double]
    /// Rows that stay together in inner folds.
    var groups: [Int]?
  }

  private let kind: OutcomeModel.Kind
  private let settings: TrainingSettings
  private let bounds: (lower: [Double], upper: [Double])?
  private let rows: Rows
  private let folds: [Int]
  private let scored: ScoredRows
  private let fit: LinearLearning.Result

  init(
    kind: OutcomeModel.Kind, settings: TrainingSettings, bounds: (lower: [Double], upper: [Double])?, rows: Rows,
    seed: UInt64, scored: ScoredRows
  ) throws {
    self.kind = kind
    self.settings = settings
    self.bounds = bounds
    self.rows = rows
    self.scored = scored
    folds = try Self.innerFolds(kind: kind, settings: settings, rows: rows, seed: seed)
    fit = try LinearLearning(kind: kind, settings: settings, bounds: bounds).fit(
      design: rows.matrix, features: Self.features(rows.matrix), targets: rows.targets, weights: rows.weights,
      folds: folds)
  }

  var part: LinearPart { fit.part }

  var scorer: SplitLearning.Scorer {
    let (part, scored) = (fit.part, scored)
    return { part.rawScores(for: scored.designMatrix($0)) }
  }

  /// The score of each training row at the chosen strength, by a fit without its inner fold.
  func outOfFold() throws -> [Double] {
    var scores = [Double](repeating: 0, count: rows.targets.count)
    let learning = LinearLearning(kind: kind, settings: settings, bounds: bounds)
    guard let strength = fit.strength else { preconditionFailure("a cross-validated fit has a strength") }
    for fold in Set(folds).sorted() {
      let kept = folds.indices.filter { folds[$0] != fold }
      let held = folds.indices.filter { folds[$0] == fold }
      let part = try learning.fit(
        design: rows.matrix.selectingRows(kept), features: Self.features(rows.matrix),
        targets: kept.map { rows.targets[$0] }, weights: kept.map { rows.weights[$0] }, strength: strength)
      for (row, score) in zip(held, part.rawScores(for: rows.matrix.selectingRows(held))) { scores[row] = score }
    }
    return scores
  }

  private static func features(_ matrix: Matrix) -> [Feature] {
    (0..<matrix.columnCount).map { Feature("column-\($0)") }
  }

  private static func innerFolds(
    kind: OutcomeModel.Kind, settings: TrainingSettings, rows: Rows, seed: UInt64
  ) throws -> [Int] {
    let strata = Strata.combinations(of: [
      kind == .binary ? rows.targets : Strata.quantileGroups(of: rows.targets, groupCount: 5)
    ])
    if let groups = rows.groups {
      return try ModelEvaluation.FoldAssignment.grouped(
        groups: groups, strata: strata, foldCount: min(settings.innerFolds, Set(groups).count), seed: seed,
        weights: rows.weights
      ).foldIDs[0]
    }
    return try ModelEvaluation.FoldAssignment.stratified(
      strata: strata, foldCount: min(settings.innerFolds, rows.targets.count), seed: seed, weights: rows.weights
    ).foldIDs[0]
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

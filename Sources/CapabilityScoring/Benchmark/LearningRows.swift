import ModelEvaluation
import StatisticalLearning

/// What a linear part is learned from in a split.
struct LearningRows {
  var matrix: Matrix
  var features: [Feature]
  var targets: [Double]
  var weights: [Double]
  /// Rows that stay together in inner folds.
  var groups: [Int]?

  func selectingRows(_ places: [Int]) -> LearningRows {
    LearningRows(
      matrix: matrix.selectingRows(places), features: features, targets: places.map { targets[$0] },
      weights: places.map { weights[$0] }, groups: groups.map { groups in places.map { groups[$0] } })
  }

  /// The inner fold of each row: folds that keep the share of the outcome and don't part groups.
  func innerFolds(kind: OutcomeModel.Kind, count: Int, seed: UInt64) throws -> [Int] {
    let strata = Strata.combinations(of: [
      kind == .binary ? targets : Strata.quantileGroups(of: targets, groupCount: 5)
    ])
    if let groups {
      return try FoldAssignment.grouped(
        groups: groups, strata: strata, foldCount: min(count, Set(groups).count), seed: seed, weights: weights
      ).foldIDs[0]
    }
    return try FoldAssignment.stratified(
      strata: strata, foldCount: min(count, targets.count), seed: seed, weights: weights
    ).foldIDs[0]
  }

  /// The score of each row by what is learned without its fold.
  func outOfFold(_ folds: [Int], learn: (LearningRows) throws -> LinearPart) throws -> [Double] {
    var scores = [Double](repeating: 0, count: targets.count)
    for fold in Set(folds).sorted() {
      let kept = folds.indices.filter { folds[$0] != fold }
      let held = folds.indices.filter { folds[$0] == fold }
      let part = try learn(selectingRows(kept))
      for (row, score) in zip(held, part.rawScores(for: matrix.selectingRows(held))) { scores[row] = score }
    }
    return scores
  }
}

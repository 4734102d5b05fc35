import BoostedTrees
import StatisticalLearning

/// Boosted trees on the training firms of a split, with the preset for their number.
final class TreeFit {
  /// What sets one apart from the other fits of a split.
  struct Shape: Hashable {
    var outcome: Int
    var isMonotone = false
    /// Whether a ridge regression on the ranks of the answers is blended in: the part that knows that levels are ordered.
    var hasLinearPart = true
  }

  /// The score of each training row by the bags that did not see it.
  let outOfFold: [Double]?
  let scorer: SplitLearning.Scorer

  init(
    kind: OutcomeModel.Kind, dataset: Dataset, shape: Shape, monotone: [String: MonotoneDirection], seed: UInt64,
    scored: ScoredRows
  ) throws {
    var parameters = BoostingParameters.preset(
      rowCount: dataset.weights.count { $0 > 0 }, featureCount: dataset.featureCount)
    if !shape.hasLinearPart { parameters.blendsLinear = false }
    switch kind {
    case .binary:
      let model = try BoostedTrees(parameters: parameters, monotone: monotone, seed: seed, threadCount: 1).fit(dataset)
      outOfFold = model.outOfFoldLogOdds
      scorer = { model.logOdds(for: scored.treeMatrix($0)) }
    case .continuous:
      let model = try BoostedRegressor(parameters: parameters, monotone: monotone, seed: seed, threadCount: 1)
        .fit(dataset)
      outOfFold = model.outOfFoldScores
      scorer = { model.rawScores(for: scored.treeMatrix($0)) }
    }
  }
}

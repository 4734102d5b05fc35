import BoostedTrees
import StatisticalLearning

/// Boosted trees on the training firms of a split, with the preset for their number.
struct TreeFit {
  /// What sets one apart from the other fits of a split.
  struct Shape: Hashable {
    var outcome: Int
    var isMonotone = false
  }

  /// The trees, or the trees with a ridge regression on the ranks of the answers: the part that knows that levels are
  /// ordered.
  struct Part {
    /// The score of each training row by the bags that did not see it.
    let outOfFold: [Double]?
    let scorer: SplitLearning.Scorer
  }

  let whole: Part
  let treesAlone: Part

  init(
    kind: OutcomeModel.Kind, dataset: Dataset, monotone: [String: MonotoneDirection], seed: UInt64, scored: ScoredRows
  ) throws {
    switch kind {
    case .binary:
      let fit = try BoostedTrees(monotone: monotone, seed: seed, threadCount: 1).fitWithAndWithoutLinearPart(dataset)
      func part(_ model: BoostedTreesModel) -> Part {
        Part(outOfFold: model.outOfFoldLogOdds) { model.logOdds(for: scored.treeMatrix($0)) }
      }
      (whole, treesAlone) = (part(fit.whole), part(fit.trees))
    case .continuous:
      let fit = try BoostedRegressor(monotone: monotone, seed: seed, threadCount: 1)
        .fitWithAndWithoutLinearPart(dataset)
      func part(_ model: BoostedRegressionModel<SquaredLoss>) -> Part {
        Part(outOfFold: model.outOfFoldScores) { model.rawScores(for: scored.treeMatrix($0)) }
      }
      (whole, treesAlone) = (part(fit.whole), part(fit.trees))
    }
  }
}

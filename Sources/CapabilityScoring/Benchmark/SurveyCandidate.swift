/// The ways of learning that a benchmark on a survey compares.
public enum SurveyCandidate: String, Sendable, Hashable, Codable, CaseIterable {
  /// The share (or mean) of the training firms for every firm: what anything must beat.
  case baseRate = "base-rate"
  /// Ridge regression on the context alone: country, sector, size, age. What a firm does is not looked at.
  case context
  /// The published potential index with the same weight for every capability.
  case indexEqual = "index-equal"
  /// The published potential index with the weights of each class's profile, by value-tests.
  case indexValueTest = "index-value-test"
  /// The published potential index with weights from experts' pairwise judgements.
  case indexHierarchy = "index-ahp"
  case ridge
  case lasso
  /// Half of the penalty of each kind.
  case elasticNet = "elastic-net"
  /// Ridge in which more of an actionable capability never lowers an outcome: the linear part of `train` with
  /// `--set shrinkage=penalty`.
  case monotoneRidge = "ridge-monotone"
  /// The mean of a spike-and-slab posterior in which more of an actionable capability never lowers an outcome: the
  /// linear part of what `train` makes by default.
  case spikeAndSlab = "spike-and-slab"
  /// Gradient-boosted trees alone.
  case trees
  /// Boosted trees with a linear part on the ranks of the answers, so that each step of a scale counts.
  case ordinalTrees = "trees-ordinal"
  /// The same, and more of an actionable capability never lowers an outcome: the trees that `train` makes.
  case monotoneTrees = "trees-monotone"
  /// Half of the linear part that `train` makes, half of monotone trees, on the scale of the log-odds.
  case blend
  /// That linear part, monotone trees or the blend, chosen and calibrated within the training firms.
  case auto

  /// What a reader needs to know of it, in a few words.
  public var summary: String {
    switch self {
    case .baseRate: "the share among the training firms, for every firm"
    case .context: "ridge on context columns alone"
    case .indexEqual: "potential index, equal weights"
    case .indexValueTest: "potential index, weights of class profiles by value-tests"
    case .indexHierarchy: "potential index, weights from experts' judgements"
    case .ridge: "ridge regression"
    case .lasso: "lasso regression"
    case .elasticNet: "elastic net, half L1"
    case .monotoneRidge: "ridge, actionable capabilities never lower an outcome"
    case .spikeAndSlab: "spike-and-slab regression, actionable capabilities never lower an outcome (train's default)"
    case .trees: "boosted trees alone"
    case .ordinalTrees: "boosted trees with a linear part on ranks of answers"
    case .monotoneTrees: "the same, actionable capabilities never lower an outcome"
    case .blend: "half spike-and-slab, half trees-monotone"
    case .auto: "spike-and-slab, trees-monotone or blend, chosen and calibrated within the training firms"
    }
  }
}

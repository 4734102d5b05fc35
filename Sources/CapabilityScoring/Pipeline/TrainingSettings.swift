/// How `train` learns. The defaults suit surveys of hundreds to thousands of firms; every value in use is recorded in the
/// model and printed.
public struct TrainingSettings: Sendable, Equatable, Codable {
  public enum Learner: String, Sendable, Codable, CaseIterable {
    /// Regularised logistic (or linear) regression: the default ranker.
    case logistic
    /// Gradient-boosted trees.
    case boostedTrees = "boosted-trees"
    /// Half of each, on the scale of the log-odds.
    case blend
    /// The best of the three by cross-validation, the simpler one when they are within one standard error.
    case auto
  }

  public enum CalibrationMethod: String, Sendable, Codable, CaseIterable {
    case none
    /// Intercept and slope of the log-odds, on out-of-fold predictions.
    case platt
    /// `platt` from 1,000 firms and 200 firms of the rarer outcome upwards, otherwise none.
    case auto
  }

  public var learner = Learner.auto
  /// 0 is ridge, 1 is lasso.
  public var l1Ratio = 0.0
  /// Penalty strengths tried.
  public var strengthCount = 24
  /// Folds within which the penalty is chosen.
  public var innerFolds = 5
  /// Folds and repeats of the cross-validation that is reported.
  public var folds = 5
  public var repeats = 2
  /// Whether actionable capabilities of known direction may only raise (or lower) the outcomes.
  public var isMonotone = true
  public var calibration = CalibrationMethod.auto
  /// Bootstrap replicates behind intervals.
  public var bootstrap = 200
  /// Whether the survey's weights count in learning.
  public var usesWeights = false
  public var seed: UInt64 = 1
  public var threadCount = 0

  public init() {}
}

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

  /// How the linear part is kept from believing too much.
  public enum Shrinkage: String, Sendable, Codable, CaseIterable {
    /// Many coefficients exactly zero, how many and how large learned from the data, and so is what each step of a scale
    /// is worth and whether there are weakest links between capabilities; replicates are draws of the posterior. See
    /// ``LinearModels/SpikeAndSlabRegression``.
    case spikeAndSlab = "spike-and-slab"
    /// An elastic-net penalty whose strength is cross-validated; replicates are refits on bootstrap samples.
    case penalty
  }

  public enum CalibrationMethod: String, Sendable, Codable, CaseIterable {
    case none
    /// A slope of the log-odds, on out-of-fold predictions.
    case temperature
    /// Intercept and slope.
    case platt
    /// From 1,000 firms and 200 firms of the rarer outcome upwards, the one that held-out firms call for; otherwise none.
    case auto
  }

  public var learner = Learner.auto
  public var shrinkage = Shrinkage.spikeAndSlab
  /// Of the penalty: 0 is ridge, 1 is lasso.
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
  /// What experts say capabilities weigh, where it is to count.
  public var prior: ExpertPrior?
  /// Replicates behind intervals: draws of the posterior, or refits on bootstrap samples.
  public var bootstrap = 200
  /// Whether the survey's weights count in learning.
  public var usesWeights = false
  public var seed: UInt64 = 1
  public var threadCount = 0

  public init() {}
}

extension TrainingSettings {
  /// Settings of models that were written before a setting existed keep what was done then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    learner = try values.decode(Learner.self, forKey: .learner)
    shrinkage = try values.decodeIfPresent(Shrinkage.self, forKey: .shrinkage) ?? .penalty
    l1Ratio = try values.decode(Double.self, forKey: .l1Ratio)
    strengthCount = try values.decode(Int.self, forKey: .strengthCount)
    innerFolds = try values.decode(Int.self, forKey: .innerFolds)
    folds = try values.decode(Int.self, forKey: .folds)
    repeats = try values.decode(Int.self, forKey: .repeats)
    isMonotone = try values.decode(Bool.self, forKey: .isMonotone)
    calibration = try values.decode(CalibrationMethod.self, forKey: .calibration)
    prior = try values.decodeIfPresent(ExpertPrior.self, forKey: .prior)
    bootstrap = try values.decode(Int.self, forKey: .bootstrap)
    usesWeights = try values.decode(Bool.self, forKey: .usesWeights)
    seed = try values.decode(UInt64.self, forKey: .seed)
    threadCount = try values.decode(Int.self, forKey: .threadCount)
  }
}

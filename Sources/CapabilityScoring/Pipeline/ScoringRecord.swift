import ModelEvaluation

/// What a model was trained on, how, and how well it predicted firms that it had not seen.
public struct ScoringRecord: Sendable, Equatable, Codable {
  public var settings: TrainingSettings
  public var outcomes: [OutcomeRecord]

  public init(settings: TrainingSettings, outcomes: [OutcomeRecord]) {
    self.settings = settings
    self.outcomes = outcomes
  }
}

/// One outcome of a training.
public struct OutcomeRecord: Sendable, Equatable, Codable {
  public var id: String
  /// Firms of positive weight whose outcome is known, and those of them that have it (binary outcomes).
  public var firmCount: Int
  public var eventCount: Int
  /// The learner in use, and how each candidate did on held-out firms.
  public var learner: TrainingSettings.Learner
  public var candidates: [CandidateRecord]
  public var penaltyStrength: Double?
  public var designColumnCount: Int
  public var calibration: LinearCalibration
  /// How far experts count; `nil` without any.
  public var prior: PriorRecord?
  /// How ways of calibrating did on held-out firms; `nil` where none were compared.
  public var calibrationMethods: [CalibrationRecord]?
}

/// A candidate's cross-validated performance: means over the repeats.
public struct CandidateRecord: Sendable, Equatable, Codable {
  public var learner: TrainingSettings.Learner
  /// Log-loss for a binary outcome, mean squared error for a continuous one.
  public var loss: Double
  /// Standard error of the loss over firms.
  public var lossStandardError: Double
  /// Binary outcomes only.
  public var areaUnderROC: Double?
  public var brierScore: Double?
  public var calibrationSlope: Double?
  /// Continuous outcomes only.
  public var rSquared: Double?
}

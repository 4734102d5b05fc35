import Foundation

/// A metric by which candidates are compared.
public enum BenchmarkMetric: String, Sendable, Codable, CaseIterable {
  case auc
  case logLoss
  case brier
  case brierSkill
  case accuracy
  case calibrationInTheLarge
  case calibrationSlope
  case calibrationError
  case rSquared
  case rootMeanSquaredError
  case meanAbsoluteError
  case rankedProbabilityScore

  /// What a table calls it.
  public var title: String {
    switch self {
    case .auc: "AUC"
    case .logLoss: "log-loss"
    case .brier: "Brier score"
    case .brierSkill: "Brier skill"
    case .accuracy: "accuracy"
    case .calibrationInTheLarge: "calibration intercept"
    case .calibrationSlope: "calibration slope"
    case .calibrationError: "calibration error"
    case .rSquared: "R²"
    case .rootMeanSquaredError: "RMSE"
    case .meanAbsoluteError: "MAE"
    case .rankedProbabilityScore: "ranked probability score"
    }
  }

  /// What a narrow column calls it.
  var shortTitle: String {
    switch self {
    case .brier: "Brier"
    case .brierSkill: "skill"
    case .calibrationInTheLarge: "intercept"
    case .calibrationSlope: "slope"
    case .calibrationError: "cal. error"
    case .rankedProbabilityScore: "RPS"
    default: title
    }
  }

  /// Whether larger is better; `nil` when the best value is in the middle (a slope of 1, an intercept of 0).
  public var isHigherBetter: Bool? {
    switch self {
    case .auc, .accuracy, .brierSkill, .rSquared: true
    case .logLoss, .brier, .calibrationError, .rootMeanSquaredError, .meanAbsoluteError, .rankedProbabilityScore: false
    case .calibrationInTheLarge, .calibrationSlope: nil
    }
  }

  /// Metrics that a fold defines well enough to average over folds; the others are computed over all rows of a repeat.
  var isFoldwise: Bool {
    switch self {
    case .calibrationInTheLarge, .calibrationSlope, .calibrationError: false
    default: true
    }
  }

  /// The metrics of an outcome, in the order of a table.
  public static func all(for kind: BenchmarkOutcome.Kind) -> [BenchmarkMetric] {
    switch kind {
    case .binary:
      [
        .auc, .logLoss, .brier, .brierSkill, .accuracy, .calibrationInTheLarge, .calibrationSlope,
        .calibrationError,
      ]
    case .continuous: [.rSquared, .rootMeanSquaredError, .meanAbsoluteError, .calibrationSlope]
    case .ordered: [.rankedProbabilityScore, .logLoss, .accuracy, .rSquared, .meanAbsoluteError]
    }
  }

  /// The metrics of a terminal's table, and whether their interval is shown: as wide as a line can be.
  static func shown(for kind: BenchmarkOutcome.Kind) -> [(metric: BenchmarkMetric, hasInterval: Bool)] {
    switch kind {
    case .binary:
      [
        (.auc, true), (.logLoss, true), (.brier, false), (.brierSkill, false), (.calibrationSlope, false),
        (.calibrationInTheLarge, false), (.calibrationError, false),
      ]
    case .continuous:
      [(.rSquared, true), (.rootMeanSquaredError, true), (.meanAbsoluteError, false), (.calibrationSlope, false)]
    case .ordered:
      [
        (.rankedProbabilityScore, true), (.logLoss, true), (.accuracy, false), (.rSquared, true),
        (.meanAbsoluteError, false),
      ]
    }
  }

  /// How many decimals a table shows.
  var decimals: Int {
    switch self {
    case .logLoss, .brier, .rankedProbabilityScore: 4
    case .calibrationSlope, .calibrationInTheLarge: 2
    default: 3
    }
  }

  /// The metrics on which candidates are compared in pairs.
  public static func compared(for kind: BenchmarkOutcome.Kind) -> [BenchmarkMetric] {
    switch kind {
    case .binary: [.auc, .logLoss, .brier]
    case .continuous: [.rSquared, .rootMeanSquaredError]
    case .ordered: [.rankedProbabilityScore, .rSquared]
    }
  }

  /// The value for these rows; `nil` where the rows don't define it.
  func value(of predictions: OutcomePredictions) -> Double? {
    switch predictions {
    case .binary(let p):
      switch self {
      case .auc: p.areaUnderROC
      case .logLoss: p.logLoss
      case .brier: p.brierScore
      case .brierSkill: p.brierSkillScore
      case .accuracy: p.metrics(atThreshold: 0.5).accuracy
      case .calibrationInTheLarge: p.calibrationInTheLarge()?.intercept
      case .calibrationSlope: p.calibrationLine()?.slope
      case .calibrationError: p.debiasedCalibrationError(binCount: p.rowCount < 300 ? 5 : 15)
      default: nil
      }
    case .continuous(let p):
      switch self {
      case .rSquared: p.rSquared
      case .rootMeanSquaredError: p.rootMeanSquaredError
      case .meanAbsoluteError: p.meanAbsoluteError
      case .calibrationSlope: p.calibrationLine?.slope
      default: nil
      }
    case .ordered(let p, let levels):
      switch self {
      case .rankedProbabilityScore: levels.rankedProbabilityScore
      case .logLoss: levels.logLoss
      case .accuracy: levels.accuracy
      default: value(of: .continuous(p))
      }
    }
  }

  /// The value with each row's contribution, where there is one in closed form.
  func influence(of predictions: OutcomePredictions) -> InfluenceEstimate? {
    switch predictions {
    case .binary(let p):
      switch self {
      case .auc: p.areaUnderROCInfluence()
      case .logLoss: p.logLossInfluence()
      case .brier: p.brierScoreInfluence()
      case .accuracy: p.accuracyInfluence()
      default: nil
      }
    case .continuous(let p):
      self == .meanAbsoluteError
        ? InfluenceEstimate(
          meanOf: zip(p.values, p.outcomes).map { abs($0 - $1) }, weights: p.weights, weightMeaning: .sampling)
        : nil
    case .ordered(let p, let levels):
      switch self {
      case .rankedProbabilityScore:
        InfluenceEstimate(meanOf: levels.rankedProbabilityScores, weights: levels.weights, weightMeaning: .sampling)
      case .logLoss: InfluenceEstimate(meanOf: levels.logLosses, weights: levels.weights, weightMeaning: .sampling)
      default: influence(of: .continuous(p))
      }
    }
  }
}

/// Predictions of one outcome, by its kind.
enum OutcomePredictions: Sendable {
  case binary(BinaryPredictions)
  case continuous(ContinuousPredictions)
  /// The predicted quantity, and the chance of every level that follows from it.
  case ordered(ContinuousPredictions, ClassPredictions)

  func selectingRows(_ rows: [Int]) -> OutcomePredictions {
    switch self {
    case .binary(let p): .binary(p.selectingRows(rows))
    case .continuous(let p): .continuous(p.selectingRows(rows))
    case .ordered(let p, let levels): .ordered(p.selectingRows(rows), levels.selectingRows(rows))
    }
  }
}

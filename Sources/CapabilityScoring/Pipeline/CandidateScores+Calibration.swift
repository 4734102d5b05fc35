import ModelEvaluation
import StatisticalLearning

extension CandidateScores {
  /// Intercept and slope from the scores of every repeat, averaged; identity when firms are few.
  func calibration(
    kind: OutcomeModel.Kind, targets: [Double], weights: [Double], method: TrainingSettings.CalibrationMethod
  ) throws -> LinearCalibration {
    guard kind == .binary else { return .identity }
    let events = targets.count { $0 == 1 }
    switch method {
    case .none: return .identity
    case .auto where targets.count < 1_000 || min(events, targets.count - events) < 200: return .identity
    case .auto, .platt: break
    }
    let lines = try rawScores.compactMap {
      try BinaryPredictions(logOdds: $0, outcomes: targets, weights: weights).calibrationLine()
    }
    guard !lines.isEmpty else { return .identity }
    let slope = lines.reduce(0) { $0 + $1.slope } / Double(lines.count)
    // A slope near zero or below says that the scores carry nothing; turning them round would not help.
    guard slope > 0.1 else { return .identity }
    return LinearCalibration(intercept: lines.reduce(0) { $0 + $1.intercept } / Double(lines.count), slope: slope)
  }
}

import ModelEvaluation
import StatisticalLearning

/// How well one way of calibrating did on firms that it had not seen.
public struct CalibrationRecord: Sendable, Equatable, Codable {
  public var method: CalibrationMethod
  /// The log-loss of held-out firms.
  public var loss: Double
  /// That minus the log-loss without calibration, and its standard error over firms.
  public var difference: Double
  public var differenceStandardError: Double
}

extension CandidateScores {
  /// A calibration of these scores, and how the methods compared; none is compared when firms are few.
  typealias Calibrated = (calibration: LinearCalibration, methods: [CalibrationRecord])

  /// `auto` takes a temperature, or Platt's slope and intercept, where it lowers the loss of held-out firms by more than a
  /// standard error; the simpler of the two when the other does not gain as much again.
  ///
  /// An isotonic map is compared too, and tells whether a line is enough. It is not taken: with it a score would no longer
  /// be a sum over answers, and contributions and proved plans would be lost.
  func calibration(
    kind: OutcomeModel.Kind, targets: [Double], weights: [Double], method: TrainingSettings.CalibrationMethod,
    seed: UInt64
  ) throws -> Calibrated {
    guard kind == .binary else { return (.identity, []) }
    let events = targets.count { $0 == 1 }
    switch method {
    case .none: return (.identity, [])
    case .temperature: return (try fitted(.temperature, targets, weights), [])
    case .platt: return (try fitted(.platt, targets, weights), [])
    case .auto where targets.count < 1_000 || min(events, targets.count - events) < 200: return (.identity, [])
    case .auto: break
    }
    let folds = try FoldAssignment.stratified(
      strata: Strata.combinations(of: [targets]), foldCount: 5, seed: seed, weights: weights)
    let methods: [CalibrationMethod] = [.none, .temperature, .platt, .isotonic]
    let losses = try methods.map { try heldOutLosses($0, folds: folds, targets: targets, weights: weights) }
    func compared(_ index: Int, with other: Int) -> CalibrationRecord {
      let differences = zip(losses[index], losses[other]).map { $0 - $1 }
      let mean = weightedMean(differences, weights)
      let variance = weightedMean(differences.map { ($0 - mean) * ($0 - mean) }, weights)
      return CalibrationRecord(
        method: methods[index], loss: weightedMean(losses[index], weights), difference: mean,
        differenceStandardError: (variance / weights.reduce(0, +)).squareRoot())
    }
    var chosen = 0
    for index in 1...2 {
      let gain = compared(index, with: chosen)
      if gain.difference < -gain.differenceStandardError { chosen = index }
    }
    return (try fitted(methods[chosen], targets, weights), methods.indices.map { compared($0, with: 0) })
  }

  /// The loss of each firm with a calibration that was fitted without its fold; the mean over repeats.
  private func heldOutLosses(
    _ method: CalibrationMethod, folds: FoldAssignment, targets: [Double], weights: [Double]
  ) throws -> [Double] {
    var losses = [Double](repeating: 0, count: targets.count)
    for scores in rawScores {
      let all = try BinaryPredictions(logOdds: scores, outcomes: targets, weights: weights)
      for split in folds.splits {
        let calibrator = try method.fit(all.selectingRows(split.trainingRows))
        for row in split.testRows {
          let value = calibrator.logOdds(scores[row])
          losses[row] += logOnePlusExp(targets[row] == 1 ? -value : value) / Double(rawScores.count)
        }
      }
    }
    return losses
  }

  /// A line from the scores of every repeat, averaged; identity when the scores carry nothing.
  private func fitted(
    _ method: CalibrationMethod, _ targets: [Double], _ weights: [Double]
  ) throws -> LinearCalibration {
    guard method != .none else { return .identity }
    var (slope, intercept) = (0.0, 0.0)
    for scores in rawScores {
      let calibrator = try method.fit(BinaryPredictions(logOdds: scores, outcomes: targets, weights: weights))
      guard case .affine(let a, let b) = calibrator else { return .identity }
      slope += a / Double(rawScores.count)
      intercept += b / Double(rawScores.count)
    }
    // A slope near zero or below says that the scores carry nothing; turning them round would not help.
    return slope > 0.1 ? LinearCalibration(intercept: intercept, slope: slope) : .identity
  }

  private func weightedMean(_ values: [Double], _ weights: [Double]) -> Double {
    zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
  }
}

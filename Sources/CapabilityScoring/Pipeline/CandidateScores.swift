import Foundation
import ModelEvaluation
import StatisticalLearning

/// Out-of-fold raw scores of one candidate: one per repeat and firm.
struct CandidateScores: Sendable {
  let learner: TrainingSettings.Learner
  /// `[repeat][firm]`
  let rawScores: [[Double]]

  /// The candidate's performance on the firms that its models had not seen: the mean over repeats.
  func record(kind: OutcomeModel.Kind, targets: [Double], weights: [Double]) throws -> CandidateRecord {
    let lossFunction: any Loss = kind == .binary ? LogisticLoss() : SquaredLoss()
    let scale = kind == .binary ? 1.0 : 2.0  // Squared loss is half the squared error.
    let total = weights.reduce(0, +)
    var lossByFirm = [Double](repeating: 0, count: targets.count)
    for scores in rawScores {
      for i in targets.indices {
        lossByFirm[i] +=
          scale * lossFunction.value(rawScore: scores[i], target: targets[i]) / Double(rawScores.count)
      }
    }
    let loss = zip(lossByFirm, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(lossByFirm, weights).reduce(0) { $0 + $1.1 * ($1.0 - loss) * ($1.0 - loss) } / total
    let count = Double(weights.filter { $0 > 0 }.count)
    var record = CandidateRecord(
      learner: learner, loss: loss, lossStandardError: (variance / max(count, 1)).squareRoot(), areaUnderROC: nil,
      brierScore: nil, calibrationSlope: nil, rSquared: nil)
    switch kind {
    case .binary:
      let predictions = try rawScores.map { try BinaryPredictions(logOdds: $0, outcomes: targets, weights: weights) }
      record.areaUnderROC = Self.mean(predictions.map(\.areaUnderROC))
      record.brierScore = Self.mean(predictions.map { $0.brierScore })
      record.calibrationSlope = Self.mean(predictions.map { $0.calibrationLine()?.slope })
    case .continuous:
      record.rSquared = Self.mean(
        try rawScores.map { try ContinuousPredictions(values: $0, outcomes: targets, weights: weights).rSquared })
    }
    return record
  }

  static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}

import Foundation

/// Which outcomes can't be excluded for a firm, at a stated coverage.
public struct PredictionSet: Sendable, Equatable, Codable {
  public let includesNo: Bool
  public let includesYes: Bool
  /// 0, 1 or 2.
  public var count: Int { (includesNo ? 1 : 0) + (includesYes ? 1 : 0) }

  public func contains(_ outcome: Double) -> Bool { outcome == 1 ? includesYes : includesNo }
}

/// Prediction sets that hold the truth with a stated probability, whatever the model, as long as new firms are drawn like
/// those that it was calibrated on.
///
/// The score of an outcome is 1 minus its probability; an outcome is in the set when its score is no larger than the
/// `⌈(n + 1)(1 − α)⌉`-th smallest of the *n* calibration rows. Source: Vovk, Gammerman, Shafer (2005); Sadinle, Lei,
/// Wasserman (2019).
public struct ConformalClassifier: Sendable, Equatable, Codable {
  /// The largest score that is kept, for the outcomes 0 and 1; +∞ keeps everything.
  public let thresholds: [Double]
  public let level: Double

  /// - Parameters:
  ///   - calibration: Predictions of rows that the model has not seen, such as out-of-fold ones. Weights count as
  ///     repetitions in proportion: they are scaled to sum to the number of rows.
  ///   - isLabelConditional: Whether the coverage holds for each outcome on its own (a threshold per outcome), and not just
  ///     overall.
  public init(calibration: BinaryPredictions, level: Double = 0.9, isLabelConditional: Bool = true) {
    precondition(level > 0 && level < 1, "a level of \(level)")
    func threshold(_ rows: [Int]) -> Double {
      let active = rows.filter { calibration.weights[$0] > 0 }
      let scores = active.map {
        calibration.outcomes[$0] == 1 ? 1 - calibration.probabilities[$0] : calibration.probabilities[$0]
      }
      return conformalQuantile(scores, weights: active.map { calibration.weights[$0] }, level: level)
    }
    let all = Array(0..<calibration.rowCount)
    thresholds =
      isLabelConditional
      ? [0.0, 1].map { outcome in threshold(all.filter { calibration.outcomes[$0] == outcome }) }
      : [Double](repeating: threshold(all), count: 2)
    self.level = level
  }

  /// The set for a firm with this probability of the outcome 1.
  public func predictionSet(probability: Double) -> PredictionSet {
    PredictionSet(includesNo: probability <= thresholds[0], includesYes: 1 - probability <= thresholds[1])
  }
}

/// The `⌈(n + 1) level⌉`-th smallest score; +∞ when there are too few. Weights are scaled to a mean of 1.
func conformalQuantile(_ scores: [Double], weights: [Double], level: Double) -> Double {
  let total = weights.reduce(0, +)
  guard total > 0 else { return .infinity }
  let count = Double(scores.count)
  // Rounding must not push an exact rank, such as 0.9 · 10, over the edge.
  let wanted = ((count + 1) * level - 1e-9).rounded(.up)
  var sum = 0.0
  for index in ascendingOrder(of: scores) {
    sum += weights[index] / total * count
    if sum >= wanted - 1e-9 { return scores[index] }
  }
  return .infinity
}

/// How prediction sets did on rows that they were not calibrated on.
public struct ConformalCoverage: Sendable, Equatable, Codable {
  /// What was asked for.
  public var level: Double
  /// The share of rows whose set holds the truth; over all, and by outcome (0, 1; `nil` when it does not occur).
  public var coverage: Double
  public var coverageByOutcome: [Double?]
  /// The share of rows whose set has exactly one outcome: those for which the model commits itself.
  public var decidedShare: Double

  /// Cross-conformal: the rows of each fold are given sets calibrated on the predictions for the other folds.
  ///
  /// - Parameters:
  ///   - predictions: Out-of-fold predictions.
  ///   - folds: The fold of each row.
  public init(
    of predictions: BinaryPredictions, folds: [Int], level: Double = 0.9, isLabelConditional: Bool = true
  ) {
    precondition(folds.count == predictions.rowCount, "\(folds.count) folds")
    var covered = [0.0, 0.0]
    var totals = [0.0, 0.0]
    var decided = 0.0
    for fold in Set(folds).sorted() {
      let others = folds.indices.filter { folds[$0] != fold }
      let classifier = ConformalClassifier(
        calibration: predictions.selectingRows(others), level: level, isLabelConditional: isLabelConditional)
      for row in folds.indices where folds[row] == fold {
        let set = classifier.predictionSet(probability: predictions.probabilities[row])
        let outcome = Int(predictions.outcomes[row])
        totals[outcome] += predictions.weights[row]
        if set.contains(predictions.outcomes[row]) { covered[outcome] += predictions.weights[row] }
        if set.count == 1 { decided += predictions.weights[row] }
      }
    }
    let total = totals[0] + totals[1]
    self.level = level
    coverage = (covered[0] + covered[1]) / total
    coverageByOutcome = zip(covered, totals).map { $1 > 0 ? $0 / $1 : nil }
    decidedShare = decided / total
  }
}

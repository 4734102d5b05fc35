import Foundation
import StatisticalLearning

/// What happens when firms at or above a probability are called positive.
public struct ThresholdMetrics: Sendable, Equatable, Codable {
  public let threshold: Double
  /// Weighted counts.
  public let truePositive: Double
  public let falsePositive: Double
  public let trueNegative: Double
  public let falseNegative: Double

  public var total: Double { truePositive + falsePositive + trueNegative + falseNegative }
  public var accuracy: Double { (truePositive + trueNegative) / total }
  /// The share of positives that are found; `nil` without positives.
  public var sensitivity: Double? { ratio(truePositive, falseNegative) }
  /// The share of negatives that are left alone; `nil` without negatives.
  public var specificity: Double? { ratio(trueNegative, falsePositive) }
  /// The share of those called positive that are; `nil` when none is called.
  public var precision: Double? { ratio(truePositive, falsePositive) }
  /// `1 − (1 − sensitivity + 1 − specificity) / 2`; `nil` with one class only.
  public var balancedAccuracy: Double? {
    guard let sensitivity, let specificity else { return nil }
    return (sensitivity + specificity) / 2
  }
  /// The harmonic mean of precision and sensitivity; `nil` when there is nothing to find and nothing was called.
  public var f1: Double? {
    let denominator = 2 * truePositive + falsePositive + falseNegative
    return denominator > 0 ? 2 * truePositive / denominator : nil
  }
  /// Matthews' correlation of call and outcome; `nil` when a margin is empty.
  public var matthewsCorrelation: Double? {
    let called = truePositive + falsePositive
    let margins =
      called * (trueNegative + falseNegative) * (truePositive + falseNegative) * (trueNegative + falsePositive)
    guard margins > 0 else { return nil }
    return (truePositive * trueNegative - falsePositive * falseNegative) / margins.squareRoot()
  }
  /// `TP/n − FP/n · t/(1 − t)`: true positives per firm, net of false ones at the exchange rate that the threshold
  /// implies. Source: Vickers and Elkin (2006). −∞ at a threshold of 1 with a false positive.
  public var netBenefit: Double {
    falsePositive == 0
      ? truePositive / total : truePositive / total - falsePositive / total * threshold / (1 - threshold)
  }

  private func ratio(_ a: Double, _ b: Double) -> Double? { a + b > 0 ? a / (a + b) : nil }
}

/// One threshold of a decision curve.
public struct DecisionCurvePoint: Sendable, Equatable, Codable {
  public let threshold: Double
  public let netBenefit: IntervalEstimate
  /// The net benefit of helping every firm, at the same threshold. That of helping none is 0.
  public let netBenefitOfAll: Double
}

extension BinaryPredictions {
  /// Counts when rows with `probability ≥ threshold` are called positive.
  public func metrics(atThreshold threshold: Double) -> ThresholdMetrics {
    var counts = [0.0, 0, 0, 0]
    for row in 0..<rowCount {
      counts[(probabilities[row] >= threshold ? 2 : 0) + Int(outcomes[row])] += weights[row]
    }
    return ThresholdMetrics(
      threshold: threshold, truePositive: counts[3], falsePositive: counts[2], trueNegative: counts[0],
      falseNegative: counts[1])
  }

  /// Accuracy at a threshold, with each row's contribution.
  public func accuracyInfluence(
    threshold: Double = 0.5, weightMeaning: WeightMeaning = .sampling
  ) -> InfluenceEstimate {
    mean(weightMeaning) { (probabilities[$0] >= threshold) == (outcomes[$0] == 1) ? 1 : 0 }
  }

  /// Net benefit at a threshold below 1, with each row's contribution.
  public func netBenefitInfluence(
    threshold: Double, weightMeaning: WeightMeaning = .sampling
  ) -> InfluenceEstimate {
    precondition(threshold >= 0 && threshold < 1, "a threshold of \(threshold)")
    let odds = threshold / (1 - threshold)
    return mean(weightMeaning) { row in
      probabilities[row] < threshold ? 0 : outcomes[row] == 1 ? 1 : -odds
    }
  }

  /// Net benefit over thresholds, against helping all and helping none.
  ///
  /// - Parameter thresholds: Each in `0..<1`.
  public func decisionCurve(
    thresholds: [Double] = (1...60).map { Double($0) / 100 }, level: Double = 0.95, clusters: [Int]? = nil,
    weightMeaning: WeightMeaning = .sampling
  ) -> [DecisionCurvePoint] {
    let rate = baseRate
    return thresholds.map { threshold in
      DecisionCurvePoint(
        threshold: threshold,
        netBenefit: netBenefitInfluence(threshold: threshold, weightMeaning: weightMeaning)
          .interval(level: level, clusters: clusters, weightMeaning: weightMeaning),
        netBenefitOfAll: rate - (1 - rate) * threshold / (1 - threshold))
    }
  }
}

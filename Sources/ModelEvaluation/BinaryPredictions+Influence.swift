import Foundation
import StatisticalLearning

extension BinaryPredictions {
  /// The area under the ROC curve with each row's contribution; `nil` when only one class occurs.
  ///
  /// Its variance is that of DeLong, DeLong and Clarke-Pearson (1988), ties counting half, from ranks instead of pairs
  /// (Sun and Xu 2014); with clusters it is that of Obuchowski (1997); with sampling weights that of the weighted
  /// U-statistic. `a.areaUnderROCInfluence()!.minus(b.areaUnderROCInfluence()!)` is the paired comparison. A class of a
  /// single row has no variance: the result is then `NaN`.
  ///
  /// - Complexity: O(*n* log *n*), linear beyond a few thousand rows.
  public func areaUnderROCInfluence(weightMeaning: WeightMeaning = .sampling) -> InfluenceEstimate? {
    guard hasBothClasses else { return nil }
    var totals = [0.0, 0.0]
    var counts = [0.0, 0.0]
    for row in 0..<rowCount where weights[row] > 0 {
      totals[Int(outcomes[row])] += weights[row]
      counts[Int(outcomes[row])] += weightMeaning == .frequency ? weights[row] : 1
    }
    // Placement: the weighted share of the other class that the row beats (outcome 1) or loses to (outcome 0).
    var placements = [Double](repeating: 0, count: rowCount)
    var below = [0.0, 0.0]
    forEachTieGroup { group in
      var here = [0.0, 0.0]
      for row in group { here[Int(outcomes[row])] += weights[row] }
      for row in group {
        placements[row] =
          outcomes[row] == 1
          ? (below[0] + here[0] / 2) / totals[0] : (totals[1] - below[1] - here[1] / 2) / totals[1]
      }
      below[0] += here[0]
      below[1] += here[1]
    }
    var sum = 0.0
    for row in 0..<rowCount where outcomes[row] == 1 { sum += weights[row] * placements[row] }
    let area = sum / totals[1]
    let correction = counts.map { ($0 / ($0 - 1)).squareRoot() }
    let contributions = (0..<rowCount).map { row in
      let outcome = Int(outcomes[row])
      return weights[row] > 0
        ? correction[outcome] * weights[row] * (placements[row] - area) / totals[outcome] : 0
    }
    return InfluenceEstimate(value: area, contributions: contributions, weights: weights)
  }

  /// An interval for the area under the ROC curve, on the scale of its log-odds; `nil` when only one class occurs.
  ///
  /// When the classes are separated (an area of 0 or 1), or the variance of DeLong is undefined (one row in a class), the
  /// interval is that of Newcombe (2006, method 5), which does not shrink to a point.
  ///
  /// - Parameter isLogit: `false` gives the symmetric interval of pROC's `ci.auc`, cut to `0...1`.
  public func areaUnderROCInterval(
    level: Double = 0.95, clusters: [Int]? = nil, weightMeaning: WeightMeaning = .sampling, isLogit: Bool = true
  ) -> IntervalEstimate? {
    guard let influence = areaUnderROCInfluence(weightMeaning: weightMeaning) else { return nil }
    let error = influence.variance(clusters: clusters, weightMeaning: weightMeaning).squareRoot()
    guard !error.isNaN, influence.value < 1, influence.value > 0 else {
      let counts = [0.0, 1.0].map { outcome in
        InfluenceEstimate.observationCount(
          (0..<rowCount).lazy.filter { outcomes[$0] == outcome }.map { weights[$0] }, weightMeaning)
      }
      return newcombeInterval(influence.value, counts[0], counts[1], level)
    }
    return isLogit
      ? IntervalEstimate(proportion: influence.value, standardError: error, level: level)
      : IntervalEstimate(value: influence.value, standardError: error, level: level, within: 0...1)
  }

  /// The log-loss with each row's contribution.
  public func logLossInfluence(weightMeaning: WeightMeaning = .sampling) -> InfluenceEstimate {
    mean(weightMeaning) { logOnePlusExp(outcomes[$0] == 1 ? -logOdds[$0] : logOdds[$0]) }
  }

  /// The Brier score with each row's contribution.
  public func brierScoreInfluence(weightMeaning: WeightMeaning = .sampling) -> InfluenceEstimate {
    mean(weightMeaning) { (probabilities[$0] - outcomes[$0]) * (probabilities[$0] - outcomes[$0]) }
  }

  func mean(_ weightMeaning: WeightMeaning, _ value: (Int) -> Double) -> InfluenceEstimate {
    InfluenceEstimate(
      meanOf: (0..<rowCount).map { weights[$0] > 0 ? value($0) : 0 }, weights: weights, weightMeaning: weightMeaning)
  }
}

/// All θ with `(θ − θ̂)² ≤ z² V(θ)`, where V is the variance of Hanley and McNeil (1982) with both class sizes replaced
/// by their mean in its last two terms. Source: Newcombe (2006), Statistics in Medicine 25, 559–573, method 5.
func newcombeInterval(
  _ area: Double, _ negativeCount: Double, _ positiveCount: Double, _ level: Double
) -> IntervalEstimate {
  let z = StandardNormal.quantile((1 + level) / 2)
  let half = (negativeCount + positiveCount) / 2 - 1
  func variance(_ t: Double) -> Double {
    t * (1 - t) * (1 + half * ((1 - t) / (2 - t) + t / (1 + t))) / (negativeCount * positiveCount)
  }
  func excess(_ t: Double) -> Double { (t - area) * (t - area) - z * z * variance(t) }
  func root(_ outside: Double) -> Double {
    guard excess(outside) > 0 else { return outside }
    var (out, inside) = (outside, area)
    for _ in 0..<200 {
      let middle = (out + inside) / 2
      if excess(middle) > 0 { out = middle } else { inside = middle }
    }
    return (out + inside) / 2
  }
  return IntervalEstimate(
    value: area, standardError: variance(area).squareRoot(), lower: root(0), upper: root(1), level: level)
}

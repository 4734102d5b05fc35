import Foundation
import StatisticalLearning

/// One point of a smoothed calibration curve.
public struct CalibrationCurvePoint: Sendable, Equatable, Codable {
  public let predicted: Double
  /// The smoothed observed rate, with its pointwise band.
  public let observed: Double
  public let lower: Double
  public let upper: Double
}

extension BinaryPredictions {
  /// The observed rate as a smooth function of the predicted probability: logistic regression on a restricted cubic spline
  /// of the log-odds (Harrell 2015, §2.4.5), knots at quantiles, with a pointwise band. A straight line when there are
  /// too few distinct predictions for a spline; empty when not even a line is defined (see
  /// ``calibrationLine(weightMeaning:)``).
  ///
  /// - Parameters:
  ///   - pointCount: Points evenly spaced in probability between the 1st and the 99th percentile of the predictions.
  ///   - clusters: Rows that belong together, such as the same firm in several repeats.
  public func calibrationCurve(
    pointCount: Int = 50, level: Double = 0.95, clusters: [Int]? = nil, weightMeaning: WeightMeaning = .sampling
  ) -> [CalibrationCurvePoint] {
    precondition(pointCount >= 2, "\(pointCount) points")
    guard isOverlapping else { return [] }
    let active = (0..<rowCount).filter { weights[$0] > 0 }
    let sorted = active.map { logOdds[$0] }.sorted()
    let centre = weightedMean { logOdds[$0] }
    let spread = weightedMean { (logOdds[$0] - centre) * (logOdds[$0] - centre) }.squareRoot()
    let firmCount = clusters.map { clusters in Set(active.map { clusters[$0] }).count } ?? active.count
    for knotCount in [firmCount >= 200 ? 5 : firmCount >= 100 ? 4 : 3, 3, 0] {
      let knots = Self.knots(knotCount, sorted).map { ($0 - centre) / spread }
      if knotCount > 0 && knots.count < knotCount { continue }
      let columns = Self.splineColumns(logOdds.map { ($0 - centre) / spread }, knots)
      guard let fit = LogisticFit(columns: columns, outcomes: outcomes, weights: weights) else { continue }
      let covariance = self.covariance(of: fit, columns: columns, clusters: clusters, weightMeaning)
      let z = StandardNormal.quantile((1 + level) / 2)
      let (low, high) = (sigmoid(quantile(0.01, ofSorted: sorted)), sigmoid(quantile(0.99, ofSorted: sorted)))
      return (0..<pointCount).map { index in
        let predicted = low + (high - low) * Double(index) / Double(pointCount - 1)
        let x = Self.splineColumns([(logit(predicted) - centre) / spread], knots).map { $0[0] }
        let f = zip(x, fit.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        var variance = 0.0
        for i in x.indices { for j in x.indices { variance += x[i] * covariance[i * x.count + j] * x[j] } }
        let half = z * max(variance, 0).squareRoot()
        return CalibrationCurvePoint(
          predicted: predicted, observed: sigmoid(f), lower: sigmoid(f - half), upper: sigmoid(f + half))
      }
    }
    return []
  }

  /// Distinct knots at the quantiles that Harrell (2015, Table 2.3) advises.
  private static func knots(_ count: Int, _ sorted: [Double]) -> [Double] {
    let probabilities: [Int: [Double]] = [
      3: [0.10, 0.5, 0.90], 4: [0.05, 0.35, 0.65, 0.95], 5: [0.05, 0.275, 0.5, 0.725, 0.95],
    ]
    var knots: [Double] = []
    for probability in probabilities[count] ?? [] {
      let knot = quantile(probability, ofSorted: sorted)
      if knots.last != knot { knots.append(knot) }
    }
    return knots
  }

  /// A constant, the value itself, and for *k* ≥ 3 knots the *k* − 2 cubic terms that are linear beyond the outer knots.
  static func splineColumns(_ x: [Double], _ knots: [Double]) -> [[Double]] {
    var columns = [[Double](repeating: 1, count: x.count), x]
    guard knots.count >= 3, let last = knots.last else { return columns }
    func cube(_ value: Double) -> Double { value > 0 ? value * value * value : 0 }
    let beforeLast = knots[knots.count - 2]
    let scale = (last - knots[0]) * (last - knots[0])
    for knot in knots.dropLast(2) {
      columns.append(
        x.map { x in
          let tail = last - beforeLast
          return
            (cube(x - knot) - cube(x - beforeLast) * (last - knot) / tail
            + cube(x - last) * (beforeLast - knot) / tail) / scale
        })
    }
    return columns
  }
}

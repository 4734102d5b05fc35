import Foundation
import StatisticalLearning

/// The line `log-odds of the outcome = intercept + slope · predicted log-odds`, by unpenalised logistic regression
/// (Cox 1958): 0 and 1 for calibrated predictions, a slope below 1 for predictions that are too extreme.
public struct CalibrationLine: Sendable, Equatable, Codable {
  public let intercept: Double
  public let slope: Double
  public let interceptStandardError: Double
  public let slopeStandardError: Double
  /// Of intercept and slope.
  public let covariance: Double
}

/// What a row weight says about the precision of an estimate. Estimates themselves do not depend on it.
public enum WeightMeaning: String, Sendable, Codable {
  /// A row of weight 2 is two observations.
  case frequency
  /// A row of weight 2 is one observation that stands for two firms: standard errors are those of weighted sums over
  /// independent rows (Horvitz–Thompson, sandwich), and do not change when all weights are multiplied by a constant.
  case sampling
}

extension BinaryPredictions {
  /// The calibration line; `nil` when it is not defined: one class only, constant or infinite log-odds, or classes that
  /// the predictions separate (the slope then grows without bound).
  ///
  /// - Parameters:
  ///   - weightMeaning: What standard errors take the weights for.
  ///   - clusters: Rows that belong together, such as the same firm in several repeats.
  public func calibrationLine(
    weightMeaning: WeightMeaning = .sampling, clusters: [Int]? = nil
  ) -> CalibrationLine? {
    guard isOverlapping else { return nil }
    // Centred and scaled, so that Newton's steps are well conditioned; undone below.
    let centre = weightedMean { logOdds[$0] }
    let spread = weightedMean { (logOdds[$0] - centre) * (logOdds[$0] - centre) }.squareRoot()
    let ones = [Double](repeating: 1, count: rowCount)
    let scaled = logOdds.map { ($0 - centre) / spread }
    guard spread > 0, let fit = LogisticFit(columns: [ones, scaled], outcomes: outcomes, weights: weights) else {
      return nil
    }
    let covariance = covariance(of: fit, columns: [ones, scaled], clusters: clusters, weightMeaning)
    let slope = fit.coefficients[1] / spread
    let ratio = centre / spread
    let interceptVariance = covariance[0] - 2 * ratio * covariance[1] + ratio * ratio * covariance[3]
    return CalibrationLine(
      intercept: fit.coefficients[0] - slope * centre, slope: slope,
      interceptStandardError: max(interceptVariance, 0).squareRoot(),
      slopeStandardError: covariance[3].squareRoot() / spread,
      covariance: (covariance[1] - ratio * covariance[3]) / spread)
  }

  /// Calibration in the large: the constant that must be added to all log-odds for the mean probability to equal the
  /// base rate, with its standard error. `nil` with one class only, or infinite log-odds.
  public func calibrationInTheLarge(
    weightMeaning: WeightMeaning = .sampling, clusters: [Int]? = nil
  ) -> (intercept: Double, standardError: Double)? {
    guard hasBothClasses, !logOdds.indices.contains(where: { weights[$0] > 0 && logOdds[$0].isInfinite }) else {
      return nil
    }
    let ones = [Double](repeating: 1, count: rowCount)
    guard let fit = LogisticFit(columns: [ones], outcomes: outcomes, weights: weights, offsets: logOdds) else {
      return nil
    }
    let variance = covariance(of: fit, columns: [ones], offsets: logOdds, clusters: clusters, weightMeaning)[0]
    return (fit.coefficients[0], variance.squareRoot())
  }

  /// Whether a finite calibration line exists: both classes, finite log-odds, and each class has a score strictly
  /// inside the range of the other's.
  var isOverlapping: Bool {
    var low = [Double.infinity, .infinity]
    var high = [-Double.infinity, -.infinity]
    for row in 0..<rowCount where weights[row] > 0 {
      guard logOdds[row].isFinite else { return false }
      let outcome = Int(outcomes[row])
      low[outcome] = min(low[outcome], logOdds[row])
      high[outcome] = max(high[outcome], logOdds[row])
    }
    return low[1] < high[0] && low[0] < high[1]
  }

  /// The covariance of coefficients, row-major: the inverse information, or the sandwich `H⁻¹ (Σ g gᵀ) H⁻¹` over the
  /// scores `g` of rows, or of clusters.
  func covariance(
    of fit: LogisticFit, columns: [[Double]], offsets: [Double]? = nil, clusters: [Int]? = nil,
    _ weightMeaning: WeightMeaning
  ) -> [Double] {
    if clusters == nil {
      if weightMeaning == .frequency { return fit.inverseInformation }
      let common = weights.first { $0 > 0 }!
      // A simple random sample: the model-based covariance, for weights of 1, is the less variable of the two.
      if weights.allSatisfy({ $0 == common || $0 == 0 }) { return fit.inverseInformation.map { $0 * common } }
    }
    let k = columns.count
    let numbers = ClusterNumbers(clusters ?? Array(0..<rowCount), where: { weights[$0] > 0 })
    var scores = [Double](repeating: 0, count: numbers.count * k)
    for row in 0..<rowCount where weights[row] > 0 {
      let place = numbers.ofRow[row]
      var f = offsets?[row] ?? 0
      for j in 0..<k { f += columns[j][row] * fit.coefficients[j] }
      let residual = weights[row] * (outcomes[row] - sigmoid(f))
      for j in 0..<k { scores[place * k + j] += residual * columns[j][row] }
    }
    var meat = [Double](repeating: 0, count: k * k)
    for start in stride(from: 0, to: scores.count, by: k) {
      for i in 0..<k { for j in 0..<k { meat[i * k + j] += scores[start + i] * scores[start + j] } }
    }
    return smallProduct(smallProduct(fit.inverseInformation, meat, k), fit.inverseInformation, k)
  }
}

/// The product of two *k* × *k* matrices, row-major.
func smallProduct(_ a: [Double], _ b: [Double], _ k: Int) -> [Double] {
  var result = [Double](repeating: 0, count: k * k)
  for i in 0..<k { for j in 0..<k { for m in 0..<k { result[i * k + j] += a[i * k + m] * b[m * k + j] } } }
  return result
}

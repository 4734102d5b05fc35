import Foundation
import StatisticalLearning

/// A number with its uncertainty.
public struct IntervalEstimate: Sendable, Equatable, Codable {
  public let value: Double
  public let standardError: Double
  public let lower: Double
  public let upper: Double
  /// The nominal coverage, such as 0.95.
  public let level: Double
  /// Of Student's *t*; `nil` for a normal or a resampled interval.
  public let degreesOfFreedom: Double?

  public init(
    value: Double, standardError: Double, lower: Double, upper: Double, level: Double,
    degreesOfFreedom: Double? = nil
  ) {
    self.value = value
    self.standardError = standardError
    self.lower = lower
    self.upper = upper
    self.level = level
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// `value ± quantile · standardError`, cut to `bounds`.
  public init(
    value: Double, standardError: Double, level: Double = 0.95, degreesOfFreedom: Double? = nil,
    within bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) {
    precondition(level > 0 && level < 1, "a level of \(level)")
    let tail = (1 + level) / 2
    let quantile =
      degreesOfFreedom.map { StudentT.quantile(tail, degreesOfFreedom: $0) } ?? StandardNormal.quantile(tail)
    // An infinite quantile times an error of 0 is an error of 0.
    let half = standardError == 0 ? 0 : quantile * standardError
    self.init(
      value: value, standardError: standardError, lower: max(value - half, bounds.lowerBound),
      upper: min(value + half, bounds.upperBound), level: level, degreesOfFreedom: degreesOfFreedom)
  }

  /// An interval for a number in (0, 1) that is symmetric on the scale of log-odds, so that it stays inside; at 0 and
  /// 1 it is the point itself.
  public init(
    proportion value: Double, standardError: Double, level: Double = 0.95, degreesOfFreedom: Double? = nil
  ) {
    guard value > 0, value < 1 else {
      self.init(
        value: value, standardError: standardError, level: level, degreesOfFreedom: degreesOfFreedom, within: 0...1)
      return
    }
    let onLogOdds = IntervalEstimate(
      value: logit(value), standardError: standardError / (value * (1 - value)), level: level,
      degreesOfFreedom: degreesOfFreedom)
    self.init(
      value: value, standardError: standardError, lower: sigmoid(onLogOdds.lower), upper: sigmoid(onLogOdds.upper),
      level: level, degreesOfFreedom: degreesOfFreedom)
  }

  /// The percentiles of replicates, as they are (linear interpolation between order statistics).
  ///
  /// - Parameter replicates: At least two, finite.
  public init(value: Double, replicates: [Double], level: Double = 0.95) {
    precondition(replicates.count >= 2, "\(replicates.count) replicates")
    let sorted = replicates.sorted()
    let mean = sorted.reduce(0, +) / Double(sorted.count)
    let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count - 1)
    self.init(
      value: value, standardError: variance.squareRoot(), lower: quantile((1 - level) / 2, ofSorted: sorted),
      upper: quantile((1 + level) / 2, ofSorted: sorted), level: level)
  }

  /// The two-sided p-value of the hypothesis that the true value is `hypothesis`, from the standard error.
  public func pValue(against hypothesis: Double = 0) -> Double {
    if value == hypothesis { return 1 }
    let t = (value - hypothesis) / standardError
    return degreesOfFreedom.map { StudentT.twoSidedPValue(t, degreesOfFreedom: $0) }
      ?? min(1, 2 * StandardNormal.cumulative(-abs(t)))
  }

  public func contains(_ truth: Double) -> Bool { lower <= truth && truth <= upper }
}

/// The quantile of sorted values, by linear interpolation (R's type 7, NumPy's default).
func quantile(_ probability: Double, ofSorted sorted: [Double]) -> Double {
  precondition(!sorted.isEmpty, "a quantile of nothing")
  let place = probability * Double(sorted.count - 1)
  let below = Int(place.rounded(.down))
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}

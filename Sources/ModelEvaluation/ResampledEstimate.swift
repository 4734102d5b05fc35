import Foundation

/// Intervals from the folds of a (repeated) cross-validation.
public enum ResampledEstimate {
  /// The mean over folds with the corrected variance of Nadeau and Bengio (2003): folds share training rows, so the
  /// naive standard error is too small.
  ///
  /// `variance = (1/J + n₂/n₁) S²`, with *J* values of sample variance S², n₁ training rows, n₂ test rows; Student's *t*
  /// with *J* − 1 degrees of freedom. Also the "corrected repeated *k*-fold test" of Bouckaert and Frank (2004).
  ///
  /// - Parameters:
  ///   - values: One per fold and repeat; for a comparison, the differences of two candidates on the same folds.
  ///   - testToTrainingRatio: n₂ / n₁; `1 / (K − 1)` for *K* folds.
  /// - Returns: `nil` when there are fewer than two values.
  public static func correctedInterval(
    _ values: [Double], testToTrainingRatio: Double, level: Double = 0.95
  ) -> IntervalEstimate? {
    guard values.count >= 2, values.allSatisfy({ $0.isFinite }) else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return IntervalEstimate(
      value: mean, standardError: ((1 / count + testToTrainingRatio) * variance).squareRoot(), level: level,
      degreesOfFreedom: count - 1)
  }
}

/// Prediction intervals for a continuous outcome that hold the truth with a stated probability.
public enum ConformalRegression {
  /// Split conformal: `prediction ± q`, with q the `⌈(n + 1) level⌉`-th smallest absolute residual of rows that the model
  /// has not seen; covers with probability at least `level`. `nil` when there are too few rows for the level.
  public static func halfWidth(residuals: [Double], weights: [Double]? = nil, level: Double = 0.9) -> Double? {
    precondition(level > 0 && level < 1, "a level of \(level)")
    let q = conformalQuantile(residuals.map(abs), weights: weights ?? residuals.map { _ in 1 }, level: level)
    return q.isFinite ? q : nil
  }

  /// CV+ (Barber, Candès, Ramdas, Tibshirani 2021): uses the models of all folds, and every row both to learn and to
  /// calibrate; covers with probability at least `2 · level − 1`, in practice about `level`.
  ///
  /// - Parameters:
  ///   - residuals: Outcome minus out-of-fold prediction, one per training row.
  ///   - folds: The fold that each row was held out in.
  ///   - foldPredictions: The prediction for the new firm by the model of each fold.
  /// - Returns: The interval; infinite on both sides when there are too few rows.
  public static func crossValidationPlus(
    residuals: [Double], folds: [Int], foldPredictions: [Double], level: Double = 0.9
  ) -> (lower: Double, upper: Double) {
    precondition(residuals.count == folds.count, "\(residuals.count) residuals, \(folds.count) folds")
    let ones = residuals.map { _ in 1.0 }
    let upper = conformalQuantile(
      zip(residuals, folds).map { foldPredictions[$1] + abs($0) }, weights: ones, level: level)
    let lower = conformalQuantile(
      zip(residuals, folds).map { -(foldPredictions[$1] - abs($0)) }, weights: ones, level: level)
    return (-lower, upper)
  }
}

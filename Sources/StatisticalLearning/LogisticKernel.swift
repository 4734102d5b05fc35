import COpenBLAS

/// The pass of logistic regression over its rows, at the width of the processor.
public enum LogisticKernel {
  /// What a pass adds up over its rows.
  public struct Sums {
    /// `Σ sᵢ log(1 + exp(−(2yᵢ − 1) (ηᵢ + b)))`
    public let loss: Double
    /// Its first and second derivative in the intercept `b`.
    public let gradient: Double
    public let information: Double
  }

  /// Evaluates the loss and, per row, its first and second derivative in the predictor. The result does not depend on the
  /// processor.
  ///
  /// - Parameters:
  ///   - signs: `2yᵢ − 1`, one per row.
  ///   - weights: sᵢ
  ///   - predictor: ηᵢ
  ///   - intercept: b
  ///   - count: A multiple of four.
  public static func evaluate(
    signs: UnsafePointer<Double>, weights: UnsafePointer<Double>, predictor: UnsafePointer<Double>, intercept: Double,
    residual: UnsafeMutablePointer<Double>, curvature: UnsafeMutablePointer<Double>, count: Int
  ) -> Sums {
    precondition(count % 4 == 0, "\(count) rows, not a multiple of four")
    let sums = innov_logistic(signs, weights, predictor, intercept, residual, curvature, count)
    return Sums(loss: sums.loss, gradient: sums.gradient, information: sums.information)
  }
}

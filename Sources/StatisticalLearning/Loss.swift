/// A loss of one raw score against one target, twice differentiable and convex in the raw score.
public protocol Loss: Sendable {
  /// The loss, at least 0.
  func value(rawScore: Double, target: Double) -> Double

  /// First and second derivative with respect to the raw score.
  func derivatives(rawScore: Double, target: Double) -> (gradient: Double, hessian: Double)

  /// The prediction on the scale of the target: a probability, a value.
  func prediction(rawScore: Double) -> Double
}

/// The negative log-likelihood of a binary target `y ∈ [0, 1]` at log-odds `f`: `log(1 + exp(f)) − y f`.
///
/// Gradient `σ(f) − y`, second derivative `σ(f) (1 − σ(f))`, with `σ` the logistic function.
public struct LogisticLoss: Loss {
  @inlinable public init() {}

  @inlinable
  public func value(rawScore: Double, target: Double) -> Double {
    // Written per side so that a confident right answer keeps its digits.
    target * logOnePlusExp(-rawScore) + (1 - target) * logOnePlusExp(rawScore)
  }

  @inlinable
  public func derivatives(rawScore: Double, target: Double) -> (gradient: Double, hessian: Double) {
    let probability = sigmoid(rawScore)
    return (probability - target, probability * sigmoid(-rawScore))
  }

  @inlinable
  public func prediction(rawScore: Double) -> Double { sigmoid(rawScore) }
}

/// Half the squared error `(f − y)² / 2`: gradient `f − y`, second derivative 1.
public struct SquaredLoss: Loss {
  @inlinable public init() {}

  @inlinable
  public func value(rawScore: Double, target: Double) -> Double {
    let residual = rawScore - target
    return residual * residual / 2
  }

  @inlinable
  public func derivatives(rawScore: Double, target: Double) -> (gradient: Double, hessian: Double) {
    (rawScore - target, 1)
  }

  @inlinable
  public func prediction(rawScore: Double) -> Double { rawScore }
}

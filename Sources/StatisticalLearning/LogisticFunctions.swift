import Foundation

/// `log(1 + exp(x))` without overflow, and without loss for very negative `x`.
///
/// Source: Mächler (2012), *Accurately computing log(1 − exp(−|a|))*, with the cut-offs of his note.
@inlinable
public func logOnePlusExp(_ x: Double) -> Double {
  if x <= -37 { return exp(x) }
  if x <= 18 { return log1p(exp(x)) }
  if x <= 33.3 { return x + exp(-x) }
  return x
}

/// `1 / (1 + exp(−x))`, accurate in both tails.
@inlinable
public func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}

/// `log(p / (1 − p))`; −∞ at 0 and +∞ at 1.
@inlinable
public func logit(_ probability: Double) -> Double {
  log(probability) - log1p(-probability)
}

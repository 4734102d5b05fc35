import Foundation

/// The chi-square distribution with any positive number of degrees of freedom.
public enum ChiSquare {
  /// `P(X > x)` for `degreesOfFreedom > 0`; 1 at `x ≤ 0`.
  public static func upperTail(_ x: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    if x.isNaN { return .nan }
    return x <= 0 ? 1 : regularizedGammaQ(degreesOfFreedom / 2, x / 2)
  }
}

/// The upper regularised incomplete gamma function `Q(a, x) = Γ(a, x) / Γ(a)`, `a > 0`, `x ≥ 0`.
///
/// A power series of `P = 1 − Q` below `x = a + 1`, the continued fraction of Legendre by Lentz's method above it.
/// Source: NIST Digital Library of Mathematical Functions, 8.7.1 and 8.9.2.
public func regularizedGammaQ(_ a: Double, _ x: Double) -> Double {
  precondition(a > 0 && x >= 0, "Q(\(a), \(x))")
  if x == 0 { return 1 }
  if x == .infinity { return 0 }
  let scale = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var term = 1 / a
    var sum = term
    var k = a
    while term > sum * 1e-17 {
      k += 1
      term *= x / k
      sum += term
    }
    return max(0, 1 - scale * sum)
  }
  let tiny = Double.leastNormalMagnitude
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var fraction = d
  for i in 1...10_000 {
    let numerator = -Double(i) * (Double(i) - a)
    b += 2
    d = numerator * d + b
    if abs(d) < tiny { d = tiny }
    c = b + numerator / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    let change = d * c
    fraction *= change
    if abs(change - 1) < 1e-16 { break }
  }
  return scale * fraction
}

import Foundation

/// The standard normal distribution, accurate in both tails.
public enum StandardNormal {
  /// `φ(x) = exp(−x²/2) / √(2π)`.
  @inlinable
  public static func density(_ x: Double) -> Double { 0.398942280401432677939946059934 * exp(-0.5 * x * x) }

  /// `Φ(x) = P(Z ≤ x)`, with relative accuracy for very negative `x`.
  @inlinable
  public static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x * 0.707106781186547524400844362105) }

  /// `P(Z > x)`, with relative accuracy for very large `x`.
  @inlinable
  public static func upperTail(_ x: Double) -> Double { 0.5 * erfc(x * 0.707106781186547524400844362105) }

  /// `Φ⁻¹(probability)`; −∞ at 0, +∞ at 1, `NaN` outside of `0...1`.
  ///
  /// Relative error below 1e−15 by rational approximation. Source: Wichura (1988), *Algorithm AS 241: the percentage
  /// points of the normal distribution*, Applied Statistics 37(3), routine PPND16.
  public static func quantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    let q = probability - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * ratio(r, centralNumerator, centralDenominator)
    }
    let tail = q < 0 ? probability : 1 - probability
    if tail == 0 { return q < 0 ? -.infinity : .infinity }
    let r = (-log(tail)).squareRoot()
    let value =
      r <= 5
      ? ratio(r - 1.6, middleNumerator, middleDenominator) : ratio(r - 5, farNumerator, farDenominator)
    return q < 0 ? -value : value
  }

  /// The quotient of two polynomials of degree 7, coefficients in ascending order.
  private static func ratio(_ r: Double, _ numerator: [Double], _ denominator: [Double]) -> Double {
    var top = 0.0
    var bottom = 0.0
    for k in stride(from: 7, through: 0, by: -1) {
      top = top * r + numerator[k]
      bottom = bottom * r + denominator[k]
    }
    return top / bottom
  }

  private static let centralNumerator = [
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ]
  private static let centralDenominator = [
    1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
  ]
  private static let middleNumerator = [
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
    1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
  ]
  private static let middleDenominator = [
    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
    1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
  ]
  private static let farNumerator = [
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ]
  private static let farDenominator = [
    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
    1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
  ]
}

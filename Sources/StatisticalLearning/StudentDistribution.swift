import Foundation

/// Student's *t* distribution with any positive number of degrees of freedom.
public enum StudentT {
  /// `P(T ≤ t)`, with relative accuracy in the lower tail.
  public static func cumulative(_ t: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    if t.isNaN { return .nan }
    if degreesOfFreedom == .infinity { return StandardNormal.cumulative(t) }
    if t.isInfinite { return t < 0 ? 0 : 1 }
    let square = t * t
    // The smaller of x and 1 − x is computed directly, so that neither tail nor centre loses digits.
    let tail =
      square < 1
      ? 0.5 * (1 - regularizedBeta(square / (degreesOfFreedom + square), 0.5, degreesOfFreedom / 2))
      : 0.5 * regularizedBeta(degreesOfFreedom / (degreesOfFreedom + square), degreesOfFreedom / 2, 0.5)
    return t < 0 ? tail : 1 - tail
  }

  /// `P(|T| > |t|)`.
  public static func twoSidedPValue(_ t: Double, degreesOfFreedom: Double) -> Double {
    min(1, 2 * cumulative(-abs(t), degreesOfFreedom: degreesOfFreedom))
  }

  /// The `t` with `P(T ≤ t) = probability`; −∞ at 0, +∞ at 1, `NaN` outside of `0...1`.
  ///
  /// Newton's method, kept inside a bracket, on the tail nearer to the answer.
  public static func quantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    guard probability >= 0, probability <= 1 else { return .nan }
    if degreesOfFreedom == .infinity { return StandardNormal.quantile(probability) }
    if probability == 0 { return -.infinity }
    if probability == 1 { return .infinity }
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    var low = -1.0
    while cumulative(low, degreesOfFreedom: degreesOfFreedom) > tail, low > -1e300 { low *= 4 }
    var high = 0.0
    let half: Double = degreesOfFreedom / 2
    let logConstant: Double = lgamma(half + 0.5) - lgamma(half) - 0.5 * log(degreesOfFreedom * Double.pi)
    var t: Double = max(low, min(StandardNormal.quantile(tail), -1e-300))
    for _ in 0..<200 {
      let error = cumulative(t, degreesOfFreedom: degreesOfFreedom) - tail
      if error > 0 { high = t } else { low = t }
      let density: Double = exp(logConstant - (half + 0.5) * log1p(t * t / degreesOfFreedom))
      var next = t - error / density
      if !(next > low && next < high) { next = (low + high) / 2 }
      if abs(next - t) <= 1e-15 * abs(next) { return probability < 0.5 ? next : -next }
      t = next
    }
    return probability < 0.5 ? t : -t
  }
}

/// The regularised incomplete beta function `I_x(a, b)`, `a, b > 0`, `0 ≤ x ≤ 1`.
///
/// The continued fraction by Lentz's method, on the side where it converges fast. Source: NIST Digital Library of
/// Mathematical Functions, 8.17.22 and 8.17.4.
public func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  precondition(a > 0 && b > 0 && x >= 0 && x <= 1, "I_\(x)(\(a), \(b))")
  if x == 0 || x == 1 { return x }
  if x > (a + 1) / (a + b + 2) { return 1 - regularizedBeta(1 - x, b, a) }
  let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
  let tiny = Double.leastNormalMagnitude
  var c = 1.0
  var d = 1 - (a + b) * x / (a + 1)
  if abs(d) < tiny { d = tiny }
  d = 1 / d
  var fraction = d
  for step in 1...20_000 {
    let m = Double(step)
    for numerator in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 + numerator * d
      if abs(d) < tiny { d = tiny }
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      fraction *= c * d
    }
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction
}

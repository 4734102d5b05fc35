import Foundation
import StatisticalLearning

/// The standard bivariate normal distribution with correlation ρ.
public enum BivariateNormal {
  /// `P(X ≤ x, Y ≤ y)`, to about 1e−15.
  ///
  /// - Parameter correlation: ρ in `-1...1`.
  public static func cumulative(_ x: Double, _ y: Double, correlation: Double) -> Double {
    upperOrthant(-x, -y, correlation: correlation)
  }

  /// `φ₂(x, y; ρ)`, for |ρ| < 1.
  public static func density(_ x: Double, _ y: Double, correlation: Double) -> Double {
    let rest = (1 - correlation) * (1 + correlation)
    // (x² − 2ρxy + y²)/(1 − ρ²) = (x − ρy)²/(1 − ρ²) + y²
    let shifted = x - correlation * y
    return exp(-0.5 * (shifted * shifted / rest + y * y)) / (2 * .pi * rest.squareRoot())
  }

  /// `P(X > h, Y > k)`.
  ///
  /// Below |ρ| = 0.925, Gauss–Legendre quadrature of Plackett's identity `∂Φ₂/∂ρ = φ₂` in the angle `asin ρ`; above it,
  /// quadrature of the difference from |ρ| = 1, after a Taylor expansion has taken out the part that varies quickly.
  /// Sources: Drezner and Wesolowsky (1990), J. Stat. Comput. Simul. 35; Genz (2004), *Numerical computation of
  /// rectangular bivariate and trivariate normal and t probabilities*, Stat. Comput. 14, §2.
  static func upperOrthant(_ h: Double, _ k: Double, correlation: Double) -> Double {
    if h == .infinity || k == .infinity { return 0 }
    if h == -.infinity { return StandardNormal.upperTail(k) }
    if k == -.infinity { return StandardNormal.upperTail(h) }
    let value =
      abs(correlation) < 0.925 ? moderate(h, k, correlation) : strong(h, k, correlation)
    return min(max(value, 0), 1)
  }

  private static func moderate(_ h: Double, _ k: Double, _ correlation: Double) -> Double {
    var sum = 0.0
    if correlation != 0 {
      let halfSquares = 0.5 * (h * h + k * k)
      let angle = asin(correlation)
      let rule = abs(correlation) < 0.3 ? ruleOf6 : (abs(correlation) < 0.75 ? ruleOf12 : ruleOf20)
      for (node, weight) in rule {
        let sine = sin(0.5 * angle * (node + 1))
        sum += weight * exp((sine * h * k - halfSquares) / (1 - sine * sine))
      }
      sum *= angle / (4 * .pi)
    }
    return sum + StandardNormal.upperTail(h) * StandardNormal.upperTail(k)
  }

  private static func strong(_ h: Double, _ signedK: Double, _ correlation: Double) -> Double {
    let k = correlation < 0 ? -signedK : signedK
    let product = h * k
    var sum = 0.0
    if abs(correlation) < 1 {
      let rest = (1 - correlation) * (1 + correlation)
      let root = rest.squareRoot()
      let square = (h - k) * (h - k)
      let c = (4 - product) / 8
      let d = (12 - product) / 16
      let exponent = -0.5 * (square / rest + product)
      if exponent > -100 {
        sum =
          root * exp(exponent)
          * (1 - c * (square - rest) * (1 - d * square / 5) / 3 + c * d * rest * rest / 5)
      }
      if product > -100 {
        let distance = square.squareRoot()
        sum -=
          exp(-0.5 * product) * (2 * .pi).squareRoot() * StandardNormal.cumulative(-distance / root) * distance
          * (1 - c * square * (1 - d * square / 5) / 3)
      }
      let half = 0.5 * root
      for (node, weight) in ruleOf20 {
        let x = half * (node + 1)
        let xSquared = x * x
        let complement = (1 - xSquared).squareRoot()
        let exponent = -0.5 * (square / xSquared + product)
        if exponent > -100 {
          sum +=
            half * weight * exp(exponent)
            * (exp(-product * xSquared / (2 * (1 + complement) * (1 + complement))) / complement
              - (1 + c * xSquared * (1 + d * xSquared)))
        }
      }
      sum *= -1 / (2 * .pi)
    }
    if correlation > 0 { return sum + StandardNormal.upperTail(max(h, k)) }
    guard k > h else { return -sum }
    // Φ(k) − Φ(h), from the tail that both are in.
    let between =
      h < 0
      ? StandardNormal.cumulative(k) - StandardNormal.cumulative(h)
      : StandardNormal.upperTail(h) - StandardNormal.upperTail(k)
    return between - sum
  }

  private static let ruleOf6 = gaussLegendre(6)
  private static let ruleOf12 = gaussLegendre(12)
  private static let ruleOf20 = gaussLegendre(20)

  /// The nodes and weights of Gauss–Legendre quadrature on −1...1, by Newton's method on the Legendre polynomial.
  static func gaussLegendre(_ count: Int) -> [(node: Double, weight: Double)] {
    (0..<count).map { i in
      var x = cos(.pi * (Double(i) + 0.75) / (Double(count) + 0.5))
      var derivative = 0.0
      for _ in 0..<100 {
        var previous = 1.0
        var current = x
        for n in 2...count {
          let next = (Double(2 * n - 1) * x * current - Double(n - 1) * previous) / Double(n)
          (previous, current) = (current, next)
        }
        derivative = Double(count) * (x * current - previous) / (x * x - 1)
        let step = current / derivative
        x -= step
        if abs(step) < 1e-16 { break }
      }
      return (x, 2 / ((1 - x * x) * derivative * derivative))
    }
  }
}

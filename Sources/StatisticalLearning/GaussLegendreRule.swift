import Foundation

/// Gauss–Legendre quadrature on `0...1`: `∫₀¹ f(t) dt ≈ Σ weights[q] f(nodes[q])`, exact for polynomials of degree at
/// most `2 · count − 1`.
///
/// Nodes are the roots of the Legendre polynomial, by Newton's method from Tricomi's approximation; they are ascending
/// and symmetric about ½. Source: Davis and Rabinowitz (1984), *Methods of Numerical Integration*, §2.7.
public struct GaussLegendreRule: Sendable, Equatable {
  public let nodes: [Double]
  public let weights: [Double]

  /// - Parameter count: The number of nodes, at least 1.
  public init(count: Int) {
    precondition(count >= 1, "\(count) nodes")
    var nodes = [Double](repeating: 0.5, count: count)
    var weights = [Double](repeating: 0, count: count)
    for index in 0..<(count + 1) / 2 {
      let isMiddle = 2 * index + 1 == count
      // The middle root of an odd polynomial is 0, not something near it.
      var x = isMiddle ? 0 : cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = Self.legendre(count, x).slope
      if !isMiddle {
        for _ in 0..<100 {
          let (value, derivative) = Self.legendre(count, x)
          let step = value / derivative
          x -= step
          slope = derivative
          if abs(step) <= 1e-15 { break }
        }
        slope = Self.legendre(count, x).slope
      }
      let weight = 1 / ((1 - x * x) * slope * slope)
      nodes[index] = (1 - x) / 2
      nodes[count - 1 - index] = (1 + x) / 2
      weights[index] = weight
      weights[count - 1 - index] = weight
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// The Legendre polynomial of a degree ≥ 1 and its derivative at `x`, inside −1...1.
  private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, slope: Double) {
    var previous = 1.0
    var value = x
    for n in stride(from: 2, through: degree, by: 1) {
      (previous, value) = (value, (Double(2 * n - 1) * x * value - Double(n - 1) * previous) / Double(n))
    }
    return (value, Double(degree) * (x * value - previous) / (x * x - 1))
  }
}

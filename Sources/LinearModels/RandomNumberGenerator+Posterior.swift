import Foundation
import StatisticalLearning

extension RandomNumberGenerator {
  /// An exponential number of mean 1.
  mutating func exponential() -> Double { -log(uniform()) }

  /// A normal number given that it is positive.
  ///
  /// Plain rejection where half of the mass or more is positive, else rejection from a shifted exponential, whose
  /// acceptance stays above three quarters however far the tail. Source: Robert (1995), *Simulation of truncated
  /// normal variables*, Stat. Comput. 5.
  mutating func positiveNormal(mean: Double, deviation: Double) -> Double {
    let bound = -mean / deviation
    if bound < 0.45 {
      while true {
        let z = normal()
        if z > bound { return mean + deviation * z }
      }
    }
    let rate = (bound + (bound * bound + 4).squareRoot()) / 2
    while true {
      let excess = exponential() / rate
      let miss = bound + excess - rate
      if uniform() <= exp(-0.5 * miss * miss) { return deviation * excess }
    }
  }

  /// A gamma number of a shape and scale 1 (Marsaglia and Tsang 2000, *A simple method for generating gamma variables*).
  mutating func gamma(shape: Double) -> Double {
    if shape < 1 { return gamma(shape: shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      if log(uniform()) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
    }
  }
}

/// `log Φ(x)`, finite for every finite `x`.
func logNormalCumulative(_ x: Double) -> Double {
  if x > -30 { return log(StandardNormal.cumulative(x)) }
  // Φ(x) = φ(x)/|x| (1 − 1/x² + …); the terms left out are below 1e-5 of a nat here.
  return -0.5 * x * x - log(-x) - 0.918938533204672742 + log1p(-1 / (x * x))
}

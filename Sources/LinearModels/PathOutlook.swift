import Foundation

/// Where a path is heading: the solution at the next strength, extrapolated from the last ones.
///
/// Between neighbouring strengths solutions move smoothly in log λ, so that a start from a parabola through the last
/// three, or a line through two, is nearer to the next solution by two orders or one than a start from the last; and the
/// curvatures found there are those of the next solution.
struct PathOutlook {
  struct Place {
    var logStrength: Double
    var coefficients: [Double]
    var nuisance: [Double]
  }

  private var strength: Double?
  /// The last places left behind, the latest first.
  private var past: [Place] = []

  mutating func forget() {
    strength = nil
    past = []
  }

  /// The solver has reached the solution at `strength`.
  mutating func stand(at strength: Double) { self.strength = strength }

  /// The solver, at the last solution, is about to leave for `next`: where it may expect to arrive.
  mutating func look(toward next: Double, from coefficients: [Double], nuisance: [Double]) -> Place? {
    guard let strength, strength > 0, next > 0 else {
      forget()
      return nil
    }
    let here = Place(logStrength: log(strength), coefficients: coefficients, nuisance: nuisance)
    let places = [here] + past
    past = Array(places.prefix(2))
    let target = log(next)
    // Extrapolating further than that is guessing.
    guard places.count > 1, places[1].logStrength > here.logStrength, here.logStrength > target,
      here.logStrength - target < 2.001 * (places[1].logStrength - here.logStrength)
    else { return nil }
    // Lagrange's polynomial.
    let factors = places.map { place in
      places.reduce(1) { product, other in
        other.logStrength == place.logStrength
          ? product : product * (target - other.logStrength) / (place.logStrength - other.logStrength)
      }
    }
    var ahead = Place(
      logStrength: target, coefficients: [Double](repeating: 0, count: coefficients.count),
      nuisance: [Double](repeating: 0, count: nuisance.count))
    for (factor, place) in zip(factors, places) {
      for j in coefficients.indices { ahead.coefficients[j] += factor * place.coefficients[j] }
      for k in nuisance.indices { ahead.nuisance[k] += factor * place.nuisance[k] }
    }
    return ahead
  }
}

import Foundation
import StatisticalLearning

/// The mean negative log-likelihood of 0/1 targets, `Σ sᵢ (log(1 + exp(ηᵢ + b)) − yᵢ (ηᵢ + b))`, with the intercept
/// `b` as the only nuisance parameter.
final class BinomialFamily: SingleIndexFamily {
  let targets: [Double]
  let weights: [Double]
  /// +1 for target 1, −1 for target 0; padded to a multiple of four.
  private let signs: [Double]
  private let paddedWeights: [Double]

  /// - Parameter weights: Sum to 1, less what is held out.
  init(targets: [Double], weights: [Double]) {
    self.targets = targets
    self.weights = weights
    let padding = [Double](repeating: 0, count: SingleIndexState.padded(targets.count) - targets.count)
    signs = targets.map { $0 == 1 ? 1 : -1 } + padding
    paddedWeights = weights + padding
  }

  var rowCount: Int { targets.count }
  var nuisanceCount: Int { 1 }

  var initialNuisance: [Double] {
    let share = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return [logit(min(max(share, 1e-6), 1 - 1e-6))]
  }

  func evaluate(_ state: SingleIndexState, rows: Range<Int>) -> Double {
    typealias Lanes = Vectorized.Lanes
    let intercept = Lanes(repeating: state.nuisance[0])
    var value = Lanes.zero
    var gradient = Lanes.zero
    var information = Lanes.zero
    let eta = UnsafeMutableRawPointer(state.predictor)
    let residuals = UnsafeMutableRawPointer(state.residual)
    let curvatures = UnsafeMutableRawPointer(state.curvature)
    let crosses = UnsafeMutableRawPointer(state.cross)
    signs.withUnsafeBytes { signs in
      paddedWeights.withUnsafeBytes { weights in
        for byte in stride(from: 8 * rows.lowerBound, to: 8 * rows.upperBound, by: 32) {
          let weight = weights.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
          let sign = signs.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
          // The margin is positive where the model leans to the right answer.
          let margin = (eta.loadUnaligned(fromByteOffset: byte, as: Lanes.self) + intercept) * sign
          let isWrong = margin .< 0
          let distance = margin.replacing(with: -margin, where: isWrong)
          let e = Vectorized.exponentialOfNegative(distance)
          let inverse = 1 / (1 + e)
          // The probability of the wrong answer, and the loss of the right one, each without cancellation.
          let wrong = (e * inverse).replacing(with: inverse, where: isWrong)
          let residual = -sign * weight * wrong
          let curvature = weight * e * inverse * inverse
          value += weight * (Vectorized.logOnePlus(e) + Lanes.zero.replacing(with: distance, where: isWrong))
          residuals.storeBytes(of: residual, toByteOffset: byte, as: Lanes.self)
          curvatures.storeBytes(of: curvature, toByteOffset: byte, as: Lanes.self)
          crosses.storeBytes(of: curvature, toByteOffset: byte, as: Lanes.self)
          gradient += residual
          information += curvature
        }
      }
    }
    state.nuisanceGradient[0] += gradient.sum()
    state.information[0] += information.sum()
    let total = value.sum()
    return total.isFinite ? total : .infinity
  }

  /// The Kullback–Leibler divergence of two Bernoulli distributions is at most their χ² divergence.
  ///
  /// - Parameter residual: With room for a multiple of four rows.
  func divergence(_ state: SingleIndexState, from residual: UnsafePointer<Double>, scale: Double) -> Double? {
    typealias Lanes = Vectorized.Lanes
    let other = UnsafeRawPointer(residual)
    let own = UnsafeRawPointer(state.residual)
    let curvatures = UnsafeRawPointer(state.curvature)
    var sum = Lanes.zero
    var outside = SIMDMask<SIMD4<Int64>>(repeating: false)
    signs.withUnsafeBytes { signs in
      paddedWeights.withUnsafeBytes { weights in
        for byte in stride(from: 0, to: signs.count, by: 32) {
          let weight = weights.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
          let point = other.loadUnaligned(fromByteOffset: byte, as: Lanes.self) * scale
          // The share of wrong answers at the dual point, times the weight: 0 … weight is the domain.
          let wrong = -signs.loadUnaligned(fromByteOffset: byte, as: Lanes.self) * point
          let counts = weight .> 0
          outside .|= counts .& ((wrong .< 0) .| (wrong .> weight))
          let difference = point - own.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
          let curvature = curvatures.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
          sum += Lanes.zero.replacing(with: difference * difference / curvature, where: counts)
        }
      }
    }
    let value = sum.sum()
    let isInside = outside == SIMDMask(repeating: false)
    return isInside && value.isFinite ? value : nil
  }
}

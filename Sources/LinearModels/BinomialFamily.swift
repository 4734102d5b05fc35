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
    let first = rows.lowerBound
    let count = SingleIndexState.padded(rows.count)
    let sums = signs.withUnsafeBufferPointer { signs in
      paddedWeights.withUnsafeBufferPointer { weights in
        LogisticKernel.evaluate(
          signs: signs.baseAddress! + first, weights: weights.baseAddress! + first, predictor: state.predictor + first,
          intercept: state.nuisance[0], residual: state.residual + first, curvature: state.curvature + first,
          count: count)
      }
    }
    (state.cross + first).update(from: state.curvature + first, count: count)
    state.nuisanceGradient[0] += sums.gradient
    state.information[0] += sums.information
    return sums.loss.isFinite ? sums.loss : .infinity
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

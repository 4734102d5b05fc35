import Foundation
import StatisticalLearning

/// The mean negative log-likelihood of 0/1 targets, `Σ sᵢ (log(1 + exp(ηᵢ + b)) − yᵢ (ηᵢ + b))`, with the intercept
/// `b` as the only nuisance parameter.
final class BinomialFamily: SingleIndexFamily {
  let targets: [Double]
  let weights: [Double]

  /// - Parameter weights: Sum to 1.
  init(targets: [Double], weights: [Double]) {
    self.targets = targets
    self.weights = weights
  }

  var rowCount: Int { targets.count }
  var nuisanceCount: Int { 1 }

  var initialNuisance: [Double] {
    let share = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 }
    return [logit(min(max(share, 1e-6), 1 - 1e-6))]
  }

  func evaluate(_ state: SingleIndexState) -> Double {
    let intercept = state.nuisance[0]
    var value = 0.0
    var gradient = 0.0
    var information = 0.0
    targets.withUnsafeBufferPointer { targets in
      weights.withUnsafeBufferPointer { weights in
        for i in 0..<targets.count {
          let eta = state.predictor[i] + intercept
          let e = exp(-abs(eta))
          let inverse = 1 / (1 + e)
          let weight = weights[i]
          let target = targets[i]
          // The probability of the wrong answer, and the loss of the right one, each without cancellation.
          let isWrongSide = (eta >= 0) != (target == 1)
          let wrong = isWrongSide ? inverse : e * inverse
          let residual = target == 1 ? -weight * wrong : weight * wrong
          let curvature = weight * e * inverse * inverse
          value += weight * (log1p(e) + (isWrongSide ? abs(eta) : 0))
          state.residual[i] = residual
          state.curvature[i] = curvature
          state.cross[i] = curvature
          gradient += residual
          information += curvature
        }
      }
    }
    state.nuisanceGradient[0] = gradient
    state.information[0] = information
    return value.isFinite ? value : .infinity
  }

  func dualValue(_ residual: UnsafePointer<Double>) -> Double? {
    var value = 0.0
    for i in 0..<targets.count {
      let weight = weights[i]
      // The probability of the wrong answer: 0 ≤ q ≤ 1 is the domain.
      let q = (targets[i] == 1 ? -residual[i] : residual[i]) / weight
      guard q >= 0, q <= 1 else { return nil }
      if q > 0, q < 1 { value -= weight * (q * log(q) + (1 - q) * log1p(-q)) }
    }
    return value
  }
}

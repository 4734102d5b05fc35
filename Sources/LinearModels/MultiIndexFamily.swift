import Foundation
import StatisticalLearning

/// A smooth convex loss of several linear predictors per row (the classes of a nominal outcome, the cumulative
/// log-odds of an ordered one), averaged with weights that sum to 1.
protocol MultiIndexFamily {
  var rowCount: Int { get }
  /// M
  var indexCount: Int { get }
  /// The pairs (m, m') with m ≤ m' whose second derivative is not zero.
  var pairs: [(Int, Int)] { get }
  /// Intercepts to start from.
  var initialIntercepts: [Double] { get }

  /// - Parameters:
  ///   - predictors: `rowCount` × M, intercepts included.
  ///   - gradient: The same shape: ∂F/∂ηᵢₘ.
  ///   - hessian: `rowCount` × `pairs`.
  /// - Returns: The mean loss; infinity outside its domain.
  func evaluate(
    _ predictors: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>,
    hessian: UnsafeMutablePointer<Double>
  ) -> Double

  /// An upper bound, to leading order, on the Fenchel–Young gap between the predictors whose gradient and Hessian are
  /// given and the dual point `scale · dual`; `nil` outside the domain.
  func divergence(
    gradient: UnsafePointer<Double>, hessian: UnsafePointer<Double>, dual: UnsafePointer<Double>, scale: Double
  ) -> Double?
}

/// `−Σ sᵢ log P(yᵢ)` with `P(y = k) = exp(ηₖ) / Σ exp(ηₘ)` over all K classes, in the symmetric parametrisation.
struct MultinomialFamily: MultiIndexFamily {
  let targets: [Int]
  let weights: [Double]
  let indexCount: Int

  var rowCount: Int { targets.count }
  var pairs: [(Int, Int)] { (0..<indexCount).flatMap { m in (m..<indexCount).map { (m, $0) } } }

  var initialIntercepts: [Double] {
    var shares = [Double](repeating: 0, count: indexCount)
    for (target, weight) in zip(targets, weights) { shares[target] += weight }
    let logs = shares.map { log(max($0, 1e-6)) }
    let mean = logs.reduce(0, +) / Double(indexCount)
    return logs.map { $0 - mean }
  }

  func evaluate(
    _ predictors: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>, hessian: UnsafeMutablePointer<Double>
  ) -> Double {
    let n = rowCount
    var value = 0.0
    var probabilities = [Double](repeating: 0, count: indexCount)
    for i in 0..<n {
      var largest = -Double.infinity
      for m in 0..<indexCount { largest = max(largest, predictors[m * n + i]) }
      var sum = 0.0
      for m in 0..<indexCount {
        probabilities[m] = exp(predictors[m * n + i] - largest)
        sum += probabilities[m]
      }
      value += weights[i] * (log(sum) + largest - predictors[targets[i] * n + i])
      for m in 0..<indexCount {
        probabilities[m] /= sum
        gradient[m * n + i] = weights[i] * probabilities[m]
      }
      // Without cancellation for the right class: p − 1 = −Σ of the others.
      var others = 0.0
      for m in 0..<indexCount where m != targets[i] { others += probabilities[m] }
      gradient[targets[i] * n + i] = -weights[i] * others
      var pair = 0
      for m in 0..<indexCount {
        for l in m..<indexCount {
          let rest = m == l ? 1 - probabilities[m] : -probabilities[l]
          hessian[pair * n + i] = weights[i] * probabilities[m] * rest
          pair += 1
        }
      }
    }
    return value.isFinite ? value : .infinity
  }

  /// The Kullback–Leibler divergence of two distributions is at most their χ² divergence `Σ (p' − p)² / p`.
  func divergence(
    gradient: UnsafePointer<Double>, hessian: UnsafePointer<Double>, dual: UnsafePointer<Double>, scale: Double
  ) -> Double? {
    let n = rowCount
    var value = 0.0
    for i in 0..<n where weights[i] > 0 {
      for m in 0..<indexCount {
        let isTarget = m == targets[i]
        let other = scale * dual[m * n + i]
        let share = isTarget ? weights[i] + gradient[m * n + i] : gradient[m * n + i]
        guard isTarget ? other >= -weights[i] && other <= 0 : other >= 0 && other <= weights[i] else { return nil }
        let difference = other - gradient[m * n + i]
        value += difference * difference / max(share, .leastNormalMagnitude)
      }
    }
    return value.isFinite ? value : nil
  }
}

/// `−Σ sᵢ log P(yᵢ)` with `P(y ≤ k) = σ(ηₖ)` for K ordered classes and M = K − 1 cumulative log-odds.
struct CumulativeFamily: MultiIndexFamily {
  let targets: [Int]
  let weights: [Double]
  let indexCount: Int

  var rowCount: Int { targets.count }
  var pairs: [(Int, Int)] {
    (0..<indexCount).map { ($0, $0) } + (0..<max(indexCount - 1, 0)).map { ($0, $0 + 1) }
  }

  var initialIntercepts: [Double] {
    var shares = [Double](repeating: 0, count: indexCount + 1)
    for (target, weight) in zip(targets, weights) { shares[target] += weight }
    var below = 0.0
    return (0..<indexCount).map { k in
      below += shares[k]
      return logit(min(max(below, 1e-6), 1 - 1e-6))
    }
  }

  func evaluate(
    _ predictors: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>, hessian: UnsafeMutablePointer<Double>
  ) -> Double {
    let n = rowCount
    let last = indexCount
    gradient.update(repeating: 0, count: n * indexCount)
    hessian.update(repeating: 0, count: n * (2 * indexCount - 1))
    var value = 0.0
    for i in 0..<n {
      let k = targets[i]
      let weight = weights[i]
      // With u, v the log-odds of being at most in this class and in the one below:
      // σ(u) − σ(v) = σ(u) σ(−v) (1 − exp(v − u)).
      var between = 0.0
      var hessianBetween = 0.0
      if k > 0, k < last {
        let distance = predictors[k * n + i] - predictors[(k - 1) * n + i]
        guard distance > 0 else { return .infinity }
        between = 1 / expm1(distance)
        hessianBetween = between * (1 + between)
        value -= weight * log(-expm1(-distance))
        hessian[(last + k - 1) * n + i] = -weight * hessianBetween
      }
      if k < last {
        let u = predictors[k * n + i]
        value += weight * logOnePlusExp(-u)
        gradient[k * n + i] = -weight * (between + sigmoid(-u))
        hessian[k * n + i] = weight * (hessianBetween + sigmoid(u) * sigmoid(-u))
      }
      if k > 0 {
        let v = predictors[(k - 1) * n + i]
        value += weight * logOnePlusExp(v)
        gradient[(k - 1) * n + i] = weight * (between + sigmoid(v))
        hessian[(k - 1) * n + i] = weight * (hessianBetween + sigmoid(v) * sigmoid(-v))
      }
    }
    return value.isFinite ? value : .infinity
  }

  /// The conjugate has no short form; twice its second-order expansion, `δᵀ H⁻¹ δ` per row, bounds the gap near the
  /// optimum, where alone it is used.
  func divergence(
    gradient: UnsafePointer<Double>, hessian: UnsafePointer<Double>, dual: UnsafePointer<Double>, scale: Double
  ) -> Double? {
    let n = rowCount
    let last = indexCount
    var value = 0.0
    for i in 0..<n where weights[i] > 0 {
      let k = targets[i]
      let du = k < last ? scale * dual[k * n + i] - gradient[k * n + i] : 0
      let dv = k > 0 ? scale * dual[(k - 1) * n + i] - gradient[(k - 1) * n + i] : 0
      if k == 0 {
        value += du * du / hessian[i]
      } else if k == last {
        value += dv * dv / hessian[(k - 1) * n + i]
      } else {
        let (a, b, c) = (hessian[k * n + i], hessian[(last + k - 1) * n + i], hessian[(k - 1) * n + i])
        value += (c * du * du - 2 * b * du * dv + a * dv * dv) / (a * c - b * b)
      }
    }
    return value.isFinite ? value : nil
  }
}

import Foundation
import StatisticalLearning

/// Unpenalised (or lightly penalised) logistic regression of a few columns: recalibration lines, Platt scaling,
/// calibration curves. Not a learner: there is no path, no standardisation, no missing value.
///
/// Maximises `Σ wᵢ log P(yᵢ | oᵢ + xᵢ·b) − ½ Σ λⱼ bⱼ²` by Newton's method with step halving.
struct LogisticFit {
  var coefficients: [Double]
  /// `(Xᵀ W X + Λ)⁻¹` at the solution, row-major: the model-based covariance when weights are frequencies.
  var inverseInformation: [Double]
  var iterationCount: Int

  /// - Parameters:
  ///   - columns: *k* columns of *n* finite values, in a scale not far from 1.
  ///   - outcomes: In `0...1`.
  ///   - penalties: λ, one per column; `nil` is none.
  /// - Returns: `nil` when there is no finite maximum, or the columns depend on each other.
  init?(
    columns: [[Double]], outcomes: [Double], weights: [Double], offsets: [Double]? = nil, penalties: [Double]? = nil
  ) {
    let k = columns.count
    let n = outcomes.count
    let penalties = penalties ?? [Double](repeating: 0, count: k)
    var b = [Double](repeating: 0, count: k)
    func linear(_ b: [Double], _ row: Int) -> Double {
      var value = offsets?[row] ?? 0
      for j in 0..<k { value += columns[j][row] * b[j] }
      return value
    }
    func objective(_ b: [Double]) -> Double {
      var loss = 0.0
      for row in 0..<n where weights[row] > 0 {
        let f = linear(b, row)
        loss += weights[row] * (outcomes[row] * logOnePlusExp(-f) + (1 - outcomes[row]) * logOnePlusExp(f))
      }
      for j in 0..<k { loss += penalties[j] * b[j] * b[j] / 2 }
      return loss
    }
    var current = objective(b)
    for iteration in 1...100 {
      var gradient = [Double](repeating: 0, count: k)
      var scale = [Double](repeating: 0, count: k)
      var hessian = [Double](repeating: 0, count: k * k)
      for row in 0..<n where weights[row] > 0 {
        let f = linear(b, row)
        let p = sigmoid(f)
        let residual = weights[row] * (outcomes[row] * sigmoid(-f) - (1 - outcomes[row]) * p)
        let curvature = weights[row] * p * sigmoid(-f)
        for j in 0..<k {
          let x = columns[j][row]
          gradient[j] += x * residual
          scale[j] += abs(x * residual)
          for l in 0...j { hessian[j * k + l] += curvature * x * columns[l][row] }
        }
      }
      for j in 0..<k {
        gradient[j] -= penalties[j] * b[j]
        hessian[j * k + j] += penalties[j]
        for l in 0..<j { hessian[l * k + j] = hessian[j * k + l] }
      }
      guard let factor = SmallCholesky(hessian, size: k) else { return nil }
      let step = factor.solve(gradient)
      guard step.allSatisfy({ $0.isFinite }) else { return nil }
      // Converged when the gradient is rounding noise, or the step no longer moves the coefficients.
      let converged =
        zip(gradient, scale).allSatisfy { abs($0) <= 1e-15 * $1 }
        || zip(step, b).allSatisfy { abs($0) <= 1e-14 * max(abs($1), 1e-3) }
      var length = 1.0
      var candidate = zip(b, step).map { $0 + $1 }
      var value = objective(candidate)
      while !(value <= current + 1e-14 * abs(current)) && length > 1e-10 {
        length /= 2
        candidate = zip(b, step).map { $0 + length * $1 }
        value = objective(candidate)
      }
      if length > 1e-10 {
        b = candidate
        current = value
      }
      if converged || length <= 1e-10 {
        coefficients = b
        inverseInformation = factor.inverse()
        iterationCount = iteration
        return
      }
      // Log-odds that keep growing are those of separated classes: there is no finite maximum.
      if b.contains(where: { abs($0) > 1e6 }) { return nil }
    }
    return nil
  }
}

/// The Cholesky factor of a matrix of a few rows, computed in plain arithmetic so that its bits are the same on every
/// machine.
struct SmallCholesky {
  private let lower: [Double]
  private let size: Int

  /// `nil` when the matrix is not positive definite to working precision.
  init?(_ matrix: [Double], size: Int) {
    var l = matrix
    for j in 0..<size {
      var diagonal = l[j * size + j]
      for m in 0..<j { diagonal -= l[j * size + m] * l[j * size + m] }
      guard diagonal > 1e-14 * matrix[j * size + j], diagonal.isFinite else { return nil }
      let root = diagonal.squareRoot()
      l[j * size + j] = root
      for i in j + 1..<max(size, j + 1) {
        var value = l[i * size + j]
        for m in 0..<j { value -= l[i * size + m] * l[j * size + m] }
        l[i * size + j] = value / root
      }
    }
    lower = l
    self.size = size
  }

  func solve(_ b: [Double]) -> [Double] {
    var x = b
    for i in 0..<size {
      for m in 0..<i { x[i] -= lower[i * size + m] * x[m] }
      x[i] /= lower[i * size + i]
    }
    for i in stride(from: size - 1, through: 0, by: -1) {
      for m in i + 1..<max(size, i + 1) { x[i] -= lower[m * size + i] * x[m] }
      x[i] /= lower[i * size + i]
    }
    return x
  }

  /// Row-major.
  func inverse() -> [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for column in 0..<size {
      var unit = [Double](repeating: 0, count: size)
      unit[column] = 1
      let x = solve(unit)
      for row in 0..<size { result[row * size + column] = x[row] }
    }
    return result
  }
}

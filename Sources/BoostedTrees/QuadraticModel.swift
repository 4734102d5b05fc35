/// What a step of ``LinearPart`` minimises: `gradient · step + step · (curvature + penalty) step / 2`, the last coefficient,
/// the intercept, not penalised.
struct QuadraticModel {
  private let size: Int
  private let curvature: [Double]
  private let penalty: Double
  /// Cholesky's factor, its diagonal as reciprocals; `nil` where it was not asked for or the matrix is not positive
  /// definite.
  private var factor: [Double]?

  init(_ curvature: [Double], penalty: Double, isFactored: Bool) {
    self.curvature = curvature
    self.penalty = penalty
    size = Int(Double(curvature.count).squareRoot())
    if isFactored { factor = factored() }
  }

  private func diagonal(_ index: Int) -> Double {
    curvature[index * size + index] + (index + 1 < size ? penalty : 0)
  }

  private func factored() -> [Double]? {
    let size = self.size
    var factor = [Double](repeating: 0, count: size * size)
    let isPositive = factor.withUnsafeMutableBufferPointer { factor in
      curvature.withUnsafeBufferPointer { curvature in
        for i in 0..<size {
          let row = factor.baseAddress! + i * size
          for j in 0..<i {
            let other = factor.baseAddress! + j * size
            row[j] = (curvature[i * size + j] - LinearPart.dot(row, other, j)) * other[j]
          }
          let pivot = diagonal(i) - LinearPart.dot(row, row, i)
          guard pivot > 1e-12 * diagonal(i) else { return false }
          row[i] = 1 / pivot.squareRoot()
        }
        return true
      }
    }
    return isPositive ? factor : nil
  }

  /// The minimum, where the matrix was factored.
  func exactStep(_ gradient: [Double]) -> [Double]? {
    guard let factor else { return nil }
    let size = self.size
    var step = [Double](repeating: 0, count: size)
    factor.withUnsafeBufferPointer { factor in
      step.withUnsafeMutableBufferPointer { step in
        for i in 0..<size {
          let row = factor.baseAddress! + i * size
          step[i] = (-gradient[i] - LinearPart.dot(row, step.baseAddress!, i)) * row[i]
        }
        for i in stride(from: size - 1, through: 0, by: -1) {
          let row = factor.baseAddress! + i * size
          step[i] *= row[i]
          for j in 0..<i { step[j] -= row[j] * step[i] }
        }
      }
    }
    return step
  }

  /// The minimum within the signs of the coefficients, by coordinate descent.
  ///
  /// - Parameter directions: +1, −1 or 0 for any sign, of each coefficient but the intercept.
  func stepWithinSigns(_ gradient: [Double], _ coefficients: [Double], _ directions: [Int]) -> [Double] {
    let size = self.size
    var step = [Double](repeating: 0, count: size)
    var slope = gradient
    curvature.withUnsafeBufferPointer { curvature in
      slope.withUnsafeMutableBufferPointer { slope in
        for _ in 0..<200 {
          var largest = 0.0
          for index in 0..<size {
            let diagonal = diagonal(index)
            guard diagonal > 0 else { continue }
            var change = -slope[index] / diagonal
            let direction = index + 1 < size ? directions[index] : 0
            if direction != 0 {
              let value = coefficients[index] + step[index]
              let next = direction > 0 ? max(0, value + change) : min(0, value + change)
              change = next - value
            }
            if change == 0 { continue }
            step[index] += change
            largest = max(largest, change * change * diagonal)
            let row = curvature.baseAddress! + index * size
            for other in 0..<size { slope[other] += change * row[other] }
            if index + 1 < size { slope[index] += penalty * change }
          }
          if largest < 1e-12 { break }
        }
      }
    }
    return step
  }
}

import Foundation
import StatisticalLearning

/// Coordinates that are zero together or not at all: penalised by `absolute · ‖v‖₂` of theirs.
struct CoordinateGroup {
  let coordinates: [Int]
  let absolute: Double
}

/// The penalty of one group, `a ‖v‖₂ + ½ b ‖v‖²`.
enum GroupPenalty {
  /// The distance of zero from the subdifferential, from `‖v‖`, and the norm of the smooth gradient where v is zero or
  /// of the whole gradient elsewhere.
  @inline(__always)
  static func violation(norm: Double, gradientNorm: Double, absolute a: Double) -> Double {
    norm == 0 ? max(0, gradientNorm - a) : gradientNorm
  }

  /// `Ω(w) + Ω*(c) − c·w`: not negative, 0 at the optimum. Without a square part the caller has made `‖c‖ ≤ a`, up to
  /// rounding.
  static func divergence(norm: Double, dualNorm: Double, product: Double, absolute a: Double, square b: Double)
    -> Double
  {
    let excess = max(0, dualNorm - a)
    let conjugate = b > 0 ? excess * excess / (2 * b) : excess * norm
    return max(0, a * norm + b * norm * norm / 2 + conjugate - product)
  }
}

/// Quadratics with groups: proximal steps settle which groups are zero, Newton steps on the others, where their norms
/// are smooth, make the answer exact. Every step descends.
extension PenalizedQuadratic {
  func solveGrouped(tolerance: Double, maximumSweeps: Int) -> Double {
    var isGrouped = [Bool](repeating: false, count: count)
    for group in groups { for j in group.coordinates { isGrouped[j] = true } }
    var worst = Double.infinity
    for _ in 0..<maximumSweeps {
      newtonStep(isGrouped)
      worst = max(sweepGroups(tolerance), sweep(tolerance, isSkipped: isGrouped))
      if worst <= tolerance { break }
    }
    return worst
  }

  private func norm(_ coordinates: [Int]) -> Double {
    coordinates.reduce(0) { $0 + v[$1] * v[$1] }.squareRoot()
  }

  /// One proximal gradient step per group, of the length that its own curvature allows; returns the largest violation.
  private func sweepGroups(_ tolerance: Double) -> Double {
    var worst = 0.0
    for group in groups {
      let a = group.absolute
      let old = norm(group.coordinates)
      var gradientNorm = 0.0
      for j in group.coordinates {
        let slope = gradient[j] + square[j] * v[j] + (old > 0 ? a * v[j] / old : 0)
        gradientNorm += slope * slope
      }
      let violation = GroupPenalty.violation(norm: old, gradientNorm: gradientNorm.squareRoot(), absolute: a)
      worst = max(worst, violation)
      guard violation > tolerance else { continue }
      // The largest absolute row sum bounds the curvature of the block.
      var curvature = 0.0
      for j in group.coordinates {
        curvature = max(
          curvature, group.coordinates.reduce(0) { $0 + abs(hessian[j * leading + $1]) } + square[j])
      }
      guard curvature > 0 else { continue }
      let target = group.coordinates.map { v[$0] - (gradient[$0] + square[$0] * v[$0]) / curvature }
      let length = target.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let shrinkage = length > a / curvature ? 1 - a / curvature / length : 0
      for (j, value) in zip(group.coordinates, target) {
        let delta = shrinkage * value - v[j]
        v[j] = shrinkage * value
        if delta != 0 { DenseKernels.add(count, delta, hessian + j * leading, to: gradient) }
      }
    }
    return worst
  }

  /// A Newton step with line search on the coordinates where the objective is smooth: groups that are not zero, and
  /// single coordinates inside their bounds that are not zero or carry no absolute penalty.
  private func newtonStep(_ isGrouped: [Bool]) {
    var coordinates: [Int] = []
    for j in 0..<count where !isGrouped[j] && hessian[j * leading + j] + square[j] > 0 {
      if v[j] > lower[j], v[j] < upper[j], v[j] != 0 || absolute[j] == 0 { coordinates.append(j) }
    }
    let active = groups.map { (group: $0, norm: norm($0.coordinates)) }.filter { $0.norm > 0 }
    var place = [Int](repeating: -1, count: count)
    coordinates += active.flatMap { $0.group.coordinates }
    for (row, j) in coordinates.enumerated() { place[j] = row }
    let m = coordinates.count
    guard m > 0 else { return }
    var matrix = [Double](repeating: 0, count: m * m)
    var step = [Double](repeating: 0, count: m)
    for (column, j) in coordinates.enumerated() {
      for (row, k) in coordinates.enumerated() { matrix[column * m + row] = hessian[j * leading + k] }
      matrix[column * m + column] += square[j]
      let sign = v[j] == 0 ? 0 : v[j] > 0 ? absolute[j] : -absolute[j]
      step[column] = -(gradient[j] + square[j] * v[j] + sign)
    }
    for (group, norm) in active {
      for j in group.coordinates {
        let column = place[j]
        step[column] -= group.absolute * v[j] / norm
        matrix[column * m + column] += group.absolute / norm
        for k in group.coordinates {
          matrix[column * m + place[k]] -= group.absolute * v[j] * v[k] / (norm * norm * norm)
        }
      }
    }
    let slope = step
    guard DenseKernels.factorize(&matrix, order: m, leading: m) else { return }
    DenseKernels.solve(factor: matrix, order: m, leading: m, &step)
    guard step.allSatisfy(\.isFinite) else { return }
    let promise = zip(slope, step).reduce(0) { $0 + $1.0 * $1.1 }
    guard promise > 0 else { return }

    direction.update(repeating: 0, count: count)
    var length = 1.0
    var blocker: (coordinate: Int, limit: Double)?
    for (row, j) in coordinates.enumerated() {
      direction[j] = step[row]
      guard !isGrouped[j], step[row] != 0 else { continue }
      let (low, high) = free(j)
      let bound = step[row] > 0 ? high : low
      if v[j] + step[row] > high || v[j] + step[row] < low, (bound - v[j]) / step[row] < length {
        length = (bound - v[j]) / step[row]
        blocker = (j, bound)
      }
    }
    DenseKernels.multiply(
      hessian, rowCount: count, columnCount: count, leading: leading, transposed: false, direction, into: image)
    // Along the line: linear and square terms in closed form, norms anew.
    var linear = 0.0
    var curvature = 0.0
    for (row, j) in coordinates.enumerated() {
      let sign = v[j] == 0 ? 0 : v[j] > 0 ? absolute[j] : -absolute[j]
      linear += step[row] * (gradient[j] + square[j] * v[j] + sign)
      curvature += step[row] * (image[j] + square[j] * step[row])
    }
    func change(_ length: Double) -> Double {
      var value = length * linear + length * length * curvature / 2
      for (group, norm) in active {
        let new = group.coordinates.reduce(0) { sum, j in
          let moved = v[j] + length * direction[j]
          return sum + moved * moved
        }.squareRoot()
        value += group.absolute * (new - norm)
      }
      return value
    }
    var isBlocked = blocker != nil
    // Close to the minimum the fall is below rounding; the full step is right there.
    let scale = active.reduce(abs(linear) + abs(curvature)) { $0 + $1.group.absolute * $1.norm }
    while change(length) > -1e-4 * length * promise + 1e-15 * scale {
      length /= 2
      isBlocked = false
      if length < 1e-8 { return }
    }
    for j in coordinates {
      v[j] = isBlocked && j == blocker?.coordinate ? blocker!.limit : v[j] + length * direction[j]
    }
    DenseKernels.add(count, length, image, to: gradient)
  }
}

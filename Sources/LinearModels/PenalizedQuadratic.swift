import Foundation
import StatisticalLearning

/// A small dense quadratic with an elastic-net penalty and bounds:
///
/// ```
/// min over v   qᵀ(v − v₀) + ½ (v − v₀)ᵀ H (v − v₀) + Σⱼ (aⱼ |vⱼ| + ½ bⱼ vⱼ²),   lowerⱼ ≤ vⱼ ≤ upperⱼ
/// ```
///
/// With ``groups``, the penalty on their coordinates is that of ``CoordinateGroup`` instead.
///
/// Alternates exact solutions by Cholesky on the coordinates whose sign is settled, stopping at the first sign change
/// or bound, with sweeps of coordinate descent that settle which those are. Every step descends; the sweeps alone
/// converge, the factorisation makes the answer exact after a handful of them however correlated the columns.
final class PenalizedQuadratic {
  private(set) var capacity = 0
  var count = 0
  /// H, full symmetric, column-major with leading dimension `leading`.
  private(set) var hessian = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  /// The gradient of the smooth part at `v`; kept current.
  private(set) var gradient = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private(set) var v = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  /// a
  private(set) var absolute = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  /// b
  private(set) var square = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private(set) var lower = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private(set) var upper = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var step = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  /// A step by coordinate, and the Hessian times it.
  private(set) var direction = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private(set) var image = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var free: [Int] = []
  private let factor = ActiveFactor()
  /// Coordinates that are penalised by the Euclidean norm of their group; their `absolute` is 0.
  var groups: [CoordinateGroup] = []

  var leading: Int { capacity }

  deinit {
    for buffer in [hessian, gradient, v, absolute, square, lower, upper, step, direction, image] {
      buffer.deallocate()
    }
  }

  /// To be called whenever `hessian` is written, other than for new coordinates.
  func hessianDidChange() { factor.invalidate() }

  func scaleHessian(by ratio: Double) {
    for j in 0..<count {
      let column = hessian + j * leading
      for k in 0..<count { column[k] *= ratio }
    }
    factor.matrixWasScaled(by: ratio)
  }

  /// Makes room for `count` coordinates; what was stored, `hessian` excepted, is lost when the room grows.
  func reserve(_ count: Int) {
    let oldCount = self.count
    self.count = count
    guard count > capacity else { return }
    let oldHessian = hessian
    let oldLeading = capacity
    for buffer in [gradient, v, absolute, square, lower, upper, step, direction, image] { buffer.deallocate() }
    let count = max(count, min(2 * capacity, count + 256))
    capacity = count
    func vector() -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: count)
      buffer.initialize(repeating: 0, count: count)
      return buffer
    }
    hessian = .allocate(capacity: count * count)
    hessian.initialize(repeating: 0, count: count * count)
    for column in 0..<oldCount {
      (hessian + column * capacity).update(from: oldHessian + column * oldLeading, count: oldCount)
    }
    oldHessian.deallocate()
    (gradient, v, absolute, square, lower, upper) = (vector(), vector(), vector(), vector(), vector(), vector())
    (step, direction, image) = (vector(), vector(), vector())
  }

  /// Solves to a largest violation of the optimality conditions of `tolerance`; returns the violation reached.
  @discardableResult
  func solve(tolerance: Double, maximumSweeps: Int = 200) -> Double {
    var worst = Double.infinity
    if !groups.isEmpty { return solveGrouped(tolerance: tolerance, maximumSweeps: 5 * maximumSweeps) }
    for _ in 0..<maximumSweeps {
      solveFreeCoordinates()
      worst = sweep(tolerance)
      if worst <= tolerance { break }
    }
    return worst
  }

  /// The distance of zero from the subdifferential in coordinate `j`.
  @inline(__always)
  private func violation(_ j: Int) -> Double {
    Optimality.violation(
      gradient: gradient[j], coefficient: v[j], absolute: absolute[j], square: square[j], lower: lower[j],
      upper: upper[j])
  }

  /// One pass of exact minimisation over each coordinate; returns the largest violation met on the way.
  ///
  /// Coordinates that meet `tolerance` stay where they are.
  func sweep(_ tolerance: Double, isSkipped: [Bool]? = nil) -> Double {
    var worst = 0.0
    for j in 0..<count {
      if let isSkipped, isSkipped[j] { continue }
      let curvature = hessian[j * leading + j] + square[j]
      guard curvature > 0 else { continue }
      let violation = violation(j)
      worst = max(worst, violation)
      guard violation > tolerance else { continue }
      let old = v[j]
      let pull = hessian[j * leading + j] * old - gradient[j]
      let shrunken = pull > absolute[j] ? pull - absolute[j] : pull < -absolute[j] ? pull + absolute[j] : 0
      let new = min(max(shrunken / curvature, lower[j]), upper[j])
      if new != old {
        v[j] = new
        DenseKernels.add(count, new - old, hessian + j * leading, to: gradient)
      }
    }
    return worst
  }

  /// Solves for the coordinates that are inside their bounds and either non-zero or free of the absolute penalty,
  /// moving along the line to the solution as far as no sign changes and no bound is met; repeats without the
  /// coordinate that was met.
  private func solveFreeCoordinates() {
    free.removeAll(keepingCapacity: true)
    for j in 0..<count
    where v[j] > lower[j] && v[j] < upper[j] && (v[j] != 0 || absolute[j] == 0)
      && hessian[j * leading + j] + square[j] > 0
    {
      free.append(j)
    }
    while !free.isEmpty {
      guard factor.update(free, matrix: hessian, leading: leading, square: square) else { return }
      let order = factor.order
      for (row, j) in order.enumerated() {
        let sign = absolute[j] == 0 ? 0 : v[j] > 0 ? absolute[j] : -absolute[j]
        step[row] = -(gradient[j] + square[j] * v[j] + sign)
      }
      factor.solve(step)
      var length = 1.0
      var blocker = -1
      var limit = 0.0
      for (row, j) in order.enumerated() {
        let delta = step[row]
        guard delta.isFinite else { return }
        let (low, high) = free(j)
        let bound = delta > 0 ? high : low
        if delta != 0, v[j] + delta > high || v[j] + delta < low, (bound - v[j]) / delta < length {
          length = (bound - v[j]) / delta
          blocker = j
          limit = bound
        }
      }
      move(order, by: step, length: length, blocker: blocker, limit: limit)
      guard blocker >= 0 else { return }
      free.removeAll { $0 == blocker }
    }
  }

  /// How far coordinate `j` may go before its sign changes or a bound is met.
  @inline(__always)
  func free(_ j: Int) -> (low: Double, high: Double) {
    absolute[j] == 0
      ? (lower[j], upper[j]) : v[j] > 0 ? (max(lower[j], 0), upper[j]) : (lower[j], min(upper[j], 0))
  }

  /// Moves some coordinates along a step, one of them exactly to its limit, and the gradient with them.
  private func move(
    _ coordinates: [Int], by step: UnsafePointer<Double>, length: Double, blocker: Int, limit: Double
  ) {
    let isDense = coordinates.count * 2 > count
    if isDense { direction.update(repeating: 0, count: count) }
    for (row, j) in coordinates.enumerated() {
      let new = j == blocker ? limit : v[j] + length * step[row]
      let delta = new - v[j]
      v[j] = new
      if isDense {
        direction[j] = delta
      } else if delta != 0 {
        DenseKernels.add(count, delta, hessian + j * leading, to: gradient)
      }
    }
    if isDense {
      DenseKernels.multiply(
        hessian, rowCount: count, columnCount: count, leading: leading, transposed: false, direction, beta: 1,
        into: gradient)
    }
  }
}

/// The optimality conditions of a penalised coefficient within bounds.
enum Optimality {
  /// The distance of zero from the subdifferential of `smooth + a |v| + ½ b v²` on `[lower, upper]`.
  @inline(__always)
  static func violation(
    gradient: Double, coefficient: Double, absolute: Double, square: Double, lower: Double, upper: Double
  ) -> Double {
    let slope = gradient + square * coefficient
    let (low, high) =
      coefficient > 0
      ? (slope + absolute, slope + absolute)
      : coefficient < 0 ? (slope - absolute, slope - absolute) : (slope - absolute, slope + absolute)
    // At a bound, whatever pushes outward is balanced by it.
    let excess = coefficient <= lower ? 0 : low
    let deficit = coefficient >= upper ? 0 : -high
    return max(0, excess, deficit)
  }
}

import Foundation
import StatisticalLearning

/// Maximum likelihood, or Firth's penalised likelihood, of a logistic model without a penalty.
struct LikelihoodProblem {
  let rowCount: Int
  /// `rowCount` × `columnCount`, column-major, the intercept's ones among them.
  let columns: [Double]
  let columnCount: Int
  /// Not normalised: a row of weight 2 is two rows.
  let weights: [Double]
  let targets: [Double]
  let offsets: [Double]
  let isFirth: Bool

  struct Solution {
    var parameters: [Double]
    /// `Σ sᵢ log P(yᵢ)`, without Firth's term.
    var logLikelihood: Double
    /// What was maximised: with Firth's term `½ log |XᵀWX|` where it was asked for.
    var objective: Double
    /// The inverse of the information `XᵀWX`.
    var covariance: Matrix
    /// `yᵢ − πᵢ`
    var residuals: [Double]
    var isConverged: Bool
    var passCount: Int
  }

  private struct Point {
    var logLikelihood = 0.0
    var objective = 0.0
    var residuals: [Double]
    var curvatures: [Double]
    var information: [Double]
    var factor: [Double]
  }

  private func evaluate(_ parameters: [Double]) -> Point? {
    var predictor = offsets
    columns.withUnsafeBufferPointer { columns in
      DenseKernels.multiply(
        columns.baseAddress!, rowCount: rowCount, columnCount: columnCount, leading: rowCount, transposed: false,
        parameters, beta: 1, into: &predictor)
    }
    let loss = LogisticLoss()
    var point = Point(
      residuals: [Double](repeating: 0, count: rowCount), curvatures: [Double](repeating: 0, count: rowCount),
      information: [Double](repeating: 0, count: columnCount * columnCount), factor: [])
    var scaled = columns
    for i in 0..<rowCount {
      point.logLikelihood -= weights[i] * loss.value(rawScore: predictor[i], target: targets[i])
      let (gradient, hessian) = loss.derivatives(rawScore: predictor[i], target: targets[i])
      point.residuals[i] = -gradient
      point.curvatures[i] = hessian
    }
    for k in 0..<columnCount {
      for i in 0..<rowCount {
        scaled[k * rowCount + i] *= (weights[i] * point.curvatures[i]).squareRoot()
      }
    }
    DenseKernels.gram(
      scaled, rowCount: rowCount, columnCount: columnCount, leading: rowCount, into: &point.information,
      leadingC: columnCount)
    point.factor = point.information
    guard point.logLikelihood.isFinite,
      DenseKernels.factorize(&point.factor, order: columnCount, leading: columnCount)
    else { return nil }
    point.objective = point.logLikelihood
    if isFirth { for k in 0..<columnCount { point.objective += log(point.factor[k * columnCount + k]) } }
    return point
  }

  /// The gradient of the log-likelihood, or Firth's modified score `Σ (sᵢ (yᵢ − πᵢ) + hᵢ (½ − πᵢ)) xᵢ` with `hᵢ` the
  /// leverage.
  private func score(_ point: Point) -> [Double] {
    var terms = [Double](repeating: 0, count: rowCount)
    for i in 0..<rowCount { terms[i] = weights[i] * point.residuals[i] }
    if isFirth {
      let leverages = leverages(point)
      for i in 0..<rowCount {
        let probability = targets[i] - point.residuals[i]
        terms[i] += leverages[i] * (0.5 - probability)
      }
    }
    var score = [Double](repeating: 0, count: columnCount)
    columns.withUnsafeBufferPointer {
      DenseKernels.multiply(
        $0.baseAddress!, rowCount: rowCount, columnCount: columnCount, leading: rowCount, transposed: true, terms,
        into: &score)
    }
    return score
  }

  /// `hᵢ = sᵢ wᵢ xᵢᵀ (XᵀWX)⁻¹ xᵢ`
  private func leverages(_ point: Point) -> [Double] {
    // Rows of X as right-hand sides: column-major p × n.
    var rows = [Double](repeating: 0, count: rowCount * columnCount)
    for k in 0..<columnCount { for i in 0..<rowCount { rows[i * columnCount + k] = columns[k * rowCount + i] } }
    DenseKernels.solve(
      factor: point.factor, order: columnCount, leading: columnCount, &rows, count: rowCount, leadingB: columnCount)
    return (0..<rowCount).map { i in
      var sum = 0.0
      for k in 0..<columnCount { sum += rows[i * columnCount + k] * columns[k * rowCount + i] }
      return sum * weights[i] * point.curvatures[i]
    }
  }

  /// `A⁻¹ gradient`, or the same without the row, column and element `fixed`, whose step is 0.
  private func newtonStep(_ point: Point, _ gradient: [Double], fixed: Int?) -> [Double] {
    var step = gradient
    guard let fixed else {
      DenseKernels.solve(factor: point.factor, order: columnCount, leading: columnCount, &step)
      return step
    }
    let free = (0..<columnCount).filter { $0 != fixed }
    var block = free.flatMap { column in
      free.map { point.information[min($0, column) * columnCount + max($0, column)] }
    }
    var part = free.map { gradient[$0] }
    guard DenseKernels.factorize(&block, order: free.count, leading: max(free.count, 1)) else {
      return [Double](repeating: 0, count: columnCount)
    }
    DenseKernels.solve(factor: block, order: free.count, leading: max(free.count, 1), &part)
    step[fixed] = 0
    for (index, k) in free.enumerated() { step[k] = part[index] }
    return step
  }

  /// Newton (Fisher scoring for Firth's likelihood) with step halving.
  ///
  /// - Parameter fixed: A parameter that stays where it starts.
  func maximize(from start: [Double], fixed: Int? = nil) -> Solution? {
    var parameters = start
    guard var point = evaluate(parameters) else { return nil }
    var passCount = 0
    var isConverged = columnCount == 0
    while !isConverged, passCount < 60 {
      passCount += 1
      let gradient = score(point)
      var step = newtonStep(point, gradient, fixed: fixed)
      let decrement = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      // A statistic's error is the square root of twice this: 1e-9 standard errors.
      isConverged = decrement < 1e-18 * max(1, abs(point.objective))
      // Firth's scoring can overshoot where leverages are large.
      if isFirth, let largest = step.map(abs).max(), largest > 5 { step = step.map { $0 * 5 / largest } }
      var length = 1.0
      var next: Point?
      while length > 1e-8 {
        let candidate = zip(parameters, step).map { $0 + length * $1 }
        if let evaluated = evaluate(candidate),
          evaluated.objective >= point.objective - 1e-13 * max(1, abs(point.objective))
        {
          next = evaluated
          parameters = candidate
          break
        }
        length /= 2
      }
      guard let next else { break }
      point = next
    }
    var inverse = [Double](repeating: 0, count: columnCount * columnCount)
    for k in 0..<columnCount { inverse[k * columnCount + k] = 1 }
    DenseKernels.solve(
      factor: point.factor, order: columnCount, leading: columnCount, &inverse, count: columnCount,
      leadingB: columnCount)
    return Solution(
      parameters: parameters, logLikelihood: point.logLikelihood, objective: point.objective,
      covariance: Matrix(rowCount: columnCount, columnCount: columnCount, elements: inverse),
      residuals: point.residuals, isConverged: isConverged, passCount: passCount)
  }
}

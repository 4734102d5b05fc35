import StatisticalLearning

/// Ridge regression on the terms of a ``LinearDesign``, which is blended with the trees.
///
/// Minimises over the intercept `b` and the coefficients `w`, with row weights `s`,
///
/// ```
/// (1 / Σ s) Σ s loss(b + z·w + offset) + penalty ‖w‖² / 2
/// ```
///
/// where a coefficient of a monotone column keeps its sign. Each step minimises a quadratic whose curvature is the mean
/// second derivative times the Gram matrix, by coordinate descent; when the loss rises, the loss's bound on the second
/// derivative takes the place of the mean, with which it can't.
struct LinearPart {
  let design: LinearDesign
  private let weights: [Double]
  private let totalWeight: Double
  /// (1 / Σ s) Σ s z zᵀ with a last row and column for the intercept.
  private let gram: [Double]

  init(_ design: LinearDesign, weights: [Double]) {
    self.design = design
    self.weights = weights
    let termCount = design.terms.count
    let unitCount = design.unitCount
    let size = termCount + 1
    let total = weights.reduce(0, +)
    totalWeight = total
    var gram = [Double](repeating: 0, count: size * size)
    design.values.withUnsafeBufferPointer { values in
      weights.withUnsafeBufferPointer { weights in
        var weighted = [Double](repeating: 0, count: unitCount)
        for i in 0...termCount {
          for unit in 0..<unitCount {
            weighted[unit] = weights[unit] * (i < termCount ? values[i * unitCount + unit] : 1)
          }
          for j in 0...i {
            let sum =
              j < termCount
              ? Self.dot(weighted, values.baseAddress! + j * unitCount, unitCount) : weighted.reduce(0, +)
            gram[i * size + j] = sum / total
            gram[j * size + i] = sum / total
          }
        }
      }
    }
    self.gram = gram
  }

  /// Four partial sums, so that additions don't wait for each other; always in the same order.
  @inline(__always)
  private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD4<Double>()
    var index = 0
    while index + 4 <= count {
      let x = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD4<Double>.self)
      let y = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD4<Double>.self)
      sums += x * y
      index += 4
    }
    var result = (sums[0] + sums[1]) + (sums[2] + sums[3])
    while index < count {
      result += a[index] * b[index]
      index += 1
    }
    return result
  }

  /// Scores of all units, for coefficients with the intercept last.
  static func scores(_ design: LinearDesign, _ coefficients: [Double], offsets: [Double]?) -> [Double] {
    let unitCount = design.unitCount
    var result = offsets ?? [Double](repeating: 0, count: unitCount)
    let intercept = coefficients[design.terms.count]
    result.withUnsafeMutableBufferPointer { result in
      for unit in 0..<unitCount { result[unit] += intercept }
      design.values.withUnsafeBufferPointer { values in
        for term in design.terms.indices where coefficients[term] != 0 {
          let coefficient = coefficients[term]
          let column = values.baseAddress! + term * unitCount
          for unit in 0..<unitCount { result[unit] += coefficient * column[unit] }
        }
      }
    }
    return result
  }

  /// Improves `coefficients` (the intercept last) to the minimum at a penalty.
  ///
  /// - Parameter curvatureBound: What the second derivative can't exceed.
  func fit<L: BoostingLoss>(
    _ loss: L, targets: [Double], offsets: [Double]?, penalty: Double, curvatureBound: Double,
    coefficients: inout [Double]
  ) {
    let termCount = design.terms.count
    let unitCount = design.unitCount
    let size = termCount + 1
    var gradients = [Double](repeating: 0, count: unitCount)
    var hessians = gradients
    var current = Self.scores(design, coefficients, offsets: offsets)
    var objective = self.objective(loss, current, targets, coefficients, penalty)
    var usesBound = false
    for _ in 0..<30 {
      loss.derivatives(
        rawScores: current, targets: targets, rowCount: unitCount, gradients: &gradients, hessians: &hessians)
      var curvature = 0.0
      for unit in 0..<unitCount {
        curvature += weights[unit] * hessians[unit]
        gradients[unit] *= weights[unit] / totalWeight
      }
      curvature = usesBound ? curvatureBound : min(curvatureBound, curvature / totalWeight)
      guard curvature > 0 else { return }
      var gradient = [Double](repeating: 0, count: size)
      design.values.withUnsafeBufferPointer { values in
        for term in 0..<termCount {
          gradient[term] =
            Self.dot(gradients, values.baseAddress! + term * unitCount, unitCount) + penalty * coefficients[term]
        }
      }
      gradient[termCount] = gradients.reduce(0, +)
      let step = self.step(gradient, coefficients, curvature: curvature, penalty: penalty)
      let next = zip(coefficients, step).map { $0 + $1 }
      let nextScores = Self.scores(design, next, offsets: offsets)
      let nextObjective = self.objective(loss, nextScores, targets, next, penalty)
      guard nextObjective <= objective else {
        if usesBound { return }
        usesBound = true
        continue
      }
      let gained = objective - nextObjective
      coefficients = next
      current = nextScores
      objective = nextObjective
      if gained <= 1e-7 * max(1, abs(objective)) { return }
    }
  }

  private func objective<L: BoostingLoss>(
    _ loss: L, _ scores: [Double], _ targets: [Double], _ coefficients: [Double], _ penalty: Double
  ) -> Double {
    var total = 0.0
    scores.withUnsafeBufferPointer { scores in
      for unit in 0..<design.unitCount where weights[unit] > 0 {
        total +=
          weights[unit]
          * loss.value(
            rawScores: scores.baseAddress! + unit, stride: design.unitCount, target: targets[unit])
      }
    }
    return total / totalWeight + penalty / 2 * coefficients.dropLast().reduce(0) { $0 + $1 * $1 }
  }

  /// Coordinate descent on the quadratic model, within the signs.
  private func step(_ gradient: [Double], _ coefficients: [Double], curvature: Double, penalty: Double) -> [Double] {
    let size = gradient.count
    var step = [Double](repeating: 0, count: size)
    var slope = gradient
    gram.withUnsafeBufferPointer { gram in
      slope.withUnsafeMutableBufferPointer { slope in
        for _ in 0..<200 {
          var largest = 0.0
          for index in 0..<size {
            let ridge = index + 1 < size ? penalty : 0
            let diagonal = curvature * gram[index * size + index] + ridge
            guard diagonal > 0 else { continue }
            var change = -slope[index] / diagonal
            let direction = index + 1 < size ? design.terms[index].direction : 0
            if direction != 0 {
              let value = coefficients[index] + step[index]
              let next = direction > 0 ? max(0, value + change) : min(0, value + change)
              change = next - value
            }
            if change == 0 { continue }
            step[index] += change
            largest = max(largest, change * change * diagonal)
            let row = gram.baseAddress! + index * size
            let scaled = curvature * change
            for other in 0..<size { slope[other] += scaled * row[other] }
            slope[index] += ridge * change
          }
          if largest < 1e-9 { break }
        }
      }
    }
    return step
  }

  /// The penalties that are tried, from strong to weak.
  static let penalties: [Double] = (0..<11).map { 2 * Double(sign: .plus, exponent: -$0, significand: 1) }
}

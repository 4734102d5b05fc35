import StatisticalLearning

/// Ridge regression on the terms of a ``LinearDesign``, which is blended with the trees.
///
/// Minimises over the intercept `b` and the coefficients `w`, with row weights `s`,
///
/// ```
/// (1 / Σ s) Σ s loss(b + z·w + offset) + penalty ‖w‖² / 2
/// ```
///
/// where a coefficient of a monotone column keeps its sign. Each step minimises a quadratic model. Its matrix is that of
/// the second derivatives at an earlier point, which is worked out again when steps gain too little; along a path of
/// penalties it changes slowly. When the loss rises all the same, the loss's bound on the second derivative takes its
/// place, with which it can't.
struct LinearPart {
  let design: LinearDesign
  private let weights: [Double]
  private let totalWeight: Double
  private let hasSigns: Bool
  /// (1 / Σ s) Σ s h z zᵀ with a last row and column for the intercept, `h` the second derivatives somewhere.
  private var curvature: [Double] = []

  init(_ design: LinearDesign, weights: [Double]) {
    self.design = design
    self.weights = weights
    totalWeight = weights.reduce(0, +)
    hasSigns = design.terms.contains { $0.direction != 0 }
  }

  /// The matrix for some second derivatives.
  private func curvature(_ hessians: [Double]) -> [Double] {
    let termCount = design.terms.count
    let unitCount = design.unitCount
    let size = termCount + 1
    var result = [Double](repeating: 0, count: size * size)
    var weighted = [Double](repeating: 0, count: unitCount)
    var sums = [Double](repeating: 0, count: size)
    design.values.withUnsafeBufferPointer { values in
      for i in 0...termCount {
        for unit in 0..<unitCount {
          let value = i < termCount ? values[i * unitCount + unit] : 1
          weighted[unit] = weights[unit] * hessians[unit] * value / totalWeight
        }
        Self.dots(weighted, values.baseAddress!, columnCount: min(i + 1, termCount), into: &sums)
        if i == termCount { sums[i] = weighted.reduce(0, +) }
        for j in 0...i {
          result[i * size + j] = sums[j]
          result[j * size + i] = sums[j]
        }
      }
    }
    return result
  }

  /// Four partial sums, so that additions don't wait for each other; always in the same order.
  @inline(__always)
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
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

  /// The products of a vector with each of some columns, four of them at a time.
  private static func dots(
    _ vector: [Double], _ columns: UnsafePointer<Double>, columnCount: Int, into result: inout [Double]
  ) {
    typealias Lanes = SIMD2<Double>
    let count = vector.count
    vector.withUnsafeBufferPointer { vector in
      let x = vector.baseAddress!
      var column = 0
      while column + 4 <= columnCount {
        let (a, b) = (columns + column * count, columns + (column + 1) * count)
        let (c, d) = (columns + (column + 2) * count, columns + (column + 3) * count)
        var (sumA, sumB, sumC, sumD) = (Lanes(), Lanes(), Lanes(), Lanes())
        var row = 0
        while row + 2 <= count {
          let value = UnsafeRawPointer(x + row).loadUnaligned(as: Lanes.self)
          sumA += value * UnsafeRawPointer(a + row).loadUnaligned(as: Lanes.self)
          sumB += value * UnsafeRawPointer(b + row).loadUnaligned(as: Lanes.self)
          sumC += value * UnsafeRawPointer(c + row).loadUnaligned(as: Lanes.self)
          sumD += value * UnsafeRawPointer(d + row).loadUnaligned(as: Lanes.self)
          row += 2
        }
        for (index, (sum, last)) in [(sumA, a), (sumB, b), (sumC, c), (sumD, d)].enumerated() {
          result[column + index] = sum[0] + sum[1] + (row < count ? x[row] * last[row] : 0)
        }
        column += 4
      }
      while column < columnCount {
        result[column] = dot(x, columns + column * count, count)
        column += 1
      }
    }
  }

  /// Scores of all units, for coefficients with the intercept last.
  static func scores(_ design: LinearDesign, _ coefficients: [Double], offsets: [Double]?) -> [Double] {
    let unitCount = design.unitCount
    var result = offsets ?? [Double](repeating: 0, count: unitCount)
    let intercept = coefficients[design.terms.count]
    result.withUnsafeMutableBufferPointer { result in
      for unit in 0..<unitCount { result[unit] += intercept }
      design.values.withUnsafeBufferPointer { values in
        let used = design.terms.indices.filter { coefficients[$0] != 0 }
        for first in stride(from: 0, to: used.count, by: 4) {
          let terms = used[first..<min(first + 4, used.count)]
          // Four columns at a time; the last ones again with coefficient 0 where there are fewer.
          func column(_ index: Int) -> (UnsafePointer<Double>, Double) {
            let term = terms[min(first + index, terms.endIndex - 1)]
            return (values.baseAddress! + term * unitCount, first + index < terms.endIndex ? coefficients[term] : 0)
          }
          let (x0, c0) = column(0)
          let (x1, c1) = column(1)
          let (x2, c2) = column(2)
          let (x3, c3) = column(3)
          for unit in 0..<unitCount {
            result[unit] += (c0 * x0[unit] + c1 * x1[unit]) + (c2 * x2[unit] + c3 * x3[unit])
          }
        }
      }
    }
    return result
  }

  /// Improves `coefficients` (the intercept last) to the minimum at a penalty.
  ///
  /// - Parameter curvatureBound: What the second derivative can't exceed.
  mutating func fit<L: BoostingLoss>(
    _ loss: L, targets: [Double], offsets: [Double]?, penalty: Double, curvatureBound: Double,
    coefficients: inout [Double]
  ) {
    let unitCount = design.unitCount
    var gradients = [Double](repeating: 0, count: unitCount)
    var hessians = gradients
    var current = Self.scores(design, coefficients, offsets: offsets)
    var objective = self.objective(loss, current, targets, coefficients, penalty)
    var isFresh = false
    var usesBound = false
    var lastGain = Double.infinity
    var model: QuadraticModel?
    for _ in 0..<30 {
      loss.derivatives(
        rawScores: current, targets: targets, rowCount: unitCount, gradients: &gradients, hessians: &hessians)
      if curvature.isEmpty || (lastGain == 0 && !isFresh) {
        curvature = self.curvature(hessians)
        isFresh = true
        model = nil
      } else if lastGain == 0 {
        // Even the right curvature was too little: the loss bends up on the way.
        curvature = self.curvature([Double](repeating: curvatureBound, count: unitCount))
        usesBound = true
        model = nil
      }
      let quadratic = model ?? QuadraticModel(curvature, penalty: penalty, isFactored: !hasSigns)
      model = quadratic
      let gradient = self.gradient(gradients, coefficients, penalty: penalty)
      let step =
        quadratic.exactStep(gradient)
        ?? quadratic.stepWithinSigns(gradient, coefficients, design.terms.map(\.direction))
      let next = zip(coefficients, step).map { $0 + $1 }
      let nextScores = Self.scores(design, next, offsets: offsets)
      let nextObjective = self.objective(loss, nextScores, targets, next, penalty)
      guard nextObjective <= objective else {
        if usesBound { break }
        lastGain = 0
        continue
      }
      let gained = objective - nextObjective
      coefficients = next
      current = nextScores
      objective = nextObjective
      // What is left to gain, by the ratio of the last two gains.
      let remaining = gained * (lastGain.isFinite && lastGain > 0 ? min(1, gained / lastGain) : 1)
      if remaining <= 1e-8 * max(1, abs(objective)) { break }
      // The matrix costs as much as a dozen steps.
      let isSlow = gained > lastGain / 5
      lastGain = isSlow && !isFresh && !usesBound ? 0 : gained
      if !isSlow { isFresh = false }
    }
    // The bound is no good place to start from.
    if usesBound { curvature = [] }
  }

  /// The gradient, the intercept last.
  private func gradient(_ gradients: [Double], _ coefficients: [Double], penalty: Double) -> [Double] {
    let unitCount = design.unitCount
    var weighted = gradients
    for unit in 0..<unitCount { weighted[unit] *= weights[unit] / totalWeight }
    var result = [Double](repeating: 0, count: coefficients.count)
    design.values.withUnsafeBufferPointer { values in
      Self.dots(weighted, values.baseAddress!, columnCount: design.terms.count, into: &result)
    }
    for term in design.terms.indices { result[term] += penalty * coefficients[term] }
    result[design.terms.count] = weighted.reduce(0, +)
    return result
  }

  private func objective<L: BoostingLoss>(
    _ loss: L, _ scores: [Double], _ targets: [Double], _ coefficients: [Double], _ penalty: Double
  ) -> Double {
    let total = loss.totalValue(rawScores: scores, targets: targets, weights: weights, rowCount: design.unitCount)
    return total / totalWeight + penalty / 2 * coefficients.dropLast().reduce(0) { $0 + $1 * $1 }
  }

  /// The penalties that are tried, from strong to weak.
  static let penalties: [Double] = (0..<11).map { 2 * Double(sign: .plus, exponent: -$0, significand: 1) }
}

import Foundation
import StatisticalLearning

/// A block of coefficients, one per feature, and how it enters each linear predictor of a row.
struct CoefficientBlock {
  /// One per predictor: `ηₘ = interceptₘ + Σ_blocks patternₘ x·w`.
  let pattern: [Double]
  /// What the strength of the penalty is multiplied by.
  let penaltyFactor: Double
  let isBounded: Bool
}

/// Proximal Newton over a path of strengths for losses of several linear predictors per row.
///
/// As ``PathSolver``, with intercepts among the coordinates and no working set: meant for the tens of features and few
/// classes of surveys.
final class MultiIndexSolver<Family: MultiIndexFamily> {
  let design: StandardizedDesign
  let family: Family
  let penalty: StandardizedPenalty
  let blocks: [CoefficientBlock]
  let tolerance: Double
  let maximumPasses = 100

  /// Intercepts first, then one run of p per block.
  private(set) var parameters: [Double]
  private let quadratic = PenalizedQuadratic()
  private let pairs: [(Int, Int)]
  private let predictors: UnsafeMutablePointer<Double>
  let gradients: UnsafeMutablePointer<Double>
  let hessians: UnsafeMutablePointer<Double>
  private let modelHessians: UnsafeMutablePointer<Double>
  let dual: UnsafeMutablePointer<Double>
  private let previous: UnsafeMutablePointer<Double>
  private let scratch: UnsafeMutablePointer<Double>
  private let scaled: UnsafeMutablePointer<Double>
  private let offsetPattern: [Double]
  /// The groups of every block, among the parameters, at strength 1; and the parameters in one.
  let groups: [CoordinateGroup]
  let isGrouped: [Bool]
  private(set) var gradient: [Double]
  private var meanLoss = 0.0
  var currentLoss: Double { meanLoss }
  private var isModelStale = true
  private var isModelFresh = false

  private var n: Int { design.rowCount }
  private var p: Int { design.columnCount }
  var indexCount: Int { family.indexCount }

  /// - Parameter offsetPattern: How the offset enters each predictor.
  init(
    design: StandardizedDesign, family: Family, penalty: StandardizedPenalty, blocks: [CoefficientBlock],
    offsetPattern: [Double], tolerance: Double
  ) {
    self.design = design
    self.family = family
    self.penalty = penalty
    self.blocks = blocks
    self.tolerance = tolerance
    self.offsetPattern = offsetPattern
    pairs = family.pairs
    let (first, width) = (family.indexCount, design.columnCount)
    groups = blocks.enumerated().flatMap { (b, block) -> [CoordinateGroup] in
      guard let groups = penalty.groups else { return [] }
      return zip(groups.members, groups.absolute).map { members, absolute in
        CoordinateGroup(
          coordinates: members.map { first + b * width + $0 }, absolute: block.penaltyFactor * absolute)
      }
    }
    var isGrouped = [Bool](repeating: false, count: first + blocks.count * width)
    for group in groups { for k in group.coordinates { isGrouped[k] = true } }
    self.isGrouped = isGrouped
    parameters = family.initialIntercepts + [Double](repeating: 0, count: blocks.count * design.columnCount)
    gradient = [Double](repeating: 0, count: parameters.count)
    let n = design.rowCount
    func buffer(_ count: Int) -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(count, 1))
      buffer.initialize(repeating: 0, count: max(count, 1))
      return buffer
    }
    predictors = buffer(n * family.indexCount)
    gradients = buffer(n * family.indexCount)
    dual = buffer(n * family.indexCount)
    previous = buffer(n * family.indexCount)
    hessians = buffer(n * pairs.count)
    modelHessians = buffer(n * pairs.count)
    scratch = buffer(n)
    scaled = buffer(n * design.columnCount)
    quadratic.reserve(parameters.count)
    evaluate()
    gradient = correlated(gradients)
  }

  deinit {
    for buffer in [predictors, gradients, dual, previous, hessians, modelHessians, scratch, scaled] {
      buffer.deallocate()
    }
  }

  private func isUsable(_ j: Int) -> Bool { design.scales[j] > 0 }

  /// The penalty of parameter `k` at strength 1 and its bounds; intercepts are free.
  func terms(_ k: Int) -> (absolute: Double, square: Double, lower: Double, upper: Double) {
    guard k >= indexCount else { return (0, 0, -.infinity, .infinity) }
    let block = blocks[(k - indexCount) / p]
    let j = (k - indexCount) % p
    guard isUsable(j) else { return (0, 0, 0, 0) }
    return (
      block.penaltyFactor * penalty.absolute[j], block.penaltyFactor * penalty.square[j],
      block.isBounded ? penalty.lower[j] : -.infinity, block.isBounded ? penalty.upper[j] : .infinity
    )
  }

  // MARK: The objective

  private func evaluate() {
    for m in 0..<indexCount {
      let target = predictors + m * n
      target.update(repeating: parameters[m], count: n)
      if let offsets = design.offsets { DenseKernels.add(n, offsetPattern[m], offsets, to: target) }
    }
    for (b, block) in blocks.enumerated() {
      DenseKernels.multiply(
        design.columns, rowCount: n, columnCount: p, leading: n, transposed: false,
        Array(parameters[indexCount + b * p..<indexCount + (b + 1) * p]), into: scratch)
      for m in 0..<indexCount where block.pattern[m] != 0 {
        DenseKernels.add(n, block.pattern[m], scratch, to: predictors + m * n)
      }
    }
    meanLoss = family.evaluate(predictors, gradient: gradients, hessian: hessians)
  }

  /// The gradient in the parameters of gradients in the predictors.
  func correlated(_ source: UnsafePointer<Double>) -> [Double] {
    var result = [Double](repeating: 0, count: parameters.count)
    for m in 0..<indexCount { for i in 0..<n { result[m] += source[m * n + i] } }
    for (b, block) in blocks.enumerated() {
      scratch.update(repeating: 0, count: n)
      for m in 0..<indexCount where block.pattern[m] != 0 {
        DenseKernels.add(n, block.pattern[m], source + m * n, to: scratch)
      }
      result.withUnsafeMutableBufferPointer {
        DenseKernels.multiply(
          design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, scratch,
          into: $0.baseAddress! + indexCount + b * p)
      }
    }
    return result
  }

  private func penaltyValue(_ strength: Double) -> Double {
    var value = 0.0
    for k in indexCount..<parameters.count where parameters[k] != 0 {
      let (a, b, _, _) = terms(k)
      value += a * abs(parameters[k]) + b * parameters[k] * parameters[k] / 2
    }
    return strength * (value + groupNorms(parameters))
  }

  /// `Σ a_g ‖v_g‖` at strength 1.
  private func groupNorms(_ vector: UnsafePointer<Double>) -> Double {
    groups.reduce(0) { $0 + $1.absolute * norm(vector, $1.coordinates) }
  }

  // MARK: The path

  /// Solves without the penalised features and returns λmax.
  func solveNullModel() -> Double {
    _ = minimize(strength: 0, isNull: true)
    var largest = 0.0
    let ratio = max(penalty.l1Ratio, 1e-3)
    for k in indexCount..<parameters.count {
      let (a, b, lower, upper) = terms(k)
      guard a > 0 || b > 0 else { continue }
      if gradient[k] < 0 ? upper <= 0 : lower >= 0 { continue }
      let unit = penalty.l1Ratio > 0 ? a / penalty.l1Ratio : b
      if unit > 0, !isGrouped[k] { largest = max(largest, abs(gradient[k]) / (ratio * unit)) }
    }
    for group in groups where group.absolute > 0 {
      largest = max(largest, norm(gradient, group.coordinates) * penalty.l1Ratio / (ratio * group.absolute))
    }
    // A hair above, so that rounding lets nothing in at the first strength.
    return largest * (1 + 1e-10)
  }

  func solve(strength: Double) -> FitRecord { minimize(strength: strength, isNull: false) }

  func isFrozen(_ k: Int, isNull: Bool) -> Bool {
    let (_, _, lower, upper) = terms(k)
    return lower >= upper || isNull && k >= indexCount && penalty.isPenalized[(k - indexCount) % p]
  }

  private func minimize(strength: Double, isNull: Bool) -> FitRecord {
    var record = FitRecord(
      relativeDualityGap: .infinity, kktResidual: .infinity, passCount: 0, isCertified: false)
    let unit = strength > 0 ? strength : 1
    while record.passCount < maximumPasses {
      record.passCount += 1
      if isModelStale { refresh() }
      guard let error = step(strength, isNull: isNull, tolerance: tolerance) else {
        if isModelFresh { break }
        isModelStale = true
        continue
      }
      let objective = max(meanLoss + penaltyValue(strength), .leastNormalMagnitude)
      if error <= tolerance * objective, let gap = dualityGap(strength, isNull: isNull) {
        record.relativeDualityGap = gap / objective
        record.isCertified = record.relativeDualityGap <= tolerance
        if record.isCertified { break }
        if isModelFresh, error == 0 { break }
      }
      isModelStale = error > 0.02 * stepSize || isModelFresh && error > tolerance * objective
      isModelFresh = false
    }
    isModelFresh = false
    var worst = largestViolation(strength, isNull: isNull)
    // Rounding hides in so small a gap, not yet in the coefficients.
    if tolerance <= 1e-12, record.isCertified { worst = polish(strength, worst, isNull: isNull) }
    record.kktResidual = worst / unit
    return record
  }

  /// Exact Newton steps for as long as they halve the largest violation of the optimality conditions.
  private func polish(_ strength: Double, _ violation: Double, isNull: Bool) -> Double {
    var worst = violation
    for _ in 0..<4 where worst > 0 {
      let start = parameters
      refresh()
      guard step(strength, isNull: isNull, tolerance: 1e-16) != nil else { break }
      let reached = largestViolation(strength, isNull: isNull)
      if reached >= worst {
        parameters = start
        evaluate()
        gradient = correlated(gradients)
        break
      }
      let isDone = reached > worst / 2
      worst = reached
      if isDone { break }
    }
    isModelStale = true
    isModelFresh = false
    return worst
  }

  /// The Hessian of the loss in all parameters at the current point.
  private func refresh() {
    modelHessians.update(from: hessians, count: n * pairs.count)
    let leading = quadratic.leading
    let target = quadratic.hessian
    func put(_ row: Int, _ column: Int, _ value: Double) {
      target[column * leading + row] = value
      target[row * leading + column] = value
    }
    for m in 0..<indexCount { for l in 0..<indexCount { target[m * leading + l] = 0 } }
    for (index, pair) in pairs.enumerated() {
      var sum = 0.0
      for i in 0..<n { sum += hessians[index * n + i] }
      put(pair.0, pair.1, sum)
    }
    var product = [Double](repeating: 0, count: p * p)
    for b in blocks.indices {
      // Against the intercepts.
      for m in 0..<indexCount {
        _ = combine(blocks[b].pattern, unit(m))
        var column = [Double](repeating: 0, count: p)
        DenseKernels.multiply(
          design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, scratch, into: &column)
        for j in 0..<p { put(indexCount + b * p + j, m, column[j]) }
      }
      for c in b..<blocks.count {
        if combine(blocks[b].pattern, blocks[c].pattern) {
          for j in 0..<p {
            let source = design.columns + j * n
            let column = scaled + j * n
            for i in 0..<n { column[i] = scratch[i] * source[i] }
          }
          DenseKernels.multiply(
            scaled, leadingA: n, transposedA: true, design.columns, leadingB: n, transposedB: false, rowCount: p,
            columnCount: p, innerCount: n, into: &product, leadingC: p)
        } else {
          product = [Double](repeating: 0, count: p * p)
        }
        for j in 0..<p {
          for l in 0..<p { put(indexCount + b * p + l, indexCount + c * p + j, product[max(j, l) * p + min(j, l)]) }
        }
      }
    }
    // A direction without curvature (a shift of all intercepts of a nominal outcome) stays where it is.
    let largest = (0..<indexCount).reduce(0) { max($0, target[$1 * leading + $1]) }
    for k in parameters.indices {
      target[k * leading + k] += k < indexCount ? 1e-10 * largest : 1e-13 * target[k * leading + k]
    }
    quadratic.hessianDidChange()
    isModelStale = false
    isModelFresh = true
  }

  private func unit(_ m: Int) -> [Double] { (0..<indexCount).map { $0 == m ? 1 : 0 } }

  /// `scratch = Σ aₘ bₗ ∂²F/∂ηₘ∂ηₗ` per row; `false` when it is zero throughout.
  private func combine(_ a: [Double], _ b: [Double]) -> Bool {
    scratch.update(repeating: 0, count: n)
    var isAny = false
    for (index, (m, l)) in pairs.enumerated() {
      let factor = m == l ? a[m] * b[m] : a[m] * b[l] + a[l] * b[m]
      if factor != 0 {
        isAny = true
        DenseKernels.add(n, factor, modelHessians + index * n, to: scratch)
      }
    }
    return isAny
  }

  private var stepSize = 0.0

  /// Moves to the minimum of the model and leaves the gradients that it foresees there in `dual`.
  ///
  /// - Returns: The Fenchel–Young gap between them and the loss there (infinity outside the domain); `nil` when the
  ///   model is of no use.
  private func step(_ strength: Double, isNull: Bool, tolerance: Double) -> Double? {
    for k in parameters.indices {
      let (a, b, lower, upper) = terms(k)
      let frozen = isFrozen(k, isNull: isNull)
      quadratic.v[k] = parameters[k]
      quadratic.gradient[k] = gradient[k]
      quadratic.absolute[k] = strength * a
      quadratic.square[k] = strength * b
      quadratic.lower[k] = frozen ? parameters[k] : lower
      quadratic.upper[k] = frozen ? parameters[k] : upper
    }
    quadratic.groups =
      isNull ? [] : groups.map { CoordinateGroup(coordinates: $0.coordinates, absolute: strength * $0.absolute) }
    quadratic.solve(tolerance: 1e-3 * tolerance * (strength > 0 ? strength : 1))
    var decrease = 0.0
    for k in parameters.indices {
      let (a, b, _, _) = terms(k)
      let (old, new) = (parameters[k], quadratic.v[k])
      decrease +=
        gradient[k] * (new - old) + strength * (a * (abs(new) - abs(old)) + b * (new * new - old * old) / 2)
    }
    if !quadratic.groups.isEmpty { decrease += quadratic.groupNorms() - strength * groupNorms(parameters) }
    let objective = meanLoss + penaltyValue(strength)
    let start = parameters
    dual.update(from: gradients, count: n * indexCount)
    previous.update(from: predictors, count: n * indexCount)
    let rounding = 4e-16 * abs(objective) * Double(n).squareRoot()
    var length = 1.0
    while true {
      for k in parameters.indices {
        parameters[k] = length == 1 ? quadratic.v[k] : start[k] + length * (quadratic.v[k] - start[k])
      }
      evaluate()
      if meanLoss + penaltyValue(strength) <= objective + 1e-4 * length * min(decrease, 0) + rounding { break }
      length /= isModelFresh ? 2 : .infinity
      if length < 1e-10 {
        parameters = start
        evaluate()
        return nil
      }
    }
    stepSize = 0
    for (index, (m, l)) in pairs.enumerated() {
      for i in 0..<n {
        let second = modelHessians[index * n + i]
        let changeM = (predictors[m * n + i] - previous[m * n + i]) / length
        let changeL = (predictors[l * n + i] - previous[l * n + i]) / length
        dual[m * n + i] += second * changeL
        if m != l { dual[l * n + i] += second * changeM }
        stepSize += (m == l ? 1 : 2) * second * changeM * changeL
      }
    }
    gradient = correlated(gradients)
    return family.divergence(gradient: gradients, hessian: hessians, dual: dual, scale: 1) ?? .infinity
  }

  /// The inverse of the Hessian of the mean loss in all parameters at the current point; `nil` when it is singular.
  func inverseInformation() -> Matrix? {
    refresh()
    isModelStale = true
    let count = parameters.count
    var matrix = Matrix(rowCount: count, columnCount: count)
    for k in 0..<count { for l in 0..<count { matrix[k, l] = quadratic.hessian[k * quadratic.leading + l] } }
    return LinearAlgebra.cholesky(matrix)?.inverse()
  }

  /// Intercepts and blocks on the original scale of the features.
  func unstandardized() -> (intercepts: [Double], blocks: [[Double]]) {
    var intercepts = Array(parameters[..<indexCount])
    var result: [[Double]] = []
    for (b, block) in blocks.enumerated() {
      var coefficients = [Double](repeating: 0, count: p)
      for j in 0..<p where isUsable(j) {
        coefficients[j] = parameters[indexCount + b * p + j] / design.scales[j]
        for m in 0..<indexCount { intercepts[m] -= block.pattern[m] * coefficients[j] * design.means[j] }
      }
      result.append(coefficients)
    }
    return (intercepts, result)
  }
}

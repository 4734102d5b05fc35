import Foundation
import StatisticalLearning

/// The penalty in the coordinates of a ``StandardizedDesign``, at strength 1.
struct StandardizedPenalty {
  /// ρ fⱼ, the weight of `|w̃ⱼ|`.
  var absolute: [Double]
  /// (1 − ρ) fⱼ, the weight of `½ w̃ⱼ²`.
  var square: [Double]
  var lower: [Double]
  var upper: [Double]
  let l1Ratio: Double

  init(_ shape: PenaltyShape, design: StandardizedDesign, isStandardizing: Bool) {
    l1Ratio = shape.l1Ratio
    let p = design.columnCount
    absolute = [Double](repeating: 0, count: p)
    square = [Double](repeating: 0, count: p)
    lower = [Double](repeating: 0, count: p)
    upper = [Double](repeating: 0, count: p)
    for j in 0..<p where design.scales[j] > 0 {
      let scale = design.scales[j]
      let unit = isStandardizing ? 1 : 1 / scale
      absolute[j] = shape.l1Ratio * shape.factor(j) * unit
      square[j] = (1 - shape.l1Ratio) * shape.factor(j) * unit * unit
      lower[j] = shape.lower(j) * scale
      upper[j] = shape.upper(j) * scale
    }
  }

  /// The largest contribution of feature `j` to the dual objective: `sup c w − λ (a |w| + ½ b w²)` within its bounds.
  func conjugate(_ j: Int, _ c: Double, strength: Double) -> Double {
    let a = strength * absolute[j]
    let b = strength * square[j]
    let excess = c > a ? c - a : c < -a ? c + a : 0
    guard excess != 0 else { return 0 }
    let bound = excess > 0 ? upper[j] : lower[j]
    if b > 0 {
      let w = excess > 0 ? min(excess / b, bound) : max(excess / b, bound)
      return excess * w - b * w * w / 2
    }
    return bound == 0 ? 0 : excess * bound
  }
}

/// Proximal Newton over a path of strengths, with a working set and a certificate at every point.
///
/// Each pass minimises the second-order model of the loss over the working set exactly
/// (``PenalizedQuadratic``), nuisance parameters eliminated by their Schur complement, and moves along the line to
/// that minimum as far as the objective falls. A point is accepted when the duality gap says so.
final class PathSolver<Family: SingleIndexFamily> {
  let design: StandardizedDesign
  let family: Family
  let penalty: StandardizedPenalty
  let tolerance: Double
  let maximumPasses: Int

  let state: SingleIndexState
  private(set) var coefficients: [Double]
  private(set) var gradient: [Double]
  private var meanLoss = 0.0
  private var isWorking: [Bool]
  private var working: [Int] = []
  private let quadratic = PenalizedQuadratic()
  private var scaled = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var scaledCapacity = 1
  private var offsets: [Double]?

  init(
    design: StandardizedDesign, family: Family, penalty: StandardizedPenalty, tolerance: Double,
    maximumPasses: Int = 100
  ) {
    self.design = design
    self.family = family
    self.penalty = penalty
    self.tolerance = tolerance
    self.maximumPasses = maximumPasses
    state = SingleIndexState(rowCount: design.rowCount, nuisance: family.initialNuisance)
    coefficients = [Double](repeating: 0, count: design.columnCount)
    gradient = [Double](repeating: 0, count: design.columnCount)
    isWorking = [Bool](repeating: false, count: design.columnCount)
    offsets = design.offsets
  }

  deinit { scaled.deallocate() }

  private var n: Int { design.rowCount }
  private var p: Int { design.columnCount }

  private func isPenalized(_ j: Int) -> Bool { penalty.absolute[j] > 0 || penalty.square[j] > 0 }
  private func isUsable(_ j: Int) -> Bool { design.scales[j] > 0 && penalty.lower[j] < penalty.upper[j] }

  // MARK: The objective

  /// Recomputes the predictor, the loss, its derivatives, and the gradient in every feature.
  private func evaluate() {
    evaluateLoss()
    DenseKernels.multiply(
      design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, state.residual, into: &gradient)
  }

  private func evaluateLoss() {
    if let offsets {
      offsets.withUnsafeBufferPointer { state.predictor.update(from: $0.baseAddress!, count: n) }
    } else {
      state.predictor.update(repeating: 0, count: n)
    }
    let activeCount = coefficients.reduce(0) { $0 + ($1 != 0 ? 1 : 0) }
    if activeCount * 2 > p {
      DenseKernels.multiply(
        design.columns, rowCount: n, columnCount: p, leading: n, transposed: false, coefficients, beta: 1,
        into: state.predictor)
    } else {
      for j in 0..<p where coefficients[j] != 0 {
        DenseKernels.add(n, coefficients[j], design.columns + j * n, to: state.predictor)
      }
    }
    meanLoss = family.evaluate(state)
  }

  private func penaltyValue(_ strength: Double) -> Double {
    var value = 0.0
    for j in 0..<p where coefficients[j] != 0 {
      let w = coefficients[j]
      value += penalty.absolute[j] * abs(w) + penalty.square[j] * w * w / 2
    }
    return strength * value
  }

  /// The largest violation of the optimality conditions, on the scale of the gradient.
  private func largestViolation(_ strength: Double) -> Double {
    var worst = 0.0
    for gradient in state.nuisanceGradient { worst = max(worst, abs(gradient)) }
    for j in 0..<p where isUsable(j) {
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[j], coefficient: coefficients[j], absolute: strength * penalty.absolute[j],
          square: strength * penalty.square[j], lower: penalty.lower[j], upper: penalty.upper[j]))
    }
    return worst
  }

  // MARK: The path

  /// Starts the next solve from coefficients on the original scale.
  func start(from original: [Double], intercept: Double) {
    state.nuisance[0] = intercept
    for j in 0..<p where isUsable(j) {
      coefficients[j] = min(max(original[j] * design.scales[j], penalty.lower[j]), penalty.upper[j])
      state.nuisance[0] += original[j] * design.means[j]
    }
  }

  /// Solves without the penalised features and returns λmax, the smallest strength that keeps them at zero.
  func solveNullModel() -> Double {
    for j in 0..<p { isWorking[j] = isUsable(j) && !isPenalized(j) }
    _ = minimize(strength: 0, isNull: true)
    var largest = 0.0
    let ratio = max(penalty.l1Ratio, 1e-3)
    for j in 0..<p where isUsable(j) && isPenalized(j) {
      let pull = -gradient[j]
      if pull > 0 ? penalty.upper[j] == 0 : penalty.lower[j] == 0 { continue }
      let unit = penalty.l1Ratio > 0 ? penalty.absolute[j] / penalty.l1Ratio : penalty.square[j].squareRoot()
      if unit > 0 { largest = max(largest, abs(pull) / (ratio * unit)) }
    }
    return largest
  }

  /// Moves to the minimum at `strength` from wherever the solver stands.
  ///
  /// - Parameter previous: The strength of that place, for the strong rule; `nil` takes every feature.
  func solve(strength: Double, previous: Double?) -> FitRecord {
    for j in 0..<p where isUsable(j) && !isWorking[j] {
      let threshold = penalty.absolute[j] * (2 * strength - (previous ?? 2 * strength))
      isWorking[j] = coefficients[j] != 0 || !(abs(gradient[j]) < threshold)
    }
    return minimize(strength: strength, isNull: false)
  }

  private func minimize(strength: Double, isNull: Bool) -> FitRecord {
    var record = FitRecord(
      relativeDualityGap: .infinity, kktResidual: .infinity, passCount: 0, isCertified: false)
    let unit = strength > 0 ? strength : 1
    evaluate()
    while true {
      let objective = meanLoss + penaltyValue(strength)
      let violation = isNull ? nullViolation() : largestViolation(strength)
      record.kktResidual = violation / unit
      if isNull {
        record.isCertified = violation <= 1e-12
      } else if let dual = dualObjective(strength) {
        record.relativeDualityGap = max(0, objective - dual) / max(objective, .leastNormalMagnitude)
        record.isCertified = record.relativeDualityGap <= tolerance
      } else {
        record.relativeDualityGap = .infinity
      }
      if record.isCertified || record.passCount == maximumPasses { return record }
      record.passCount += 1
      if !isNull { admitViolators(strength) }
      guard step(strength, objective: objective, tolerance: 1e-3 * violation) else { return record }
    }
  }

  private func nullViolation() -> Double {
    var worst = 0.0
    for gradient in state.nuisanceGradient { worst = max(worst, abs(gradient)) }
    for j in 0..<p where isWorking[j] {
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[j], coefficient: coefficients[j], absolute: 0, square: 0, lower: penalty.lower[j],
          upper: penalty.upper[j]))
    }
    return worst
  }

  private func admitViolators(_ strength: Double) {
    for j in 0..<p where !isWorking[j] && isUsable(j) && abs(gradient[j]) > strength * penalty.absolute[j] {
      isWorking[j] = true
    }
  }

  // MARK: One Newton pass

  /// One step to the minimum of the second-order model, shortened until the objective falls.
  ///
  /// - Returns: `false` when no step of any use is left: the arithmetic is exhausted.
  private func step(_ strength: Double, objective: Double, tolerance: Double) -> Bool {
    working.removeAll(keepingCapacity: true)
    for j in 0..<p where isWorking[j] { working.append(j) }
    let m = working.count
    let q = state.nuisanceCount
    quadratic.reserve(m)
    // C = Xᵀ E, A⁻¹ through its Cholesky factor, and the reduced Hessian G − C A⁻¹ Cᵀ.
    var information = state.information
    for k in 0..<q { information[k * q + k] += 1e-300 + 1e-14 * abs(information[k * q + k]) }
    guard DenseKernels.factorize(&information, order: q, leading: q) else { return false }
    var cross = [Double](repeating: 0, count: m * q)
    buildHessian(&cross, informationFactor: information)
    var nuisanceStep = state.nuisanceGradient
    DenseKernels.solve(factor: information, order: q, leading: q, &nuisanceStep)
    let start = coefficients
    let startNuisance = state.nuisance
    for (index, j) in working.enumerated() {
      quadratic.v[index] = coefficients[j]
      var reduced = gradient[j]
      for k in 0..<q { reduced -= cross[k * m + index] * nuisanceStep[k] }
      quadratic.gradient[index] = reduced
      quadratic.absolute[index] = strength * penalty.absolute[j]
      quadratic.square[index] = strength * penalty.square[j]
      quadratic.lower[index] = penalty.lower[j]
      quadratic.upper[index] = penalty.upper[j]
    }
    quadratic.solve(tolerance: tolerance)
    // The nuisance parameters that minimise the model given the new coefficients.
    var pull = state.nuisanceGradient
    var decrease = 0.0
    for (index, j) in working.enumerated() {
      let delta = quadratic.v[index] - start[j]
      guard delta != 0 else { continue }
      for k in 0..<q { pull[k] += cross[k * m + index] * delta }
      decrease += gradient[j] * delta + strength * penaltyChange(j, from: start[j], to: quadratic.v[index])
    }
    DenseKernels.solve(factor: information, order: q, leading: q, &pull)
    for k in 0..<q { decrease -= state.nuisanceGradient[k] * pull[k] }
    guard decrease < 0 else { return false }
    var length = 1.0
    while length > 1e-12 {
      for (index, j) in working.enumerated() {
        let target = quadratic.v[index]
        coefficients[j] = length == 1 ? target : start[j] + length * (target - start[j])
      }
      for k in 0..<q { state.nuisance[k] = startNuisance[k] - length * pull[k] }
      evaluateLoss()
      let value = meanLoss + penaltyValue(strength)
      // Near the minimum the fall is below the rounding of the objective; a full step is right there.
      let rounding = 4e-16 * abs(objective) * Double(n).squareRoot()
      if value <= objective + 1e-4 * length * decrease + rounding {
        DenseKernels.multiply(
          design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, state.residual, into: &gradient)
        return true
      }
      length /= 2
    }
    coefficients = start
    state.nuisance = startNuisance
    evaluate()
    return false
  }

  private func penaltyChange(_ j: Int, from old: Double, to new: Double) -> Double {
    penalty.absolute[j] * (abs(new) - abs(old)) + penalty.square[j] * (new * new - old * old) / 2
  }

  /// `XᵀDX − C A⁻¹ Cᵀ` over the working set, and `C = XᵀE`.
  private func buildHessian(_ cross: inout [Double], informationFactor: [Double]) {
    let m = working.count
    let q = state.nuisanceCount
    guard m > 0 else { return }
    if scaledCapacity < n * m {
      scaled.deallocate()
      scaledCapacity = n * m
      scaled = .allocate(capacity: scaledCapacity)
    }
    let roots = UnsafeMutablePointer<Double>.allocate(capacity: n)
    defer { roots.deallocate() }
    for i in 0..<n { roots[i] = state.curvature[i].squareRoot() }
    for (index, j) in working.enumerated() {
      let source = design.columns + j * n
      let target = scaled + index * n
      for i in 0..<n { target[i] = roots[i] * source[i] }
      for k in 0..<q { cross[k * m + index] = DenseKernels.dot(n, source, state.cross + k * n) }
    }
    let leading = quadratic.leading
    DenseKernels.gram(scaled, rowCount: n, columnCount: m, leading: n, into: quadratic.hessian, leadingC: leading)
    // G −= (L⁻¹ Cᵀ)ᵀ (L⁻¹ Cᵀ), by forward substitution on the rows of Cᵀ.
    var reduced = cross
    for k in 0..<q {
      for l in 0..<k {
        let factor = informationFactor[l * q + k]
        for index in 0..<m { reduced[k * m + index] -= factor * reduced[l * m + index] }
      }
      let inverse = 1 / informationFactor[k * q + k]
      for index in 0..<m { reduced[k * m + index] *= inverse }
    }
    for column in 0..<m {
      for row in column..<m {
        var value = quadratic.hessian[column * leading + row]
        for k in 0..<q { value -= reduced[k * m + row] * reduced[k * m + column] }
        quadratic.hessian[column * leading + row] = value
        quadratic.hessian[row * leading + column] = value
      }
      // Rounding must not turn an exactly collinear column into a direction of negative curvature.
      quadratic.hessian[column * leading + column] *= 1 + 1e-13
    }
  }

  // MARK: The certificate

  /// A lower bound on the minimum, from a dual feasible point made of the residuals; `nil` when none can be made yet.
  private func dualObjective(_ strength: Double) -> Double? {
    // Dual feasibility asks that the residuals be orthogonal to the intercept and to every free feature. Subtracting
    // D Z (ZᵀDZ)⁻¹ Zᵀr makes them so; it is what a Newton step in those coordinates would take away.
    var free: [Int] = []
    for j in 0..<p where isUsable(j) && !isPenalized(j) || strength == 0 && isUsable(j) {
      if coefficients[j] > penalty.lower[j], coefficients[j] < penalty.upper[j] { free.append(j) }
    }
    let order = free.count + 1
    var matrix = [Double](repeating: 0, count: order * order)
    var solution = [Double](repeating: 0, count: order)
    solution[0] = state.nuisanceGradient[0]
    matrix[0] = state.information[0]
    let weighted = UnsafeMutablePointer<Double>.allocate(capacity: n)
    let residual = UnsafeMutablePointer<Double>.allocate(capacity: n)
    defer {
      weighted.deallocate()
      residual.deallocate()
    }
    for (index, j) in free.enumerated() {
      let column = design.columns + j * n
      for i in 0..<n { weighted[i] = state.curvature[i] * column[i] }
      solution[index + 1] = gradient[j]
      var sum = 0.0
      for i in 0..<n { sum += weighted[i] }
      matrix[index + 1] = sum
      for other in index..<free.count {
        matrix[(index + 1) * order + other + 1] = DenseKernels.dot(n, weighted, design.columns + free[other] * n)
      }
    }
    for k in 0..<order { matrix[k * order + k] *= 1 + 1e-13 }
    guard matrix[0] > 0, DenseKernels.factorize(&matrix, order: order, leading: order) else { return nil }
    DenseKernels.solve(factor: matrix, order: order, leading: order, &solution)
    for i in 0..<n { weighted[i] = solution[0] }
    for (index, j) in free.enumerated() {
      DenseKernels.add(n, solution[index + 1], design.columns + j * n, to: weighted)
    }
    for i in 0..<n { residual[i] = state.residual[i] - state.curvature[i] * weighted[i] }

    var correlation = [Double](repeating: 0, count: p)
    DenseKernels.multiply(
      design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, residual, into: &correlation)
    for j in free { correlation[j] = 0 }
    var shrinkage = 1.0
    for j in 0..<p where isUsable(j) && strength * penalty.square[j] == 0 && correlation[j] != 0 {
      let bound = correlation[j] < 0 ? penalty.upper[j] : penalty.lower[j]
      let limit = strength * penalty.absolute[j]
      if bound.isInfinite, abs(correlation[j]) > limit { shrinkage = min(shrinkage, limit / abs(correlation[j])) }
    }
    if shrinkage < 1 { for i in 0..<n { residual[i] *= shrinkage } }
    guard var value = family.dualValue(residual) else { return nil }
    if let offsets { value += DenseKernels.dot(n, residual, offsets) }
    for j in 0..<p where isUsable(j) {
      value -= penalty.conjugate(j, -shrinkage * correlation[j], strength: strength)
    }
    return value.isFinite ? value : nil
  }
}

import Foundation
import StatisticalLearning

/// Proximal Newton over a path of strengths, with a working set and a certificate at every point.
///
/// Each pass minimises a ``QuadraticModel`` of the loss over the working set exactly (``PenalizedQuadratic``) and moves
/// there, or along the line to there as far as the objective falls. The residuals that the *model* predicts at its
/// minimum satisfy the optimality conditions exactly, so they are the dual point: the duality gap between them and the
/// loss at the new coefficients is of second order in the error of the model, and a point is accepted when it is small.
final class PathSolver<Family: SingleIndexFamily> {
  let design: StandardizedDesign
  let family: Family
  let penalty: StandardizedPenalty
  let tolerance: Double
  let maximumPasses: Int

  let state: SingleIndexState
  /// Of the standardised features. Only features of the model can be other than 0.
  private let w: UnsafeMutablePointer<Double>
  private let previousW: UnsafeMutablePointer<Double>
  /// The gradient of the loss; of the stored features only, in the middle of a solve.
  private let gradient: UnsafeMutablePointer<Double>
  private var meanLoss = 0.0
  private var isEvaluated = false
  private let model: QuadraticModel
  private var isModelStale = true
  /// The features that vary and are not fixed by their bounds, and their terms of the penalty at strength 1.
  private let usable: [Int]
  private let isUsable: [Bool]
  private let absolute: UnsafeMutablePointer<Double>
  private let square: UnsafeMutablePointer<Double>
  private let lower: UnsafeMutablePointer<Double>
  private let upper: UnsafeMutablePointer<Double>
  /// The residuals and predictor before a step, then the residuals that the model predicts.
  private let predicted: UnsafeMutablePointer<Double>
  private let previousPredictor: UnsafeMutablePointer<Double>
  private let dualCorrelation: UnsafeMutablePointer<Double>

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
    if let offsets = design.offsets {
      state.nuisance[0] -= zip(offsets, design.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    func vector(_ values: [Double]) -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(values.count, 1))
      buffer.initialize(from: values, count: values.count)
      return buffer
    }
    let zeros = [Double](repeating: 0, count: design.columnCount)
    (w, previousW, gradient, dualCorrelation) = (vector(zeros), vector(zeros), vector(zeros), vector(zeros))
    absolute = vector(penalty.absolute)
    square = vector(penalty.square)
    lower = vector(penalty.lower)
    upper = vector(penalty.upper)
    model = QuadraticModel(design: design, nuisanceCount: family.nuisanceCount)
    isUsable = (0..<design.columnCount).map { design.scales[$0] > 0 && penalty.lower[$0] < penalty.upper[$0] }
    usable = isUsable.indices.filter { [isUsable] in isUsable[$0] }
    predicted = .allocate(capacity: max(design.rowCount, 1))
    previousPredictor = .allocate(capacity: max(design.rowCount, 1))
  }

  deinit {
    for buffer in [
      w, previousW, gradient, dualCorrelation, absolute, square, lower, upper, predicted, previousPredictor,
    ] { buffer.deallocate() }
  }

  private var n: Int { design.rowCount }
  private var p: Int { design.columnCount }

  /// Of the standardised features.
  var coefficients: [Double] { Array(UnsafeBufferPointer(start: w, count: p)) }

  private func isPenalized(_ j: Int) -> Bool { absolute[j] > 0 || square[j] > 0 }

  /// Starts the next solve from coefficients on the original scale.
  func start(from original: [Double], intercept: Double) {
    state.nuisance[0] = intercept
    for j in usable {
      w[j] = min(max(original[j] * design.scales[j], lower[j]), upper[j])
      state.nuisance[0] += original[j] * design.means[j]
    }
    isEvaluated = false
  }

  // MARK: The objective

  /// The predictor, the loss and its derivatives at coefficients that are 0 outside `features`.
  private func evaluateLoss(_ features: [Int]) {
    if let offsets = design.offsets {
      offsets.withUnsafeBufferPointer { state.predictor.update(from: $0.baseAddress!, count: n) }
    } else {
      state.predictor.update(repeating: 0, count: n)
    }
    var activeCount = 0
    for j in features where w[j] != 0 { activeCount += 1 }
    if activeCount * 2 > p {
      DenseKernels.multiply(
        design.columns, rowCount: n, columnCount: p, leading: n, transposed: false, w, beta: 1, into: state.predictor)
    } else {
      for j in features where w[j] != 0 { DenseKernels.add(n, w[j], design.columns + j * n, to: state.predictor) }
    }
    meanLoss = family.evaluate(state)
  }

  /// `Xᵀ residual` in every feature.
  private func correlate(_ residual: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, residual, into: target)
  }

  /// The gradient in the stored features, or in all where that is as cheap.
  private func updateStoredGradient() {
    if model.features.count * 3 > p {
      correlate(state.residual, into: gradient)
    } else {
      for j in model.features { gradient[j] = DenseKernels.dot(n, design.columns + j * n, state.residual) }
    }
  }

  private func evaluateEverything() {
    evaluateLoss(usable)
    correlate(state.residual, into: gradient)
    isEvaluated = true
  }

  private func penaltyValue(_ strength: Double, _ features: [Int]) -> Double {
    var value = 0.0
    for j in features where w[j] != 0 { value += absolute[j] * abs(w[j]) + square[j] * w[j] * w[j] / 2 }
    return strength * value
  }

  /// The largest violation of the optimality conditions, on the scale of the gradient.
  private func largestViolation(_ strength: Double, isNull: Bool) -> Double {
    var worst = 0.0
    for gradient in state.nuisanceGradient { worst = max(worst, abs(gradient)) }
    for j in usable {
      // Most features are zero and stay so.
      if w[j] == 0, abs(gradient[j]) <= strength * absolute[j] { continue }
      if isNull, isPenalized(j) { continue }
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[j], coefficient: w[j], absolute: strength * absolute[j], square: strength * square[j],
          lower: lower[j], upper: upper[j]))
    }
    return worst
  }

  // MARK: The path

  /// Solves without the penalised features and returns λmax, the smallest strength that keeps them at zero.
  func solveNullModel() -> Double {
    _ = minimize(strength: 0, working: usable.filter { !isPenalized($0) }, isNull: true)
    var largest = 0.0
    let ratio = max(penalty.l1Ratio, 1e-3)
    for j in usable where isPenalized(j) {
      let pull = -gradient[j]
      if pull > 0 ? upper[j] == 0 : lower[j] == 0 { continue }
      let unit = penalty.l1Ratio > 0 ? absolute[j] / penalty.l1Ratio : square[j]
      if unit > 0 { largest = max(largest, abs(pull) / (ratio * unit)) }
    }
    // A hair above, so that rounding lets nothing in at the first strength.
    return largest * (1 + 1e-10)
  }

  /// Moves to the minimum at `strength` from wherever the solver stands.
  ///
  /// - Parameter previous: The strength of that place, for the strong rule; `nil` takes every feature.
  func solve(strength: Double, previous: Double?) -> FitRecord {
    if !isEvaluated { evaluateEverything() }
    var working: [Int] = []
    let reach = 2 * strength - (previous ?? 2 * strength)
    for j in usable where w[j] != 0 || !(abs(gradient[j]) < absolute[j] * reach) { working.append(j) }
    return minimize(strength: strength, working: working, isNull: false)
  }

  private func minimize(strength: Double, working initial: [Int], isNull: Bool) -> FitRecord {
    // λmax, and with it every zero at the start of the path, is as exact as the null model.
    let tolerance = isNull ? min(self.tolerance, 1e-26) : self.tolerance
    var record = FitRecord(
      relativeDualityGap: .infinity, kktResidual: .infinity, passCount: 0, isCertified: false)
    if !isEvaluated { evaluateEverything() }
    var working = initial
    while record.passCount < maximumPasses {
      record.passCount += 1
      if isModelStale || !model.isValid {
        guard model.refresh(at: state, features: working) else { break }
        isModelStale = false
      } else {
        model.append(working.filter { !model.isStored[$0] })
      }
      let isFresh = model.isFresh
      guard let size = step(strength) else {
        if isFresh { break }
        isModelStale = true
        correlate(state.residual, into: gradient)
        continue
      }
      // What the model got wrong, as a Fenchel–Young gap: when that alone is too much there is no need to look further.
      let objective = max(meanLoss + penaltyValue(strength, model.features), .leastNormalMagnitude)
      let error = family.divergence(state, from: predicted, scale: 1) ?? .infinity
      if error <= tolerance * objective || size == 0 {
        let (gap, violators) = certify(strength, isNull: isNull)
        record.relativeDualityGap = gap / objective
        record.isCertified = record.relativeDualityGap <= tolerance
        if record.isCertified { break }
        working = model.features + violators
        if size == 0, violators.isEmpty {
          if isFresh { break }
          isModelStale = true
        }
      }
      if error > 0.02 * size { isModelStale = true }
      if isModelStale { working = shrunkenWorkingSet(working, strength) }
      updateStoredGradient()
      for j in working where !model.isStored[j] {
        gradient[j] = DenseKernels.dot(n, design.columns + j * n, state.residual)
      }
    }
    correlate(state.residual, into: gradient)
    let unit = strength > 0 ? strength : 1
    record.kktResidual = largestViolation(strength, isNull: isNull) / unit
    return record
  }

  /// Without features that are zero and far from entering, so that a model made anew is no larger than it need be.
  private func shrunkenWorkingSet(_ working: [Int], _ strength: Double) -> [Int] {
    working.filter { w[$0] != 0 || !(abs(gradient[$0]) < 0.9 * strength * absolute[$0]) }
  }

  // MARK: One Newton pass

  /// Moves to the minimum of the model, or toward it until the objective falls enough, and leaves in `predicted` the
  /// residuals that the model foresees at its minimum.
  ///
  /// - Returns: `Σ Dᵢ Δηᵢ²`, the size of the step, 0 when there is none to take; `nil` when the model is of no use.
  private func step(_ strength: Double) -> Double? {
    let quadratic = model.quadratic
    let features = model.features
    let q = state.nuisanceCount
    var nuisanceStep = state.nuisanceGradient
    model.solveInformation(&nuisanceStep)
    for (index, j) in features.enumerated() {
      quadratic.v[index] = w[j]
      var reduced = gradient[j]
      for k in 0..<q { reduced -= model.coupling[index * q + k] * nuisanceStep[k] }
      quadratic.gradient[index] = reduced
      quadratic.absolute[index] = strength * absolute[j]
      quadratic.square[index] = strength * square[j]
      quadratic.lower[index] = lower[j]
      quadratic.upper[index] = upper[j]
    }
    quadratic.solve(tolerance: 1e-3 * tolerance * (strength > 0 ? strength : 1))
    // The nuisance parameters that minimise the model given the new coefficients, and the fall that it promises.
    var pull = state.nuisanceGradient
    var decrease = 0.0
    for (index, j) in features.enumerated() {
      let old = w[j]
      let new = quadratic.v[index]
      let delta = new - old
      guard delta != 0 else { continue }
      for k in 0..<q { pull[k] += model.coupling[index * q + k] * delta }
      decrease +=
        gradient[j] * delta + strength * (absolute[j] * (abs(new) - abs(old)) + square[j] * (new * new - old * old) / 2)
    }
    model.solveInformation(&pull)
    for k in 0..<q { decrease -= state.nuisanceGradient[k] * pull[k] }

    let objective = meanLoss + penaltyValue(strength, features)
    for j in features { previousW[j] = w[j] }
    let startNuisance = state.nuisance
    predicted.update(from: state.residual, count: n)
    previousPredictor.update(from: state.predictor, count: n)
    // Near the minimum the fall is below the rounding of the objective; a full step is right there.
    let rounding = 4e-16 * abs(objective) * Double(n).squareRoot()
    var length = 1.0
    while true {
      for (index, j) in features.enumerated() {
        let target = quadratic.v[index]
        w[j] = length == 1 ? target : previousW[j] + length * (target - previousW[j])
      }
      for k in 0..<q { state.nuisance[k] = startNuisance[k] - length * pull[k] }
      evaluateLoss(features)
      if meanLoss + penaltyValue(strength, features) <= objective + 1e-4 * length * min(decrease, 0) + rounding {
        break
      }
      length /= model.isFresh ? 2 : .infinity
      if length < 1e-10 {
        for j in features { w[j] = previousW[j] }
        state.nuisance = startNuisance
        evaluateLoss(features)
        return nil
      }
    }
    var size = 0.0
    for i in 0..<n {
      let change = (state.predictor[i] - previousPredictor[i]) / length
      var shift = model.curvature[i] * change
      size += shift * change
      for k in 0..<q { shift -= model.cross[k * state.stride + i] * pull[k] }
      predicted[i] += shift
    }
    for k in 0..<q { size += pull[k] * pull[k] }
    model.isFresh = false
    return size
  }

  // MARK: The certificate

  /// The duality gap between the coefficients and the residuals that the model predicts, made feasible by shrinking,
  /// and the features outside the model that stood in the way.
  private func certify(_ strength: Double, isNull: Bool) -> (gap: Double, violators: [Int]) {
    correlate(predicted, into: dualCorrelation)
    var shrinkage = 1.0
    var violators: [Int] = []
    for j in usable {
      let limit = strength * absolute[j]
      guard abs(dualCorrelation[j]) > limit, !(isNull && isPenalized(j)) else { continue }
      if !model.isStored[j] { violators.append(j) }
      let bound = dualCorrelation[j] < 0 ? upper[j] : lower[j]
      if limit > 0, square[j] == 0, bound.isInfinite {
        shrinkage = min(shrinkage, limit / abs(dualCorrelation[j]))
      }
    }
    guard var gap = family.divergence(state, from: predicted, scale: shrinkage) else { return (.infinity, violators) }
    for j in usable {
      let dual = -shrinkage * dualCorrelation[j]
      if w[j] == 0, abs(dual) <= strength * absolute[j] { continue }
      if isNull, isPenalized(j) { continue }
      gap += ElasticNetConjugate.divergence(
        coefficient: w[j], dual: dual, absolute: strength * absolute[j], square: strength * square[j], lower: lower[j],
        upper: upper[j])
    }
    return (gap, violators)
  }
}

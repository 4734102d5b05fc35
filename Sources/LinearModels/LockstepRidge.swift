import Foundation
import StatisticalLearning

/// Ridge paths of a dataset and of the same dataset without each of its folds, advanced together.
///
/// All systems see the same rows, ordered by fold, so that one matrix product serves them all, and so that the Hessian
/// of a system is that of all rows less that of the rows it holds out: one pass over the rows makes the Hessians of all
/// folds. They are made at the curvatures of the fit on all rows, which those of the folds resemble; as with
/// ``PathSolver`` the certificate is against the true loss of each system.
final class LockstepRidge<Family: SingleIndexFamily> {
  let design: StandardizedDesign
  /// The first system holds out nothing; the others, one fold each.
  let systems: [RidgeSystem<Family>]
  private let predictors: UnsafeMutablePointer<Double>
  private let residuals: UnsafeMutablePointer<Double>
  private let coefficients: UnsafeMutablePointer<Double>
  private let gradients: UnsafeMutablePointer<Double>
  private let scaled: UnsafeMutablePointer<Double>
  private let curvature: UnsafeMutablePointer<Double>
  private let heldGrams: UnsafeMutablePointer<Double>
  private let roots: UnsafeMutablePointer<Double>
  private var isModelStale = true
  private let stride: Int
  private let maximumPasses = 60

  private var n: Int { design.rowCount }
  private var p: Int { design.columnCount }

  /// - Parameters:
  ///   - folds: The rows of each fold, in order and without gaps.
  ///   - makeFamily: The loss, from weights that are 0 on the rows held out and elsewhere those of the design.
  init(
    design: StandardizedDesign, penalty: StandardizedPenalty, isStandardizing: Bool, folds: [Range<Int>],
    tolerance: Double, foldTolerance: Double, start: [Double], nuisance: [Double], makeFamily: ([Double]) -> Family
  ) {
    self.design = design
    stride = SingleIndexState.padded(design.rowCount)
    let count = folds.count + 1
    func buffer(_ size: Int) -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(size, 1))
      buffer.initialize(repeating: 0, count: max(size, 1))
      return buffer
    }
    let p = design.columnCount
    predictors = buffer(stride * count)
    residuals = buffer(stride * count)
    coefficients = buffer(p * count)
    gradients = buffer(p * count)
    scaled = buffer(design.rowCount * p)
    curvature = buffer(stride)
    roots = buffer(stride)
    heldGrams = buffer(folds.count * p * p)
    var systems: [RidgeSystem<Family>] = []
    for k in 0..<count {
      let held = k == 0 ? 0..<0 : folds[k - 1]
      var weights = design.weights
      for row in held { weights[row] = 0 }
      let state = SingleIndexState(
        rowCount: design.rowCount, nuisance: nuisance, predictor: predictors + k * stride,
        residual: residuals + k * stride)
      let system = RidgeSystem(
        design: design, penalty: penalty, isStandardizing: isStandardizing, held: held, family: makeFamily(weights),
        state: state, coefficients: coefficients + k * p, gradient: gradients + k * p,
        tolerance: k == 0 ? tolerance : foldTolerance)
      for j in 0..<p { system.coefficients[j] = min(max(start[j], system.lower[j]), system.upper[j]) }
      systems.append(system)
    }
    self.systems = systems
    evaluatePredictors()
    for system in systems { system.evaluate() }
    evaluateGradients()
  }

  deinit {
    for buffer in [predictors, residuals, coefficients, gradients, scaled, curvature, heldGrams, roots] {
      buffer.deallocate()
    }
  }

  private func evaluatePredictors() {
    if let offsets = design.offsets {
      for k in systems.indices {
        offsets.withUnsafeBufferPointer { (predictors + k * stride).update(from: $0.baseAddress!, count: n) }
      }
    }
    DenseKernels.multiply(
      design.columns, leadingA: n, transposedA: false, coefficients, leadingB: p, transposedB: false, rowCount: n,
      columnCount: systems.count, innerCount: p, beta: design.offsets == nil ? 0 : 1, into: predictors,
      leadingC: stride)
  }

  private func evaluateGradients() {
    DenseKernels.multiply(
      design.columns, leadingA: n, transposedA: true, residuals, leadingB: stride, transposedB: false, rowCount: p,
      columnCount: systems.count, innerCount: n, into: gradients, leadingC: p)
  }

  /// Moves every system to its minimum at `strength`; the records tell whether they got there.
  func solve(strength: Double) {
    for system in systems { system.begin() }
    for _ in 0..<maximumPasses {
      if isModelStale { refresh() }
      for system in systems where system.needsOwnModel { refreshAlone(system) }
      for system in systems { system.propose(strength) }
      evaluatePredictors()
      for system in systems where !system.accept(strength) {
        if system.isModelFresh {
          // The model is as good as it gets: shorten this system's step until its objective falls.
          system.shorten(strength) { self.predict(system) }
        } else {
          system.retreat()
          predict(system)
          system.evaluate()
        }
      }
      evaluateGradients()
      var isDone = true
      for system in systems {
        system.certify(strength, sharedCurvature: curvature)
        isDone = isDone && system.record.isCertified
      }
      isModelStale = systems[0].errorRatio > 0.02
      // A fold whose curvatures differ too much from those of all rows gets a model of its own, from here on.
      for system in systems.dropFirst() where system.errorRatio > 0.05 { system.needsOwnModel = true }
      if isDone { break }
    }
    for system in systems { system.finish(strength) }
  }

  private func predict(_ system: RidgeSystem<Family>) {
    let predictor = system.state.predictor
    if let offsets = design.offsets {
      offsets.withUnsafeBufferPointer { predictor.update(from: $0.baseAddress!, count: n) }
    }
    DenseKernels.multiply(
      design.columns, rowCount: n, columnCount: p, leading: n, transposed: false, system.coefficients,
      beta: design.offsets == nil ? 0 : 1, into: predictor)
  }

  /// `scaled = √D X`.
  private func scaleColumns(_ curvature: UnsafePointer<Double>) {
    for i in 0..<n { roots[i] = curvature[i].squareRoot() }
    for j in 0..<p {
      let source = design.columns + j * n
      let target = scaled + j * n
      for i in 0..<n { target[i] = roots[i] * source[i] }
    }
  }

  /// Makes the model of one system at its own curvatures, which are 0 on the rows that it holds out.
  private func refreshAlone(_ system: RidgeSystem<Family>) {
    let quadratic = system.quadratic
    system.takeOwnCurvature()
    scaleColumns(system.ownCurvature)
    DenseKernels.gram(
      scaled, rowCount: n, columnCount: p, leading: n, into: quadratic.hessian, leadingC: quadratic.leading)
    DenseKernels.multiply(
      design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, system.ownCurvature,
      into: &system.coupling)
    system.information = system.state.information[0]
    system.eliminateIntercept()
  }

  /// Makes the models of the systems that share one at the curvatures of the first.
  private func refresh() {
    curvature.update(from: systems[0].state.curvature, count: stride)
    scaleColumns(curvature)
    let size = p * p
    let first = systems[0]
    var couplings: [[Double]] = []
    var informations: [Double] = []
    for k in 1..<systems.count {
      let held = systems[k].held
      DenseKernels.gram(
        scaled + held.lowerBound, rowCount: held.count, columnCount: p, leading: n, into: heldGrams + (k - 1) * size,
        leadingC: p)
      var coupling = [Double](repeating: 0, count: p)
      DenseKernels.multiply(
        design.columns + held.lowerBound, rowCount: held.count, columnCount: p, leading: n, transposed: true,
        curvature + held.lowerBound, into: &coupling)
      couplings.append(coupling)
      informations.append(held.reduce(0) { $0 + curvature[$1] })
    }
    let total = first.quadratic.hessian
    let leading = first.quadratic.leading
    first.coupling = (0..<p).map { j in couplings.reduce(0) { $0 + $1[j] } }
    first.information = informations.reduce(0, +)
    for column in 0..<p {
      for row in column..<p {
        var sum = 0.0
        for k in 0..<systems.count - 1 { sum += heldGrams[k * size + column * p + row] }
        total[column * leading + row] = sum
      }
    }
    for k in 1..<systems.count {
      let system = systems[k]
      guard !system.ownsModel else { continue }
      let held = heldGrams + (k - 1) * size
      for column in 0..<p {
        for row in column..<p {
          system.quadratic.hessian[column * leading + row] = total[column * leading + row] - held[column * p + row]
        }
      }
      system.coupling = (0..<p).map { first.coupling[$0] - couplings[k - 1][$0] }
      system.information = first.information - informations[k - 1]
    }
    for system in systems where !system.ownsModel { system.eliminateIntercept() }
    isModelStale = false
  }
}

/// One of the ridge problems that ``LockstepRidge`` solves together.
final class RidgeSystem<Family: SingleIndexFamily> {
  let held: Range<Int>
  let family: Family
  let state: SingleIndexState
  let coefficients: UnsafeMutablePointer<Double>
  let gradient: UnsafeMutablePointer<Double>
  let quadratic = PenalizedQuadratic()
  let tolerance: Double
  let lower: [Double]
  let upper: [Double]
  /// The share of the weight that it is fitted to: its penalty is scaled by it instead of its loss.
  let share: Double
  /// The weights of `½ wⱼ²` at strength 1, times `share`.
  private let square: [Double]
  /// `XᵀD 1` and `1ᵀD 1` of the model.
  var coupling: [Double]
  var information = 0.0
  private(set) var record: FitRecord
  /// How much of the step the model got wrong: the square of the contraction of a pass.
  private(set) var errorRatio = 0.0
  private var objective = 0.0
  private var meanLoss = 0.0
  private var decrease = 0.0
  private var length = 1.0
  private var nuisanceStep = 0.0
  private var startNuisance = 0.0
  private var start: [Double]
  private let startResidual: UnsafeMutablePointer<Double>
  private let startPredictor: UnsafeMutablePointer<Double>
  let ownCurvature: UnsafeMutablePointer<Double>
  var needsOwnModel = false
  private(set) var ownsModel = false
  /// Whether no step has been taken since the model was made.
  private(set) var isModelFresh = false

  init(
    design: StandardizedDesign, penalty: StandardizedPenalty, isStandardizing: Bool, held: Range<Int>, family: Family,
    state: SingleIndexState, coefficients: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>,
    tolerance: Double
  ) {
    self.held = held
    self.family = family
    self.state = state
    self.coefficients = coefficients
    self.gradient = gradient
    self.tolerance = tolerance
    let n = design.rowCount
    let p = design.columnCount
    let share = 1 - held.reduce(0) { $0 + design.weights[$1] }
    var square = penalty.square.map { $0 * share }
    var lower = penalty.lower
    var upper = penalty.upper
    for j in 0..<p {
      // The columns have variance 1 over all rows; what counts here is the variance over the rows fitted.
      let column = design.columns + j * n
      var sum = 0.0
      var squares = 0.0
      for i in held {
        sum += design.weights[i] * column[i]
        squares += design.weights[i] * column[i] * column[i]
      }
      let mean = -sum / share
      let variance = max(0, (1 - squares) / share - mean * mean)
      if variance < 1e-12 || design.scales[j] == 0 {
        (lower[j], upper[j]) = (0, 0)
      } else if isStandardizing {
        square[j] *= held.isEmpty ? 1 : variance
      }
    }
    self.share = share
    self.square = square
    self.lower = lower
    self.upper = upper
    coupling = [Double](repeating: 0, count: p)
    start = coupling
    startResidual = .allocate(capacity: SingleIndexState.padded(max(n, 1)))
    startPredictor = .allocate(capacity: max(n, 1))
    ownCurvature = .allocate(capacity: SingleIndexState.padded(max(n, 1)))
    record = FitRecord(relativeDualityGap: .infinity, kktResidual: .infinity, passCount: 0, isCertified: false)
    quadratic.reserve(p)
    for j in 0..<p {
      quadratic.absolute[j] = 0
      quadratic.lower[j] = lower[j]
      quadratic.upper[j] = upper[j]
    }
  }

  deinit {
    startResidual.deallocate()
    startPredictor.deallocate()
    ownCurvature.deallocate()
  }

  private var p: Int { lower.count }

  func begin() {
    record = FitRecord(relativeDualityGap: .infinity, kktResidual: .infinity, passCount: 0, isCertified: false)
    startPredictor.update(from: state.predictor, count: state.rowCount)
  }

  func takeOwnCurvature() {
    ownCurvature.update(from: state.curvature, count: state.stride)
    ownsModel = true
    needsOwnModel = false
  }

  func evaluate() { meanLoss = family.evaluate(state) }

  private func penaltyValue(_ strength: Double) -> Double {
    var value = 0.0
    for j in 0..<p { value += square[j] * coefficients[j] * coefficients[j] }
    return strength * value / 2
  }

  /// Takes the intercept out of the Hessian and fills its upper triangle.
  func eliminateIntercept() {
    let leading = quadratic.leading
    let hessian = quadratic.hessian
    let inverse = 1 / max(information, .leastNormalMagnitude)
    for column in 0..<p {
      let factor = coupling[column] * inverse
      for row in column..<p {
        var value = hessian[column * leading + row] - factor * coupling[row]
        if row == column { value = max(value, 0) * (1 + 1e-13) }
        hessian[column * leading + row] = value
        hessian[row * leading + column] = value
      }
    }
    quadratic.hessianDidChange()
    isModelFresh = true
  }

  /// Puts the minimum of the model into `coefficients` and the intercept.
  func propose(_ strength: Double) {
    let inverse = 1 / max(information, .leastNormalMagnitude)
    let nuisanceGradient = state.nuisanceGradient[0]
    objective = meanLoss + penaltyValue(strength)
    for j in 0..<p {
      start[j] = coefficients[j]
      quadratic.v[j] = coefficients[j]
      quadratic.gradient[j] = gradient[j] - coupling[j] * nuisanceGradient * inverse
      quadratic.square[j] = strength * square[j]
    }
    quadratic.solve(tolerance: 1e-3 * tolerance * (strength > 0 ? strength : 1))
    var pull = nuisanceGradient
    decrease = 0
    for j in 0..<p {
      let new = quadratic.v[j]
      let delta = new - start[j]
      pull += coupling[j] * delta
      decrease += delta * (gradient[j] + strength * square[j] * (new + start[j]) / 2)
      coefficients[j] = new
    }
    nuisanceStep = pull * inverse
    decrease -= nuisanceGradient * nuisanceStep
    startNuisance = state.nuisance[0]
    state.nuisance[0] -= nuisanceStep
    length = 1
    startResidual.update(from: state.residual, count: state.stride)
    record.passCount += 1
  }

  /// Evaluates the proposal; `false` when the objective did not fall as it should.
  func accept(_ strength: Double) -> Bool {
    evaluate()
    let rounding = 4e-16 * abs(objective) * Double(state.rowCount).squareRoot()
    return meanLoss + penaltyValue(strength) <= objective + 1e-4 * length * min(decrease, 0) + rounding
  }

  func retreat() {
    length = 0
    for j in 0..<p { coefficients[j] = start[j] }
    state.nuisance[0] = startNuisance
  }

  func shorten(_ strength: Double, predict: () -> Void) {
    repeat {
      length /= 2
      if length < 1e-10 { length = 0 }
      for j in 0..<p { coefficients[j] = start[j] + length * (quadratic.v[j] - start[j]) }
      state.nuisance[0] = startNuisance - length * nuisanceStep
      predict()
    } while !accept(strength) && length > 0
  }

  /// The duality gap between the coefficients and the residuals that the model foresaw.
  func certify(_ strength: Double, sharedCurvature: UnsafePointer<Double>) {
    let curvature = ownsModel ? UnsafePointer(ownCurvature) : sharedCurvature
    isModelFresh = false
    defer { startPredictor.update(from: state.predictor, count: state.rowCount) }
    record.isCertified = false
    errorRatio = 1
    guard length > 0 else { return }
    var size = 0.0
    let predicted = startResidual
    for rows in [0..<held.lowerBound, held.upperBound..<state.rowCount] {
      for i in rows {
        let change = (state.predictor[i] - startPredictor[i]) / length - nuisanceStep
        let shift = curvature[i] * change
        size += shift * change
        predicted[i] += shift
      }
    }
    guard length == 1, let error = family.divergence(state, from: predicted, scale: 1) else { return }
    var gap = error
    for j in 0..<p where lower[j] < upper[j] {
      let dual = -quadratic.gradient[j]
      let b = strength * square[j]
      let w = coefficients[j]
      if b > 0 {
        let v = min(max(dual / b, lower[j]), upper[j])
        let difference = v - w
        gap += max(0, dual * difference - b * difference * (v + w) / 2)
      } else {
        let bound = dual > 0 ? upper[j] : lower[j]
        gap += bound.isInfinite ? abs(dual * w) : max(0, dual * (bound - w))
      }
    }
    record.relativeDualityGap = gap / max(meanLoss + penaltyValue(strength), .leastNormalMagnitude)
    record.isCertified = record.relativeDualityGap <= tolerance
    errorRatio = size > 0 && !record.isCertified ? error / size : 0
  }

  func finish(_ strength: Double) {
    var worst = abs(state.nuisanceGradient[0])
    for j in 0..<p where lower[j] < upper[j] {
      worst = max(
        worst,
        Optimality.violation(
          gradient: gradient[j], coefficient: coefficients[j], absolute: 0, square: strength * square[j],
          lower: lower[j], upper: upper[j]))
    }
    record.kktResidual = worst / (strength > 0 ? strength * share : 1)
  }
}

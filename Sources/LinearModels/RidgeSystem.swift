import Foundation
import StatisticalLearning

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

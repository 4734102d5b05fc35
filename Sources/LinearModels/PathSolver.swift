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
  let w: UnsafeMutablePointer<Double>
  private let previousW: UnsafeMutablePointer<Double>
  /// The gradient of the loss; of the stored features only, in the middle of a solve.
  let gradient: UnsafeMutablePointer<Double>
  private(set) var meanLoss = 0.0
  private var isEvaluated = false
  let model: QuadraticModel
  private var isModelStale = true
  /// The features that vary and are not fixed by their bounds, and their terms of the penalty at strength 1.
  let usable: [Int]
  let absolute: UnsafeMutablePointer<Double>
  let square: UnsafeMutablePointer<Double>
  let lower: UnsafeMutablePointer<Double>
  let upper: UnsafeMutablePointer<Double>
  /// The residuals and predictor before a step, then the residuals that the model predicts.
  let predicted: UnsafeMutablePointer<Double>
  private let previousPredictor: UnsafeMutablePointer<Double>
  let dualCorrelation: UnsafeMutablePointer<Double>
  /// Values in the order of the model's features.
  private let inModel: UnsafeMutablePointer<Double>
  private var outlook = PathOutlook()
  /// The scale of the model that would have been right for the first step of each strength since it was made.
  private var scalesSeen: [Double] = []

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
    (w, previousW, gradient) = (vector(zeros), vector(zeros), vector(zeros))
    (dualCorrelation, inModel) = (vector(zeros), vector(zeros))
    absolute = vector(penalty.absolute)
    square = vector(penalty.square)
    lower = vector(penalty.lower)
    upper = vector(penalty.upper)
    model = QuadraticModel(design: design, nuisanceCount: family.nuisanceCount)
    usable = penalty.isUsable.indices.filter { penalty.isUsable[$0] }
    let padded = SingleIndexState.padded(max(design.rowCount, 1))
    predicted = .allocate(capacity: padded)
    previousPredictor = .allocate(capacity: padded)
  }

  deinit {
    for buffer in [
      w, previousW, gradient, dualCorrelation, inModel, absolute, square, lower, upper, predicted, previousPredictor,
    ] { buffer.deallocate() }
  }

  var n: Int { design.rowCount }
  var p: Int { design.columnCount }

  /// Of the standardised features.
  var coefficients: [Double] { Array(UnsafeBufferPointer(start: w, count: p)) }

  func isPenalized(_ j: Int) -> Bool { penalty.isPenalized[j] }

  /// Starts the next solve from coefficients on the original scale.
  func start(from original: [Double], intercept: Double) {
    state.nuisance[0] = intercept
    for j in usable {
      w[j] = min(max(original[j] * design.scales[j], lower[j]), upper[j])
      state.nuisance[0] += original[j] * design.means[j]
    }
    isEvaluated = false
    outlook.forget()
  }

  // MARK: The objective

  /// The predictor of a run of rows without the features: offsets or zero.
  private func clearPredictor(_ rows: Range<Int>) {
    let target = state.predictor + rows.lowerBound
    if let offsets = design.offsets {
      offsets.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + rows.lowerBound, count: rows.count) }
    } else {
      target.update(repeating: 0, count: rows.count)
    }
  }

  /// The predictor, the loss and its derivatives at coefficients that are 0 outside the model, and the gradient in the
  /// features of the model, in one pass through the rows.
  private func evaluateLoss() {
    let columns = model.columns
    for (index, j) in model.features.enumerated() { inModel[index] = w[j] }
    columns.load(inModel)
    columns.clearCorrelation()
    state.clearNuisanceDerivatives()
    meanLoss = 0
    for rows in columns.runs {
      clearPredictor(rows)
      columns.addPredictor(rows, to: state.predictor)
      meanLoss += family.evaluate(state, rows: rows)
      columns.correlate(rows, state.residual)
    }
    columns.store(into: inModel)
    for (index, j) in model.features.enumerated() { gradient[j] = inModel[index] }
  }

  /// The gradient in features outside the model.
  func updateGradient(_ features: [Int]) { design.correlate(only: features, state.residual, into: gradient) }

  private func evaluateEverything() {
    clearPredictor(0..<n)
    design.multiply(w, addingTo: state.predictor)
    meanLoss = family.evaluate(state)
    design.correlate(state.residual, into: gradient)
    isEvaluated = true
  }

  private func penaltyValue(_ strength: Double, _ features: [Int]) -> Double {
    var value = 0.0
    for j in features where w[j] != 0 { value += absolute[j] * abs(w[j]) + square[j] * w[j] * w[j] / 2 }
    return strength * (value + groupNorms(w))
  }

  // MARK: The path

  /// Solves without the penalised features and returns λmax, the smallest strength that keeps them at zero.
  func solveNullModel() -> Double {
    _ = minimize(strength: 0, working: usable.filter { !isPenalized($0) }, isNull: true)
    let largest = largestUsefulStrength()
    outlook.forget()
    outlook.stand(at: largest)
    return largest
  }

  /// Moves to the minimum at `strength` from wherever the solver stands.
  ///
  /// - Parameter previous: The strength of that place, for the strong rule; `nil` takes every feature.
  func solve(strength: Double, previous: Double?) -> FitRecord {
    if !isEvaluated { evaluateEverything() }
    let working = previous.map { screened(reach: 2 * strength - $0) } ?? usable
    if let ahead = outlook.look(toward: strength, from: coefficients, nuisance: state.nuisance) {
      advance(ahead, strength, working)
    }
    let record = minimize(strength: strength, working: working, isNull: false)
    outlook.stand(at: strength)
    return record
  }

  /// Moves to where the path is expected to go, if that is better at `strength`.
  private func advance(_ ahead: PathOutlook.Place, _ strength: Double, _ working: [Int]) {
    guard model.isValid else { return }
    let features = model.features
    let objective = meanLoss + penaltyValue(strength, features)
    let nuisance = state.nuisance
    for j in features {
      previousW[j] = w[j]
      let target = min(max(ahead.coefficients[j], lower[j]), upper[j])
      w[j] = target * w[j] > 0 ? target : 0
    }
    state.nuisance = ahead.nuisance
    evaluateLoss()
    if !(meanLoss + penaltyValue(strength, features) < objective) {
      for j in features { w[j] = previousW[j] }
      state.nuisance = nuisance
      evaluateLoss()
    } else {
      updateGradient(outsideModel(working))
    }
  }

  /// Those of some features that the model does not hold.
  func outsideModel(_ features: [Int]) -> [Int] {
    let isStored = model.isStored
    return features.filter { !isStored[$0] }
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
        guard renewModel(working) else { break }
      } else {
        if record.passCount == 1, !isNull { rescaleModel() }
        model.append(outsideModel(working))
      }
      let isFresh = model.isFresh
      guard let size = step(strength, tolerance: tolerance, isStart: record.passCount == 1) else {
        if isFresh { break }
        isModelStale = true
        continue
      }
      // What the model got wrong, as a Fenchel–Young gap: when that alone is too much there is no need to look further.
      let objective = max(meanLoss + penaltyValue(strength, model.features), .leastNormalMagnitude)
      let error = family.divergence(state, from: predicted, scale: 1) ?? .infinity
      // A model that is a little off serves to the end of this strength, and is made anew at the next.
      if error > 0.1 * size { isModelStale = true }
      if error <= tolerance * objective || size <= 0 {
        let (gap, violators) = certify(strength, isNull: isNull)
        record.relativeDualityGap = gap / objective
        record.isCertified = record.relativeDualityGap <= tolerance
        if record.isCertified { break }
        working = model.features + violators
        if size <= 0, violators.isEmpty {
          if isFresh { break }
          isModelStale = true
        }
      }
      isModelStale = isModelStale && (error > 0.3 * size || size <= 0)
      updateGradient(outsideModel(working))
      if isModelStale { working = shrunkenWorkingSet(working, strength) }
    }
    // A certificate has just looked at all features.
    if !record.isCertified { updateGradient(outsideModel(usable)) }
    let unit = strength > 0 ? strength : 1
    var worst = largestViolation(strength, isNull: isNull)
    // Rounding hides in so small a gap, not yet in the coefficients.
    if tolerance <= 1e-12, record.isCertified { worst = polish(strength, worst, isNull: isNull) }
    record.kktResidual = worst / unit
    return record
  }

  /// Makes the model anew where the solver stands.
  private func renewModel(_ working: [Int]) -> Bool {
    isModelStale = false
    scalesSeen.removeAll(keepingCapacity: true)
    return model.refresh(at: state, features: working)
  }

  /// Multiplies the curvatures of a model that goes on serving by what the last steps say about the next: as strengths
  /// fall, probabilities leave the middle and curvatures shrink, much by a common factor.
  private func rescaleModel() {
    guard let last = scalesSeen.last else { return }
    let trend = scalesSeen.count > 1 ? last / scalesSeen[scalesSeen.count - 2] : 1
    let ratio = min(max(last * trend / model.scale, 0.5), 2)
    if abs(ratio - 1) > 1e-3 { model.rescale(by: ratio) }
  }

  /// Exact Newton steps for as long as they halve the largest violation of the optimality conditions.
  private func polish(_ strength: Double, _ violation: Double, isNull: Bool) -> Double {
    var worst = violation
    for _ in 0..<4 where worst > 0 {
      let features = isNull ? model.features : screened(reach: 0.999 * strength)
      let nuisance = state.nuisance
      guard model.refresh(at: state, features: features) else { break }
      guard step(strength, tolerance: 1e-16) != nil else { break }
      updateGradient(outsideModel(usable))
      let reached = largestViolation(strength, isNull: isNull)
      if reached >= worst {
        for j in model.features { w[j] = previousW[j] }
        state.nuisance = nuisance
        evaluateEverything()
        break
      }
      let isDone = reached > worst / 2
      worst = reached
      if isDone { break }
    }
    isModelStale = true
    return worst
  }

  // MARK: One Newton pass

  /// Moves to the minimum of the model, or toward it until the objective falls enough, and leaves in `predicted` the
  /// residuals that the model foresees at its minimum.
  ///
  /// - Returns: The size of the step, as ``predict(_:length:)`` gives it, 0 when there is none to take; `nil` when the
  ///   model is of no use.
  private func step(_ strength: Double, tolerance: Double, isStart: Bool = false) -> Double? {
    let quadratic = model.quadratic
    let features = model.features
    let q = state.nuisanceCount
    var nuisanceStep = state.nuisanceGradient
    model.solveInformation(&nuisanceStep)
    let coupling = model.coupling
    for (index, j) in features.enumerated() {
      quadratic.v[index] = w[j]
      var reduced = gradient[j]
      for k in 0..<q { reduced -= coupling[index * q + k] * nuisanceStep[k] }
      quadratic.gradient[index] = reduced
      quadratic.absolute[index] = strength * absolute[j]
      quadratic.square[index] = strength * square[j]
      quadratic.lower[index] = lower[j]
      quadratic.upper[index] = upper[j]
    }
    quadratic.groups = coordinateGroups(strength)
    quadratic.solve(tolerance: 1e-3 * tolerance * (strength > 0 ? strength : 1))
    // The nuisance parameters that minimise the model given the new coefficients, and the fall that it promises.
    var pull = state.nuisanceGradient
    var decrease = 0.0
    for (index, j) in features.enumerated() {
      let old = w[j]
      let new = quadratic.v[index]
      let delta = new - old
      guard delta != 0 else { continue }
      for k in 0..<q { pull[k] += coupling[index * q + k] * delta }
      decrease +=
        gradient[j] * delta + strength * (absolute[j] * (abs(new) - abs(old)) + square[j] * (new * new - old * old) / 2)
    }
    model.solveInformation(&pull)
    for k in 0..<q { decrease -= state.nuisanceGradient[k] * pull[k] }
    if !quadratic.groups.isEmpty { decrease += quadratic.groupNorms() - strength * groupNorms(w) }

    let objective = meanLoss + penaltyValue(strength, features)
    for j in features { previousW[j] = w[j] }
    let startNuisance = state.nuisance
    predicted.update(from: state.residual, count: state.stride)
    previousPredictor.update(from: state.predictor, count: state.stride)
    // Near the minimum the fall is below the rounding of the objective; a full step is right there.
    let rounding = 4e-16 * abs(objective) * Double(n).squareRoot()
    var length = 1.0
    while true {
      for (index, j) in features.enumerated() {
        let target = quadratic.v[index]
        w[j] = length == 1 ? target : previousW[j] + length * (target - previousW[j])
      }
      for k in 0..<q { state.nuisance[k] = startNuisance[k] - length * pull[k] }
      evaluateLoss()
      if meanLoss + penaltyValue(strength, features) <= objective + 1e-4 * length * min(decrease, 0) + rounding {
        break
      }
      length /= model.isFresh ? 2 : .infinity
      if length < 1e-10 {
        for j in features { w[j] = previousW[j] }
        state.nuisance = startNuisance
        evaluateLoss()
        return nil
      }
    }
    let (size, curvatureRatio) = predict(pull, length: length)
    if isStart, length == 1, curvatureRatio > 0.1, curvatureRatio < 10 {
      scalesSeen.append(model.scale * curvatureRatio)
    }
    model.isFresh = false
    return size
  }

  /// Adds to `predicted`, the residuals before a step, what the model foresees for the whole of it.
  ///
  /// - Returns: The size of the step, `Δᵀ H Δ` over coefficients and nuisance parameters, and the curvature along it
  ///   that was seen, as a multiple of what was foreseen.
  private func predict(_ nuisanceStep: [Double], length: Double) -> (size: Double, curvatureRatio: Double) {
    typealias Lanes = Vectorized.Lanes
    let (before, after) = (UnsafeRawPointer(previousPredictor), UnsafeRawPointer(state.predictor))
    let (curvatures, crosses) = (UnsafeRawPointer(model.curvature), UnsafeRawPointer(model.cross))
    let residuals = UnsafeRawPointer(state.residual)
    let target = UnsafeMutableRawPointer(predicted)
    let inverse = Lanes(repeating: 1 / length)
    let bytes = state.stride * MemoryLayout<Double>.stride
    @inline(__always) func lanes(_ pointer: UnsafeRawPointer, _ byte: Int) -> Lanes {
      pointer.loadUnaligned(fromByteOffset: byte, as: Lanes.self)
    }
    var size = Lanes.zero
    var foreseen = Lanes.zero
    var seen = Lanes.zero
    for byte in stride(from: 0, to: bytes, by: 32) {
      let change = (lanes(after, byte) - lanes(before, byte)) * inverse
      var shift = lanes(curvatures, byte) * change
      size += shift * change
      for k in 0..<nuisanceStep.count { shift -= lanes(crosses + k * bytes, byte) * nuisanceStep[k] }
      let start = lanes(target, byte)
      foreseen += change * shift
      seen += change * (lanes(residuals, byte) - start)
      target.storeBytes(of: start + shift, toByteOffset: byte, as: Lanes.self)
    }
    let along = foreseen.sum()
    return (2 * along - size.sum() + model.curvature(along: nuisanceStep), seen.sum() / along)
  }
}

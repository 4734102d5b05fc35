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

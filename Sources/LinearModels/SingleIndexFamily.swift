import StatisticalLearning

/// A smooth convex loss of one linear predictor per row and a few nuisance parameters that are never penalised (the
/// intercept; the thresholds of an ordered outcome), averaged with weights that sum to 1.
protocol SingleIndexFamily {
  var rowCount: Int { get }
  var nuisanceCount: Int { get }

  /// Nuisance parameters to start from, at a linear predictor of zero.
  var initialNuisance: [Double] { get }

  /// Fills `state` from `state.predictor` (offsets included) and `state.nuisance`, and returns the mean loss.
  ///
  /// Returns infinity outside the domain of the nuisance parameters.
  func evaluate(_ state: SingleIndexState) -> Double

  /// `−F*(r)`, the part of the dual objective that depends on the loss, where `F*` is the convex conjugate of the mean
  /// loss; `nil` outside its domain, or when the family has no closed conjugate.
  func dualValue(_ residual: UnsafePointer<Double>) -> Double?
}

/// The buffers that a family reads and fills.
final class SingleIndexState {
  let rowCount: Int
  let nuisanceCount: Int
  /// η without the nuisance parameters, one per row.
  let predictor: UnsafeMutablePointer<Double>
  /// ∂F/∂ηᵢ
  let residual: UnsafeMutablePointer<Double>
  /// ∂²F/∂ηᵢ², not negative.
  let curvature: UnsafeMutablePointer<Double>
  /// ∂²F/∂ηᵢ∂νₖ, `rowCount` × `nuisanceCount`.
  let cross: UnsafeMutablePointer<Double>
  /// ν
  var nuisance: [Double]
  /// ∂F/∂νₖ
  var nuisanceGradient: [Double]
  /// ∂²F/∂νₖ∂νₗ, column-major.
  var information: [Double]

  init(rowCount: Int, nuisance: [Double]) {
    self.rowCount = rowCount
    nuisanceCount = nuisance.count
    predictor = .allocate(capacity: rowCount)
    residual = .allocate(capacity: rowCount)
    curvature = .allocate(capacity: rowCount)
    cross = .allocate(capacity: rowCount * max(nuisance.count, 1))
    predictor.initialize(repeating: 0, count: rowCount)
    residual.initialize(repeating: 0, count: rowCount)
    curvature.initialize(repeating: 0, count: rowCount)
    cross.initialize(repeating: 0, count: rowCount * max(nuisance.count, 1))
    self.nuisance = nuisance
    nuisanceGradient = [Double](repeating: 0, count: nuisance.count)
    information = [Double](repeating: 0, count: nuisance.count * nuisance.count)
  }

  deinit {
    predictor.deallocate()
    residual.deallocate()
    curvature.deallocate()
    cross.deallocate()
  }
}

import StatisticalLearning

/// A smooth convex loss of one linear predictor per row and a few nuisance parameters that are never penalised (the
/// intercept; the thresholds of an ordered outcome), averaged with weights that sum to 1.
protocol SingleIndexFamily {
  var rowCount: Int { get }
  var nuisanceCount: Int { get }

  /// Nuisance parameters to start from, at a linear predictor of zero.
  var initialNuisance: [Double] { get }

  /// Fills a run of the rows of `state` from `state.predictor` (offsets included) and `state.nuisance`, adds their part
  /// of the derivatives in the nuisance parameters, and returns their part of the mean loss.
  ///
  /// Returns infinity outside the domain of the nuisance parameters.
  ///
  /// - Parameter rows: From a multiple of four to another or to the last row.
  func evaluate(_ state: SingleIndexState, rows: Range<Int>) -> Double

  /// An upper bound on `F(η) + F*(r) − ⟨r, η⟩`, the Fenchel–Young gap of the mean loss `F` between the predictor of
  /// `state` and the dual point `r = scale · residual`; 0 when `r` is the gradient at η, and of second order near it.
  ///
  /// `nil` when `r` is outside the domain of the conjugate `F*`.
  func divergence(_ state: SingleIndexState, from residual: UnsafePointer<Double>, scale: Double) -> Double?
}

extension SingleIndexFamily {
  /// Fills all of `state` and returns the mean loss.
  func evaluate(_ state: SingleIndexState) -> Double {
    state.clearNuisanceDerivatives()
    return evaluate(state, rows: 0..<rowCount)
  }
}

/// The buffers that a family reads and fills. Each has room for a multiple of four rows; what is beyond the last row
/// is zero.
final class SingleIndexState {
  let rowCount: Int
  let nuisanceCount: Int
  /// η without the nuisance parameters, one per row.
  let predictor: UnsafeMutablePointer<Double>
  /// ∂F/∂ηᵢ
  let residual: UnsafeMutablePointer<Double>
  /// ∂²F/∂ηᵢ², not negative.
  let curvature: UnsafeMutablePointer<Double>
  /// ∂²F/∂ηᵢ∂νₖ, `padded(rowCount)` × `nuisanceCount`.
  let cross: UnsafeMutablePointer<Double>
  /// ν
  var nuisance: [Double]
  /// ∂F/∂νₖ
  var nuisanceGradient: [Double]
  /// ∂²F/∂νₖ∂νₗ, column-major.
  var information: [Double]

  static func padded(_ count: Int) -> Int { (count + 3) & ~3 }

  /// The distance between the columns of `cross`.
  var stride: Int { Self.padded(rowCount) }

  func clearNuisanceDerivatives() {
    for k in nuisanceGradient.indices { nuisanceGradient[k] = 0 }
    for k in information.indices { information[k] = 0 }
  }

  private let ownsBuffers: Bool

  /// - Parameters:
  ///   - predictor: Storage that the caller keeps alive; `nil` allocates it.
  ///   - residual: The same.
  init(
    rowCount: Int, nuisance: [Double], predictor: UnsafeMutablePointer<Double>? = nil,
    residual: UnsafeMutablePointer<Double>? = nil
  ) {
    precondition((predictor == nil) == (residual == nil), "both buffers are lent, or neither")
    ownsBuffers = predictor == nil
    self.rowCount = rowCount
    nuisanceCount = nuisance.count
    func vector(_ columns: Int = 1) -> UnsafeMutablePointer<Double> {
      let count = Self.padded(rowCount) * max(columns, 1)
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(count, 1))
      buffer.initialize(repeating: 0, count: count)
      return buffer
    }
    self.predictor = predictor ?? vector()
    self.residual = residual ?? vector()
    curvature = vector()
    cross = vector(nuisance.count)
    self.nuisance = nuisance
    nuisanceGradient = [Double](repeating: 0, count: nuisance.count)
    information = [Double](repeating: 0, count: nuisance.count * nuisance.count)
  }

  deinit {
    if ownsBuffers {
      predictor.deallocate()
      residual.deallocate()
    }
    curvature.deallocate()
    cross.deallocate()
  }
}

import StatisticalLearning

/// The second-order model of a loss at a reference point, over a growing list of features, nuisance parameters
/// eliminated: `H = XᵀDX − C A⁻¹ Cᵀ` with `C = XᵀE`.
///
/// It is kept from pass to pass and from one strength to the next for as long as it predicts well, since the curvatures
/// `D` change slowly along a path and making `H` anew is the dearest part of a pass.
final class QuadraticModel {
  let design: StandardizedDesign
  let quadratic = PenalizedQuadratic()
  /// The features in the order of the coordinates of `quadratic`.
  private(set) var features: [Int] = []
  private(set) var isStored: [Bool]
  /// D, E, and the factor of A at the reference.
  let curvature: UnsafeMutablePointer<Double>
  let cross: UnsafeMutablePointer<Double>
  private(set) var informationFactor: [Double]
  private(set) var isValid = false
  /// Whether it is that of the loss where the solver stands: made there, and no step taken since.
  var isFresh = false
  /// What D, E and H have been multiplied by since the model was made.
  private(set) var scale = 1.0
  private let stride: Int
  private let nuisanceCount: Int
  private var roots: UnsafeMutablePointer<Double>
  /// The columns of the stored features, side by side, and the same times √D, with D as it was before it was scaled.
  private var columns = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var scaled = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var columnCapacity = 0
  /// C, one row of `nuisanceCount` values per stored feature, and the same times L⁻ᵀ, for A = L Lᵀ.
  private(set) var coupling: [Double] = []
  private var reduced: [Double] = []

  init(design: StandardizedDesign, nuisanceCount: Int) {
    self.design = design
    self.nuisanceCount = nuisanceCount
    stride = SingleIndexState.padded(design.rowCount)
    isStored = [Bool](repeating: false, count: design.columnCount)
    curvature = .allocate(capacity: max(stride, 1))
    cross = .allocate(capacity: max(stride * nuisanceCount, 1))
    roots = .allocate(capacity: max(stride, 1))
    informationFactor = []
  }

  deinit {
    curvature.deallocate()
    cross.deallocate()
    roots.deallocate()
    columns.deallocate()
    scaled.deallocate()
  }

  /// Makes the model anew at `state`, over `features`.
  ///
  /// - Parameter isHere: Whether that is where the solver stands. Curvatures of where it is about to go serve as well:
  ///   every certificate holds for any curvatures.
  /// - Returns: `false` when the nuisance parameters are not determined.
  func refresh(at state: SingleIndexState, features newFeatures: [Int], isHere: Bool = true) -> Bool {
    let n = design.rowCount
    let q = nuisanceCount
    quadratic.hessianDidChange()
    for j in features { isStored[j] = false }
    features.removeAll(keepingCapacity: true)
    coupling.removeAll(keepingCapacity: true)
    reduced.removeAll(keepingCapacity: true)
    curvature.update(from: state.curvature, count: stride)
    cross.update(from: state.cross, count: stride * q)
    for i in 0..<n { roots[i] = curvature[i].squareRoot() }
    scale = 1
    informationFactor = state.information
    for k in 0..<q { informationFactor[k * q + k] += 1e-14 * informationFactor[k * q + k] + 1e-300 }
    isValid = DenseKernels.factorize(&informationFactor, order: q, leading: q)
    isFresh = isValid && isHere
    if isValid { append(newFeatures) }
    return isValid
  }

  /// Multiplies the curvatures, and what is made of them.
  func rescale(by ratio: Double) {
    scale *= ratio
    let root = ratio.squareRoot()
    for i in 0..<stride { curvature[i] *= ratio }
    for i in 0..<stride * nuisanceCount { cross[i] *= ratio }
    for k in informationFactor.indices { informationFactor[k] *= root }
    for k in coupling.indices { coupling[k] *= ratio }
    for k in reduced.indices { reduced[k] *= root }
    quadratic.scaleHessian(by: ratio)
    isFresh = false
  }

  /// Adds features that are not stored yet.
  func append(_ new: [Int]) {
    let n = design.rowCount
    let q = nuisanceCount
    let old = features.count
    let count = old + new.count
    guard !new.isEmpty else { return }
    if count > columnCapacity {
      let capacity = min(max(count, 2 * columnCapacity), max(design.columnCount, count))
      for buffer in [\QuadraticModel.columns, \.scaled] {
        let larger = UnsafeMutablePointer<Double>.allocate(capacity: capacity * n)
        larger.update(from: self[keyPath: buffer], count: old * n)
        self[keyPath: buffer].deallocate()
        self[keyPath: buffer] = larger
      }
      columnCapacity = capacity
    }
    for (index, j) in new.enumerated() {
      let source = design.columns + j * n
      (columns + (old + index) * n).update(from: source, count: n)
      let target = scaled + (old + index) * n
      for i in 0..<n { target[i] = roots[i] * source[i] }
      isStored[j] = true
      let start = coupling.count
      for k in 0..<q { coupling.append(DenseKernels.dot(n, source, cross + k * stride)) }
      // One row of C L⁻ᵀ by forward substitution.
      for k in 0..<q {
        var value = coupling[start + k]
        for l in 0..<k { value -= informationFactor[l * q + k] * reduced[start + l] }
        reduced.append(value / informationFactor[k * q + k])
      }
    }
    features += new
    quadratic.reserve(count)
    let leading = quadratic.leading
    let hessian = quadratic.hessian
    // Rows of the new features against the old ones, then among themselves.
    if old > 0 {
      DenseKernels.multiply(
        scaled + old * n, leadingA: n, transposedA: true, scaled, leadingB: n, transposedB: false,
        rowCount: new.count, columnCount: old, innerCount: n, alpha: scale, into: hessian + old, leadingC: leading)
    }
    DenseKernels.gram(
      scaled + old * n, rowCount: n, columnCount: new.count, leading: n, alpha: scale,
      into: hessian + old * leading + old, leadingC: leading)
    reduced.withUnsafeBufferPointer { reduced in
      for column in 0..<count {
        let target = hessian + column * leading
        let first = max(column, old)
        for k in 0..<q {
          let factor = reduced[column * q + k]
          for row in first..<count { target[row] -= factor * reduced[row * q + k] }
        }
        // Rounding must not turn an exactly collinear column into a direction of negative curvature.
        if column >= old { target[column] = max(target[column], 0) * (1 + 1e-13) }
        for row in max(column + 1, old)..<max(count, column + 1) { hessian[row * leading + column] = target[row] }
      }
    }
  }

  /// Adds to `target` the columns of the stored features times `values`, one per feature in their order.
  func addPredictor(_ values: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      columns, rowCount: design.rowCount, columnCount: features.count, leading: design.rowCount, transposed: false,
      values, beta: 1, into: target)
  }

  /// The columns of the stored features, transposed, times one value per row.
  func correlate(_ rows: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      columns, rowCount: design.rowCount, columnCount: features.count, leading: design.rowCount, transposed: true,
      rows, into: target)
  }

  /// `xᵀ A x`.
  func curvature(along x: [Double]) -> Double {
    var sum = 0.0
    for k in 0..<nuisanceCount {
      var value = 0.0
      for l in k..<nuisanceCount { value += informationFactor[k * nuisanceCount + l] * x[l] }
      sum += value * value
    }
    return sum
  }

  /// `A⁻¹ x`.
  func solveInformation(_ x: inout [Double]) {
    DenseKernels.solve(factor: informationFactor, order: nuisanceCount, leading: nuisanceCount, &x)
  }
}

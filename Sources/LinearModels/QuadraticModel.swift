import StatisticalLearning

/// The second-order model of a loss at a reference point, over a growing list of features, nuisance parameters
/// eliminated: `H = XᵀDX − C A⁻¹ Cᵀ` with `C = XᵀE`.
///
/// It is kept from pass to pass and from one strength to the next for as long as it predicts well, since the curvatures
/// `D` change slowly along a path and making `H` anew is the dearest part of a pass.
final class QuadraticModel {
  let columns: ModelColumns
  let quadratic = PenalizedQuadratic()
  /// D, E, and the factor of A at the reference.
  let curvature: UnsafeMutablePointer<Double>
  let cross: UnsafeMutablePointer<Double>
  private(set) var informationFactor: [Double] = []
  private(set) var isValid = false
  /// Whether it is that of the loss where the solver stands: made there, and no step taken since.
  var isFresh = false
  /// What D, E and H have been multiplied by since the model was made.
  private(set) var scale = 1.0
  private let rowCount: Int
  private let stride: Int
  private let nuisanceCount: Int
  private let roots: UnsafeMutablePointer<Double>
  /// C, one row of `nuisanceCount` values per stored feature, and the same times L⁻ᵀ, for A = L Lᵀ.
  private(set) var coupling: [Double] = []
  private var reduced: [Double] = []

  init(design: StandardizedDesign, nuisanceCount: Int) {
    columns = ModelColumns(design: design)
    rowCount = design.rowCount
    self.nuisanceCount = nuisanceCount
    stride = SingleIndexState.padded(design.rowCount)
    curvature = .allocate(capacity: max(stride, 1))
    cross = .allocate(capacity: max(stride * nuisanceCount, 1))
    roots = .allocate(capacity: max(stride, 1))
  }

  deinit {
    curvature.deallocate()
    cross.deallocate()
    roots.deallocate()
  }

  /// The features in the order of the coordinates of `quadratic`.
  var features: [Int] { columns.features }
  var isStored: [Bool] { columns.isStored }

  /// Makes the model anew at `state`, where the solver stands, over `features`.
  ///
  /// - Returns: `false` when the nuisance parameters are not determined.
  func refresh(at state: SingleIndexState, features: [Int]) -> Bool {
    let q = nuisanceCount
    quadratic.hessianDidChange()
    coupling.removeAll(keepingCapacity: true)
    reduced.removeAll(keepingCapacity: true)
    curvature.update(from: state.curvature, count: stride)
    cross.update(from: state.cross, count: stride * q)
    for i in 0..<rowCount { roots[i] = curvature[i].squareRoot() }
    scale = 1
    informationFactor = state.information
    for k in 0..<q { informationFactor[k * q + k] += 1e-14 * informationFactor[k * q + k] + 1e-300 }
    isValid = DenseKernels.factorize(&informationFactor, order: q, leading: q)
    isFresh = isValid
    var isWanted = [Bool](repeating: false, count: isStored.count)
    for j in features { isWanted[j] = true }
    columns.keep { isWanted[$0] }
    columns.append(features.filter { !columns.isStored[$0] })
    if isValid { extend(from: 0) }
    return isValid
  }

  /// Multiplies the curvatures, and what is made of them.
  func rescale(by ratio: Double) {
    scale *= ratio
    let root = ratio.squareRoot()
    for i in 0..<stride { curvature[i] *= ratio }
    for i in 0..<stride * nuisanceCount { cross[i] *= ratio }
    for i in 0..<rowCount { roots[i] *= root }
    for k in informationFactor.indices { informationFactor[k] *= root }
    for k in coupling.indices { coupling[k] *= ratio }
    for k in reduced.indices { reduced[k] *= root }
    quadratic.scaleHessian(by: ratio)
    isFresh = false
  }

  /// Adds features that are not stored yet.
  func append(_ new: [Int]) {
    guard !new.isEmpty else { return }
    let old = features.count
    columns.append(new)
    extend(from: old)
  }

  /// The coupling and the Hessian of the coordinates from `old` on.
  private func extend(from old: Int) {
    let q = nuisanceCount
    let count = columns.features.count
    guard count > old else { return }
    addCoupling(from: old)
    quadratic.reserve(count)
    let leading = quadratic.leading
    let hessian = quadratic.hessian
    columns.gram(from: old, roots: roots, curvature: curvature, into: hessian, leading: leading)
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

  private func addCoupling(from old: Int) {
    let q = nuisanceCount
    let count = columns.features.count
    coupling.append(contentsOf: repeatElement(0, count: (count - old) * q))
    var sums = [Double](repeating: 0, count: count)
    for k in 0..<q {
      columns.correlateAll(from: old, cross + k * stride, into: &sums)
      for index in old..<count { coupling[index * q + k] = sums[index] }
    }
    // Rows of C L⁻ᵀ by forward substitution.
    for index in old..<count {
      for k in 0..<q {
        var value = coupling[index * q + k]
        for l in 0..<k { value -= informationFactor[l * q + k] * reduced[index * q + l] }
        reduced.append(value / informationFactor[k * q + k])
      }
    }
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
    if nuisanceCount == 1 {
      x[0] /= informationFactor[0] * informationFactor[0]
      return
    }
    DenseKernels.solve(factor: informationFactor, order: nuisanceCount, leading: nuisanceCount, &x)
  }
}

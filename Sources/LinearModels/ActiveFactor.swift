import StatisticalLearning

/// The Cholesky factor of the rows and columns of a matrix that belong to a set of coordinates, kept while the set
/// changes.
///
/// Along a path features enter one or two at a time: a coordinate that enters adds a row to the factor, O(m²) instead of
/// O(m³), and one that leaves costs the rows after its own.
final class ActiveFactor {
  /// The coordinates in the order of the rows.
  private(set) var order: [Int] = []
  private var squares: [Double] = []
  /// L by rows, `capacity` apart.
  private var rows = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var capacity = 0
  private var isWanted = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
  private var isWantedCount = 0

  deinit {
    rows.deallocate()
    isWanted.deallocate()
  }

  func invalidate() { order.removeAll(keepingCapacity: true) }

  /// The matrix has been multiplied by `ratio`, its additions to the diagonal have not.
  func matrixWasScaled(by ratio: Double) {
    guard squares.prefix(order.count).allSatisfy({ $0 == 0 }) else { return invalidate() }
    let root = ratio.squareRoot()
    for i in order.indices {
      let row = rows + i * capacity
      for k in 0...i { row[k] *= root }
    }
  }

  /// Makes the factor that of `coordinates` of `matrix + diag(square)`.
  ///
  /// - Parameters:
  ///   - coordinates: Any order; that of the rows is `order` afterwards.
  ///   - matrix: Symmetric, column-major with leading dimension `leading`, as it was at the last call unless
  ///     `invalidate` has been called since.
  /// - Returns: Whether it is positive definite.
  func update(
    _ coordinates: [Int], matrix: UnsafePointer<Double>, leading: Int, square: UnsafePointer<Double>
  ) -> Bool {
    let m = coordinates.count
    if m > capacity { grow(to: max(m, 2 * capacity)) }
    if isWantedCount < leading {
      isWanted.deallocate()
      isWanted = .allocate(capacity: leading)
      isWanted.initialize(repeating: false, count: leading)
      isWantedCount = leading
    }
    let isWanted = isWanted
    for j in coordinates { isWanted[j] = true }
    var order: [Int] = []
    var squares: [Double] = []
    swap(&order, &self.order)
    swap(&squares, &self.squares)
    var kept = 0
    while kept < order.count, isWanted[order[kept]], squares[kept] == square[order[kept]] { kept += 1 }
    let others = order[kept...].filter { isWanted[$0] }
    for j in order[..<kept] { isWanted[j] = false }
    for j in others { isWanted[j] = false }
    order.replaceSubrange(kept..., with: others)
    for j in coordinates where isWanted[j] {
      order.append(j)
      isWanted[j] = false
    }
    squares.removeSubrange(min(kept, squares.count)...)
    for j in order[kept...] { squares.append(square[j]) }
    self.order = order
    self.squares = squares
    guard m > kept else { return true }
    let isDefinite =
      m - kept > max(6, m / 4)
      ? factorizeAll(matrix, leading, square) : addRows(from: kept, matrix, leading, square)
    if !isDefinite { invalidate() }
    return isDefinite
  }

  private func grow(to count: Int) {
    let larger = UnsafeMutablePointer<Double>.allocate(capacity: count * count)
    for i in order.indices { (larger + i * count).update(from: rows + i * capacity, count: i + 1) }
    rows.deallocate()
    rows = larger
    capacity = count
  }

  private func fillRow(_ i: Int, _ matrix: UnsafePointer<Double>, _ leading: Int, _ square: UnsafePointer<Double>) {
    let row = rows + i * capacity
    order.withUnsafeBufferPointer { order in
      let source = matrix + order[i] * leading
      for k in 0...i { row[k] = source[order[k]] }
      row[i] += square[order[i]]
    }
  }

  /// By blocks: rows of a lower factor are the columns of the upper one.
  private func factorizeAll(
    _ matrix: UnsafePointer<Double>, _ leading: Int, _ square: UnsafePointer<Double>
  ) -> Bool {
    for i in order.indices { fillRow(i, matrix, leading, square) }
    return DenseKernels.factorizeUpper(rows, order: order.count, leading: capacity)
  }

  private func addRows(
    from first: Int, _ matrix: UnsafePointer<Double>, _ leading: Int, _ square: UnsafePointer<Double>
  ) -> Bool {
    let (rows, capacity) = (rows, capacity)
    for i in first..<order.count {
      fillRow(i, matrix, leading, square)
      let row = rows + i * capacity
      for k in 0..<i {
        let other = rows + k * capacity
        row[k] = (row[k] - shortDot(k, row, other)) / other[k]
      }
      let pivot = row[i] - shortDot(i, row, row)
      guard pivot > 0 else { return false }
      row[i] = pivot.squareRoot()
    }
    return true
  }

  /// Replaces `x`, in the order of the rows, by the solution.
  func solve(_ x: UnsafeMutablePointer<Double>) {
    // The rows of L are the columns of Lᵀ.
    DenseKernels.solve(upperTriangle: rows, order: order.count, leading: capacity, transposed: true, x)
    DenseKernels.solve(upperTriangle: rows, order: order.count, leading: capacity, transposed: false, x)
  }
}

/// `Σ xᵢ yᵢ` without the cost of a call, for the short vectors of small factors.
@inline(__always)
private func shortDot(_ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
  if count > 64 { return DenseKernels.dot(count, x, y) }
  let (x, y) = (UnsafeRawPointer(x), UnsafeRawPointer(y))
  var sum = SIMD4<Double>.zero
  var i = 0
  while i &+ 4 <= count {
    sum +=
      x.loadUnaligned(fromByteOffset: i &* 8, as: SIMD4<Double>.self)
      * y.loadUnaligned(fromByteOffset: i &* 8, as: SIMD4<Double>.self)
    i &+= 4
  }
  var rest = 0.0
  while i < count {
    rest +=
      x.load(fromByteOffset: i &* 8, as: Double.self) * y.load(fromByteOffset: i &* 8, as: Double.self)
    i &+= 1
  }
  return sum.sum() + rest
}

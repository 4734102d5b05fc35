import COpenBLAS
import Foundation

/// Dense linear algebra through OpenBLAS.
///
/// Results can differ in the last bits between processor families (OpenBLAS chooses its kernels at run time), not
/// between thread counts of the caller. All calls run on one OpenBLAS thread: parallelism is over whole fits.
public enum LinearAlgebra {
  /// Tells OpenBLAS, once in the life of the process, to run each call on the thread that makes it.
  @usableFromInline static let singleThreaded: Void = openblas_set_num_threads(1)

  /// `alpha · op(A) op(B)`, column-major.
  public static func product(_ a: Matrix, transposed: Bool = false, _ b: Matrix, transposedRight: Bool = false)
    -> Matrix
  {
    _ = singleThreaded
    let a = a.converted(to: .columnMajor)
    let b = b.converted(to: .columnMajor)
    let rowCount = transposed ? a.columnCount : a.rowCount
    let inner = transposed ? a.rowCount : a.columnCount
    let columnCount = transposedRight ? b.rowCount : b.columnCount
    precondition(inner == (transposedRight ? b.columnCount : b.rowCount), "inner dimensions differ")
    var result = Matrix(rowCount: rowCount, columnCount: columnCount)
    guard rowCount > 0, columnCount > 0, inner > 0 else { return result }
    result.withUnsafeMutableElements { target in
      cblas_dgemm(
        CblasColMajor, transposed ? CblasTrans : CblasNoTrans, transposedRight ? CblasTrans : CblasNoTrans,
        blasint(rowCount), blasint(columnCount), blasint(inner), 1, a.elements, blasint(a.rowCount), b.elements,
        blasint(b.rowCount), 0, target.baseAddress, blasint(rowCount))
    }
    return result
  }

  /// `A x`, or `Aᵀ x`.
  public static func product(_ a: Matrix, transposed: Bool = false, _ x: [Double]) -> [Double] {
    _ = singleThreaded
    precondition(x.count == (transposed ? a.rowCount : a.columnCount), "a vector of \(x.count) elements")
    var result = [Double](repeating: 0, count: transposed ? a.columnCount : a.rowCount)
    guard a.rowCount > 0, a.columnCount > 0 else { return result }
    let order = a.layout == .columnMajor ? CblasColMajor : CblasRowMajor
    let leading = a.layout == .columnMajor ? a.rowCount : a.columnCount
    cblas_dgemv(
      order, transposed ? CblasTrans : CblasNoTrans, blasint(a.rowCount), blasint(a.columnCount), 1, a.elements,
      blasint(leading), x, 1, 0, &result, 1)
    return result
  }

  /// `Aᵀ A`, both triangles filled.
  public static func gram(_ a: Matrix) -> Matrix {
    _ = singleThreaded
    let p = a.columnCount
    var result = Matrix(rowCount: p, columnCount: p)
    guard p > 0, a.rowCount > 0 else { return result }
    let columns = a.converted(to: .columnMajor)
    result.withUnsafeMutableElements { target in
      cblas_dsyrk(
        CblasColMajor, CblasLower, CblasTrans, blasint(p), blasint(a.rowCount), 1, columns.elements,
        blasint(a.rowCount), 0, target.baseAddress, blasint(p))
      for column in 0..<p { for row in 0..<column { target[column * p + row] = target[row * p + column] } }
    }
    return result
  }

  /// The lower Cholesky factor of a symmetric positive definite matrix; `nil` when it is not positive definite.
  public static func cholesky(_ a: Matrix) -> CholeskyFactor? {
    _ = singleThreaded
    precondition(a.rowCount == a.columnCount, "a \(a.rowCount) × \(a.columnCount) matrix has no Cholesky factor")
    var factor = a.converted(to: .columnMajor)
    var n = Int32(a.rowCount)
    var lead = max(n, 1)
    var info: Int32 = 0
    factor.withUnsafeMutableElements { dpotrf_("L", &n, $0.baseAddress, &lead, &info) }
    return info == 0 ? CholeskyFactor(lower: factor) : nil
  }

  /// The eigenvalues of a symmetric matrix in ascending order, and its eigenvectors as columns; `nil` when the
  /// iteration does not converge, or an element is not finite.
  public static func symmetricEigen(_ a: Matrix) -> (values: [Double], vectors: Matrix)? {
    _ = singleThreaded
    precondition(a.rowCount == a.columnCount, "a \(a.rowCount) × \(a.columnCount) matrix")
    guard a.elements.allSatisfy({ $0.isFinite }) else { return nil }
    var vectors = a.converted(to: .columnMajor)
    var n = Int32(a.rowCount)
    guard n > 0 else { return ([], vectors) }
    var values = [Double](repeating: 0, count: a.rowCount)
    var info: Int32 = 0
    var workSize: Int32 = 1 + 6 * n + 2 * n * n
    var integerWorkSize: Int32 = 3 + 5 * n
    var work = [Double](repeating: 0, count: Int(workSize))
    var integerWork = [Int32](repeating: 0, count: Int(integerWorkSize))
    var lead = n
    vectors.withUnsafeMutableElements {
      dsyevd_("V", "L", &n, $0.baseAddress, &lead, &values, &work, &workSize, &integerWork, &integerWorkSize, &info)
    }
    return info == 0 ? (values, vectors) : nil
  }
}

/// `L` with `L Lᵀ = A`, for solving with `A`.
public struct CholeskyFactor: Sendable {
  /// Column-major; the strict upper triangle holds what was in `A`.
  public let lower: Matrix

  /// `A⁻¹ b`.
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == lower.rowCount, "a right-hand side of \(b.count) elements")
    var x = b
    var n = Int32(lower.rowCount)
    guard n > 0 else { return x }
    var one: Int32 = 1
    var leadA = n
    var leadB = n
    var info: Int32 = 0
    lower.withUnsafeElements { dpotrs_("L", &n, &one, $0.baseAddress, &leadA, &x, &leadB, &info) }
    return x
  }

  /// `A⁻¹`, both triangles filled.
  public func inverse() -> Matrix {
    var result = lower
    let p = lower.rowCount
    var n = Int32(p)
    var lead = max(n, 1)
    var info: Int32 = 0
    result.withUnsafeMutableElements { target in
      dpotri_("L", &n, target.baseAddress, &lead, &info)
      for column in 0..<p { for row in 0..<column { target[column * p + row] = target[row * p + column] } }
    }
    return result
  }

  /// `log |A|`.
  public var logDeterminant: Double {
    (0..<lower.rowCount).reduce(0) { $0 + 2 * log(lower[$1, $1]) }
  }
}

import COpenBLAS

/// Dense linear algebra on buffers that the caller owns, for inner loops that may not allocate.
///
/// Matrices are column-major; `leading` is the distance between the starts of two columns. Every call runs on the
/// thread that makes it. For whole matrices see ``LinearAlgebra``.
public enum DenseKernels {
  public typealias Reading = UnsafePointer<Double>
  public typealias Writing = UnsafeMutablePointer<Double>

  /// `Σ xᵢ yᵢ`.
  public static func dot(_ count: Int, _ x: Reading, _ y: Reading) -> Double {
    _ = LinearAlgebra.singleThreaded
    return cblas_ddot(blasint(count), x, 1, y, 1)
  }

  /// `y += alpha x`.
  public static func add(_ count: Int, _ alpha: Double, _ x: Reading, to y: Writing) {
    _ = LinearAlgebra.singleThreaded
    cblas_daxpy(blasint(count), alpha, x, 1, y, 1)
  }

  /// `y = alpha · A x + beta · y`, or with `Aᵀ`; `A` is `rowCount` × `columnCount`.
  public static func multiply(
    _ a: Reading, rowCount: Int, columnCount: Int, leading: Int, transposed: Bool, alpha: Double = 1, _ x: Reading,
    beta: Double = 0, into y: Writing
  ) {
    _ = LinearAlgebra.singleThreaded
    guard rowCount > 0, columnCount > 0 else {
      if beta == 0 { y.update(repeating: 0, count: transposed ? columnCount : rowCount) }
      return
    }
    cblas_dgemv(
      CblasColMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rowCount), blasint(columnCount), alpha, a,
      blasint(leading), x, 1, beta, y, 1)
  }

  /// `C = alpha · op(A) op(B) + beta · C`; `C` is `rowCount` × `columnCount`, the inner dimension is `innerCount`.
  public static func multiply(
    _ a: Reading, leadingA: Int, transposedA: Bool, _ b: Reading, leadingB: Int, transposedB: Bool, rowCount: Int,
    columnCount: Int, innerCount: Int, alpha: Double = 1, beta: Double = 0, into c: Writing, leadingC: Int
  ) {
    _ = LinearAlgebra.singleThreaded
    guard rowCount > 0, columnCount > 0 else { return }
    cblas_dgemm(
      CblasColMajor, transposedA ? CblasTrans : CblasNoTrans, transposedB ? CblasTrans : CblasNoTrans,
      blasint(rowCount), blasint(columnCount), blasint(innerCount), alpha, a, blasint(leadingA), b, blasint(leadingB),
      beta, c, blasint(leadingC))
  }

  /// The lower triangle of `C = alpha · AᵀA + beta · C`; `A` is `rowCount` × `columnCount`.
  public static func gram(
    _ a: Reading, rowCount: Int, columnCount: Int, leading: Int, alpha: Double = 1, beta: Double = 0, into c: Writing,
    leadingC: Int
  ) {
    _ = LinearAlgebra.singleThreaded
    guard columnCount > 0 else { return }
    cblas_dsyrk(
      CblasColMajor, CblasLower, CblasTrans, blasint(columnCount), blasint(rowCount), alpha, a, blasint(leading),
      beta, c, blasint(leadingC))
  }

  /// Replaces the lower triangle of `a` by its Cholesky factor.
  ///
  /// - Returns: Whether the matrix is positive definite; `a` is undefined when it is not.
  public static func factorize(_ a: Writing, order: Int, leading: Int) -> Bool {
    _ = LinearAlgebra.singleThreaded
    guard order > 0 else { return true }
    var n = Int32(order)
    var lead = Int32(leading)
    var info: Int32 = 0
    dpotrf_("L", &n, a, &lead, &info)
    return info == 0
  }

  /// Replaces the upper triangle of `a` by its Cholesky factor `U`, `A = UᵀU`: the rows of the lower factor, in order.
  ///
  /// - Returns: Whether the matrix is positive definite; `a` is undefined when it is not.
  public static func factorizeUpper(_ a: Writing, order: Int, leading: Int) -> Bool {
    _ = LinearAlgebra.singleThreaded
    guard order > 0 else { return true }
    var n = Int32(order)
    var lead = Int32(leading)
    var info: Int32 = 0
    dpotrf_("U", &n, a, &lead, &info)
    return info == 0
  }

  /// Replaces the `count` right-hand sides in `b` by the solutions, from the factor that `factorize` left.
  public static func solve(
    factor: Reading, order: Int, leading: Int, _ b: Writing, count: Int = 1, leadingB: Int? = nil
  ) {
    _ = LinearAlgebra.singleThreaded
    guard order > 0, count > 0 else { return }
    var n = Int32(order)
    var columns = Int32(count)
    var lead = Int32(leading)
    var leadB = Int32(leadingB ?? order)
    var info: Int32 = 0
    dpotrs_("L", &n, &columns, factor, &lead, b, &leadB, &info)
  }

  /// Replaces `x` by `U⁻¹ x`, or by `U⁻ᵀ x`.
  public static func solve(
    upperTriangle u: Reading, order: Int, leading: Int, transposed: Bool, _ x: Writing
  ) {
    _ = LinearAlgebra.singleThreaded
    guard order > 0 else { return }
    cblas_dtrsv(
      CblasColMajor, CblasUpper, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, blasint(order), u,
      blasint(leading), x, 1)
  }
}

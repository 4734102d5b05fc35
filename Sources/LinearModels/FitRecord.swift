/// What a solver reached, so that nobody has to believe it.
public struct FitRecord: Sendable, Equatable, Codable {
  /// The gap between the objective and a lower bound on its minimum from a dual feasible point, divided by the
  /// objective: the objective is at most this share above the best possible one. NaN where the loss has no closed
  /// dual; `kktResidual` certifies then.
  public var relativeDualityGap: Double

  /// The largest violation of the optimality conditions over standardised coefficients and intercept, in units of
  /// the strength λ (in units of the mean loss per standard deviation when λ = 0).
  public var kktResidual: Double

  /// Outer (Newton) passes since the solution that this one started from.
  public var passCount: Int

  /// Whether the tolerance asked for was met.
  public var isCertified: Bool

  public init(relativeDualityGap: Double, kktResidual: Double, passCount: Int, isCertified: Bool) {
    self.relativeDualityGap = relativeDualityGap
    self.kktResidual = kktResidual
    self.passCount = passCount
    self.isCertified = isCertified
  }
}

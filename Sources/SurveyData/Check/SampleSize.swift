import Foundation

/// How many firms a model of a yes-or-no outcome needs.
///
/// Three criteria, with *p* parameters, prevalence φ and the Cox–Snell R² that the model is expected to reach:
///
/// ```
/// (i)   shrinkage of at least S = 0.9:                        n = p / ((S − 1) ln(1 − R²/S))
/// (ii)  apparent and adjusted Nagelkerke R² within δ = 0.05:  the same with S = R² / (R² + δ R²max)
/// (iii) overall risk to ±0.05:                                n = (1.96 / 0.05)² φ (1 − φ)
/// R²max = 1 − (φ^φ (1 − φ)^(1 − φ))²
/// ```
///
/// Source: Riley et al. (2019), *Minimum sample size for developing a multivariable prediction model: Part II*,
/// Statistics in Medicine 38(7), 10.1002/sim.7992. Where the R² is not known, 15 % of its maximum is assumed, as
/// Riley et al. (2020), BMJ 368:m441, advise.
public struct SampleSize: Sendable, Hashable, Codable {
  public var parameterCount: Int
  public var prevalence: Double
  /// Expected, as the caller gave it or 15 % of the largest possible.
  public var coxSnellR2: Double
  public var isR2Assumed: Bool
  /// Firms needed by criterion (i), (ii), (iii).
  public var forShrinkage: Int
  public var forOptimism: Int
  public var forOverallRisk: Int

  /// Firms needed: the most of the three.
  public var needed: Int { max(forShrinkage, forOptimism, forOverallRisk) }

  /// Events (or non-events, whichever are fewer) per parameter at that size.
  public var eventsPerParameter: Double {
    Double(needed) * min(prevalence, 1 - prevalence) / Double(max(1, parameterCount))
  }

  /// - Parameters:
  ///   - parameterCount: Coefficients beside the intercept, at least 1.
  ///   - prevalence: In `0 < φ < 1`.
  ///   - coxSnellR2: Expected; `nil` assumes 15 % of the largest possible. Values above the largest possible are
  ///     taken as 99 % of it.
  public init(parameterCount: Int, prevalence: Double, coxSnellR2: Double? = nil) {
    precondition(parameterCount >= 1, "\(parameterCount) parameters")
    precondition(prevalence > 0 && prevalence < 1, "a prevalence of \(prevalence)")
    let largest = Self.largestCoxSnellR2(prevalence: prevalence)
    let expected = min(coxSnellR2 ?? 0.15 * largest, 0.99 * largest)
    precondition(expected > 0, "an R² of \(expected)")
    self.parameterCount = parameterCount
    self.prevalence = prevalence
    self.coxSnellR2 = expected
    isR2Assumed = coxSnellR2 == nil
    forShrinkage = Self.size(parameterCount, expected, shrinkage: 0.9)
    forOptimism = Self.size(parameterCount, expected, shrinkage: expected / (expected + 0.05 * largest))
    forOverallRisk = Self.roundedUp(pow(1.96 / 0.05, 2) * prevalence * (1 - prevalence))
  }

  /// `1 − (φ^φ (1 − φ)^(1 − φ))²`: what a model that knows every outcome would reach.
  public static func largestCoxSnellR2(prevalence: Double) -> Double {
    -expm1(2 * (prevalence * log(prevalence) + (1 - prevalence) * log1p(-prevalence)))
  }

  /// The parameters that `n` firms carry by criterion (i).
  public static func parametersAllowed(firmCount: Int, coxSnellR2: Double, shrinkage: Double = 0.9) -> Double {
    guard coxSnellR2 < shrinkage else { return .infinity }
    return Double(firmCount) * (shrinkage - 1) * log1p(-coxSnellR2 / shrinkage)
  }

  private static func size(_ parameterCount: Int, _ r2: Double, shrinkage: Double) -> Int {
    // Expected to explain more than the shrinkage asks for: any size will do for this criterion.
    guard r2 < shrinkage else { return parameterCount + 2 }
    return roundedUp(Double(parameterCount) / ((shrinkage - 1) * log1p(-r2 / shrinkage)))
  }

  /// Not above by the rounding of the last digits.
  private static func roundedUp(_ size: Double) -> Int { Int((size * (1 - 1e-12)).rounded(.up)) }
}

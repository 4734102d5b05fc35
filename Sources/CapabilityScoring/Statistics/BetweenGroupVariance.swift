import StatisticalLearning

/// How much the true effects of groups differ, from estimates with known sampling variances.
///
/// With `w_g(τ²) = 1/(v_g + τ²)`, τ² is the value at which `Q(τ²) = Σ w_g (θ_g − θ̄)²` equals the number of groups less
/// one, or 0 when `Q(0)` is already below it. Source: Paule and Mandel (1982), *Consensus values and weighting
/// factors*, J. Res. Natl. Bur. Stand. 87; DerSimonian and Kacker (2007), *Random-effects model for meta-analysis of
/// clinical trials: an update*.
public struct BetweenGroupVariance: Sendable, Equatable {
  /// τ².
  public let variance: Double
  /// `θ̄`, the weighted mean at τ².
  public let mean: Double
  /// Of the mean: `1 / Σ w_g`.
  public let meanVariance: Double
  /// Cochran's Q, `Q(0)`.
  public let heterogeneity: Double
  /// Of the test that all groups have the same effect; 1 with fewer than two groups.
  public let pValue: Double

  /// - Parameters:
  ///   - effects: One finite estimate per group.
  ///   - variances: Their sampling variances, positive.
  public init(effects: [Double], variances: [Double]) {
    precondition(effects.count == variances.count, "\(effects.count) effects, \(variances.count) variances")
    precondition(variances.allSatisfy { $0 > 0 && $0.isFinite }, "a variance that is not positive and finite")
    func moments(_ between: Double) -> (q: Double, mean: Double, total: Double) {
      var total = 0.0
      var sum = 0.0
      for (effect, variance) in zip(effects, variances) {
        total += 1 / (variance + between)
        sum += effect / (variance + between)
      }
      let mean = total > 0 ? sum / total : 0
      let q = zip(effects, variances).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) / ($1.1 + between) }
      return (q, mean, total)
    }
    let degrees = Double(effects.count - 1)
    let none = moments(0)
    var between = 0.0
    if effects.count > 1, none.q > degrees {
      // Q falls as τ² grows, to 0: bracket its crossing, then halve.
      var low = 0.0
      var high = variances.max()!
      while moments(high).q > degrees { (low, high) = (high, high * 4) }
      for _ in 0..<200 where high - low > 1e-14 * high {
        let middle = 0.5 * (low + high)
        if moments(middle).q > degrees { low = middle } else { high = middle }
      }
      between = 0.5 * (low + high)
    }
    let final = moments(between)
    variance = between
    mean = final.mean
    meanVariance = final.total > 0 ? 1 / final.total : .infinity
    heterogeneity = none.q
    pValue = effects.count > 1 ? ChiSquare.upperTail(none.q, degreesOfFreedom: degrees) : 1
  }
}

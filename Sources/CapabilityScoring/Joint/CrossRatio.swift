import Foundation
import StatisticalLearning

/// The dependence between two binary outcomes that is left once a firm's own probabilities are known: the
/// cross-ratio ψ of its 2 × 2 table of states,
///
/// ```
/// ψ = (p_both · p_neither) / (p_innovationOnly · p_exportOnly)
/// ```
///
/// ψ = 1 is independence, ψ > 1 says that the outcomes occur together more often than the two probabilities tell.
/// It is an association, not an effect of one outcome on the other. Given the margins p_I and p_E,
///
/// ```
/// p_both = (1 + (p_I + p_E)(ψ − 1) − S) / (2(ψ − 1)),   S² = (1 + (p_I + p_E)(ψ − 1))² + 4ψ(1 − ψ) p_I p_E
/// ```
///
/// computed here in forms without cancellation for every ψ in `0...∞` and every margin in `0...1`.
///
/// Sources: Plackett (1965), *A class of bivariate distributions*, JASA 60; Dale (1986), *Global cross-ratio models
/// for bivariate, discrete, ordered responses*, Biometrics 42.
public struct CrossRatio: Sendable, Hashable, Codable {
  /// log ψ, in `-∞...∞`.
  public let logValue: Double

  /// - Parameter logValue: log ψ, not `NaN`; ±∞ are allowed.
  public init(logValue: Double) {
    precondition(!logValue.isNaN, "log ψ is not a number")
    self.logValue = logValue
  }

  /// - Parameter value: ψ, not negative.
  public init(_ value: Double) {
    precondition(value >= 0, "ψ is \(value)")
    self.init(logValue: log(value))
  }

  /// ψ.
  public var value: Double { exp(logValue) }

  /// ψ = 1.
  public static let independence = CrossRatio(logValue: 0)

  /// P(both) from the two probabilities.
  ///
  /// - Complexity: O(1), one square root; no allocation.
  public func jointProbability(_ innovation: Double, _ export: Double) -> Double {
    cells(innovation, 1 - innovation, export, 1 - export).both
  }

  /// The four states' probabilities from the two probabilities, both margins kept.
  public func states(innovation: Double, export: Double) -> JointStates {
    cells(innovation, 1 - innovation, export, 1 - export)
  }

  /// The four states' probabilities from log-odds: nothing is lost where a probability is within rounding of 1.
  public func states(innovationLogOdds: Double, exportLogOdds: Double) -> JointStates {
    cells(sigmoid(innovationLogOdds), sigmoid(-innovationLogOdds), sigmoid(exportLogOdds), sigmoid(-exportLogOdds))
  }

  /// The derivatives of P(both) with respect to p_I, p_E and log ψ.
  ///
  /// With the cells `a` (both), `b`, `c` (one only) and `d` (neither): `∂a/∂log ψ = 1/(1/a + 1/b + 1/c + 1/d)`, and
  /// `∂a/∂p_I = (1/b + 1/d) · ∂a/∂log ψ`, both from differentiating log ψ = log a + log d − log b − log c.
  public func derivatives(innovation: Double, export: Double) -> (
    innovation: Double, export: Double, logCrossRatio: Double
  ) {
    let states = states(innovation: innovation, export: export)
    return (
      marginDerivative(innovation, export, states), marginDerivative(export, innovation, states.exchanged),
      states.logCrossRatioDerivative
    )
  }

  /// ∂a/∂p for the first margin `p`, given the second, `r`: the probability of the second outcome *given a firm just
  /// at the border of the first*, `r_E a c / (r b d + (1 − r) a c)`.
  private func marginDerivative(_ p: Double, _ r: Double, _ s: JointStates) -> Double {
    if p <= 0 || p >= 1 {
      // The ratio a/b (or c/d) has a limit there: the odds of the second outcome, times or divided by ψ.
      if r <= 0 || r >= 1 { return r <= 0 ? 0 : 1 }
      return sigmoid(logit(r) + (p <= 0 ? logValue : -logValue))
    }
    let concordant = r * s.innovationOnly * s.neither
    let discordant = (1 - r) * s.both * s.exportOnly
    if concordant + discordant == 0 {
      // r is 0 or 1, or ψ is 0 or ∞, where P(both) has a kink.
      if r <= 0 || r >= 1 { return r <= 0 ? 0 : 1 }
      if logValue == .infinity { return p < r ? 1 : (p > r ? 0 : 0.5) }
      if logValue == -.infinity { return p < 1 - r ? 0 : (p > 1 - r ? 1 : 0.5) }
    }
    return discordant / (concordant + discordant)
  }

  /// The cells from the margins and their complements (`pI + qI = 1`, `pE + qE = 1`).
  func cells(_ pI: Double, _ qI: Double, _ pE: Double, _ qE: Double) -> JointStates {
    if logValue >= 0 {
      return Self.positive(exp(-logValue), pI, qI, pE, qE)
    }
    // P(I, not E) has the cross-ratio 1/ψ.
    let flipped = Self.positive(exp(logValue), pI, qI, qE, pE)
    return JointStates(
      neither: flipped.exportOnly, innovationOnly: flipped.both, exportOnly: flipped.neither,
      both: flipped.innovationOnly)
  }

  /// The cells for ψ = 1/t ≥ 1. With `x = pI qE + pE qI` and `R² = (1 − t)²(pI − pE)² + t² + 2t(1 − t) x`, a sum of
  /// terms that are not negative,
  ///
  /// ```
  /// both = 2 pI pE / (t + (1 − t)(pI + pE) + R),      neither likewise with qI, qE,
  /// ```
  ///
  /// and the smaller of the two discordant cells, of cross-ratio t, is `2t` times its margins' product over
  /// `t + (1 − t)|pI − pE| + R`; the other exceeds it by `|pI − pE|`.
  private static func positive(_ t: Double, _ pI: Double, _ qI: Double, _ pE: Double, _ qE: Double) -> JointStates {
    // Whichever pair is the smaller carries the accurate difference.
    let difference = pI + pE <= 1 ? pI - pE : qE - qI
    let root =
      ((1 - t) * (1 - t) * difference * difference + t * t + 2 * t * (1 - t) * (pI * qE + pE * qI)).squareRoot()
    let bothScale = t + (1 - t) * (pI + pE) + root
    let neitherScale = t + (1 - t) * (qI + qE) + root
    // Rounding may lift a cell above the margin that contains it, by an ulp.
    let both = bothScale > 0 ? min(2 * pI * pE / bothScale, min(pI, pE)) : 0
    let neither = neitherScale > 0 ? min(2 * qI * qE / neitherScale, min(qI, qE)) : 0
    let discordantScale = t + (1 - t) * abs(difference) + root
    let smallerProduct = difference >= 0 ? pE * qI : pI * qE
    let smaller = discordantScale > 0 ? 2 * t * smallerProduct / discordantScale : 0
    return difference >= 0
      ? JointStates(neither: neither, innovationOnly: min(smaller + difference, 1), exportOnly: smaller, both: both)
      : JointStates(neither: neither, innovationOnly: smaller, exportOnly: min(smaller - difference, 1), both: both)
  }
}

extension JointStates {
  /// The same firm with the two outcomes' names exchanged.
  var exchanged: JointStates {
    JointStates(neither: neither, innovationOnly: exportOnly, exportOnly: innovationOnly, both: both)
  }

  /// `∂both/∂log ψ` at fixed margins: `1 / (1/a + 1/b + 1/c + 1/d)`, 0 when a cell is empty.
  var logCrossRatioDerivative: Double {
    // The smallest cell is factored out, so that nothing overflows.
    let smallest = min(min(both, neither), min(innovationOnly, exportOnly))
    guard smallest > 0 else { return 0 }
    return smallest
      / (smallest / both + smallest / neither + smallest / innovationOnly + smallest / exportOnly)
  }
}

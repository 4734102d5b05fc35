import StatisticalLearning

/// How a capability's score turns into log-odds. All kinds rise, or stay, as a score rises.
public enum TruthKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// `η = intercept + Σ βⱼ sⱼ`.
  case linear
  /// A practice pays where it is organised: `βⱼ (0.4 sⱼ + 1.2 [sⱼ ≥ ½])`, half a level above the centre of the scale.
  case thresholds
  /// Weakest links: half of the effect is each capability's own, `½ βⱼ sⱼ`; for consecutive pairs (first and second,
  /// third and fourth, … of those with an effect on the outcome) the other half is `½ (βⱼ + βₖ) min(sⱼ, sₖ)`. The last
  /// of an odd number keeps its whole effect.
  case interactions
}

/// The log-odds of one outcome, as a function of the scores and of what the context adds.
struct TruthFunction: Sendable {
  let kind: TruthKind
  let intercept: Double
  /// Of each capability, in order.
  let coefficients: [Double]
  /// Pairs of capabilities with a weakest link, and those that stand alone.
  private let pairs: [(Int, Int)]
  private let singles: [Int]

  init(kind: TruthKind, intercept: Double, coefficients: [Double]) {
    self.kind = kind
    self.intercept = intercept
    self.coefficients = coefficients
    let active = coefficients.indices.filter { coefficients[$0] != 0 }
    let pairedCount = kind == .interactions ? active.count / 2 * 2 : 0
    pairs = stride(from: 0, to: pairedCount, by: 2).map { (active[$0], active[$0 + 1]) }
    singles = Array(active[pairedCount...])
  }

  func logOdds(scores: [Double], context: Double) -> Double {
    var value = intercept + context
    for j in singles {
      switch kind {
      case .linear, .interactions: value += coefficients[j] * scores[j]
      case .thresholds: value += coefficients[j] * (0.4 * scores[j] + (scores[j] >= 0.5 ? 1.2 : 0))
      }
    }
    for (j, k) in pairs {
      value += 0.5 * (coefficients[j] * scores[j] + coefficients[k] * scores[k])
      value += 0.5 * (coefficients[j] + coefficients[k]) * min(scores[j], scores[k])
    }
    return value
  }
}

import Foundation
import StatisticalLearning

/// A 2 × 2 table of two yes-or-no outcomes, its odds ratio and the interval of that.
///
/// `OR = (a d) / (b c)` with `a` both, `b` first only, `c` second only, `d` neither; `log OR ± z √(1/a + 1/b + 1/c + 1/d)`
/// (Woolf 1955). When a cell is 0, ½ is added to each (Haldane 1956, Anscombe 1956).
public struct OddsRatio: Sendable, Hashable, Codable {
  public var estimate: Double
  /// Of the interval that covers with `confidence`.
  public var lower: Double
  public var upper: Double
  public var confidence: Double
  /// Whether ½ was added to each cell.
  public var isCorrected: Bool

  /// From counts of firms.
  public init(both: Double, firstOnly: Double, secondOnly: Double, neither: Double, confidence: Double = 0.95) {
    let cells = [both, firstOnly, secondOnly, neither]
    let hasEmptyCell = cells.contains(0)
    let shift = hasEmptyCell ? 0.5 : 0
    let (a, b, c, d) = (both + shift, firstOnly + shift, secondOnly + shift, neither + shift)
    self.init(
      logOdds: log(a) + log(d) - log(b) - log(c), variance: 1 / a + 1 / b + 1 / c + 1 / d, confidence: confidence,
      isCorrected: hasEmptyCell)
  }

  /// From two yes-or-no variables (1, 0, `NaN` unknown) and sampling weights.
  ///
  /// The weights say how many firms of the population each row stands for, so the variance is that of a weighted
  /// sample, `Σ wᵢ² / W²` over the cell totals `W` (linearisation), not that of a population of Σ w firms. With equal
  /// weights it is the unweighted one. `nil` when a cell is empty.
  public init?(_ first: [Double], _ second: [Double], weights: [Double], confidence: Double = 0.95) {
    var totals = [Double](repeating: 0, count: 4)
    var squares = [Double](repeating: 0, count: 4)
    for row in first.indices where !first[row].isNaN && !second[row].isNaN {
      let cell = (first[row] == 1 ? 0 : 2) + (second[row] == 1 ? 0 : 1)
      totals[cell] += weights[row]
      squares[cell] += weights[row] * weights[row]
    }
    guard totals.allSatisfy({ $0 > 0 }) else { return nil }
    self.init(
      logOdds: log(totals[0]) + log(totals[3]) - log(totals[1]) - log(totals[2]),
      variance: zip(totals, squares).reduce(0) { $0 + $1.1 / ($1.0 * $1.0) }, confidence: confidence,
      isCorrected: false)
  }

  private init(logOdds: Double, variance: Double, confidence: Double, isCorrected: Bool) {
    let margin = StandardNormal.quantile(0.5 + confidence / 2) * variance.squareRoot()
    estimate = exp(logOdds)
    lower = exp(logOdds - margin)
    upper = exp(logOdds + margin)
    self.confidence = confidence
    self.isCorrected = isCorrected
  }

  /// How far the interval stays away from 1, as a ratio of at least 1: 3 for 3 to 9 and for ⅑ to ⅓; 1 when it covers 1.
  public var distanceFromOne: Double { max(1, lower, 1 / upper) }
}

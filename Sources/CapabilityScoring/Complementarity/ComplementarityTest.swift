import Foundation
import StatisticalLearning

/// Whether two practices complement each other for an outcome, whatever the state of the others.
///
/// With the outcome's mean (or log-odds) `θ_s` estimated for each combination `s` of *K* practices in use or not, two
/// practices *i*, *j* are complements when every constraint holds, one for each state *r* of the other *K* − 2:
///
/// ```
/// c_r = θ(1,1,r) − θ(1,0,r) − θ(0,1,r) + θ(0,0,r) ≥ 0
/// ```
///
/// and substitutes when every one is ≤ 0. All are tested together: the statistic is the squared distance, in the metric
/// of their covariance, between the estimates and the nearest point that satisfies them; its p-value is bounded by the
/// chi-bar-square distribution, here with the weights of the estimates' own covariance, by simulation. Following the
/// source, complementarity is *supported* when it is not rejected and submodularity is.
///
/// Where practices explain little of the outcome no test can tell, and pairwise interactions mislead when there are
/// more than two practices (Carree, Lokshin and Belderbos 2011, J. Prod. Anal. 35): read "undecided" as just that.
///
/// Source: Mohnen and Röller (2005), *Complementarities in innovation policy*, Eur. Econ. Rev. 49; Kodde and Palm (1986),
/// Econometrica 54.
public struct ComplementarityTest: Sendable, Equatable, Codable {
  public enum Verdict: String, Sendable, Hashable, Codable {
    case complements, substitutes
    /// Neither is rejected, or both are.
    case undecided
  }

  /// `c_r`, one per state of the other practices, and their standard errors.
  public let interactions: [Double]
  public let standardErrors: [Double]
  /// Distance from "all ≥ 0", and the p-value of the hypothesis that they are complements.
  public let complementStatistic: Double
  public let complementPValue: Double
  /// Distance from "all ≤ 0", and the p-value of the hypothesis that they are substitutes.
  public let substituteStatistic: Double
  public let substitutePValue: Double
  public let verdict: Verdict

  /// - Parameters:
  ///   - means: `θ_s` for `2^K` combinations, *K* ≥ 2; bit *k* of *s* says whether practice *k* is in use.
  ///   - covariance: Of the estimates, `2^K` × `2^K`.
  ///   - first: The practice *i*, below *K*.
  ///   - second: The practice *j*, another.
  ///   - significance: Below which a hypothesis is rejected.
  /// - Returns: `nil` when the covariance of the interactions is not positive definite: a combination that no firm
  ///   shows can't be tested.
  public init?(
    means: [Double], covariance: Matrix, first: Int, second: Int, significance: Double = 0.1,
    simulationCount: Int = 4_000, seed: UInt64 = 1
  ) {
    let stateCount = means.count
    precondition(stateCount >= 4 && stateCount & (stateCount - 1) == 0, "\(stateCount) combinations of practices")
    precondition(
      covariance.rowCount == stateCount && covariance.columnCount == stateCount,
      "a covariance of \(covariance.rowCount) × \(covariance.columnCount)")
    let practiceCount = stateCount.trailingZeroBitCount
    precondition(
      first != second && (0..<practiceCount).contains(first) && (0..<practiceCount).contains(second),
      "practices \(first) and \(second) of \(practiceCount)")
    let (i, j) = (1 << first, 1 << second)
    let bases = (0..<stateCount).filter { $0 & i == 0 && $0 & j == 0 }
    let terms: [[(state: Int, sign: Double)]] = bases.map { [($0 | i | j, 1), ($0 | i, -1), ($0 | j, -1), ($0, 1)] }
    interactions = terms.map { $0.reduce(0.0) { $0 + $1.sign * means[$1.state] } }
    let m = bases.count
    var spread = Matrix(rowCount: m, columnCount: m)
    for a in 0..<m {
      for b in 0..<m {
        var sum = 0.0
        for (s, x) in terms[a] { for (t, y) in terms[b] { sum += x * y * covariance[s, t] } }
        spread[a, b] = sum
      }
    }
    guard spread.elements.allSatisfy({ $0.isFinite }), let factor = LinearAlgebra.cholesky(spread) else { return nil }
    standardErrors = (0..<m).map { spread[$0, $0].squareRoot() }
    let precision = factor.inverse()
    complementStatistic = Self.distance(interactions, precision)
    substituteStatistic = Self.distance(interactions.map { -$0 }, precision)
    // The least favourable case is that all interactions are zero; one set of draws serves both hypotheses.
    var above = (0, 0)
    for k in 0..<simulationCount {
      var generator = CounterBasedGenerator(seed: seed, purpose: "complementarity", index: k)
      let z = (0..<m).map { _ in generator.normal() }
      let draw = (0..<m).map { row in (0...row).reduce(0) { $0 + factor.lower[row, $1] * z[$1] } }
      let statistic = Self.distance(draw, precision)
      if statistic >= complementStatistic { above.0 += 1 }
      if statistic >= substituteStatistic { above.1 += 1 }
    }
    // A statistic of 0 is in no conflict at all.
    complementPValue = complementStatistic == 0 ? 1 : Double(above.0 + 1) / Double(simulationCount + 1)
    substitutePValue = substituteStatistic == 0 ? 1 : Double(above.1 + 1) / Double(simulationCount + 1)
    let rejectsComplements = complementPValue < significance
    let rejectsSubstitutes = substitutePValue < significance
    verdict =
      rejectsComplements == rejectsSubstitutes ? .undecided : (rejectsSubstitutes ? .complements : .substitutes)
  }

  /// `min over x ≥ 0 of (c − x)ᵀ P (c − x)`: a convex problem with one bound per variable, by coordinate descent, which
  /// reaches its only minimum because *P* is positive definite.
  static func distance(_ c: [Double], _ precision: Matrix) -> Double {
    let m = c.count
    if c.allSatisfy({ $0 >= 0 }) { return 0 }
    var gap = c.map { min($0, 0) }  // c − x, at most c
    for _ in 0..<2_000 {
      var change = 0.0
      for a in 0..<m {
        var gradient = 0.0
        for b in 0..<m where b != a { gradient += precision[a, b] * gap[b] }
        let next = min(c[a], -gradient / precision[a, a])
        change = max(change, abs(next - gap[a]) * precision[a, a].squareRoot())
        gap[a] = next
      }
      if change < 1e-12 { break }
    }
    var sum = 0.0
    for a in 0..<m { for b in 0..<m { sum += gap[a] * precision[a, b] * gap[b] } }
    return max(0, sum)
  }
}

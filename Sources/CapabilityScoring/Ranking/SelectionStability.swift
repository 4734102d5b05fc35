import StatisticalLearning

/// How far replicates, folds or groups choose the same capabilities.
///
/// With `z_bf` whether choice *b* of *B* selects capability *f* of *p*, `p̂_f` the share that does, and `k̄` the mean
/// number selected,
///
/// ```
/// Φ = 1 − (1/p) Σ_f B/(B−1) p̂_f (1 − p̂_f) / ( k̄/p (1 − k̄/p) )
/// ```
///
/// 1 when all choices agree, 0 on average when each chooses at random. The interval is the asymptotic one. The authors
/// call values below 0.4 poor and from 0.75 excellent.
///
/// Source: Nogueira, Sechidis and Brown (2018), *On the stability of feature selection algorithms*, J. Mach. Learn.
/// Res. 18(174).
public struct SelectionStability: Sendable, Equatable, Codable {
  /// Φ; `nil` when every choice selects nothing, or everything: there is then nothing to agree on.
  public let value: Double?
  public let interval: UncertaintyInterval?

  /// - Parameters:
  ///   - selections: For each of at least two choices the indices selected, below `candidateCount`.
  ///   - level: Of the interval.
  public init(selections: [Set<Int>], candidateCount: Int, level: Double = 0.95) {
    precondition(
      selections.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 < candidateCount } },
      "a selection outside of 0..<\(candidateCount)")
    let choices = Double(selections.count)
    let p = Double(candidateCount)
    var shares = [Double](repeating: 0, count: candidateCount)
    for selection in selections { for f in selection { shares[f] += 1 / choices } }
    let mean = shares.reduce(0, +) / p  // k̄/p
    let chance = mean * (1 - mean)
    guard selections.count > 1, chance > 1e-12 else {
      value = nil
      interval = nil
      return
    }
    let variance = shares.reduce(0) { $0 + $1 * (1 - $1) } * choices / (choices - 1) / p
    let stability = 1 - variance / chance
    let parts = selections.map { selection -> Double in
      let size = Double(selection.count) / p
      // Sorted, because the order of a set is not the same from run to run.
      let agreement = selection.sorted().reduce(0) { $0 + shares[$1] } / p
      return (agreement - size * mean + stability / 2 * (2 * mean * size - size - mean + 1)) / chance
    }
    let center = parts.reduce(0, +) / choices
    let spread = 4 / (choices * choices) * parts.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    let half = StandardNormal.quantile(0.5 + level / 2) * spread.squareRoot()
    value = stability
    interval = UncertaintyInterval(lower: stability - half, upper: stability + half)
  }
}

import StatisticalLearning

/// Tests against chance by drawing what chance would give.
public enum PermutationTest {
  /// `(1 + number of replicates at least as large as observed) / (1 + replicates)`: valid at any number of replicates, and
  /// never 0 (Phipson and Smyth 2010).
  ///
  /// - Parameter statistic: Draws one replicate under the hypothesis, larger for more evidence. A `NaN` counts as at
  ///   least as large.
  public static func pValue(
    replicateCount: Int, seed: UInt64, observed: Double, threadCount: Int = Parallel.defaultThreadCount,
    statistic: @Sendable (inout CounterBasedGenerator) -> Double
  ) -> Double {
    precondition(replicateCount >= 1, "\(replicateCount) replicates")
    let atLeast = Parallel.map(count: replicateCount, threadCount: threadCount) { replicate in
      var generator = CounterBasedGenerator(seed: seed, purpose: "permutation", index: replicate)
      // Values that differ by rounding alone are the same.
      return !(statistic(&generator) < observed - 1e-12 * abs(observed))
    }
    return Double(1 + atLeast.count { $0 }) / Double(1 + replicateCount)
  }

  /// The test that predictions rank no better than chance: outcomes are shuffled against the predictions, within strata
  /// (folds, countries) when given. `nil` when only one class occurs.
  public static func areaUnderROC(
    _ predictions: BinaryPredictions, strata: [Int]? = nil, replicateCount: Int = 999, seed: UInt64
  ) -> Double? {
    guard let observed = predictions.areaUnderROC else { return nil }
    let strata = strata ?? [Int](repeating: 0, count: predictions.rowCount)
    precondition(strata.count == predictions.rowCount, "\(strata.count) strata")
    let rows = (0..<predictions.rowCount).filter { predictions.weights[$0] > 0 }
    let members = Dictionary(grouping: rows, by: { strata[$0] }).sorted { $0.key < $1.key }.map(\.value)
    // Scores stay where they are, so they are sorted once.
    var tieGroups: [[Int]] = []
    predictions.forEachTieGroup { group in tieGroups.append(group.filter { predictions.weights[$0] > 0 }) }
    let groups = tieGroups
    return pValue(replicateCount: replicateCount, seed: seed, observed: observed) { generator in
      // An outcome moves with its weight: a firm that stands for ten still does.
      var source = Array(0..<predictions.rowCount)
      for rows in members {
        var shuffled = rows
        generator.shuffle(&shuffled)
        for (place, row) in zip(rows, shuffled) { source[place] = row }
      }
      var concordant = 0.0
      var totals = (negative: 0.0, positive: 0.0)
      for group in groups {
        var here = (negative: 0.0, positive: 0.0)
        for place in group {
          let row = source[place]
          if predictions.outcomes[row] == 1 {
            here.positive += predictions.weights[row]
          } else {
            here.negative += predictions.weights[row]
          }
        }
        concordant += here.positive * (totals.negative + here.negative / 2)
        totals.negative += here.negative
        totals.positive += here.positive
      }
      return concordant / (totals.negative * totals.positive)
    }
  }
}

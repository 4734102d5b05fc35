import StatisticalLearning

/// The terms of the linear part: a normal score per bin of each numeric or ordinal column, an indicator per level of each
/// categorical one.
///
/// The score of a bin is the normal quantile of its mid-rank, so that it depends on the order of the values only, is
/// nearly linear in the answers of a Likert item, and tames long tails. Terms have mean 0; scores have variance 1,
/// indicators the scale of a balanced one (Gelman 2008). Missing is 0: the mean.
final class LinearDesign: Sendable {
  struct Term: Sendable {
    let column: Int
    /// The value of each bin, the missing one included.
    let values: [Double]
    /// +1, −1 or 0: the sign that its coefficient must have.
    let direction: Int
  }

  let terms: [Term]
  let unitCount: Int
  /// `terms.count` × `unitCount`, term by term.
  let values: [Double]

  init(_ data: BinnedDataset, _ constraints: ColumnConstraints) {
    unitCount = data.unitCount
    var terms: [Term] = []
    for column in 0..<data.columnCount {
      let bins = data.bins[column]
      guard bins.binCount > 1 else { continue }
      var counts = [Int64](repeating: 0, count: bins.binCount)
      for unit in 0..<data.unitCount { counts[data.bin(unit, column)] += data.counts[unit] }
      if bins.isCategorical {
        guard bins.valueBinCount <= 20 else { continue }
        let total = Double(counts.reduce(0, +))
        for level in 0..<bins.valueBinCount {
          let share = Double(counts[level]) / total
          var values = [Double](repeating: -share * 2, count: bins.binCount)
          values[level] = (1 - share) * 2
          if bins.hasMissing { values[bins.missingBin] = 0 }
          terms.append(Term(column: column, values: values, direction: 0))
        }
      } else if let values = Self.normalScores(counts, valueBinCount: bins.valueBinCount) {
        terms.append(Term(column: column, values: values, direction: constraints.directions[column]))
      }
    }
    self.terms = terms
    values = [Double](unsafeUninitializedCapacity: terms.count * data.unitCount) { buffer, count in
      for (index, term) in terms.enumerated() {
        for unit in 0..<data.unitCount {
          buffer[index * data.unitCount + unit] = term.values[data.bin(unit, term.column)]
        }
      }
      count = terms.count * data.unitCount
    }
  }

  /// `nil` when all values are one.
  private static func normalScores(_ counts: [Int64], valueBinCount: Int) -> [Double]? {
    let total = Double(counts[..<valueBinCount].reduce(0, +))
    guard valueBinCount > 1, total > 0 else { return nil }
    var scores = [Double](repeating: 0, count: counts.count)
    var below = 0.0
    for bin in 0..<valueBinCount {
      let count = Double(counts[bin])
      scores[bin] = StandardNormal.quantile((below + count / 2) / total)
      below += count
    }
    var mean = 0.0
    for bin in 0..<valueBinCount { mean += scores[bin] * Double(counts[bin]) / total }
    var variance = 0.0
    for bin in 0..<valueBinCount {
      scores[bin] -= mean
      variance += scores[bin] * scores[bin] * Double(counts[bin]) / total
    }
    guard variance > 0 else { return nil }
    let scale = 1 / variance.squareRoot()
    for bin in 0..<valueBinCount { scores[bin] *= scale }
    return scores
  }
}

import StatisticalLearning

/// Bootstrap samples as counts: how many times each row is drawn. A count serves as a row weight.
public enum BootstrapSample {
  /// The counts of one replicate.
  ///
  /// Draws, with replacement and within each stratum, as many units as the stratum has. A unit is a row, or a whole
  /// cluster when `clusters` is given; every row of a cluster is then drawn as often as the cluster.
  /// Rows of weight 0 are not units: they get the count 0, and have no say in the draws of the others.
  ///
  /// - Parameters:
  ///   - strata: The stratum of each row; `nil` is one stratum. A cluster belongs to the stratum of its first row.
  ///   - clusters: The cluster of each row; `nil` makes each row its own.
  ///   - replicate: Which of many; each is a function of the seed and its number alone.
  public static func counts(
    rowCount: Int, strata: [Int]? = nil, clusters: [Int]? = nil, weights: [Double]? = nil, replicate: Int,
    seed: UInt64
  ) -> [Int] {
    precondition(strata.map { $0.count == rowCount } ?? true, "strata of another length")
    precondition(clusters.map { $0.count == rowCount } ?? true, "clusters of another length")
    precondition(weights.map { $0.count == rowCount } ?? true, "weights of another length")
    var generator = CounterBasedGenerator(seed: seed, purpose: "bootstrap sample", index: replicate)
    // Units in order of first appearance, per stratum.
    var unitOfCluster: [Int: Int] = [:]
    var unitOfRow = [Int](repeating: -1, count: rowCount)
    var unitsOfStratum: [Int: [Int]] = [:]
    var unitCount = 0
    for row in 0..<rowCount where weights.map({ $0[row] > 0 }) ?? true {
      if let cluster = clusters?[row], let unit = unitOfCluster[cluster] {
        unitOfRow[row] = unit
        continue
      }
      unitOfRow[row] = unitCount
      if let cluster = clusters?[row] { unitOfCluster[cluster] = unitCount }
      unitsOfStratum[strata?[row] ?? 0, default: []].append(unitCount)
      unitCount += 1
    }
    var drawn = [Int](repeating: 0, count: unitCount)
    for (_, units) in unitsOfStratum.sorted(by: { $0.key < $1.key }) {
      for _ in units { drawn[units[generator.index(below: units.count)]] += 1 }
    }
    return unitOfRow.map { $0 < 0 ? 0 : drawn[$0] }
  }

  /// The rows that a replicate did not draw: what it can be tested on.
  public static func outOfBagRows(_ counts: [Int], weights: [Double]? = nil) -> [Int] {
    counts.indices.filter { row in counts[row] == 0 && (weights.map { $0[row] > 0 } ?? true) }
  }
}

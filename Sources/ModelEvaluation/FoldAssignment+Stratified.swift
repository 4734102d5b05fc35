import StatisticalLearning

extension FoldAssignment {
  /// Repeated stratified *K*-fold: in every repeat the rows of each stratum are spread as evenly as they can be (counts
  /// differ by at most one), and so are all rows together.
  ///
  /// Rows of weight 0 get folds too, but have no say in those of the others.
  ///
  /// - Parameters:
  ///   - strata: The stratum of each row: see ``Strata``. Outcomes that are studied together are stratified together.
  ///   - foldCount: At least 2.
  ///   - repeatCount: How many times all rows are dealt anew.
  ///   - weights: Only whether they are 0 matters.
  /// - Throws: ``EvaluationError`` when there are fewer rows of positive weight than folds, or a count is out of range.
  public static func stratified(
    strata: [Int], foldCount: Int, repeatCount: Int = 1, seed: UInt64, weights: [Double]? = nil
  ) throws(EvaluationError) -> FoldAssignment {
    let weights = try checkedWeights(weights, rowCount: strata.count)
    let active = strata.indices.filter { weights[$0] > 0 }
    try checkCounts(foldCount: foldCount, repeatCount: repeatCount, unitCount: active.count, units: "rows")
    let foldIDs = (0..<repeatCount).map { repeatIndex in
      var generator = CounterBasedGenerator(seed: seed, purpose: "fold", name: "stratified", index: repeatIndex)
      var folds = [Int](repeating: 0, count: strata.count)
      deal(active, strata, into: &folds, foldCount, &generator)
      var rest = CounterBasedGenerator(seed: seed, purpose: "fold", name: "zero weight", index: repeatIndex)
      deal(strata.indices.filter { weights[$0] == 0 }, strata, into: &folds, foldCount, &rest)
      return folds
    }
    return FoldAssignment(foldIDs: foldIDs, foldCount: foldCount)
  }

  /// Repeated *K*-fold without strata.
  ///
  /// - Throws: ``EvaluationError``, as for stratified folds.
  public static func unstratified(
    rowCount: Int, foldCount: Int, repeatCount: Int = 1, seed: UInt64, weights: [Double]? = nil
  ) throws(EvaluationError) -> FoldAssignment {
    try stratified(
      strata: [Int](repeating: 0, count: rowCount), foldCount: foldCount, repeatCount: repeatCount, seed: seed,
      weights: weights)
  }

  /// Shuffles the rows of each stratum and deals them like cards; the next stratum starts at the fold where the last
  /// one ended, so that folds stay equal in size.
  private static func deal(
    _ rows: [Int], _ strata: [Int], into folds: inout [Int], _ foldCount: Int,
    _ generator: inout CounterBasedGenerator
  ) {
    var foldOrder = Array(0..<foldCount)
    generator.shuffle(&foldOrder)
    var next = 0
    for (_, members) in Dictionary(grouping: rows, by: { strata[$0] }).sorted(by: { $0.key < $1.key }) {
      var members = members
      generator.shuffle(&members)
      for row in members {
        folds[row] = foldOrder[next]
        next = (next + 1) % foldCount
      }
    }
  }

  static func checkCounts(
    foldCount: Int, repeatCount: Int, unitCount: Int, units: String
  ) throws(EvaluationError) {
    guard foldCount >= 2, foldCount <= unitCount else {
      throw .invalidParameter(
        name: "the number of folds", value: "\(foldCount)", expected: "from 2 to the \(unitCount) \(units)")
    }
    guard repeatCount >= 1 else {
      throw .invalidParameter(name: "the number of repeats", value: "\(repeatCount)", expected: "1 or more")
    }
  }
}

/// Turns columns into strata: one small number per row.
public enum Strata {
  /// The distinct combinations of `columns`, numbered from 0 in ascending order of their values.
  ///
  /// Stratify on the outcomes jointly (`[innovation, export]`), so that each fold has its share of firms that do both.
  public static func combinations(of columns: [[Double]]) -> [Int] {
    guard let rowCount = columns.first?.count else { return [] }
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
    var strata = [Int](repeating: 0, count: rowCount)
    for column in columns {
      let levels = distinct(column)
      let index = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
      for row in 0..<rowCount { strata[row] = strata[row] * levels.count + index[column[row]]! }
      // Renumbered at every step, so that many columns do not overflow.
      let used = Set(strata).sorted()
      let rank = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
      for row in 0..<rowCount { strata[row] = rank[strata[row]]! }
    }
    return strata
  }

  /// The quantile group of each value, for stratifying on a continuous outcome: `groupCount` groups of about equal
  /// size; equal values stay together.
  public static func quantileGroups(of column: [Double], groupCount: Int = 5) -> [Double] {
    precondition(groupCount >= 1, "\(groupCount) groups")
    let ranks = averageRanks(of: column)
    return ranks.map { (($0 - 0.5) / Double(max(column.count, 1)) * Double(groupCount)).rounded(.down) }
  }

  private static func distinct(_ column: [Double]) -> [Double] {
    precondition(!column.contains { $0.isNaN }, "a missing value has no stratum")
    return Set(column).sorted()
  }
}

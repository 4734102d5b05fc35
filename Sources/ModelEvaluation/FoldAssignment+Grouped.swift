import StatisticalLearning

extension FoldAssignment {
  /// Repeated *K*-fold over groups: all rows of a group (a firm, a plant, a cluster) are in the same fold.
  ///
  /// Groups are taken from the largest to the smallest, in shuffled order among equals; each goes to the fold where it
  /// leaves the strata most even, as measured by `Σ over folds and strata (count / mean count)²`.
  ///
  /// - Parameters:
  ///   - groups: The group of each row, any numbers.
  ///   - strata: The stratum of each row; `nil` evens the folds' sizes only.
  ///   - weights: Rows of weight 0 follow their group and have no say.
  /// - Throws: ``EvaluationError`` when there are fewer groups than folds, or a count is out of range.
  public static func grouped(
    groups: [Int], strata: [Int]? = nil, foldCount: Int, repeatCount: Int = 1, seed: UInt64,
    weights: [Double]? = nil
  ) throws(EvaluationError) -> FoldAssignment {
    let weights = try checkedWeights(weights, rowCount: groups.count)
    if let strata, strata.count != groups.count {
      throw .countMismatch("strata", got: strata.count, expected: groups.count)
    }
    let strata = strata ?? [Int](repeating: 0, count: groups.count)
    let strataNumber = Dictionary(uniqueKeysWithValues: Set(strata).sorted().enumerated().map { ($1, $0) })
    var counts: [Int: [Double]] = [:]
    var totals = [Double](repeating: 0, count: strataNumber.count)
    for row in groups.indices where weights[row] > 0 {
      counts[groups[row], default: totals.map { _ in 0 }][strataNumber[strata[row]]!] += 1
      totals[strataNumber[strata[row]]!] += 1
    }
    try checkCounts(foldCount: foldCount, repeatCount: repeatCount, unitCount: counts.count, units: "groups")
    let sizes = counts.mapValues { $0.reduce(0, +) }
    let groupNumbers = counts.keys.sorted()
    let foldIDs = (0..<repeatCount).map { repeatIndex in
      var generator = CounterBasedGenerator(seed: seed, purpose: "fold", name: "grouped", index: repeatIndex)
      var shuffled = groupNumbers
      generator.shuffle(&shuffled)
      let place = Dictionary(uniqueKeysWithValues: shuffled.enumerated().map { ($1, $0) })
      let order = shuffled.sorted { (sizes[$1]!, place[$0]!) < (sizes[$0]!, place[$1]!) }
      let foldOfGroup = spread(order, counts, totals, foldCount)
      return groups.map { foldOfGroup[$0] ?? 0 }
    }
    return FoldAssignment(foldIDs: foldIDs, foldCount: foldCount)
  }

  private static func spread(
    _ order: [Int], _ counts: [Int: [Double]], _ totals: [Double], _ foldCount: Int
  ) -> [Int: Int] {
    var foldOfGroup: [Int: Int] = [:]
    var filled = [[Double]](repeating: totals.map { _ in 0 }, count: foldCount)
    var used = [Int](repeating: 0, count: foldCount)
    for (index, group) in order.enumerated() {
      let added = counts[group]!
      // Every fold gets a group, even when even counts would leave one empty.
      let emptyFolds = used.count { $0 == 0 }
      let mustFill = order.count - index <= emptyFolds
      var best = (cost: Double.infinity, size: Double.infinity, fold: 0)
      for fold in 0..<foldCount where !mustFill || used[fold] == 0 {
        var cost = 0.0
        for stratum in totals.indices where totals[stratum] > 0 {
          // The growth of (count / total)²: the rest of the sum is the same for every fold.
          cost += added[stratum] * (2 * filled[fold][stratum] + added[stratum]) / (totals[stratum] * totals[stratum])
        }
        let candidate = (cost: cost, size: filled[fold].reduce(0, +), fold: fold)
        if candidate < best { best = candidate }
      }
      foldOfGroup[group] = best.fold
      used[best.fold] += 1
      for stratum in totals.indices { filled[best.fold][stratum] += added[stratum] }
    }
    return foldOfGroup
  }

  /// Internal–external validation: each group (a country, a sector) is tested once by a model of all the others.
  ///
  /// - Parameters:
  ///   - groups: The group of each row. Groups become folds in ascending order.
  ///   - names: The name of a group; its number unless told otherwise.
  /// - Throws: ``EvaluationError`` when there are fewer than two groups.
  public static func leaveOneGroupOut(
    groups: [Int], names: (Int) -> String = { "\($0)" }
  ) throws(EvaluationError) -> FoldAssignment {
    let numbers = Set(groups).sorted()
    guard numbers.count >= 2 else {
      throw .invalidParameter(name: "the number of groups", value: "\(numbers.count)", expected: "2 or more")
    }
    let fold = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    return FoldAssignment(
      foldIDs: [groups.map { fold[$0]! }], foldCount: numbers.count, foldNames: numbers.map(names))
  }

  /// Internal–external validation by a column of labels; folds in alphabetical order.
  ///
  /// - Throws: ``EvaluationError`` when there are fewer than two groups.
  public static func leaveOneGroupOut(labels: [String]) throws(EvaluationError) -> FoldAssignment {
    let names = Set(labels).sorted()
    let number = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    return try leaveOneGroupOut(groups: labels.map { number[$0]! }) { names[$0] }
  }

  /// Splits ordered in time: each block is tested by a model of all earlier ones, the first block is only learned from.
  ///
  /// Rows of the same time are never on both sides of a split.
  ///
  /// - Parameters:
  ///   - times: When each row was observed; only the order matters.
  ///   - testCount: The number of blocks that are tested.
  /// - Throws: ``EvaluationError`` when there are not more distinct times than tests, or a time is `NaN`.
  public static func timeOrdered(times: [Double], testCount: Int) throws(EvaluationError) -> FoldAssignment {
    if let row = times.firstIndex(where: { $0.isNaN }) {
      throw .invalidPrediction(row: row, expected: "a time")
    }
    let distinct = Set(times).sorted()
    guard testCount >= 1, testCount < distinct.count else {
      throw .invalidParameter(
        name: "the number of tests", value: "\(testCount)",
        expected: "from 1 to one less than the \(distinct.count) distinct times")
    }
    let blockCount = testCount + 1
    // Blocks of about equal numbers of rows; a time goes where its first row falls, and every block keeps a time.
    let order = ascendingOrder(of: times)
    var blockOfTime: [Double: Int] = [:]
    var block = -1
    for (place, row) in order.enumerated() where blockOfTime[times[row]] == nil {
      let timesLeft = distinct.count - blockOfTime.count
      let wanted = place * blockCount / order.count
      let needed = blockCount - timesLeft
      block = min(max(block, wanted, needed, 0), block + 1)
      blockOfTime[times[row]] = block
    }
    return FoldAssignment(
      foldIDs: [times.map { blockOfTime[$0]! }], foldCount: blockCount, trainingRule: .earlierFolds)
  }
}

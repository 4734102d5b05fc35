import StatisticalLearning

/// Which fold each row of a dataset is held out in.
public enum FoldAssignment: Sendable, Equatable {
  /// `count` folds of equal size drawn at random, each with the same share of every outcome.
  ///
  /// With `repeats`, as many draws, whose losses are averaged: the choice depends less on one draw.
  case random(count: Int = 10, seed: UInt64 = 0, repeats: Int = 1)

  /// Rows of one group number (a country, a firm asked twice) are held out together, in `count` folds with about the
  /// same number of rows of every outcome.
  case grouped([Int], count: Int = 10, seed: UInt64 = 0, repeats: Int = 1)

  /// One fold number per row, any integers; equal numbers are held out together.
  case given([Int])

  /// One drawing of the folds.
  struct Draw {
    /// One in `0 ..< foldCount` per row.
    let folds: [Int]
    let count: Int
  }

  /// One draw per repeat; given numbers are ranked.
  ///
  /// - Parameter targets: 0/1 outcomes; others are parted at ½.
  func resolved(targets: [Double]) throws(TrainingError) -> [Draw] {
    try resolved(targets.map { $0 > 0.5 ? 1 : 0 })
  }

  /// - Parameter classes: The outcome of each row, from 0.
  func resolved(_ classes: [Int]) throws(TrainingError) -> [Draw] {
    let classCount = (classes.max() ?? 0) + 1
    switch self {
    case .given(let given):
      let (groups, count) = try Self.ranked(given, rowCount: classes.count, name: "folds")
      guard count >= 2 else {
        throw .invalidParameter(name: "folds", value: "\(count) distinct", expected: "at least 2")
      }
      return [Draw(folds: groups, count: count)]
    case .random(let count, let seed, let repeats):
      guard count >= 2, count <= max(classes.count, 2) else {
        throw .invalidParameter(name: "folds.count", value: "\(count)", expected: "at least 2, at most the rows")
      }
      return try Self.drawn(repeats, seed) { generator in
        var order = Array(classes.indices)
        generator.shuffle(&order)
        // Dealing rows out class after class gives every fold its share of each.
        var members = [[Int]](repeating: [], count: classCount)
        for row in order { members[classes[row]].append(row) }
        var folds = [Int](repeating: 0, count: classes.count)
        for (position, row) in members.reversed().joined().enumerated() { folds[row] = position % count }
        return Draw(folds: folds, count: count)
      }
    case .grouped(let given, let count, let seed, let repeats):
      let (groups, groupCount) = try Self.ranked(given, rowCount: classes.count, name: "folds.groups")
      guard count >= 2, count <= groupCount else {
        throw .invalidParameter(
          name: "folds.count", value: "\(count)", expected: "at least 2, at most the \(groupCount) groups")
      }
      return try Self.drawn(repeats, seed) { generator in
        Draw(
          folds: Self.dealt(
            groups, groupCount: groupCount, classes: classes, classCount: max(classCount, 2), foldCount: count,
            using: &generator), count: count)
      }
    }
  }

  private static func ranked(
    _ numbers: [Int], rowCount: Int, name: String
  ) throws(TrainingError) -> (ranks: [Int], count: Int) {
    guard numbers.count == rowCount else {
      throw .invalidParameter(name: name, value: "\(numbers.count) values", expected: "\(rowCount), one per row")
    }
    let distinct = Set(numbers).sorted()
    let rank = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
    return (numbers.map { rank[$0]! }, distinct.count)
  }

  private static func drawn(
    _ repeats: Int, _ seed: UInt64, _ draw: (inout CounterBasedGenerator) -> Draw
  ) throws(TrainingError) -> [Draw] {
    guard repeats >= 1 else {
      throw .invalidParameter(name: "folds.repeats", value: "\(repeats)", expected: "at least 1")
    }
    return (0..<repeats).map { index in
      var generator = CounterBasedGenerator(seed: seed, purpose: "fold", index: index)
      return draw(&generator)
    }
  }

  /// Groups from large to small, equals in random order, each to the fold where it disturbs the balance least.
  private static func dealt(
    _ groups: [Int], groupCount: Int, classes: [Int], classCount: Int, foldCount: Int,
    using generator: inout CounterBasedGenerator
  ) -> [Int] {
    let none = [Double](repeating: 0, count: classCount)
    var sizes = [[Double]](repeating: none, count: groupCount)
    for (row, group) in groups.enumerated() { sizes[group][classes[row]] += 1 }
    let totals = (0..<classCount).map { k in max(1, sizes.reduce(0) { $0 + $1[k] }) }
    var order = Array(0..<groupCount)
    generator.shuffle(&order)
    let position = order.enumerated().reduce(into: [Int](repeating: 0, count: groupCount)) {
      $0[$1.element] = $1.offset
    }
    order.sort {
      let (a, b) = (sizes[$0].reduce(0, +), sizes[$1].reduce(0, +))
      return a != b ? a > b : position[$0] < position[$1]
    }
    var loads = [[Double]](repeating: none, count: foldCount)
    var foldOfGroup = [Int](repeating: 0, count: groupCount)
    for group in order {
      // What the sum of squared loads, each class on its own scale, would rise by.
      func cost(_ fold: Int) -> Double {
        (0..<classCount).reduce(0) { $0 + sizes[group][$1] * (2 * loads[fold][$1] + sizes[group][$1]) / totals[$1] }
      }
      var best = 0
      for fold in 1..<foldCount where cost(fold) < cost(best) { best = fold }
      foldOfGroup[group] = best
      for k in 0..<classCount { loads[best][k] += sizes[group][k] }
    }
    return groups.map { foldOfGroup[$0] }
  }
}

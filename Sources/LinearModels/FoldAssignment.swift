import StatisticalLearning

/// Which fold each row of a dataset is held out in.
public enum FoldAssignment: Sendable, Equatable {
  /// `count` folds of equal size drawn at random, each with the same share of either outcome.
  case random(count: Int = 10, seed: UInt64 = 0)

  /// One fold number per row, any integers; equal numbers are held out together (a country, a firm, a group).
  case given([Int])

  /// One fold in `0 ..< foldCount` per row; the given numbers are ranked.
  func resolved(targets: [Double]) throws(TrainingError) -> (folds: [Int], count: Int) {
    switch self {
    case .given(let given):
      guard given.count == targets.count else {
        throw .invalidParameter(
          name: "folds", value: "\(given.count) values", expected: "\(targets.count), one per row")
      }
      let distinct = Set(given).sorted()
      guard distinct.count >= 2 else {
        throw .invalidParameter(name: "folds", value: "\(distinct.count) distinct", expected: "at least 2")
      }
      let rank = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
      return (given.map { rank[$0]! }, distinct.count)
    case .random(let count, let seed):
      guard count >= 2, count <= max(targets.count, 2) else {
        throw .invalidParameter(name: "folds.count", value: "\(count)", expected: "at least 2, at most the rows")
      }
      var generator = CounterBasedGenerator(seed: seed, purpose: "fold")
      var order = Array(targets.indices)
      generator.shuffle(&order)
      // Dealing rows out class after class gives every fold its share of each.
      let classes = order.filter { targets[$0] > 0.5 } + order.filter { targets[$0] <= 0.5 }
      var folds = [Int](repeating: 0, count: targets.count)
      for (position, row) in classes.enumerated() { folds[row] = position % count }
      return (folds, count)
    }
  }
}

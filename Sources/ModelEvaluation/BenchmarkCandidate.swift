import StatisticalLearning

/// What is predicted: one number per row, `NaN` where it is not known.
public struct BenchmarkOutcome: Sendable, Equatable {
  public enum Kind: String, Sendable, Codable {
    /// 0 or 1; predictions are log-odds.
    case binary
    /// Any finite number; predictions are on its scale.
    case continuous
    /// A level, 0, 1, … from the lowest to the highest; predictions are quantities that go with it.
    case ordered
  }

  public let name: String
  public let kind: Kind
  /// One per row; rows with `NaN` are not scored on this outcome.
  public let values: [Double]
  /// How many levels an ordered outcome has; 0 for another kind.
  public let levelCount: Int

  /// - Parameter levelCount: Of an ordered outcome; as many as occur when it is `nil`.
  public init(name: String, kind: Kind = .binary, values: [Double], levelCount: Int? = nil) {
    self.name = name
    self.kind = kind
    self.values = values
    let highest = values.reduce(0) { $1 > $0 && $1.isFinite && $1 < 1000 ? $1 : $0 }
    self.levelCount = kind == .ordered ? levelCount ?? Int(highest) + 1 : 0
  }

  /// Whether a known value is of the outcome's kind.
  func isValid(_ value: Double) -> Bool {
    switch kind {
    case .binary: value == 0 || value == 1
    case .continuous: value.isFinite
    case .ordered: value >= 0 && value < Double(levelCount) && value == value.rounded()
    }
  }

  /// What a value must be, in words.
  var expectation: String {
    switch kind {
    case .binary: "0, 1 or missing"
    case .continuous: "finite or missing"
    case .ordered: "a level from 0 to \(levelCount - 1), or missing"
    }
  }
}

/// A way of learning that a benchmark compares with others: everything between the training rows and the predictions,
/// choices and calibration included, so that nothing of the test rows leaks.
public struct BenchmarkCandidate: Sendable {
  /// Predictions for test rows: `[outcome][place in testRows]`, log-odds for a binary outcome.
  public typealias Scorer = @Sendable (_ testRows: [Int]) throws -> [[Double]]

  /// Learns from the training rows of a split; what candidates have in common is kept in the split's workspace.
  public typealias Fit =
    @Sendable (_ split: FoldAssignment.Split, _ seed: UInt64, _ workspace: SplitWorkspace) throws -> Scorer

  public let name: String

  /// Learns from the training rows of a split. The seed is a function of the run's seed, the candidate and the split.
  public let fit: Fit

  public init(name: String, sharing fit: @escaping Fit) {
    self.name = name
    self.fit = fit
  }

  /// A candidate that shares nothing with others.
  public init(
    name: String, fit: @escaping @Sendable (_ split: FoldAssignment.Split, _ seed: UInt64) throws -> Scorer
  ) {
    self.init(name: name, sharing: { split, seed, _ in try fit(split, seed) })
  }

  /// Predictions made elsewhere: `[outcome][row]`, or by repeat `[repeat][outcome][row]` when there are several.
  ///
  /// The caller vouches that no row was predicted by a model that had seen it.
  public static func predictions(name: String, _ values: [[[Double]]]) -> BenchmarkCandidate {
    BenchmarkCandidate(
      name: name,
      fit: { split, _ in
        let own = values[min(split.repeatIndex, values.count - 1)]
        return { rows in own.map { column in rows.map { column[$0] } } }
      })
  }

  /// The weighted base rate (or mean) of each outcome in the training rows: what any model must beat.
  ///
  /// A rate of 0 or 1 is moved half a row inside, so that its log-loss on the other class is finite.
  public static func baseRate(
    name: String = "base rate", outcomes: [BenchmarkOutcome], weights: [Double]? = nil
  ) -> BenchmarkCandidate {
    BenchmarkCandidate(
      name: name,
      fit: { split, _ in
        let values = outcomes.map { outcome in
          var sum = 0.0
          var total = 0.0
          for (place, row) in split.trainingRows.enumerated() where !outcome.values[row].isNaN {
            let weight = (weights?[row] ?? 1) * Double(split.count(at: place))
            sum += weight * outcome.values[row]
            total += weight
          }
          guard outcome.kind == .binary else { return total > 0 ? sum / total : 0 }
          let half = 0.5 / Double(split.trainingRows.count + 1)
          return logit(min(max(total > 0 ? sum / total : 0.5, half), 1 - half))
        }
        return { rows in values.map { value in [Double](repeating: value, count: rows.count) } }
      })
  }

  /// Chooses among candidates anew inside every training set, by the mean log-loss (squared error for a continuous outcome)
  /// over inner folds, each outcome for itself: nested cross-validation. The chosen are then fitted on all training rows.
  ///
  /// - Parameters:
  ///   - groups: Rows that must not be split, as in the outer folds; `nil` for none.
  ///   - onChoice: Called with the split, the outcome and the name of what was chosen.
  public static func selecting(
    name: String, from candidates: [BenchmarkCandidate], outcomes: [BenchmarkOutcome], weights: [Double]? = nil,
    groups: [Int]? = nil, innerFoldCount: Int = 5, innerRepeatCount: Int = 1,
    onChoice: (@Sendable (FoldAssignment.Split, _ outcome: String, _ candidate: String) -> Void)? = nil
  ) -> BenchmarkCandidate {
    precondition(!candidates.isEmpty, "nothing to choose from")
    return BenchmarkCandidate(
      name: name,
      sharing: { split, seed, workspace in
        let rows = split.trainingRows
        let inner = try innerFolds(
          rows, outcomes: outcomes, weights: weights, groups: groups, foldCount: innerFoldCount,
          repeatCount: innerRepeatCount, seed: seed)
        var losses = [[Double]](repeating: outcomes.map { _ in 0 }, count: candidates.count)
        for (number, part) in inner.enumerated() {
          let shared = SplitWorkspace()
          for (index, candidate) in candidates.enumerated() {
            let scorer = try candidate.fit(
              part, splitSeed(seed, candidate: candidate.name, split: number, purpose: "inner candidate"), shared)
            for (outcome, values) in try scorer(part.testRows).enumerated() {
              losses[index][outcome] += totalLoss(
                values, rows: part.testRows, outcome: outcomes[outcome], weights: weights)
            }
          }
        }
        let chosen = outcomes.indices.map { outcome in
          candidates.indices.min { losses[$0][outcome] < losses[$1][outcome] } ?? 0
        }
        for (outcome, choice) in chosen.enumerated() {
          onChoice?(split, outcomes[outcome].name, candidates[choice].name)
        }
        var scorers: [Int: Scorer] = [:]
        for choice in Set(chosen).sorted() {
          let candidate = candidates[choice]
          scorers[choice] = try candidate.fit(
            split, splitSeed(seed, candidate: candidate.name, split: 0, purpose: "chosen candidate"), workspace)
        }
        let fitted = scorers
        return { rows in
          var scored: [Int: [[Double]]] = [:]
          for (choice, scorer) in fitted { scored[choice] = try scorer(rows) }
          return chosen.enumerated().map { scored[$1]![$0] }
        }
      })
  }

  private static func innerFolds(
    _ rows: [Int], outcomes: [BenchmarkOutcome], weights: [Double]?, groups: [Int]?, foldCount: Int,
    repeatCount: Int, seed: UInt64
  ) throws(EvaluationError) -> [FoldAssignment.Split] {
    let columns = outcomes.map { outcome in
      let known = rows.map { outcome.values[$0] }
      let complete = known.map { $0.isNaN ? -1 : $0 }
      return outcome.kind == .binary ? complete : Strata.quantileGroups(of: complete)
    }
    let strata = columns.isEmpty ? [Int](repeating: 0, count: rows.count) : Strata.combinations(of: columns)
    let rowWeights = weights.map { weights in rows.map { weights[$0] } }
    let folds =
      if let groups {
        try FoldAssignment.grouped(
          groups: rows.map { groups[$0] }, strata: strata, foldCount: foldCount, repeatCount: repeatCount, seed: seed,
          weights: rowWeights)
      } else {
        try FoldAssignment.stratified(
          strata: strata, foldCount: foldCount, repeatCount: repeatCount, seed: seed, weights: rowWeights)
      }
    return folds.splits.map { split in
      FoldAssignment.Split(
        repeatIndex: split.repeatIndex, fold: split.fold, trainingRows: split.trainingRows.map { rows[$0] },
        testRows: split.testRows.map { rows[$0] })
    }
  }

  private static func totalLoss(
    _ values: [Double], rows: [Int], outcome: BenchmarkOutcome, weights: [Double]?
  ) -> Double {
    var sum = 0.0
    for (value, row) in zip(values, rows) where !outcome.values[row].isNaN && weights?[row] != 0 {
      let target = outcome.values[row]
      let loss =
        outcome.kind == .binary
        ? logOnePlusExp(target == 1 ? -value : value) : (value - target) * (value - target)
      // A candidate that can't predict a row is never chosen.
      sum += loss.isNaN ? .infinity : loss * (weights?[row] ?? 1)
    }
    return sum
  }
}

/// The seed of one fit.
func splitSeed(_ seed: UInt64, candidate: String, split: Int, purpose: String = "candidate") -> UInt64 {
  var generator = CounterBasedGenerator(seed: seed, purpose: purpose, name: candidate, index: split)
  return generator.next()
}

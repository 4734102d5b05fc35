import Foundation
import StatisticalLearning
import Synchronization

/// A comparison of candidates on the same folds, for several outcomes at once.
///
/// ```swift
/// let run = try BenchmarkRun(
///   outcomes: [.init(name: "innovation", values: y)],
///   candidates: [.baseRate(outcomes: outcomes), ridge, trees],
///   folds: .stratified(strata: strata, foldCount: 5, repeatCount: 10, seed: 1), seed: 1)
/// let result = try run.result()
/// ```
public struct BenchmarkRun: Sendable {
  /// A column by which results are broken down.
  public struct Grouping: Sendable {
    public let column: String
    public let labels: [String]

    public init(column: String, labels: [String]) {
      self.column = column
      self.labels = labels
    }
  }

  public var title = "Benchmark"
  public internal(set) var outcomes: [BenchmarkOutcome]
  public let candidates: [BenchmarkCandidate]
  public let folds: FoldAssignment
  /// Sampling weights of the rows; `nil` is 1 everywhere.
  public let weights: [Double]?
  public let seed: UInt64

  /// Rows that depend on each other (answers of one firm, plants of one group): intervals over rows count them as one.
  public var clusters: [Int]?
  public var groupings: [Grouping] = []
  /// How the chance of two outcomes together follows from both; `nil` leaves it out.
  public var joint: BenchmarkJoint?
  /// How the chance of each level of ordered outcomes follows from what is predicted; `nil` takes the shares of levels.
  public var levels: BenchmarkLevels?
  /// The candidate that the others are compared with; the first when `nil`.
  public var reference: String?
  /// Pairs of candidates that are compared besides: the first minus the second.
  public var contrasts: [(candidate: String, reference: String)] = []
  public var level = 0.95
  public var threadCount = Parallel.defaultThreadCount
  /// Thresholds of the decision curve.
  public var thresholds = (1...60).map { Double($0) / 100 }
  /// Shares of the training rows for the learning curve, ascending, such as 0.2, 0.4, 0.6, 0.8; empty for none. The whole
  /// is always added.
  public var learningCurveShares: [Double] = []
  /// How many repeats the learning curve uses.
  public var learningCurveRepeatCount = 1
  /// Orders of the outcome drawn for the test against chance; 0 for none.
  public var permutationCount = 0
  /// Bootstrap samples for the .632+ and optimism-corrected estimates; 0 for none.
  public var bootstrapCount = 0
  /// The coverage that prediction sets are asked for.
  public var conformalLevel = 0.9
  /// Put at the head of the result's settings.
  public var settings: [BenchmarkResult.Setting] = []

  /// - Throws: ``EvaluationError`` when columns differ in length, an outcome is not of its kind, a weight is invalid, names
  ///   of candidates or outcomes repeat, or there is nothing to compare.
  public init(
    outcomes: [BenchmarkOutcome], candidates: [BenchmarkCandidate], folds: FoldAssignment,
    weights: [Double]? = nil, seed: UInt64
  ) throws(EvaluationError) {
    let rowCount = folds.rowCount
    for outcome in outcomes {
      guard outcome.values.count == rowCount else {
        throw .countMismatch("values of '\(outcome.name)'", got: outcome.values.count, expected: rowCount)
      }
      if let row = outcome.values.firstIndex(where: { !$0.isNaN && !outcome.isValid($0) }) {
        throw .invalidOutcome(row: row, expected: outcome.expectation)
      }
    }
    _ = try checkedWeights(weights, rowCount: rowCount)
    for (what, names) in [("candidates", candidates.map(\.name)), ("outcomes", outcomes.map(\.name))]
    where names.isEmpty || Set(names).count != names.count {
      throw .invalidParameter(
        name: "the \(what)", value: names.joined(separator: ", "), expected: "one or more, with different names")
    }
    self.outcomes = outcomes
    self.candidates = candidates
    self.folds = folds
    self.weights = weights
    self.seed = seed
  }

  /// How far a run is.
  public struct Progress: Sendable {
    public let completedFits: Int
    public let totalFits: Int
    /// The candidate of the fit that just ended.
    public let candidate: String
    public var fraction: Double { Double(completedFits) / Double(max(totalFits, 1)) }
  }

  /// Counts fits as they end, from any thread.
  final class FitCounter: Sendable {
    private let completed = Mutex(0)
    private let total: Int
    private let report: (@Sendable (Progress) -> Void)?

    init(total: Int, report: (@Sendable (Progress) -> Void)?) {
      self.total = total
      self.report = report
    }

    func advance(_ candidate: String) {
      completed.withLock { count in
        count += 1
        report?(Progress(completedFits: count, totalFits: total, candidate: candidate))
      }
    }
  }

  /// One fit to be done: a candidate on a split, with all or some of its training rows.
  struct Task: Sendable {
    var candidate: Int
    var split: FoldAssignment.Split
    /// Which split, for the seed and for pairing.
    var number: Int
    /// The place in `learningCurveShares`, or `nil` for all training rows.
    var share: Int?
  }

  /// The predictions of one fit on its test rows, or why there are none.
  struct FitResult: Sendable {
    var task: Task
    var values: [[Double]]
    var failure: String?
    /// By ordered outcome: the chance of every level, for each test row.
    var distributions: [Int: [[Double]]] = [:]
  }

  /// What is learned from: a split, whole or in part.
  struct Portion: Sendable {
    var split: FoldAssignment.Split
    var number: Int
    var share: Int?
  }

  /// All portions, in an order that does not depend on threads.
  var portions: [Portion] {
    var portions: [Portion] = []
    for (number, split) in folds.splits.enumerated() {
      portions.append(Portion(split: split, number: number, share: nil))
      guard split.repeatIndex < learningCurveRepeatCount else { continue }
      for (share, part) in learningCurveShares.enumerated() {
        let smaller = FoldAssignment.Split(
          repeatIndex: split.repeatIndex, fold: split.fold,
          trainingRows: subset(of: split.trainingRows, share: part, number: number), testRows: split.testRows)
        portions.append(Portion(split: smaller, number: number, share: share))
      }
    }
    return portions
  }

  /// A share of the training rows, stratified on the outcomes; a larger share holds every smaller one.
  private func subset(of rows: [Int], share: Double, number: Int) -> [Int] {
    let columns = outcomes.map { outcome in
      let known = rows.map { outcome.values[$0].isNaN ? -1 : outcome.values[$0] }
      return outcome.kind == .binary ? known : Strata.quantileGroups(of: known)
    }
    let strata = Strata.combinations(of: columns)
    var generator = CounterBasedGenerator(seed: seed, purpose: "learning curve", index: number)
    var kept: [Int] = []
    for (_, members) in Dictionary(grouping: rows.indices, by: { strata[$0] }).sorted(by: { $0.key < $1.key }) {
      var members = members
      generator.shuffle(&members)
      kept += members.prefix(Int((Double(members.count) * share).rounded(.up))).map { rows[$0] }
    }
    return kept.sorted()
  }

  /// Does all fits and summarises them: see ``fits(progress:)``.
  public func result(progress: (@Sendable (Progress) -> Void)? = nil) -> BenchmarkResult {
    fits(progress: progress).result()
  }

  /// Does all fits, in parallel over splits.
  ///
  /// A candidate that fails in one fold has no results; its failure is in the result and the others go on.
  ///
  /// - Parameter progress: Called after each fit, one call at a time, from any thread.
  public func fits(progress: (@Sendable (Progress) -> Void)? = nil) -> BenchmarkFits {
    let portions = portions
    let total = (portions.count + (bootstrapCount > 0 ? bootstrapCount + 1 : 0)) * candidates.count
    let counter = FitCounter(total: total, report: progress)
    let fits = Parallel.map(count: portions.count, threadCount: threadCount) { index in
      let portion = portions[index]
      let workspace = SplitWorkspace()
      return candidates.indices.map { candidate in
        let fit = perform(
          Task(candidate: candidate, split: portion.split, number: portion.number, share: portion.share), workspace)
        counter.advance(candidates[candidate].name)
        return fit
      }
    }
    let (run, joined) = joined(distributed(fits.flatMap { $0 }))
    return BenchmarkFits(run: run, fits: joined, bootstrap: bootstrapCount > 0 ? resampled(counter) : nil)
  }

  private func perform(_ task: Task, _ workspace: SplitWorkspace) -> FitResult {
    let candidate = candidates[task.candidate]
    do {
      let seed = splitSeed(seed, candidate: candidate.name, split: task.number)
      let values = try candidate.fit(task.split, seed, workspace)(task.split.testRows)
      guard values.count == outcomes.count, values.allSatisfy({ $0.count == task.split.testRows.count }) else {
        return FitResult(
          task: task, values: [],
          failure: "returned predictions of the wrong shape: one array per outcome, one number per test row")
      }
      for (outcome, column) in zip(outcomes, values) {
        let isInvalid = zip(column, task.split.testRows).contains { value, row in
          !outcome.values[row].isNaN && (value.isNaN || (outcome.kind != .binary && value.isInfinite))
        }
        if isInvalid {
          return FitResult(task: task, values: [], failure: "predicted '\(outcome.name)' as something not a number")
        }
      }
      return FitResult(task: task, values: values, failure: nil)
    } catch {
      return FitResult(task: task, values: [], failure: "\(error)")
    }
  }
}

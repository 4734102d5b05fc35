import StatisticalLearning

/// How the chance of each level of an ordered outcome follows from a predicted quantity: a rule that is learned from
/// firms that the models had not seen.
public struct BenchmarkLevels: Sendable {
  /// The probability of every level, from the lowest to the highest.
  public typealias Distribution = @Sendable (_ prediction: Double) -> [Double]

  /// Held-out rows whose level is known.
  public struct HeldOut: Sendable {
    public var predictions: [Double]
    /// In `0..<levelCount`.
    public var levels: [Int]
    public var weights: [Double]
    public var levelCount: Int

    public init(predictions: [Double], levels: [Int], weights: [Double], levelCount: Int) {
      self.predictions = predictions
      self.levels = levels
      self.weights = weights
      self.levelCount = levelCount
    }
  }

  /// - Returns: `nil` when the rows tell nothing: then every row has the shares of the levels in its training rows.
  public let learn: @Sendable (HeldOut) -> Distribution?

  public init(learn: @escaping @Sendable (HeldOut) -> Distribution?) { self.learn = learn }
}

extension BenchmarkRun {
  /// The fits with a distribution over the levels of every ordered outcome.
  ///
  /// For each split the rule is learned from the held-out predictions of the repeat's other splits (the earlier ones when
  /// splits are ordered in time), of the same candidate: never from the rows that are tested.
  func distributed(_ fits: [FitResult]) -> [FitResult] {
    let ordered = outcomes.indices.filter { outcomes[$0].kind == .ordered }
    guard !ordered.isEmpty else { return fits }
    let own = self
    return Parallel.map(count: fits.count, threadCount: threadCount) { index -> FitResult in
      var fit = fits[index]
      guard fit.failure == nil else { return fit }
      for outcome in ordered {
        let held = own.heldOut(fits, for: fit.task, outcome: outcome)
        if !held.levels.isEmpty, let distribution = own.levels?.learn(held) {
          fit.distributions[outcome] = fit.values[outcome].map { distribution($0) }
        } else {
          let shares = own.levelShares(fit.task.split, outcome: outcome)
          fit.distributions[outcome] = fit.values[outcome].map { _ in shares }
        }
      }
      return fit
    }
  }

  /// What the repeat's other splits predicted for their test rows.
  private func heldOut(_ fits: [FitResult], for task: Task, outcome: Int) -> BenchmarkLevels.HeldOut {
    var held = BenchmarkLevels.HeldOut(
      predictions: [], levels: [], weights: [], levelCount: outcomes[outcome].levelCount)
    for fit in fits where isCompanion(fit, of: task) {
      for (place, row) in fit.task.split.testRows.enumerated() {
        let (value, weight) = (outcomes[outcome].values[row], weights?[row] ?? 1)
        guard !value.isNaN, weight > 0 else { continue }
        held.predictions.append(fit.values[outcome][place])
        held.levels.append(Int(value))
        held.weights.append(weight)
      }
    }
    return held
  }

  /// The share of every level among training rows, each with half a row more, so that none has the chance 0.
  private func levelShares(_ split: FoldAssignment.Split, outcome: Int) -> [Double] {
    var shares = [Double](repeating: 0.5, count: outcomes[outcome].levelCount)
    for (place, row) in split.trainingRows.enumerated() where !outcomes[outcome].values[row].isNaN {
      shares[Int(outcomes[outcome].values[row])] += (weights?[row] ?? 1) * Double(split.count(at: place))
    }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }

  /// Whether a fit is of the same candidate on another split of the repeat, an earlier one when splits are ordered in time.
  func isCompanion(_ fit: FitResult, of task: Task) -> Bool {
    let (own, split) = (fit.task, fit.task.split)
    guard own.candidate == task.candidate, own.share == task.share, fit.failure == nil,
      split.repeatIndex == task.split.repeatIndex
    else { return false }
    return folds.trainingRule == .earlierFolds ? split.fold < task.split.fold : split.fold != task.split.fold
  }
}

import StatisticalLearning

/// Many fits on the same rows and features: for every outcome, one per vector of row weights.
///
/// Bootstrap replicates, jackknife folds and several outcomes are all of this kind. Results do not depend on the number
/// of threads, and each is the same, bit for bit, as that of the learner alone on a dataset with those targets and
/// weights.
public struct FitBatch: Sendable {
  /// The rows and features that all fits share. Its targets, weights and offsets are those of the first outcome when
  /// no outcomes are given.
  public let dataset: Dataset

  /// The outcomes to fit, each a dataset with the features of `dataset`.
  public let outcomes: [Dataset]

  /// One vector per replicate with one number per row, finite and not negative: how often the row counts. They multiply
  /// the weights of the outcome.
  public let replicateWeights: [[Double]]

  /// - Parameters:
  ///   - outcomes: 0/1 targets and weights (`nil` is those of `dataset`), one pair per outcome; a row whose outcome is
  ///     not known has weight 0. `nil` is the one outcome of `dataset`.
  /// - Throws: ``DatasetError``, for a count that is wrong or a number that is not finite.
  public init(
    _ dataset: Dataset, outcomes: [(targets: [Double], weights: [Double]?)]? = nil, replicateWeights: [[Double]]
  ) throws(DatasetError) {
    var datasets: [Dataset] = []
    if let outcomes {
      for outcome in outcomes {
        datasets.append(
          try Dataset(
            features: dataset.features, matrix: dataset.matrix, targets: outcome.targets,
            weights: outcome.weights ?? dataset.weights, offsets: dataset.offsets))
      }
    } else {
      datasets = [dataset]
    }
    for weights in replicateWeights {
      guard weights.count == dataset.rowCount else {
        throw .countMismatch(.weights, got: weights.count, expected: dataset.rowCount)
      }
      if let row = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) { throw .invalidWeight(row: row) }
    }
    self.dataset = dataset
    self.outcomes = datasets
    self.replicateWeights = replicateWeights
  }

  /// The weights of one fit.
  func weights(outcome: Int, replicate: Int) -> [Double] {
    let base = outcomes[outcome].weights
    let counts = replicateWeights[replicate]
    return base.indices.map { base[$0] * counts[$0] }
  }

  /// `[outcome][replicate]`, over threads. A replicate that can't be learned from (only one outcome was drawn) fails
  /// alone.
  func map<Model: Sendable>(
    threadCount: Int, _ fit: @Sendable (Dataset, [Double]) throws(TrainingError) -> Model
  ) -> [[Result<Model, TrainingError>]] {
    let replicateCount = replicateWeights.count
    let flat = Parallel.map(count: outcomes.count * replicateCount, threadCount: threadCount) { index in
      let (outcome, replicate) = (index / replicateCount, index % replicateCount)
      return Result { () throws(TrainingError) in
        try fit(outcomes[outcome], weights(outcome: outcome, replicate: replicate))
      }
    }
    return outcomes.indices.map { Array(flat[$0 * replicateCount..<($0 + 1) * replicateCount]) }
  }
}

extension LogisticRegression {
  /// Fits every outcome on every replicate; `[outcome][replicate]`.
  public func fit(
    _ batch: FitBatch, threadCount: Int = Parallel.defaultThreadCount
  ) -> [[Result<LogisticRegressionModel, TrainingError>]] {
    batch.map(threadCount: threadCount) { (dataset, weights) throws(TrainingError) in
      try fit(OneHotDataset(dataset), weights: weights, startingFrom: nil)
    }
  }
}

extension LogisticRegressionPath {
  /// Fits the path of every outcome on every replicate; `[outcome][replicate]`.
  public func fit(
    _ batch: FitBatch, threadCount: Int = Parallel.defaultThreadCount
  ) -> [[Result<LogisticRegressionPathModel, TrainingError>]] {
    batch.map(threadCount: threadCount) { (dataset, weights) throws(TrainingError) in
      try fit(OneHotDataset(dataset), weights: weights)
    }
  }
}

extension CrossValidatedLogisticRegression {
  /// Fits every outcome on every replicate, its strength chosen anew each time; `[outcome][replicate]`.
  ///
  /// The folds are those of the rows: copies of one row drawn by a bootstrap are held out together.
  public func fit(
    _ batch: FitBatch, threadCount: Int = Parallel.defaultThreadCount
  ) -> [[Result<CrossValidatedLogisticRegressionModel, TrainingError>]] {
    batch.map(threadCount: threadCount) { (dataset, weights) throws(TrainingError) in
      try fit(OneHotDataset(dataset), weights: weights, threadCount: 1)
    }
  }
}

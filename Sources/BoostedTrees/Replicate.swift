import StatisticalLearning

/// What sets one fit of a batch on the same rows and columns apart: a fold, a bootstrap sample, an outcome.
public struct Replicate: Sendable, Hashable {
  /// One per row; 0 leaves a row out. How often a bootstrap sample drew a row is its weight.
  public var weights: [Double]
  /// Whether weights say how often a resample drew each row: then all copies of a row are left out by the same bag, as
  /// ``BoostingParameters/keepsCopiesTogether`` says. A copy is no fresh row to judge shares and rounds by: on bootstrap
  /// samples of 500 firms the log-loss of the preset is .05 lower with it.
  public var isResample: Bool
  /// Another outcome; `nil` is that of the dataset.
  public var targets: [Double]?
  /// Another seed; `nil` is that of the learner.
  public var seed: UInt64?

  public init(weights: [Double], isResample: Bool = false, targets: [Double]? = nil, seed: UInt64? = nil) {
    self.weights = weights
    self.isResample = isResample
    self.targets = targets
    self.seed = seed
  }
}

extension BoostedTrees {
  /// Fits every replicate, spread over `threadCount` threads: bit for bit what ``fit(_:)`` makes of the dataset with the
  /// replicate's weights and targets, or of the rows of positive weight alone.
  ///
  /// Columns are sorted once. Bins are those of each replicate's own rows: a left-out row leaves no trace.
  ///
  /// - Returns: The models, in the order of the replicates. Their out-of-fold log-odds are of all rows; those of rows of
  ///   weight 0 are the model's own.
  /// - Throws: The error of the first replicate that has one, as ``fit(_:)`` does.
  public func fit(_ dataset: Dataset, replicates: [Replicate]) throws(TrainingError) -> [BoostedTreesModel] {
    try fitReplicates(replicates, of: dataset, threadCount: threadCount) {
      (data, replicate, ranks) throws(TrainingError) in
      var learner = self
      learner.seed = replicate.seed ?? seed
      learner.threadCount = 1
      var request = learner.request(for: data)
      request.ranks = ranks
      if replicate.isResample { request.parameters.keepsCopiesTogether = true }
      return model(try boost(data, loss: Self.loss, request))
    }
  }
}

extension BoostedRegressor {
  /// Fits every replicate: see ``BoostedTrees/BoostedTrees/fit(_:replicates:)``.
  public func fit(
    _ dataset: Dataset, replicates: [Replicate]
  ) throws(TrainingError) -> [BoostedRegressionModel<Base>] {
    try fitReplicates(replicates, of: dataset, threadCount: threadCount) {
      (data, replicate, ranks) throws(TrainingError) in
      var learner = self
      learner.seed = replicate.seed ?? seed
      learner.threadCount = 1
      var request = learner.request(for: data)
      request.ranks = ranks
      if replicate.isResample { request.parameters.keepsCopiesTogether = true }
      return model(try boost(data, loss: outputLoss, request))
    }
  }
}

private func fitReplicates<Model: Sendable>(
  _ replicates: [Replicate], of dataset: Dataset, threadCount: Int,
  _ fit: @Sendable (Dataset, Replicate, ColumnRanks) throws(TrainingError) -> Model
) throws(TrainingError) -> [Model] {
  guard threadCount >= 1 else {
    throw .invalidParameter(name: "threadCount", value: "\(threadCount)", expected: "a whole number ≥ 1")
  }
  let ranks = ColumnRanks(dataset, threadCount: threadCount)
  return try Parallel.map(count: replicates.count, threadCount: threadCount) { index throws(TrainingError) in
    let replicate = replicates[index]
    let rowCount = dataset.rowCount
    guard replicate.weights.count == rowCount, replicate.weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw .invalidParameter(
        name: "replicates[\(index)].weights", value: "\(replicate.weights.count) numbers",
        expected: "\(rowCount) finite numbers ≥ 0")
    }
    let targets = replicate.targets ?? dataset.targets
    guard targets.count == rowCount, targets.allSatisfy({ $0.isFinite }) else {
      throw .invalidParameter(
        name: "replicates[\(index)].targets", value: "\(targets.count) numbers", expected: "\(rowCount) finite numbers")
    }
    return try fit(dataset.with(targets: targets, weights: replicate.weights), replicate, ranks)
  }
}

extension Dataset {
  /// The same rows and columns; counts and finiteness have been checked.
  fileprivate func with(targets: [Double], weights: [Double]) -> Dataset {
    guard
      let result = try? Dataset(
        features: features, matrix: matrix, targets: targets, weights: weights, offsets: offsets)
    else { preconditionFailure("a dataset whose targets and weights were checked is refused") }
    return result
  }
}

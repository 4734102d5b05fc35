import StatisticalLearning

/// Learns a continuous or count outcome, or any outcome with a convex loss of one raw score, by gradient boosting.
///
/// The same engine, presets and promises as ``BoostedTrees``; the loss is a value: `SquaredLoss()`, ``PoissonLoss``, or
/// your own `Loss`.
public struct BoostedRegressor<Base: Loss>: Learner {
  public var loss: Base
  public var targetRange: TargetRange
  /// What the second derivative of the loss can't exceed; `nil` for a loss without such a bound, which gets no linear part.
  public var curvatureBound: Double?
  public var parameters: BoostingParameters?
  public var monotone: [String: MonotoneDirection]
  public var interactionGroups: [[String]]
  public var seed: UInt64
  public var threadCount: Int

  public init(
    loss: Base, targets: TargetRange = .anyFinite, curvatureBound: Double? = nil,
    parameters: BoostingParameters? = nil, monotone: [String: MonotoneDirection] = [:],
    interactionGroups: [[String]] = [], seed: UInt64 = 0, threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.loss = loss
    targetRange = targets
    self.curvatureBound = curvatureBound
    self.parameters = parameters
    self.monotone = monotone
    self.interactionGroups = interactionGroups
    self.seed = seed
    self.threadCount = threadCount
  }

  public func fit(_ dataset: Dataset) throws(TrainingError) -> BoostedRegressionModel<Base> {
    model(try boost(dataset, loss: outputLoss, request(for: dataset)))
  }

  /// The model, and its trees without the linear part: see ``BoostedTrees/fitWithAndWithoutLinearPart(_:)``.
  public func fitWithAndWithoutLinearPart(
    _ dataset: Dataset
  ) throws(TrainingError) -> (whole: BoostedRegressionModel<Base>, trees: BoostedRegressionModel<Base>) {
    let results = try boostWithAndWithoutLinearPart(dataset, loss: outputLoss, request(for: dataset))
    return (model(results.whole), model(results.trees))
  }

  var outputLoss: SingleOutputLoss<Base> {
    SingleOutputLoss(loss, targets: targetRange, curvatureBound: curvatureBound)
  }

  func request(for dataset: Dataset) -> BoostingRequest {
    BoostingRequest(
      parameters: parameters
        ?? .preset(rowCount: dataset.weights.count { $0 > 0 }, featureCount: dataset.featureCount),
      monotone: monotone, interactionGroups: interactionGroups, seed: seed, threadCount: threadCount,
      isClassification: false)
  }

  func model(_ result: BoostingResult<SingleOutputLoss<Base>>) -> BoostedRegressionModel<Base> {
    BoostedRegressionModel(
      loss: loss, ensemble: result.ensemble, compiled: result.compiled, outOfFoldScores: result.outOfFoldScores,
      trainingRecord: result.record)
  }
}

extension BoostedRegressor where Base == SquaredLoss {
  /// A learner of the mean by squared error.
  public init(
    parameters: BoostingParameters? = nil, monotone: [String: MonotoneDirection] = [:], seed: UInt64 = 0,
    threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.init(
      loss: SquaredLoss(), curvatureBound: 1, parameters: parameters, monotone: monotone, seed: seed,
      threadCount: threadCount)
  }
}

/// A sum of trees on the raw scale of a loss.
public struct BoostedRegressionModel<Base: Loss>: Predictor {
  public let loss: Base
  public let ensemble: TreeEnsemble
  /// The raw score of each training row by the bags that did not see it; `nil` with one bag.
  public let outOfFoldScores: [Double]?
  public let trainingRecord: TrainingRecord?
  private let compiled: CompiledEnsemble

  init(
    loss: Base, ensemble: TreeEnsemble, compiled: CompiledEnsemble, outOfFoldScores: [Double]?,
    trainingRecord: TrainingRecord?
  ) {
    self.loss = loss
    self.ensemble = ensemble
    self.outOfFoldScores = outOfFoldScores
    self.trainingRecord = trainingRecord
    self.compiled = compiled
  }

  public var features: [Feature] { ensemble.features }

  public func rawScores(for matrix: Matrix) -> [Double] { ensemble.rawScores(for: matrix, compiled) }

  /// On the scale of the target: a value, a rate.
  public func predictions(for matrix: Matrix) -> [Double] {
    rawScores(for: matrix).map { loss.prediction(rawScore: $0) }
  }
}

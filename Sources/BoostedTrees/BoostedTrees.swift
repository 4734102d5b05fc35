import StatisticalLearning

/// Learns a binary outcome by gradient boosting of decision trees.
///
/// Round by round a tree is fitted to the derivatives of the negative log-likelihood and added, shrunken, to the raw
/// score (log-odds). A tree minimises, over its structure and leaf values `v`,
///
/// ```
/// Σ over leaves [ G v + (H + l2) v² / 2 + l1 |v| ]
/// ```
///
/// where `G` and `H` are the sums of first and second derivatives over a leaf's rows (Friedman 2001, Chen and Guestrin
/// 2016). Columns may have missing values (`NaN`), which go where they lower the loss, and unordered levels, which are
/// split into two sets.
///
/// By default the parameters are a preset for the size of the data, with bagging over folds, so that out-of-fold scores
/// come with the model.
///
/// The model depends on the rows and columns, not on their order nor on the number of threads: the same dataset gives
/// the same model, bit for bit. A row of whole weight *w* is *w* rows.
public struct BoostedTrees: Learner, Hashable {
  /// What shapes the trees; `nil` is ``BoostingParameters/preset(rowCount:featureCount:version:)``.
  public var parameters: BoostingParameters?
  /// Features with which the log-odds may only rise, or only fall, all others equal; missing values are free.
  public var monotone: [String: MonotoneDirection]
  /// Groups of features that may meet on one path of a tree. A feature in none may be split on alone; no group is no
  /// constraint.
  public var interactionGroups: [[String]]
  public var seed: UInt64
  public var threadCount: Int

  public init(
    parameters: BoostingParameters? = nil, monotone: [String: MonotoneDirection] = [:],
    interactionGroups: [[String]] = [], seed: UInt64 = 0, threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.parameters = parameters
    self.monotone = monotone
    self.interactionGroups = interactionGroups
    self.seed = seed
    self.threadCount = threadCount
  }

  /// - Throws: ``TrainingError``: `noRows`, `noFeatures`, `singleClass`, `invalidTarget` for a target other than 0 and 1,
  ///   `invalidParameter` for a hyperparameter out of its range or a name that is no feature.
  /// - Complexity: for each bag and round O(*n* · *p* · log *leaves*) and O(*p* · *bins* · *leaves*).
  public func fit(_ dataset: Dataset) throws(TrainingError) -> BoostedTreesModel {
    model(try boost(dataset, loss: Self.loss, request(for: dataset)))
  }

  /// The model, and its trees without the linear part, bit for bit as a learner with `blendsLinear` off fits them: both
  /// for the time of one.
  ///
  /// - Throws: As ``fit(_:)``.
  public func fitWithAndWithoutLinearPart(
    _ dataset: Dataset
  ) throws(TrainingError) -> (whole: BoostedTreesModel, trees: BoostedTreesModel) {
    let results = try boostWithAndWithoutLinearPart(dataset, loss: Self.loss, request(for: dataset))
    return (model(results.whole), model(results.trees))
  }

  static var loss: SingleOutputLoss<LogisticLoss> {
    SingleOutputLoss(LogisticLoss(), targets: .zeroOrOne, curvatureBound: 0.25)
  }

  func request(for dataset: Dataset) -> BoostingRequest {
    BoostingRequest(
      parameters: parameters
        ?? .preset(rowCount: dataset.weights.count { $0 > 0 }, featureCount: dataset.featureCount),
      monotone: monotone, interactionGroups: interactionGroups, seed: seed, threadCount: threadCount,
      isClassification: true)
  }

  func model(_ result: BoostingResult<SingleOutputLoss<LogisticLoss>>) -> BoostedTreesModel {
    BoostedTreesModel(
      ensemble: result.ensemble, compiled: result.compiled, outOfFoldLogOdds: result.outOfFoldScores,
      trainingRecord: result.record)
  }
}

/// A sum of trees on the log-odds scale.
public struct BoostedTreesModel: BinaryClassifier {
  /// One ensemble whatever the number of bags: each tree's leaves are divided by the number of bags.
  public let ensemble: TreeEnsemble
  /// The log-odds of each training row by the bags that did not see it, its offset included; `nil` with one bag.
  public let outOfFoldLogOdds: [Double]?
  /// `nil` for a model that was read from a file or made by hand.
  public let trainingRecord: TrainingRecord?
  private let compiled: CompiledEnsemble

  /// - Parameter ensemble: Of one output.
  public init(ensemble: TreeEnsemble, outOfFoldLogOdds: [Double]? = nil, trainingRecord: TrainingRecord? = nil) {
    precondition(ensemble.outputCount == 1, "\(ensemble.outputCount) outputs; a binary outcome has one")
    self.init(
      ensemble: ensemble, compiled: CompiledEnsemble(ensemble), outOfFoldLogOdds: outOfFoldLogOdds,
      trainingRecord: trainingRecord)
  }

  init(
    ensemble: TreeEnsemble, compiled: CompiledEnsemble, outOfFoldLogOdds: [Double]?, trainingRecord: TrainingRecord?
  ) {
    self.ensemble = ensemble
    self.outOfFoldLogOdds = outOfFoldLogOdds
    self.trainingRecord = trainingRecord
    self.compiled = compiled
  }

  public var features: [Feature] { ensemble.features }

  public func logOdds(for matrix: Matrix) -> [Double] { ensemble.rawScores(for: matrix, compiled) }

  /// The log-odds of one row, in the order of `features`, `NaN` where it is missing. Allocates nothing.
  public func logOdds(row: UnsafeBufferPointer<Double>) -> Double {
    precondition(row.count == features.count, "\(row.count) values for \(features.count) features")
    var score = ensemble.baseScores[0]
    // A row of no features has no address; the trees, a leaf each, read none.
    withUnsafePointer(to: Double.nan) { compiled.addScores(row: row.baseAddress ?? $0, to: &score) }
    return score
  }
}

extension BoostedTreesModel: Equatable {
  public static func == (a: BoostedTreesModel, b: BoostedTreesModel) -> Bool {
    a.ensemble == b.ensemble && a.outOfFoldLogOdds == b.outOfFoldLogOdds && a.trainingRecord == b.trainingRecord
  }
}

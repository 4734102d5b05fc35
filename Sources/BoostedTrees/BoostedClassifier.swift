import StatisticalLearning

/// Learns one of several classes, ordered or not, by gradient boosting.
///
/// Targets are `0 ..< classCount`. Ordered classes share one raw score (proportional odds), others have one each
/// (multinomial). The same engine, presets and promises as ``BoostedTrees``; without parameters, small and large trees are
/// both tried below 5,000 rows, and the large ones kept where the loss on the rows that bags left out is clearly lower.
public struct BoostedClassifier: Sendable, Hashable {
  public var classCount: Int
  public var isOrdered: Bool
  public var parameters: BoostingParameters?
  public var monotone: [String: MonotoneDirection]
  public var interactionGroups: [[String]]
  public var seed: UInt64
  public var threadCount: Int

  /// - Parameter monotone: For ordered classes only, towards the higher ones.
  public init(
    classCount: Int, isOrdered: Bool, parameters: BoostingParameters? = nil,
    monotone: [String: MonotoneDirection] = [:], interactionGroups: [[String]] = [], seed: UInt64 = 0,
    threadCount: Int = Parallel.defaultThreadCount
  ) {
    self.classCount = classCount
    self.isOrdered = isOrdered
    self.parameters = parameters
    self.monotone = monotone
    self.interactionGroups = interactionGroups
    self.seed = seed
    self.threadCount = threadCount
  }

  /// - Throws: ``TrainingError``, as ``BoostedTrees/fit(_:)`` does; `invalidParameter` for fewer than two classes, and for
  ///   a monotone direction where classes have no order.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> BoostedClassesModel {
    guard classCount >= 2 else {
      throw .invalidParameter(name: "classCount", value: "\(classCount)", expected: "a whole number ≥ 2")
    }
    guard isOrdered || monotone.isEmpty else {
      throw .invalidParameter(
        name: "monotone", value: monotone.keys.sorted().joined(separator: ", "), expected: "none for unordered classes")
    }
    let candidates =
      parameters.map { [$0] }
      ?? BoostingParameters.candidatesForClasses(
        rowCount: dataset.weights.count { $0 > 0 }, featureCount: dataset.featureCount)
    let requests = candidates.map {
      BoostingRequest(
        parameters: $0, monotone: monotone, interactionGroups: interactionGroups, seed: seed, threadCount: threadCount,
        isClassification: true)
    }
    if isOrdered {
      let result = try boostBest(dataset, loss: ProportionalOddsLoss(classCount: classCount), requests)
      // Thresholds of the bags are averaged as their scores are.
      let thresholds = (0..<classCount - 1).map { index in
        result.losses.reduce(0.0) { $0 + $1.thresholds[index] } / Double(result.losses.count)
      }
      return BoostedClassesModel(
        ensemble: result.ensemble, classCount: classCount, thresholds: thresholds,
        outOfFoldScores: result.outOfFoldScores, trainingRecord: result.record)
    }
    let result = try boostBest(dataset, loss: MultinomialLoss(classCount: classCount), requests)
    return BoostedClassesModel(
      ensemble: result.ensemble, classCount: classCount, thresholds: nil, outOfFoldScores: result.outOfFoldScores,
      trainingRecord: result.record)
  }
}

/// Sums of trees for several classes.
public struct BoostedClassesModel: Sendable {
  /// One output per class, or one in all when classes are ordered.
  public let ensemble: TreeEnsemble
  public let classCount: Int
  /// For ordered classes, the thresholds `θ` of `P(y ≤ k) = σ(θₖ − raw score)`.
  public let thresholds: [Double]?
  /// Raw scores of the training rows by the bags that did not see them, output by output; `nil` with one bag.
  public let outOfFoldScores: [Double]?
  public let trainingRecord: TrainingRecord?

  public var features: [Feature] { ensemble.features }

  /// The probability of each class, one row per row of `matrix`, one column per class.
  public func probabilities(for matrix: Matrix) -> Matrix {
    let scores = ensemble.rawScores(for: matrix)
    let rowCount = matrix.rowCount
    var elements: [Double] = []
    elements.reserveCapacity(rowCount * classCount)
    for row in 0..<rowCount {
      if let thresholds {
        elements += ProportionalOddsLoss(thresholds: thresholds).probabilities(scores[row])
      } else {
        elements += MultinomialLoss(classCount: classCount)
          .probabilities((0..<classCount).map { scores[$0 * rowCount + row] })
      }
    }
    return Matrix(rowCount: rowCount, columnCount: classCount, layout: .rowMajor, elements: elements)
  }
}

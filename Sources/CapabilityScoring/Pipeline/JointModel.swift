import StatisticalLearning

/// The dependence of the two outcomes given a firm's answers: the cross-ratio by maximum likelihood on out-of-fold
/// probabilities, and its bootstrap replicates.
public struct JointModel: Sendable, Equatable, Codable {
  /// Which of the model's outcomes are joined.
  public let first: Int
  public let second: Int
  public let estimate: CrossRatioEstimate
  /// log ψ by replicate, on the same samples of firms as the replicates of the outcomes.
  public let logReplicates: [Double]

  public init(first: Int, second: Int, estimate: CrossRatioEstimate, logReplicates: [Double]) {
    self.first = first
    self.second = second
    self.estimate = estimate
    self.logReplicates = logReplicates
  }

  /// The cross-ratio of the model (replicate 0) or of one of its replicates, from 1.
  public func crossRatio(replicate: Int) -> CrossRatio {
    replicate > 0 && replicate <= logReplicates.count
      ? CrossRatio(logValue: logReplicates[replicate - 1]) : estimate.crossRatio
  }
}

extension JointModel {
  /// Joins the first two binary outcomes of a survey; `nil` when there are no two, or no firm can tell.
  ///
  /// - Parameter heldOut: Per outcome, each firm's calibrated out-of-fold log-odds, by row of the whole survey.
  static func learn(survey: ScoringSurvey, heldOut: [[Double]], settings: TrainingSettings) -> JointModel? {
    let binary = survey.outcomes.indices.filter { survey.outcomes[$0].kind == .binary }
    guard binary.count >= 2 else { return nil }
    let (first, second) = (binary[0], binary[1])
    let rows = survey.weights.indices.filter { row in
      survey.weights[row] > 0
        && [first, second].allSatisfy { !survey.outcomes[$0].targets[row].isNaN && !heldOut[$0][row].isNaN }
    }
    let probabilities = [first, second].map { outcome in rows.map { sigmoid(heldOut[outcome][$0]) } }
    let targets = [first, second].map { outcome in rows.map { survey.outcomes[outcome].targets[$0] == 1 } }
    @Sendable func estimate(weights: [Double]) -> CrossRatioEstimate? {
      CrossRatio.estimate(
        probabilitiesI: probabilities[0], probabilitiesE: probabilities[1], targetsI: targets[0],
        targetsE: targets[1], weights: weights)
    }
    let weights = rows.map { survey.weights[$0] }
    guard let overall = estimate(weights: weights) else { return nil }
    let threadCount = settings.threadCount > 0 ? settings.threadCount : Parallel.defaultThreadCount
    let replicates = Parallel.map(count: settings.bootstrap, threadCount: threadCount) { replicate in
      let counts = OutcomeTrainer.bootstrapCounts(replicate, firmCount: survey.firmCount, seed: settings.seed)
      let drawn = rows.indices.map { weights[$0] * Double(counts[rows[$0]]) }
      // With few firms a sample can lack a state, and ψ runs off to 0 or ∞; such a replicate says no more than a bound.
      let log = estimate(weights: drawn)?.crossRatio.logValue ?? overall.crossRatio.logValue
      return min(max(log, -8), 8)
    }
    return JointModel(first: first, second: second, estimate: overall, logReplicates: replicates)
  }
}

import StatisticalLearning

/// How the prediction for a firm that is average in all else differs between the upper and the lower quartile of one
/// capability: what a model file can say without a survey.
enum QuartileContrast {
  /// - Parameter quartiles: Per capability the lower and upper quartile of its level, as a share of the range.
  /// - Returns: Per outcome, and of the probability of both, `[capability][replicate]`, the model first; `NaN` for a
  ///   capability without ordered answers.
  static func contrasts(
    model: ScoringModel, quartiles: [(lower: Double, upper: Double)], reference: FirmSet, threadCount: Int
  ) -> (outcomes: [[[Double]]], both: [[Double]]) {
    let count = model.replicateCount + 1
    let width = model.capabilities.count
    let moves = (0..<width).map { CapabilityMove($0, columns: model.columns) }
    // Per replicate: [outcome][capability] of predictions at the two quartiles.
    let ends = Parallel.map(count: count, threadCount: threadCount) { replicate in
      model.outcomes.indices.map { outcome in
        let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: replicate)
        let base = scorer.rawScores(reference)[0]
        return moves.enumerated().map { capability, move -> (lower: Double, upper: Double) in
          guard let move else { return (.nan, .nan) }
          func prediction(_ level: Double) -> Double {
            scorer.prediction(base + scorer.changes(reference, items: move.values(at: level, reference))[0])
          }
          return (prediction(quartiles[capability].lower), prediction(quartiles[capability].upper))
        }
      }
    }
    let outcomes = model.outcomes.indices.map { outcome in
      (0..<width).map { capability in
        ends.map { $0[outcome][capability].upper - $0[outcome][capability].lower }
      }
    }
    guard let joint = model.joint else { return (outcomes, []) }
    let both = (0..<width).map { capability in
      ends.enumerated().map { replicate, ends in
        let ratio = joint.crossRatio(replicate: replicate)
        let (first, second) = (ends[joint.first][capability], ends[joint.second][capability])
        return ratio.jointProbability(first.upper, second.upper) - ratio.jointProbability(first.lower, second.lower)
      }
    }
    return (outcomes, both)
  }
}

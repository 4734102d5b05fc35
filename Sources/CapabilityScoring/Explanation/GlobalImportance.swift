import ModelExplanation
import StatisticalLearning

/// The mean over firms of how far each player moves the prediction, up or down, from that of the reference firm.
struct GlobalImportance: Sendable {
  /// `[player][replicate]`, the model first; in probability for a binary outcome.
  let meanAbsolute: [[Double]]
  /// `[replicate]`: the reference firm's prediction, and the firms' mean.
  let reference: [Double]
  let meanPrediction: [Double]

  init(
    model: ScoringModel, outcome index: Int, players: ExplanationPlayers, firms: FirmSet, weights: [Double],
    reference: FirmSet, threadCount: Int
  ) throws {
    let outcome = model.outcomes[index]
    let total = weights.reduce(0, +)
    struct Replicate {
      let reference: Double
      let mean: Double
      let importances: [Double]
    }
    let replicates = try Parallel.map(count: outcome.replicateCount + 1, threadCount: threadCount) { replicate throws in
      let scorer = ReplicateScorer(model: model, outcome: index, replicate: replicate)
      let changes = try ScoreChanges(scorer, players: players, firms: firms, reference: reference)
      var shapley = LogisticShapley()
      let moves = changes.predictionChanges(isProbability: outcome.kind == .binary, using: &shapley)
      var importances = [Double](repeating: 0, count: players.count)
      for player in 0..<players.count {
        for firm in 0..<firms.count { importances[player] += weights[firm] * abs(moves[player * firms.count + firm]) }
        importances[player] /= total
      }
      let start = scorer.prediction(changes.reference)
      // Moves add up to the prediction less the reference's.
      var mean = 0.0
      for firm in 0..<firms.count {
        for player in 0..<players.count { mean += weights[firm] * moves[player * firms.count + firm] }
      }
      return Replicate(reference: start, mean: start + mean / total, importances: importances)
    }
    meanAbsolute = (0..<players.count).map { player in replicates.map { $0.importances[player] } }
    self.reference = replicates.map(\.reference)
    meanPrediction = replicates.map(\.mean)
  }
}

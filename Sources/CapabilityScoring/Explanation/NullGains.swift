import ModelExplanation
import StatisticalLearning

extension ScoringExplainer {
  /// The gains of the model's trees against those of trees grown alike on shuffled outcomes.
  ///
  /// - Parameters:
  ///   - survey: The firms of the training, with their outcomes.
  ///   - count: How many shuffles.
  /// - Returns: One per outcome; `nil` for one without trees.
  public func nullGains(_ survey: ScoringSurvey, count: Int) throws -> [NullCorrectedGain?] {
    precondition(count >= 1, "\(count) shuffles")
    let players = ExplanationPlayers(model)
    return try model.outcomes.indices.map { index in
      let own = model.outcomes[index]
      guard own.linearShare < 1,
        let outcome = survey.outcomes.firstIndex(where: { $0.id == own.id })
      else { return nil }
      let trainer = try OutcomeTrainer(survey: survey, outcome: outcome, settings: model.record.settings)
      // Both sides are grown alike, each as one of the replicates is, on the firms given.
      let observed = try gains(trainer, targets: trainer.outcome.targets, salt: 0, players: players)
      let null = try Parallel.map(count: count, threadCount: threadCount) { shuffle throws in
        var generator = CounterBasedGenerator(seed: seed, purpose: "null gain", name: own.id, index: shuffle)
        return try gains(
          trainer, targets: trainer.outcome.targets.shuffled(using: &generator), salt: shuffle + 1, players: players)
      }
      return NullCorrectedGain(observed, null: null)
    }
  }

  private func gains(
    _ trainer: OutcomeTrainer, targets: [Double], salt: Int, players: ExplanationPlayers
  ) throws -> GainImportance {
    let trees = try trainer.fitTrees(
      trainer.survey, targets: targets, design: model.design, salt: salt, isReplicate: true)
    return try GainImportance(trees, grouping: players.grouping(of: trees))
  }
}

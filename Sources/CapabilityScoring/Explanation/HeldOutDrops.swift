import ModelEvaluation
import StatisticalLearning

/// How much worse firms that a model had not seen are told apart when a player's answers are shuffled: one model per fold,
/// all that is learned being learned within its training firms.
public struct HeldOutDrops: Sendable {
  let study: PermutationStudy?
}

extension ScoringExplainer {
  /// Refits the learner in use on the training firms of each fold, and shuffles among the held-out ones.
  ///
  /// - Parameters:
  ///   - survey: The firms of the training, with their outcomes.
  ///   - folds: How many.
  ///   - groups: One per firm: answers are shuffled among firms of a group; among all when `nil`.
  public func heldOutDrops(_ survey: ScoringSurvey, folds: Int, groups: [Int]? = nil) throws -> [HeldOutDrops] {
    let players = ExplanationPlayers(model)
    return try model.outcomes.indices.map { index in
      guard let outcome = survey.outcomes.firstIndex(where: { $0.id == model.outcomes[index].id }) else {
        return HeldOutDrops(study: nil)
      }
      var settings = model.record.settings
      settings.learner = model.record.outcomes[index].learner
      let trainer = try OutcomeTrainer(survey: survey, outcome: outcome, settings: settings)
      let assignment = try trainer.folds(count: folds, repeats: 1, seed: seed)
      let parts = try Parallel.map(count: assignment.splits.count, threadCount: threadCount) { fold throws in
        let split = assignment.splits[fold]
        return try drops(
          trainer, outcome: index, training: split.trainingRows, held: split.testRows, salt: fold,
          groups: groups)
      }
      let usable = parts.filter { $0.reference != nil }
      guard !usable.isEmpty else { return HeldOutDrops(study: nil) }
      // A firm counts once: folds weigh alike, as they are of a size.
      return HeldOutDrops(
        study: PermutationStudy(
          reference: usable.reduce(0) { $0 + $1.reference! } / Double(usable.count),
          drops: players.players.indices.map { player in usable.flatMap { $0.drops[player] } }))
    }
  }

  private func drops(
    _ trainer: OutcomeTrainer, outcome index: Int, training: [Int], held: [Int], salt: Int, groups: [Int]?
  ) throws -> PermutationStudy {
    let outcome = model.outcomes[index]
    let known = trainer.survey.selectingRows(training)
    let targets = training.map { trainer.outcome.targets[$0] }
    let design = OutcomeTrainer.design(learning: known, settings: trainer.settings)
    let linear =
      outcome.linearShare > 0
      ? try trainer.fitLinear(known, targets: targets, design: design, salt: salt).part : nil
    let trees =
      outcome.linearShare < 1 ? try trainer.fitTrees(known, targets: targets, design: design, salt: salt) : nil
    let fitted = ScoringModel(
      columns: model.columns, capabilities: model.capabilities, design: design,
      outcomes: [
        OutcomeModel(
          id: outcome.id, kind: outcome.kind, linearShare: outcome.linearShare, calibration: outcome.calibration,
          linear: linear, trees: trees)
      ], joint: nil, record: model.record)
    let test = trainer.survey.selectingRows(held)
    return try PermutationStudy(
      ReplicateScorer(model: fitted, outcome: 0, replicate: 0), players: ExplanationPlayers(fitted),
      firms: FirmSet(test.answers, design: design), targets: held.map { trainer.outcome.targets[$0] },
      weights: test.weights, groups: groups.map { groups in held.map { groups[trainer.rows[$0]] } }, metric: metric,
      repeatCount: repeatCount, seed: seed &+ UInt64(salt), threadCount: 1)
  }
}

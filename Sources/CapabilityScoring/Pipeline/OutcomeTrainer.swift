import BoostedTrees
import Foundation
import ModelEvaluation
import StatisticalLearning

/// Trains the scorer of one outcome: evaluates the candidates on held-out firms, chooses, calibrates, fits on all firms,
/// and makes the replicates that intervals rest on.
struct OutcomeTrainer: Sendable {
  /// Only the firms whose outcome is known and whose weight is positive.
  let survey: ScoringSurvey
  let outcome: ScoringSurvey.Outcome
  var settings: TrainingSettings
  /// Where each of these firms stands in the whole survey.
  let rows: [Int]
  let wholeFirmCount: Int
  let monotonicity: Monotonicity

  init(survey: ScoringSurvey, outcome index: Int, settings: TrainingSettings) throws {
    let outcome = survey.outcomes[index]
    rows = survey.weights.indices.filter { survey.weights[$0] > 0 && !outcome.targets[$0].isNaN }
    wholeFirmCount = survey.firmCount
    self.survey = survey.selectingRows(rows)
    self.outcome = self.survey.outcomes[index]
    self.settings = settings
    monotonicity = Monotonicity(columns: survey.answers.columns, capabilities: survey.capabilities)
    guard !rows.isEmpty else { throw TrainingError.noRows }
    guard Set(self.outcome.targets).count > 1 else { throw TrainingError.singleClass }
  }

  var threadCount: Int { settings.threadCount > 0 ? settings.threadCount : Parallel.defaultThreadCount }

  var candidates: [TrainingSettings.Learner] {
    // Trees are offered for binary outcomes; a continuous one is regressed.
    if outcome.kind == .continuous { return [.logistic] }
    return settings.learner == .auto ? [.logistic, .boostedTrees, .blend] : [settings.learner]
  }

  /// The design that the learners of `settings` are given.
  static func design(learning survey: ScoringSurvey, settings: TrainingSettings) -> DesignEncoding {
    var detail = DesignEncoding.Detail.plain
    if settings.shrinkage == .spikeAndSlab, settings.learner != .boostedTrees {
      detail.hasSteps = true
      let linkable = Monotonicity(columns: survey.answers.columns, capabilities: survey.capabilities).linkable
      // More pairs than that say nothing on a few hundred firms, and cost time on thousands.
      if linkable.count <= largestLinkedCount { detail.linked = linkable }
    }
    return DesignEncoding(
      learning: survey.answers, capabilityCount: survey.capabilities.count, weights: survey.weights, detail: detail)
  }

  /// Weakest links are looked for among at most so many capabilities.
  static let largestLinkedCount = 24

  // MARK: Held-out firms

  /// Folds that keep the share of the outcome.
  func folds(count: Int, repeats: Int, seed: UInt64) throws -> FoldAssignment {
    let strata =
      outcome.kind == .binary
      ? outcome.targets : Strata.quantileGroups(of: outcome.targets, groupCount: 5)
    return try .stratified(
      strata: Strata.combinations(of: [strata]), foldCount: min(count, rows.count), repeatCount: repeats, seed: seed)
  }

  /// The raw scores of every candidate for firms that its models had not seen: everything that is learned (imputation,
  /// marks, penalty, trees) is learned within the training firms of the fold.
  func outOfFoldScores(_ assignment: FoldAssignment) throws -> [CandidateScores] {
    let splits = assignment.splits
    let needsLinear = candidates.contains { $0 != .boostedTrees }
    let needsTrees = candidates.contains { $0 != .logistic }
    let scored = try Parallel.map(count: splits.count, threadCount: threadCount) { index throws in
      let split = splits[index]
      let training = survey.selectingRows(split.trainingRows)
      let held = survey.selectingRows(split.testRows)
      let targets = split.trainingRows.map { outcome.targets[$0] }
      let design = Self.design(learning: training, settings: settings)
      let linear = needsLinear ? try fitLinear(training, targets: targets, design: design, salt: index).part : nil
      let trees = needsTrees ? try fitTrees(training, targets: targets, design: design, salt: index) : nil
      return (
        linear: linear?.rawScores(for: design.design(for: held.answers)) ?? [],
        trees: trees.map { TreeRows.rawScores(of: $0, answers: held.answers, design: design) } ?? []
      )
    }
    return candidates.map { learner in
      var rawScores = [[Double]](
        repeating: [Double](repeating: 0, count: rows.count), count: assignment.repeatCount)
      for (split, scores) in zip(splits, scored) {
        for (position, row) in split.testRows.enumerated() {
          rawScores[split.repeatIndex][row] =
            switch learner {
            case .boostedTrees: scores.trees[position]
            case .blend: (scores.linear[position] + scores.trees[position]) / 2
            case .logistic, .auto: scores.linear[position]
            }
        }
      }
      return CandidateScores(learner: learner, rawScores: rawScores)
    }
  }

  // MARK: Fits

  /// - Parameter drawCount: Draws of the posterior to keep; a penalty has none.
  func fitLinear(
    _ survey: ScoringSurvey, targets: [Double], design: DesignEncoding, salt: Int, drawCount: Int = 0
  ) throws -> LinearLearning.Result {
    var matrix = design.design(for: survey.answers)
    var features = design.features(for: survey.answers.columns, capabilities: survey.capabilities)
    var bounds = settings.isMonotone ? monotonicity.bounds(for: design) : nil
    let experts = expertIndex(design)
    if let experts {
      bounds = experts.extended(bounds, width: matrix.columnCount)
      matrix = experts.extended(matrix)
      features = experts.extended(features)
    }
    let weights = survey.weights
    let result: LinearLearning.Result
    if settings.shrinkage == .spikeAndSlab {
      result = try SparseLearning(
        kind: outcome.kind, design: design, columns: survey.answers.columns, bounds: bounds, drawCount: drawCount,
        seed: settings.seed, stream: "\(outcome.id)/\(salt)", hasExpertIndex: experts != nil
      ).fit(matrix: matrix, features: features, targets: targets, weights: weights)
    } else {
      let learning = LinearLearning(
        kind: outcome.kind, settings: settings, bounds: bounds, hasExpertIndex: experts != nil)
      let inner = try FoldAssignment.stratified(
        strata: Strata.combinations(of: [
          outcome.kind == .binary ? targets : Strata.quantileGroups(of: targets, groupCount: 5)
        ]), foldCount: min(settings.innerFolds, targets.count), repeatCount: 1,
        seed: settings.seed &+ UInt64(truncatingIfNeeded: salt), weights: weights)
      result = try learning.fit(
        design: matrix, features: features, targets: targets, weights: weights, folds: inner.foldIDs[0])
    }
    return experts.map { $0.folded(result, design: design, columns: survey.answers.columns) } ?? result
  }

  func expertIndex(_ design: DesignEncoding) -> ExpertIndex? {
    ExpertIndex(
      settings.prior, outcome: outcome.id, design: design, columns: survey.answers.columns,
      capabilities: survey.capabilities)
  }

  func fitTrees(
    _ survey: ScoringSurvey, targets: [Double], design: DesignEncoding, salt: Int, isReplicate: Bool = false
  ) throws -> TreeEnsemble {
    try TreeLearning(
      kind: outcome.kind, seed: settings.seed &+ UInt64(truncatingIfNeeded: salt),
      monotonicity: settings.isMonotone ? monotonicity : nil
    ).fit(
      answers: survey.answers, design: design, targets: targets, weights: survey.weights, isReplicate: isReplicate)
  }
}

import BoostedTrees
import Foundation
import ModelEvaluation
import StatisticalLearning

/// Trains a ``ScoringModel`` on a survey: for each outcome the candidates are compared on held-out firms, one is chosen,
/// calibrated and fitted on all firms. Intervals rest on replicates: draws of the linear part's posterior, refits of the rest
/// on bootstrap samples of firms, the same samples for every outcome.
public struct ScoringTrainer: Sendable {
  public var settings: TrainingSettings
  /// Told what is being done, and the part of it that is done, in `0...1`; from any thread.
  public var progress: (@Sendable (String, Double) -> Void)?

  public init(settings: TrainingSettings = TrainingSettings(), progress: (@Sendable (String, Double) -> Void)? = nil) {
    self.settings = settings
    self.progress = progress
  }

  /// - Throws: ``StatisticalLearning/TrainingError`` when an outcome can't be learned.
  public func train(_ survey: ScoringSurvey) throws -> ScoringModel {
    let survey = counted(survey)
    var design = OutcomeTrainer.design(learning: survey, settings: settings)
    var models: [OutcomeModel] = []
    var records: [OutcomeRecord] = []
    var heldOut: [[Double]] = []
    for index in survey.outcomes.indices {
      let trainer = try OutcomeTrainer(survey: survey, outcome: index, settings: settings)
      progress?("\(survey.outcomes[index].id): comparing on held-out firms", 0)
      let fitted = try trainer.train(design: design)
      models.append(fitted.model)
      records.append(fitted.record)
      heldOut.append(fitted.heldOut)
    }
    (design, models) = Self.withoutIdleColumns(design, models)
    models = try replicated(models, records: records, survey: survey, design: design)
    return ScoringModel(
      columns: survey.answers.columns, capabilities: survey.capabilities, design: design, outcomes: models,
      joint: .learn(survey: survey, heldOut: heldOut, settings: settings),
      record: ScoringRecord(settings: settings, outcomes: records))
  }

  /// Leaves out steps and weakest links that no outcome uses.
  private static func withoutIdleColumns(
    _ design: DesignEncoding, _ models: [OutcomeModel]
  ) -> (DesignEncoding, [OutcomeModel]) {
    let parts = models.flatMap { [$0.linear].compactMap { $0 } + $0.linearReplicates }
    let kept = design.columns.indices.filter { index in
      switch design.columns[index] {
      case .step, .weakest: parts.contains { $0.coefficients[index] != 0 }
      case .item, .score, .level, .missing: true
      }
    }
    guard kept.count < design.columns.count else { return (design, models) }
    func selecting(_ part: LinearPart) -> LinearPart {
      LinearPart(intercept: part.intercept, coefficients: kept.map { part.coefficients[$0] })
    }
    return (
      design.selectingColumns(kept),
      models.map {
        OutcomeModel(
          id: $0.id, kind: $0.kind, linearShare: $0.linearShare, calibration: $0.calibration,
          linear: $0.linear.map(selecting), trees: $0.trees, linearReplicates: $0.linearReplicates.map(selecting),
          treeReplicates: $0.treeReplicates)
      }
    )
  }

  /// The survey with the weights that count in learning: its own, or 1 for every firm that has any.
  private func counted(_ survey: ScoringSurvey) -> ScoringSurvey {
    settings.usesWeights ? survey : survey.weighted(by: survey.weights.map { $0 > 0 ? 1 : 0 })
  }

  /// The raw scores of a learner for firms that its models had not seen, all that is learned being learned within the
  /// training firms of each fold.
  ///
  /// - Parameter folds: Over the firms whose outcome is known and whose weight is positive, in their order.
  /// - Returns: These firms' rows in the survey, and per repeat one raw score for each (not calibrated).
  public func heldOutScores(
    _ survey: ScoringSurvey, outcome: Int, learner: TrainingSettings.Learner, folds: FoldAssignment
  ) throws -> (rows: [Int], rawScores: [[Double]]) {
    var settings = settings
    settings.learner = learner
    let trainer = try OutcomeTrainer(survey: counted(survey), outcome: outcome, settings: settings)
    return (trainer.rows, try trainer.outOfFoldScores(folds)[0].rawScores)
  }

  /// The models with the replicates that need bootstrap samples.
  private func replicated(
    _ models: [OutcomeModel], records: [OutcomeRecord], survey: ScoringSurvey, design: DesignEncoding
  ) throws -> [OutcomeModel] {
    guard settings.bootstrap > 0, models.contains(where: { $0.trees != nil || $0.linearReplicates.isEmpty }) else {
      return models
    }
    let trainers = try survey.outcomes.indices.map {
      try OutcomeTrainer(survey: survey, outcome: $0, settings: settings)
    }
    let matrices = trainers.map { design.design(for: $0.survey.answers) }
    let counter = ProgressCounter(total: settings.bootstrap * models.count) { [progress] done in
      progress?("bootstrap replicates", done)
    }
    let threadCount = settings.threadCount > 0 ? settings.threadCount : Parallel.defaultThreadCount
    let fits = try Parallel.map(count: settings.bootstrap * models.count, threadCount: threadCount) { task throws in
      let (replicate, index) = task.quotientAndRemainder(dividingBy: models.count)
      defer { counter.advance() }
      return try trainers[index].replicate(
        replicate, of: models[index], record: records[index], design: design, matrix: matrices[index],
        firmCount: survey.firmCount)
    }
    return models.indices.map { index in
      let own = (0..<settings.bootstrap).map { fits[$0 * models.count + index] }
      let model = models[index]
      return OutcomeModel(
        id: model.id, kind: model.kind, linearShare: model.linearShare, calibration: model.calibration,
        linear: model.linear, trees: model.trees,
        linearReplicates: model.linearReplicates.isEmpty ? own.compactMap(\.linear) : model.linearReplicates,
        treeReplicates: own.compactMap(\.trees))
    }
  }
}

extension OutcomeTrainer {
  /// Compares, chooses, calibrates and fits on all firms. `heldOut` is the calibrated out-of-fold raw score of the chosen
  /// learner for each firm of the whole survey (mean over repeats), `NaN` where the outcome is not known.
  func train(design: DesignEncoding) throws -> (model: OutcomeModel, record: OutcomeRecord, heldOut: [Double]) {
    let assignment = try folds(count: settings.folds, repeats: settings.repeats, seed: settings.seed)
    let scores = try outOfFoldScores(assignment)
    let records = try scores.map {
      try $0.record(kind: outcome.kind, targets: outcome.targets, weights: survey.weights)
    }
    let chosen = try CandidateChoice.choose(
      among: scores, kind: outcome.kind, targets: outcome.targets, weights: survey.weights)
    let learner = scores[chosen].learner
    let (calibration, methods) = try scores[chosen].calibration(
      kind: outcome.kind, targets: outcome.targets, weights: survey.weights, method: settings.calibration,
      seed: settings.seed)
    let linear =
      learner == .boostedTrees
      ? nil : try fitLinear(survey, targets: outcome.targets, design: design, salt: .max, drawCount: settings.bootstrap)
    let trees =
      learner == .boostedTrees || learner == .blend
      ? try fitTrees(survey, targets: outcome.targets, design: design, salt: .max) : nil
    let share = linear == nil ? 0 : trees == nil ? 1 : 0.5
    let model = OutcomeModel(
      id: outcome.id, kind: outcome.kind, linearShare: share, calibration: calibration, linear: linear?.part,
      trees: trees, linearReplicates: linear?.draws ?? [])
    let record = OutcomeRecord(
      id: outcome.id, firmCount: rows.count,
      eventCount: outcome.kind == .binary ? outcome.targets.filter { $0 == 1 }.count : rows.count, learner: learner,
      candidates: records, penaltyStrength: linear?.strength, designColumnCount: design.columns.count,
      calibration: calibration, prior: try linear?.prior.map { try priorRecord($0, assignment: assignment) },
      calibrationMethods: methods.isEmpty ? nil : methods)
    var heldOut = [Double](repeating: .nan, count: wholeFirmCount)
    for (i, row) in rows.enumerated() {
      heldOut[row] = calibration(scores[chosen].rawScores.reduce(0) { $0 + $1[i] } / Double(assignment.repeatCount))
    }
    return (model, record, heldOut)
  }

  /// How often each firm is drawn in a replicate: the same for all outcomes.
  static func bootstrapCounts(_ replicate: Int, firmCount: Int, seed: UInt64) -> [Int] {
    var generator = CounterBasedGenerator(seed: seed, purpose: "bootstrap", index: replicate)
    return generator.bootstrapCounts(firmCount)
  }

  /// The learner of a model, refitted on a bootstrap sample of the firms: see ``PosteriorDraw`` for a penalised linear part.
  /// Draws of a posterior are made with the model itself.
  func replicate(
    _ replicate: Int, of model: OutcomeModel, record: OutcomeRecord, design: DesignEncoding, matrix: Matrix,
    firmCount: Int
  ) throws -> (linear: LinearPart?, trees: TreeEnsemble?) {
    let counts = Self.bootstrapCounts(replicate, firmCount: firmCount, seed: settings.seed)
    let weights = rows.indices.map { survey.weights[$0] * Double(counts[rows[$0]]) }
    let drawn = Set(rows.indices.filter { weights[$0] > 0 }.map { outcome.targets[$0] })
    // A sample without both outcomes has nothing to fit; the model itself stands for it. It happens with tiny samples.
    guard drawn.count > 1 else { return (model.linear, model.trees) }
    var linear: LinearPart?
    if model.linear != nil, model.linearReplicates.isEmpty, let strength = record.penaltyStrength {
      var draw = PosteriorDraw(
        kind: outcome.kind, l1Ratio: settings.l1Ratio, strength: strength,
        bounds: settings.isMonotone ? monotonicity.bounds(for: design) : nil,
        residualVariance: outcome.kind == .binary ? 1 : record.candidates[0].loss)
      var features = design.features(for: survey.answers.columns, capabilities: survey.capabilities)
      let experts = expertIndex(design)
      if let experts {
        draw.bounds = experts.extended(draw.bounds, width: features.count)
        draw.penaltyFactors = features.map { _ in 1 } + [0]
        features = experts.extended(features)
      }
      let part = try draw.fit(
        design: experts.map { $0.extended(matrix) } ?? matrix, features: features, targets: outcome.targets,
        weights: weights
      ) { column in
        var generator = CounterBasedGenerator(
          seed: settings.seed, purpose: "prior", name: "\(outcome.id)/\(features[column].name)", index: replicate)
        return generator.normal()
      }
      linear = experts.map { $0.folded(part) } ?? part
    }
    var trees: TreeEnsemble?
    if model.trees != nil {
      trees = try fitTrees(
        survey.weighted(by: weights), targets: outcome.targets, design: design, salt: replicate,
        isReplicate: true)
    }
    return (linear, trees)
  }
}

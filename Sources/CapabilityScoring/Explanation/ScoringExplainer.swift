import ModelExplanation
import StatisticalLearning

/// Explains a model, on the firms of a survey or by what its file holds.
public struct ScoringExplainer: Sendable {
  /// Firms to explain a model on.
  public struct Firms: Sendable {
    public var answers: AnswerTable
    /// Per outcome of the model, `NaN` where it is not known; empty when the survey does not hold it.
    public var targets: [[Double]]
    public var weights: [Double]
    /// One per firm: answers are shuffled among firms of a group, such as a sector; among all when `nil`.
    public var groups: [Int]?

    public init(answers: AnswerTable, targets: [[Double]], weights: [Double]? = nil, groups: [Int]? = nil) {
      self.answers = answers
      self.targets = targets
      self.groups = groups
      self.weights = weights ?? [Double](repeating: 1, count: answers.rowCount)
    }
  }

  public let model: ScoringModel
  /// The firm that others are compared with.
  public let reference: AnswerTable
  /// Per capability, its level at the lower and upper quartile of the training's firms; empty when not known.
  public let quartiles: [(lower: Double, upper: Double)]
  public var level = 0.9
  public var metric = ImportanceMetric.areaUnderROC
  public var repeatCount = 10
  /// At most this many firms are averaged over, evenly spread over the survey; drops are on all of them.
  public var firmLimit: Int
  public var pairCount = 10
  public var seed: UInt64 = 1
  public var threadCount = Parallel.defaultThreadCount
  /// Whether to compute shapes.
  public var wantsShapes = false
  /// Whether to lay out the capabilities by how their answers go together.
  public var wantsMap = false
  /// Drops of models that had not seen the firms, from ``heldOutDrops(_:folds:groups:)``, instead of this model's own.
  public var heldOutDrops: [HeldOutDrops]?
  /// The trees' gains less what they are without any association, from ``nullGains(_:count:)``.
  public var nullGains: [NullCorrectedGain?] = []
  /// Told what is being done.
  public var progress: (@Sendable (String) -> Void)?

  public init(model: ScoringModel, reference: AnswerTable? = nil, peers: PeerSummaries? = nil) {
    self.model = model
    self.reference = reference ?? model.typicalFirm
    quartiles =
      peers?.groups.first { $0.traits.isEmpty }?.levels.map { levels in
        levels.count == 21 ? (levels[5], levels[15]) : (0.25, 0.75)
      } ?? model.capabilities.map { _ in (0.25, 0.75) }
    // Trees take their time: fewer firms tell nearly as much.
    firmLimit = model.outcomes.contains { $0.linearShare < 1 } ? 100 : 500
  }

  public func explain(_ survey: Firms?) throws -> ScoringExplanation {
    let players = ExplanationPlayers(model)
    let typical = FirmSet(reference, design: model.design)
    var parts = Parts(players: players)
    progress?("quartile contrasts")
    let contrasts = QuartileContrast.contrasts(
      model: model, quartiles: quartiles, reference: typical, threadCount: threadCount)
    parts.contrasts = contrasts.outcomes
    parts.contrastsOfBoth = contrasts.both
    parts.reference = model.outcomes.indices.map { outcome in
      (0...model.replicateCount).map { replicate in
        let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: replicate)
        return scorer.prediction(scorer.rawScores(typical)[0])
      }
    }
    guard let survey else {
      if wantsShapes {
        parts.shapes = CapabilityShapes(
          curves: ShapeStudy(model: model, firms: typical, weights: [1], level: level, threadCount: threadCount)
            .curves(kind: .typicalFirm) { _ in [] }, surfaces: [])
      }
      return assembled(parts, firmCount: 0, surveyFirmCount: 0)
    }

    // A firm of weight 0 is no firm.
    let counted = survey.weights.indices.filter { survey.weights[$0] > 0 }
    let rows = PairStudy.evenly(counted.count, firmLimit).map { counted[$0] }
    let firms = FirmSet(survey.answers.selectingRows(rows), design: model.design)
    let weights = rows.map { survey.weights[$0] }
    for outcome in model.outcomes.indices {
      progress?("contributions to \(model.outcomes[outcome].id)")
      parts.importances.append(
        try GlobalImportance(
          model: model, outcome: outcome, players: players, firms: firms, weights: weights, reference: typical,
          threadCount: threadCount))
    }
    progress?("uplifts")
    if !model.capabilities.isEmpty {
      parts.uplifts = AverageUplifts(model: model, firms: firms, weights: weights, threadCount: threadCount)
    }
    progress?("shuffles")
    parts.studies = try heldOutDrops.map { drops in drops.map(\.study) } ?? ownDrops(survey, players: players)
    progress?("pairs")
    let levels = model.capabilityLevels(of: survey.answers)
    let countedLevels = levels.map { own in counted.map { own[$0] } }
    let own = countedLevels.map { values -> (lower: Double, upper: Double) in
      let cut = PeerSummaries.quantiles(values, count: 4)
      return cut.count == 5 ? (cut[1], cut[3]) : (0, 0)
    }
    parts.pairs = try PairStudy(
      model: model, players: players, firms: firms, weights: weights, quartiles: own, level: level,
      threadCount: threadCount
    ).strongest(pairCount)
    if wantsShapes {
      progress?("shapes")
      parts.shapes = shapes(firms: firms, weights: weights, pairs: parts.pairs)
    }
    var explanation = assembled(parts, firmCount: rows.count, surveyFirmCount: counted.count)
    if wantsMap {
      progress?("map of capabilities")
      explanation.map = CapabilityAtlas(
        levels: model.answeredLevels(of: survey.answers), weights: survey.weights, seed: seed, threadCount: threadCount)
    }
    explanation.complementarity = PracticeComplementarity(
      candidates: explanation.entries.compactMap { entry in
        guard entry.place != nil else { return nil }
        return model.capabilities.firstIndex { $0.id == entry.id }.map { ($0, entry.id) }
      }, levels: countedLevels,
      outcomes: model.outcomes.indices.compactMap { index in
        survey.targets.indices.contains(index) && !survey.targets[index].isEmpty
          ? (model.outcomes[index].id, counted.map { survey.targets[index][$0] }) : nil
      }, context: contextColumns(survey.answers.selectingRows(counted)), weights: counted.map { survey.weights[$0] },
      seed: seed)
    return explanation
  }

  /// What firms can't choose, as the linear part sees it: the columns of the design that measure no capability.
  private func contextColumns(_ answers: AnswerTable) -> [[Double]] {
    let design = model.design.design(for: answers)
    return model.design.columns.indices.filter { index in
      switch model.design.columns[index] {
      case .item(let item), .level(let item, _): model.columns[item].capability == nil
      case .score, .missing, .step, .weakest: false
      }
    }.map { design.column($0) }
  }

  private func shapes(firms: FirmSet, weights: [Double], pairs: [PairSynergy]) -> CapabilityShapes {
    let study = ShapeStudy(model: model, firms: firms, weights: weights, level: level, threadCount: threadCount)
    let levels = model.capabilityLevels(of: firms.answers)
    let dependence = study.curves(kind: .partialDependence) { capability in
      ShapeStudy.density(levels[capability], weights: weights, levels: ShapeStudy.grid)
    }
    let strongest = pairs.prefix(3).compactMap { pair -> (first: Int, second: Int)? in
      guard let first = model.capabilities.firstIndex(where: { $0.id == pair.first }),
        let second = model.capabilities.firstIndex(where: { $0.id == pair.second })
      else { return nil }
      return (first, second)
    }
    return CapabilityShapes(curves: dependence + study.localCurves(), surfaces: study.surfaces(strongest))
  }

  /// This model's own drops on the firms whose outcomes are known; `nil` per outcome that the survey does not hold.
  private func ownDrops(_ survey: Firms, players: ExplanationPlayers) throws -> [PermutationStudy?] {
    try model.outcomes.indices.map { outcome in
      guard survey.targets.indices.contains(outcome) else { return nil }
      let targets = survey.targets[outcome]
      let known = targets.indices.filter { !targets[$0].isNaN && survey.weights[$0] > 0 }
      guard known.count > 1 else { return nil }
      return try PermutationStudy(
        ReplicateScorer(model: model, outcome: outcome, replicate: 0), players: players,
        firms: FirmSet(survey.answers.selectingRows(known), design: model.design),
        targets: known.map { targets[$0] }, weights: known.map { survey.weights[$0] },
        groups: survey.groups.map { groups in known.map { groups[$0] } }, metric: metric,
        repeatCount: repeatCount, seed: seed, threadCount: threadCount)
    }
  }
}

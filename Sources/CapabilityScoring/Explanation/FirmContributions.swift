import ModelExplanation
import StatisticalLearning

/// What moves one firm's chances away from those of a reference firm: a waterfall in probability.
///
/// Per outcome, `reference + Σ contributions = prediction`, for the model and for every replicate. See ``ScoreChanges``
/// for the method. Contributions describe the model, and associations: not what would happen.
public struct FirmContributions: Sendable, Equatable, Codable {
  public struct Contribution: Sendable, Equatable, Codable {
    /// Of a capability, or of a column that measures none.
    public var id: String
    public var isCapability: Bool
    /// In probability for a binary outcome.
    public var value: FirmDiagnosis.Estimate
  }

  public struct Outcome: Sendable, Equatable, Codable {
    public var id: String
    public var kind: OutcomeModel.Kind
    public var reference: FirmDiagnosis.Estimate
    public var prediction: FirmDiagnosis.Estimate
    /// Largest first.
    public var contributions: [Contribution]
    /// `prediction − reference − Σ contributions`: rounding alone.
    public var additivityResidual: Double
  }

  public var id: String
  public var outcomes: [Outcome]
}

/// Computes the contributions of firms against a reference.
public struct ContributionExplainer: Sendable {
  public let model: ScoringModel
  public let players: ExplanationPlayers
  public let level: Double
  private let reference: FirmSet

  /// - Parameters:
  ///   - reference: One firm's answers; the firm of average answers unless given.
  ///   - level: Of the intervals over the model's replicates.
  public init(model: ScoringModel, reference: AnswerTable? = nil, level: Double = 0.9) {
    let reference = reference ?? model.typicalFirm
    precondition(reference.rowCount == 1, "\(reference.rowCount) reference firms")
    self.model = model
    self.level = level
    players = ExplanationPlayers(model)
    self.reference = FirmSet(reference, design: model.design)
  }

  public func contributions(
    of answers: AnswerTable, ids: [String], threadCount: Int = Parallel.defaultThreadCount
  ) throws -> [FirmContributions] {
    let firms = FirmSet(answers, design: model.design)
    let outcomes = try model.outcomes.indices.map { try outcome($0, firms: firms, threadCount: threadCount) }
    return ids.indices.map { firm in FirmContributions(id: ids[firm], outcomes: outcomes.map { $0[firm] }) }
  }

  /// One outcome of every firm.
  private func outcome(_ index: Int, firms: FirmSet, threadCount: Int) throws -> [FirmContributions.Outcome] {
    let outcome = model.outcomes[index]
    struct Replicate {
      let reference: Double
      let predictions: [Double]
      let changes: [Double]
    }
    let replicates = try Parallel.map(count: outcome.replicateCount + 1, threadCount: threadCount) { replicate throws in
      let scorer = ReplicateScorer(model: model, outcome: index, replicate: replicate)
      let changes = try ScoreChanges(scorer, players: players, firms: firms, reference: reference)
      var shapley = LogisticShapley()
      return Replicate(
        reference: scorer.prediction(changes.reference),
        predictions: scorer.rawScores(firms).map { scorer.prediction($0) },
        changes: changes.predictionChanges(isProbability: outcome.kind == .binary, using: &shapley))
    }
    let n = firms.count
    let kind = FirmScorer.ranker(for: model).intervalKind
    return (0..<n).map { firm in
      let contributions = players.players.indices.map { player in
        FirmContributions.Contribution(
          id: players.players[player].id, isCapability: players.players[player].capability != nil,
          value: .init(replicates: replicates.map { $0.changes[player * n + firm] }, level: level, kind: kind))
      }
      let sum = contributions.reduce(0) { $0 + $1.value.value }
      return FirmContributions.Outcome(
        id: outcome.id, kind: outcome.kind,
        reference: .init(prediction: replicates.map(\.reference), level: level),
        prediction: .init(prediction: replicates.map { $0.predictions[firm] }, level: level),
        contributions: contributions.enumerated().sorted {
          let (a, b) = (abs($0.element.value.value), abs($1.element.value.value))
          return a == b ? $0.offset < $1.offset : a > b
        }.map(\.element),
        additivityResidual: replicates[0].predictions[firm] - replicates[0].reference - sum)
    }
  }
}

extension FirmDiagnosis.Estimate {
  /// The model's figure, first, with the interval of its replicates.
  init(replicates: [Double], level: Double, kind: ReplicateIntervalKind) {
    var others = replicates.dropFirst().filter(\.isFinite)
    let interval = others.withUnsafeMutableBufferPointer {
      kind.interval(estimate: replicates[0], replicates: $0, level: level)
    }
    self.init(
      value: replicates[0], lower: interval?.lower ?? replicates[0], upper: interval?.upper ?? replicates[0])
  }

  /// A prediction, first, with the percentiles of its replicates, as ``FirmScorer`` gives it.
  init(prediction replicates: [Double], level: Double) {
    self.init(replicates: replicates, level: level, kind: .percentile)
    lower = min(lower, value)
    upper = max(upper, value)
  }
}

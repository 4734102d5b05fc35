import Foundation
import ModelEvaluation
import StatisticalLearning

/// Candidates for a benchmark on a survey. Everything that is learned, with or without the outcome, is learned from the
/// training firms of each split: how gaps are filled, which marks and levels occur, penalties, trees, the index's weights
/// and its line to log-odds, the choice of `auto`.
public struct SurveyBenchmark: Sendable {
  /// The whole survey; weights that count in learning.
  public let survey: ScoringSurvey
  /// Columns of the answers that a firm cannot choose.
  public let contextColumns: [Int]
  public var settings: TrainingSettings
  /// The weight of each capability by experts' judgements; `nil` where there are none.
  public var hierarchyWeights: [Double]?
  /// Rows that must not be split inside training sets either; `nil` for none.
  public var groups: [Int]?
  /// The degree of development of each capability, `[firm][capability]`: a firm's own answers alone make it.
  let developments: [[Double]]
  /// Whether `auto` compares its three learners by repeated cross-validation within every training set, and calibrates,
  /// as `train` does; otherwise it uses the out-of-fold scores that each fit leaves behind, ten times as fast.
  public var isNested = false

  public init(survey: ScoringSurvey, contextColumns: [Int], settings: TrainingSettings = TrainingSettings()) {
    precondition(
      contextColumns.allSatisfy { survey.answers.columns.indices.contains($0) }, "context columns of another survey")
    self.survey =
      settings.usesWeights ? survey : survey.weighted(by: survey.weights.map { $0 > 0 ? 1 : 0 })
    self.contextColumns = contextColumns
    self.settings = settings
    developments = SplitLearning.developments(of: survey.answers, capabilityCount: survey.capabilities.count)
  }

  /// The outcomes, as a benchmark takes them.
  public var outcomes: [BenchmarkOutcome] {
    survey.outcomes.map { outcome in
      BenchmarkOutcome(
        name: outcome.id, kind: outcome.kind == .binary ? .binary : outcome.levelCount == nil ? .continuous : .ordered,
        values: outcome.targets, levelCount: outcome.levelCount)
    }
  }

  /// The chance of each level of ordered outcomes: thresholds of proportional odds on what is predicted.
  public var levels: BenchmarkLevels { BenchmarkLevels(learn: LevelThresholds.distribution) }

  /// Why a candidate can't take part on this survey; `nil` when it can.
  public func obstacle(to candidate: SurveyCandidate) -> String? {
    switch candidate {
    case .context where contextColumns.isEmpty: "the codebook names no context columns"
    case .indexEqual where survey.capabilities.isEmpty, .indexValueTest where survey.capabilities.isEmpty,
      .indexHierarchy where survey.capabilities.isEmpty:
      "the codebook names no capabilities"
    case .indexHierarchy where hierarchyWeights == nil: "it needs experts' judgements"
    case .monotoneRidge where !isConstrained, .monotoneTrees where !isConstrained:
      "no actionable capability has a known direction, so that it is the same without constraints"
    default: nil
    }
  }

  /// All candidates that can take part.
  public var availableCandidates: [SurveyCandidate] {
    SurveyCandidate.allCases.filter { obstacle(to: $0) == nil }
  }

  private var isConstrained: Bool {
    let monotonicity = Monotonicity(columns: survey.answers.columns, capabilities: survey.capabilities)
    return survey.answers.columns.indices.contains { monotonicity.sign(ofItem: $0) != 0 }
  }

  /// Candidates for a run with ``outcomes``.
  public func candidates(_ wanted: [SurveyCandidate]) -> [BenchmarkCandidate] {
    let outcomes = outcomes
    return wanted.map { candidate in
      if candidate == .baseRate {
        return .baseRate(name: candidate.rawValue, outcomes: outcomes, weights: survey.weights)
      }
      return BenchmarkCandidate(
        name: candidate.rawValue,
        sharing: { split, _, workspace in
          let learning = workspace.value("survey") { SplitLearning(benchmark: self, split: split) }
          let scorers = try outcomes.indices.map { try learning.scorer(candidate, outcome: $0) }
          return { rows in scorers.map { $0(rows) } }
        })
    }
  }

  /// The chance of both from the first two binary outcomes: Plackett's cross-ratio, by maximum likelihood.
  public var joint: BenchmarkJoint? {
    let binary = survey.outcomes.filter { $0.kind == .binary }
    guard binary.count >= 2 else { return nil }
    return BenchmarkJoint(first: binary[0].id, second: binary[1].id) { held in
      let likelihood = CrossRatioLikelihood(
        probabilitiesI: held.first.map(sigmoid), probabilitiesE: held.second.map(sigmoid),
        targetsI: held.firstOutcomes.map { $0 == 1 }, targetsE: held.secondOutcomes.map { $0 == 1 },
        weights: held.weights)
      guard likelihood.rowCount > 0 else { return nil }
      let ratio = CrossRatio(logValue: likelihood.maximum().logRatio)
      return { first, second in
        let states = ratio.states(innovationLogOdds: first, exportLogOdds: second)
        return log(states.both) - log(states.neither + states.innovationOnly + states.exportOnly)
      }
    }
  }
}

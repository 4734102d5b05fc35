import StatisticalLearning
import SurveyData

/// A firm's diagnosis and what belongs to it: with whom it is compared, what it lacks, which answers are missing or
/// unlike those of any firm that the model has seen, and a plan.
public struct FirmAssessment: Sendable, Equatable, Codable {
  public var diagnosis: FirmDiagnosis
  /// `nil` when the model was trained on fewer than ten firms.
  public var peers: PeerComparison?
  /// Positive gaps to comparable firms that do both, the largest first; empty when there are not ten of those.
  public var gaps: [CapabilityGap]
  public var unfamiliar: [UnfamiliarAnswer]
  public var decisive: [DecisiveAnswer]
  /// Ids of actionable capabilities of which the firm gave fewer than two thirds of the answers, but some.
  public var thinlyAnswered: [String]
  public var plan: FirmPlan?

  /// A share of missing answers from which on a diagnosis says little of the firm itself.
  public static let largestMissingShare = 1.0 / 3

  /// Whether too many answers are missing.
  public var isTooIncomplete: Bool { diagnosis.missingShare > Self.largestMissingShare }

  /// Whether the order's best lever is something else than the largest gap.
  public var gapDiffersFromLever: Bool {
    guard let gap = gaps.first, let lever = diagnosis.priorities.first else { return false }
    return gap.capability != lever.capability
  }
}

/// Assesses firms of a survey with a trained predictor.
public struct FirmAssessor: Sendable {
  public let predictor: SurveyPredictor
  public let ranker: PriorityRanker
  public let target: PriorityTarget
  /// What plans are made for; `nil` makes none.
  public let planning: FirmPlanner.Request?
  /// Whether missing answers are tried out: costs two points' worth of scoring per missing answer.
  public let probesMissingAnswers: Bool

  /// - Parameter ranker: `nil` orders by the chance of both, with the intervals that suit the model's replicates.
  public init(
    predictor: SurveyPredictor, ranker: PriorityRanker? = nil,
    target: PriorityTarget = .step, planning: FirmPlanner.Request? = nil, probesMissingAnswers: Bool = true
  ) {
    self.predictor = predictor
    self.ranker = ranker ?? FirmScorer.ranker(for: predictor.scoring)
    self.target = target
    self.planning = planning
    self.probesMissingAnswers = probesMissingAnswers
  }

  /// - Parameter encoded: Firms encoded by the predictor's own encoding.
  public func assess(
    _ encoded: EncodedSurvey, threadCount: Int = Parallel.defaultThreadCount
  ) -> [FirmAssessment] {
    let model = predictor.scoring
    let answers = predictor.answers(of: encoded)
    let levels = model.capabilityLevels(of: answers)
    let directions = model.capabilities.map(\.direction)
    let traits = encoded.peerTraits
    let peers = (0..<answers.rowCount).map { firm in
      predictor.peers.comparison(traits: traits[firm], levels: levels.map { $0[firm] }, directions: directions)
    }
    let targets: [[Double?]]? =
      target == .step
      ? nil : peers.map { $0?.targets(target) ?? [Double?](repeating: nil, count: model.capabilities.count) }
    let scorer = FirmScorer(model: model, ranker: ranker)
    let diagnoses = scorer.diagnose(answers, ids: encoded.firmIDs, targets: targets, threadCount: threadCount)
    let probe = probesMissingAnswers ? MissingAnswerProbe(scorer) : nil
    let planner = planning.map { FirmPlanner(model: model, objective: ranker.objective, ranker: ranker, request: $0) }
    return Parallel.map(count: diagnoses.count, threadCount: threadCount) { firm in
      let own = answers.selectingRows([firm])
      let successful = peers[firm]?.successful
      return FirmAssessment(
        diagnosis: diagnoses[firm], peers: peers[firm],
        gaps: successful.map {
          CapabilityGap.gaps(levels: levels.map { $0[firm] }, successful: $0, capabilities: model.capabilities)
        } ?? [],
        unfamiliar: model.unfamiliarAnswers(
          of: own, row: 0, unreadableReason: MissingReason.unreadable.rawValue),
        decisive: probe?.decisiveAnswers(
          answers: own, priorities: diagnoses[firm].priorities, targets: targets?[firm]) ?? [],
        thinlyAnswered: model.thinlyAnswered(own), plan: planner?.plan(own))
    }
  }
}

extension ScoringModel {
  /// Ids of actionable capabilities of which some answers, but fewer than two thirds, are given by the first firm.
  fileprivate func thinlyAnswered(_ answers: AnswerTable) -> [String] {
    capabilities.indices.filter { capabilities[$0].isActionable }.filter { capability in
      let items = columns.indices.filter { columns[$0].capability == capability }
      let answered = items.count { !answers.values[0, $0].isNaN }
      return answered > 0 && 3 * answered < 2 * items.count
    }.map { capabilities[$0].id }
  }
}

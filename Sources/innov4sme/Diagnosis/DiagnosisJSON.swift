import CapabilityScoring
import Foundation
import SurveyData

extension DiagnosisRendering {
  /// Everything that the table shows, of every firm, and all priorities. Names are in the language asked for; keys and
  /// ids are the same in every language. Figures without a value are left out.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = DiagnosisDocument(
      simulated: predictor.provenance.isSimulated,
      settings: .init(
        language: phrases.language.rawValue, objective: objective.name(in: predictor.scoring), target: target.rawValue,
        intervalLevel: level),
      sampleSize: predictor.scoring.sampleSizeGate, showsGroups: showsGroups, firms: assessments.map(entry))
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  private func entry(_ assessment: FirmAssessment) -> DiagnosisDocument.Firm {
    let diagnosis = assessment.diagnosis
    let capabilities = predictor.scoring.capabilities
    let percentiles = Dictionary(
      zip(capabilities.map(\.id), assessment.peers?.percentiles ?? []).map { ($0, $1) }
    ) { first, _ in first }
    return DiagnosisDocument.Firm(
      id: diagnosis.id, missingShare: diagnosis.missingShare, tooManyMissing: assessment.isTooIncomplete,
      outcomes: diagnosis.outcomes.map { outcome in
        .init(
          id: outcome.id, name: outcomeName(outcome.id),
          probability: outcome.kind == .binary ? outcome.estimate.value : nil,
          value: outcome.kind == .binary ? nil : outcome.estimate.value, lower: outcome.estimate.lower,
          upper: outcome.estimate.upper)
      },
      joint: diagnosis.joint.map { .init(probability: $0.value, lower: $0.lower, upper: $0.upper) },
      states: diagnosis.states, peers: assessment.peers.map(peers),
      priorities: diagnosis.priorities.map {
        priority($0, of: diagnosis, percentile: percentiles[$0.capability] ?? nil)
      },
      nothingDistinguishable: !diagnosis.priorities.isEmpty
        && !diagnosis.priorities.contains(where: \.isDistinguishable),
      alreadyStrong: diagnosis.alreadyStrong, atTarget: diagnosis.atTarget,
      filledCapabilities: diagnosis.filledCapabilities, thinlyAnswered: assessment.thinlyAnswered,
      gaps: assessment.gaps, largestGapIsBestLever: assessment.gaps.isEmpty ? nil : !assessment.gapDiffersFromLever,
      unfamiliarAnswers: assessment.unfamiliar,
      missingAnswers: assessment.decisive.map {
        .init(
          item: $0.item, question: itemName($0.item), changesFirst: $0.changesFirst, rising: $0.rising,
          margin: $0.margin)
      }, plan: assessment.plan)
  }

  private func peers(_ peers: PeerComparison) -> DiagnosisDocument.Peers {
    .init(
      group: peers.traits, firmCount: peers.firmCount, widenedFrom: peers.isWidened ? peers.wanted : nil,
      successfulGroup: peers.successful?.traits, successfulCount: peers.successful?.firmCount)
  }

  private func priority(
    _ priority: FirmDiagnosis.Priority, of diagnosis: FirmDiagnosis, percentile: Double?
  ) -> DiagnosisDocument.Priority {
    .init(
      capability: priority.capability, name: capabilityName(priority.capability), rank: priority.rank,
      rankLower: priority.rankLower, rankUpper: priority.rankUpper,
      probabilityOfFirstThree: priority.probabilityOfFirstThree, tiedWith: priority.tiedWith, group: priority.tieGroup,
      level: priority.level.isFinite ? priority.level : nil, target: priority.target.isFinite ? priority.target : nil,
      percentile: percentile,
      uplifts: zip(diagnosis.outcomes, priority.uplifts).map {
        .init(outcome: $0.id, value: $1.value, lower: $1.lower, upper: $1.upper)
      }, both: priority.both, objective: priority.objective, isParetoOptimal: priority.isParetoOptimal,
      paretoShare: priority.paretoShare, isDistinguishable: priority.isDistinguishable, space: space(priority.space),
      spaceConfidence: priority.spaceConfidence, effort: priority.effort)
  }

  private func space(_ space: CapabilitySpace) -> String {
    let model = predictor.scoring
    return switch space {
    case .both, .neither: space.rawValue
    case .innovationOnly: model.outcomes[model.joint?.first ?? 0].id + "-only"
    case .exportOnly: model.outcomes[model.joint?.second ?? 0].id + "-only"
    }
  }
}

/// What `predict --format json` writes.
struct DiagnosisDocument: Encodable {
  var simulated: Bool
  var settings: Settings
  var sampleSize: SampleSizeGate
  /// Whether the firms trained on are too few for an order: read `group`, not `rank`.
  var showsGroups: Bool
  var firms: [Firm]

  struct Settings: Encodable {
    var language: String
    var objective: String
    var target: String
    var intervalLevel: Double
  }

  struct Firm: Encodable {
    var id: String
    var missingShare: Double
    var tooManyMissing: Bool
    var outcomes: [Outcome]
    var joint: Joint?
    var states: JointStates?
    var peers: Peers?
    var priorities: [Priority]
    var nothingDistinguishable: Bool
    var alreadyStrong: [String]
    var atTarget: [String]
    var filledCapabilities: [String]
    var thinlyAnswered: [String]
    var gaps: [CapabilityGap]
    var largestGapIsBestLever: Bool?
    var unfamiliarAnswers: [UnfamiliarAnswer]
    var missingAnswers: [MissingAnswer]
    var plan: FirmPlan?
  }

  struct Outcome: Encodable {
    var id: String
    var name: String
    var probability: Double?
    var value: Double?
    var lower: Double
    var upper: Double
  }

  struct Joint: Encodable {
    var probability: Double
    var lower: Double
    var upper: Double
  }

  struct Peers: Encodable {
    var group: [PeerSummaries.Trait]
    var firmCount: Int
    var widenedFrom: [PeerSummaries.Trait]?
    var successfulGroup: [PeerSummaries.Trait]?
    var successfulCount: Int?
  }

  struct Uplift: Encodable {
    var outcome: String
    var value: Double
    var lower: Double
    var upper: Double
  }

  struct Priority: Encodable {
    var capability: String
    var name: String
    var rank: Int
    var rankLower: Int
    var rankUpper: Int
    var probabilityOfFirstThree: Double
    var tiedWith: [String]
    var group: Int
    var level: Double?
    var target: Double?
    var percentile: Double?
    var uplifts: [Uplift]
    var both: FirmDiagnosis.Estimate?
    var objective: FirmDiagnosis.Estimate
    var isParetoOptimal: Bool
    var paretoShare: Double
    var isDistinguishable: Bool
    var space: String
    var spaceConfidence: Double
    var effort: Double
  }

  struct MissingAnswer: Encodable {
    var item: String
    var question: String
    var changesFirst: Bool
    var rising: String
    var margin: Double
  }
}

import CapabilityScoring
import Foundation

/// What `predict --format json` writes: per firm everything that the page shows. Shares and probabilities are in 0…1.
struct DiagnosisDocument: Encodable {
  var simulated: Bool
  /// What the number of firms in training allows: `expertWeightsOnly`, `mixed`, `pooled` or `byGroup`.
  var gate: SampleSizeGate
  var objective: String
  var firms: [Firm]

  struct Figure: Encodable {
    var value: Double
    var lower: Double
    var upper: Double

    init(_ estimate: FirmDiagnosis.Estimate) {
      value = estimate.value
      lower = estimate.lower
      upper = estimate.upper
    }
  }

  struct Firm: Encodable {
    var id: String
    /// By outcome: `probability` (or `value`), `lower`, `upper`.
    var outcomes: [String: [String: Double]]
    var joint: [String: Double]?
    var states: JointStates?
    var priorities: [Priority]
    var alreadyStrong: [String]
    var largestGaps: [String]
    var answersToAsk: [String]
    var outside: [FirmReport.Outside]
    var missingShare: Double
    var peers: Peers?
    var plan: PlanDocument?
  }

  struct Peers: Encodable {
    var traits: [PeerSummaries.Trait]
    var firms: Int
    var widened: Bool
  }

  struct Priority: Encodable {
    var capability: String
    var name: String
    var level: Double
    var target: Double
    var percentile: Double?
    var benchmark: Double?
    /// By outcome, then `both`.
    var uplifts: [String: Figure]
    var rank: Int
    var rankInterval: [Int]
    var probabilityOfFirstThree: Double
    var space: CapabilitySpace
    var spaceConfidence: Double
    var tiedWith: [String]
    var distinguishable: Bool
    var pareto: Bool
    var effort: Double
  }

  struct PlanDocument: Encodable {
    var target: [String: Double]?
    var budget: Double?
    /// `optimal`, `no-such-plan` or `bounded`.
    var certificate: String
    var plans: [PlanAdvisor.Described]
    var robust: PlanAdvisor.Described?
  }

  init(page: DiagnosisPage, objective: String) {
    let predictor = page.predictor
    simulated = predictor.provenance.isSimulated
    gate = predictor.scoring.sampleSizeGate
    self.objective = objective
    firms = page.reports.enumerated().map { index, report in
      let diagnosis = report.diagnosis
      func figures(_ estimate: FirmDiagnosis.Estimate, _ kind: OutcomeModel.Kind) -> [String: Double] {
        [
          kind == .binary ? "probability" : "value": estimate.value, "lower": estimate.lower, "upper": estimate.upper,
        ]
      }
      return Firm(
        id: diagnosis.id,
        outcomes: Dictionary(
          diagnosis.outcomes.map { ($0.id, figures($0.estimate, $0.kind)) }, uniquingKeysWith: { first, _ in first }),
        joint: diagnosis.joint.map { figures($0, .binary) }, states: diagnosis.states,
        priorities: diagnosis.priorities.map { priority in
          let position = predictor.scoring.capabilities.firstIndex { $0.id == priority.capability }!
          let standing = report.peers?.capabilities[position]
          var uplifts = Dictionary(
            zip(diagnosis.outcomes.map(\.id), priority.uplifts.map(Figure.init)),
            uniquingKeysWith: { first, _ in first })
          if let both = priority.both { uplifts["both"] = Figure(both) }
          return Priority(
            capability: priority.capability, name: page.capabilityName(priority.capability), level: priority.level,
            target: priority.target, percentile: standing?.percentile, benchmark: standing?.successfulMedian,
            uplifts: uplifts, rank: priority.rank, rankInterval: [priority.rankLower, priority.rankUpper],
            probabilityOfFirstThree: priority.probabilityOfFirstThree, space: priority.space,
            spaceConfidence: priority.spaceConfidence, tiedWith: priority.tiedWith,
            distinguishable: priority.isDistinguishable, pareto: priority.isParetoOptimal, effort: priority.effort)
        }, alreadyStrong: diagnosis.alreadyStrong, largestGaps: report.largestGaps, answersToAsk: report.answersToAsk,
        outside: report.outside, missingShare: diagnosis.missingShare,
        peers: report.peers.map { Peers(traits: $0.traits, firms: $0.firmCount, widened: $0.isWidened) },
        plan: page.plans.indices.contains(index) ? Self.plan(page.plans[index], predictor.scoring) : nil)
    }
  }

  private static func plan(_ advice: PlanAdvisor.Advice, _ model: ScoringModel) -> PlanDocument {
    var document = PlanDocument(
      target: nil, budget: nil, certificate: "optimal", plans: advice.plans, robust: advice.robust)
    switch advice.goal {
    case .budget(let budget): document.budget = budget
    case .target(let first, let second):
      if let joint = model.joint {
        document.target = [model.outcomes[joint.first].id: first, model.outcomes[joint.second].id: second]
      }
    }
    switch advice.certificate {
    case .optimal: break
    case .noSuchPlan: document.certificate = "no-such-plan"
    case .bounded: document.certificate = "bounded"
    }
    return document
  }

  func encoded() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

import CapabilityScoring
import SurveyData

/// What `index --format json` writes.
struct IndexDocument: Encodable {
  /// Always: nothing was learned from data.
  var basis = "expert weights, no data yet"
  var weightSource: String
  var consistencyRatio: Double?
  var reading: String
  var firms: [Firm]
  var classes: Classes?

  struct Firm: Encodable {
    var id: String
    var innovation: Figure?
    var export: Figure?
    var joint: Figure?
    var geometric: Double?
    var flowSort: FlowSortClass?
    var capabilities: [Capability]
    var priorities: [Priority]
  }

  struct Figure: Encodable {
    var index: Double
    var `class`: String
    var distanceToNext: Double?
  }

  struct FlowSortClass: Encodable {
    var netFlow: Double
    var byNetFlow: String
    var byPositiveFlow: String
    var byNegativeFlow: String
    var isBetween: Bool
  }

  struct Capability: Encodable {
    var id: String
    var name: String
    var development: Double?
    var answeredShare: Double
    var innovationWeight: Double
    var exportWeight: Double
  }

  struct Priority: Encodable {
    var capability: String
    var gap: Double
    var innovation: Double
    var export: Double
    var joint: Double
    var isParetoOptimal: Bool
  }

  struct Classes: Encodable {
    var firmCount: Int
    var iterations: Int
    var ending: String
    /// Firms per class, and the weights of each class's profile by capability.
    var sizes: [String: Int]
    var profiles: [String: [String: Double]]
  }

  init(assessor: IndexAssessor, assessments: [IndexAssessment], language: Language) {
    let capabilities = assessor.capabilities
    func className(_ number: Int) -> String { "\(BehaviourClass(rawValue: 4 - number)!)" }
    func figure(_ figure: IndexAssessment.Figure?) -> Figure? {
      figure.map { Figure(index: $0.index, class: className($0.classNumber), distanceToNext: $0.distanceToNext) }
    }
    weightSource = assessor.weights.source.rawValue
    consistencyRatio = assessor.weights.hierarchy?.consistencyRatio
    reading = assessor.reading.rawValue
    firms = assessments.map { assessment in
      Firm(
        id: assessment.id, innovation: figure(assessment.innovation), export: figure(assessment.export),
        joint: figure(assessment.joint), geometric: assessment.geometric,
        flowSort: assessment.flowSort.map {
          FlowSortClass(
            netFlow: $0.flow.net, byNetFlow: className($0.byNetFlow), byPositiveFlow: className($0.byPositiveFlow),
            byNegativeFlow: className($0.byNegativeFlow), isBetween: $0.isBetween)
        },
        capabilities: capabilities.indices.map {
          Capability(
            id: capabilities[$0].id, name: capabilities[$0].name[language], development: assessment.developments[$0],
            answeredShare: assessment.answeredShares[$0], innovationWeight: assessor.weights.innovation[$0],
            exportWeight: assessor.weights.export[$0])
        },
        priorities: assessment.priorities.map {
          Priority(
            capability: capabilities[$0.capability].id, gap: $0.gap, innovation: $0.innovation, export: $0.export,
            joint: $0.joint, isParetoOptimal: $0.isParetoOptimal)
        })
    }
    classes = assessor.classification(of: assessments).map { classification in
      Classes(
        firmCount: classification.classes.count, iterations: classification.iterationCount,
        ending: classification.ending.rawValue,
        sizes: Dictionary(uniqueKeysWithValues: classification.classSizes.map { ("\($0)", $1) }),
        profiles: Dictionary(
          uniqueKeysWithValues: classification.profiles.map { behaviour, profile in
            ("\(behaviour)", Dictionary(uniqueKeysWithValues: zip(capabilities.map(\.id), profile)))
          }))
    }
  }
}

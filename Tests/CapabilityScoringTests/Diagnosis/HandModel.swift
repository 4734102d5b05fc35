import StatisticalLearning
import SurveyData

@testable import CapabilityScoring

/// A small model made by hand: two capabilities of two scales each (0 to 4), one of three practices, a nominal context
/// column and a quantity, with coefficients that a test can compute with.
struct HandModel {
  static let capabilities = [
    CapabilityDescription(id: "network"), CapabilityDescription(id: "strategy", effort: 2),
    CapabilityDescription(id: "quality", effort: 0.5),
  ]

  static let columns: [AnswerColumn] =
    [("n1", 0), ("n2", 0), ("s1", 1), ("s2", 1)].map {
      AnswerColumn(feature: Feature($0.0, .ordinal), capability: $0.1, topLevel: 4)
    }
    + ["q1", "q2", "q3"].map { AnswerColumn(feature: Feature($0, .ordinal), capability: 2, topLevel: 1) } + [
      AnswerColumn(feature: Feature("sector", .categorical(levelCount: 3))),
      AnswerColumn(feature: Feature("age", .numeric)),
    ]

  /// Per item, log-odds per unit: innovation, export.
  var slopes: [(Double, Double)] = [
    (0.3, 0.1), (0.3, 0.1), (0.1, 0.4), (0.1, 0.4), (0.5, 0.5), (0.5, 0.5), (0.5, 0.5),
  ]
  var intercepts = (-2.0, -2.5)
  /// Added to every slope, one per replicate.
  var replicateShifts: [Double] = []

  /// Sectors 0 and 1 occur in training, 2 does not; ages run from 5 to 45.
  var training: AnswerTable {
    let rows: [[Double]] = (0..<40).map { i in
      [i % 5, (i / 2) % 5, (i / 3) % 5, (i * 7) % 5, i % 2, (i / 2) % 2, (i / 4) % 2, (i / 5) % 2, 5 + i].map(
        Double.init)
    }
    return AnswerTable(columns: Self.columns, values: Matrix(rows: rows))
  }

  var model: ScoringModel {
    let design = DesignEncoding(
      learning: training, capabilityCount: 3, weights: [Double](repeating: 1, count: 40), minimumMarkWeight: 100)
    func part(_ outcome: Int, shift: Double) -> LinearPart {
      LinearPart(
        intercept: outcome == 0 ? intercepts.0 : intercepts.1,
        coefficients: design.columns.map { column in
          guard case .item(let item) = column, item < slopes.count else { return 0 }
          return (outcome == 0 ? slopes[item].0 : slopes[item].1) + shift
        })
    }
    let outcomes = ["innovation", "export"].enumerated().map { index, id in
      OutcomeModel(
        id: id, kind: .binary, linearShare: 1, linear: part(index, shift: 0),
        linearReplicates: replicateShifts.map { part(index, shift: $0) })
    }
    let estimate = CrossRatio.estimate(
      probabilitiesI: [0.4, 0.6, 0.3, 0.7], probabilitiesE: [0.5, 0.5, 0.4, 0.6],
      targetsI: [false, true, false, true], targetsE: [false, true, true, false],
      weights: [200, 200, 100, 100])!
    return ScoringModel(
      columns: Self.columns, capabilities: Self.capabilities, design: design, outcomes: outcomes,
      joint: JointModel(
        first: 0, second: 1, estimate: estimate,
        logReplicates: replicateShifts.map { _ in estimate.crossRatio.logValue }),
      record: ScoringRecord(
        settings: TrainingSettings(),
        outcomes: ["innovation", "export"].map {
          OutcomeRecord(
            id: $0, firmCount: 400, eventCount: 200, learner: .logistic, candidates: [], penaltyStrength: 0.1,
            designColumnCount: design.columns.count, calibration: .identity)
        }))
  }

  static func firm(_ values: [Double], reasons: [UInt8]? = nil) -> AnswerTable {
    AnswerTable(columns: columns, values: Matrix(rows: [values]), reasons: reasons)
  }

  /// Middling answers: network 1 and 3, strategy 2 and 2, one practice of three, sector 0, age 20.
  static let middling = firm([1, 3, 2, 2, 1, 0, 0, 0, 20])
}

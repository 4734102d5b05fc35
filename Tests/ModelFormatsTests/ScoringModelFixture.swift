import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning

@testable import ModelFormats

/// A scoring model with everything that a file must hold: ordered, numeric and nominal items and their steps, scores and weakest links of
/// capabilities, marks for reasons, linear parts and trees with sets of levels, replicates, calibration and a cross-ratio of either sign.
enum ScoringModelFixture {
  static let columns: [AnswerColumn] =
    (0..<6).map {
      AnswerColumn(feature: Feature("item \($0)", .ordinal), capability: $0 / 2, topLevel: 4)
    } + [
      AnswerColumn(feature: Feature("employees", .numeric)),
      AnswerColumn(feature: Feature("country", .categorical(levelCount: 3))),
    ]

  /// Items coded 1 to 5, with 7 for refused, 8 for don't know and 9 for not asked; a quantity with −1 and −2 for refused
  /// and don't know; countries as texts.
  static let surveyInputs: [SurveyInput] =
    (0..<6).map { item in
      SurveyInput(
        column: "q\(item)", isText: false, isQuantity: false,
        meanings: (0..<5).map { .init(code: "\($0 + 1)", level: $0, reason: nil) } + [
          .init(code: "7", level: nil, reason: 2), .init(code: "8", level: nil, reason: 3),
          .init(code: "9", level: nil, reason: 5),
        ])
    } + [
      SurveyInput(
        column: "employees", isText: false, isQuantity: true,
        meanings: [.init(code: "-1", level: nil, reason: 2), .init(code: "-2", level: nil, reason: 3)]),
      SurveyInput(
        column: "country", isText: true, isQuantity: false,
        meanings: ["FR", "CL", "AR"].enumerated().map { .init(code: $1, level: $0, reason: nil) } + [
          .init(code: "?", level: nil, reason: 2), .init(code: "??", level: nil, reason: 3),
        ]),
    ]

  static let capabilities = (0..<3).map { CapabilityDescription(id: "capability \($0)") }

  static func answers(rowCount: Int, seed: UInt64) -> AnswerTable {
    var generator = CounterBasedGenerator(seed: seed, purpose: "answers")
    var values: [Double] = []
    var reasons: [UInt8] = []
    for column in columns {
      for _ in 0..<rowCount {
        let isMissing = Double.random(in: 0..<1, using: &generator) < 0.2
        reasons.append(isMissing ? UInt8.random(in: 1...3, using: &generator) : 0)
        let value: Double =
          switch column.feature.kind {
          case .ordinal: Double(Int.random(in: 0...4, using: &generator))
          case .numeric: Double(Float.random(in: 1...300, using: &generator))
          case .categorical(let count): Double(Int.random(in: 0...count, using: &generator))  // one level unseen
          }
        values.append(isMissing ? .nan : value)
      }
    }
    return AnswerTable(
      columns: columns, values: Matrix(rowCount: rowCount, columnCount: columns.count, elements: values),
      reasons: reasons)
  }

  /// Rows of a graph's matrix as the cells of a survey.
  static func cells(_ rows: [[Double]], marks: [ScoringInputs.Mark]) -> [[SurveyInput.Cell]] {
    rows.map { row in
      surveyInputs.enumerated().map { item, input in
        let reason = marks.indices.first { marks[$0].item == item && row[columns.count + $0] == 1 }
        return input.cell(
          value: row[item].isNaN ? nil : row[item], reason: reason.map { marks[$0].reason },
          isTold: { reason in marks.contains { $0.item == item && $0.reason == reason } })
      }
    }
  }

  static func tree(_ generator: inout CounterBasedGenerator, usesSets: Bool) -> DecisionTree {
    func leaf() -> DecisionTree.Node {
      .leaf(value: Double.random(in: -0.5...0.5, using: &generator), cover: Double.random(in: 1...9, using: &generator))
    }
    if Bool.random(using: &generator) && Bool.random(using: &generator) { return try! DecisionTree(nodes: [leaf()]) }
    // Breadth first, so that splits and leaves alternate.
    return try! DecisionTree(
      nodes: [
        .split(
          feature: Int.random(in: 0..<6, using: &generator),
          threshold: Double(Int.random(in: 0...3, using: &generator)),
          missingGoesLeft: Bool.random(using: &generator), left: 1, right: 2, value: 0.25, cover: 40, gain: 3.5),
        !usesSets
          ? .split(
            feature: 6, threshold: 150.25, missingGoesLeft: true, left: 3, right: 4, value: -0.5, cover: 25, gain: 1.25)
          : .split(
            feature: 7, categorySet: 0, missingGoesLeft: Bool.random(using: &generator), left: 3, right: 4, value: -0.5,
            cover: 25, gain: 1.25),
        leaf(),
        .split(
          feature: 6, threshold: Double.random(in: 1...300, using: &generator), missingGoesLeft: false, left: 5,
          right: 6, cover: 12, gain: 0.5),
        leaf(), leaf(), leaf(),
      ], categorySets: usesSets ? [CategorySet([0, Int.random(in: 1...2, using: &generator)])] : [])
  }

  /// - Parameters:
  ///   - linearShare: 1 for a linear model, 0 for trees, between for a blend.
  static func model(
    linearShare: Double, replicateCount: Int = 4, logCrossRatio: Double = 0.7, usesSets: Bool = true,
    treeCount: Int = 5
  ) -> ScoringModel {
    var generator = CounterBasedGenerator(seed: 7, purpose: "model")
    let table = answers(rowCount: 300, seed: 3)
    let design = DesignEncoding(
      learning: table, capabilityCount: capabilities.count, weights: [Double](repeating: 1, count: 300),
      detail: .init(hasSteps: true, linked: [0, 1, 2]))
    let markCount = design.columns.filter { if case .missing = $0 { true } else { false } }.count
    let features =
      columns.map(\.feature)
      + design.columns.compactMap { column in
        if case .missing(let item, let reason) = column {
          Feature("\(columns[item].feature.name):missing-\(reason)", .ordinal)
        } else {
          nil
        }
      }
    precondition(features.count == columns.count + markCount)
    func linear() -> LinearPart {
      LinearPart(
        intercept: Double.random(in: -1...1, using: &generator),
        coefficients: design.columns.map { _ in Double.random(in: -0.3...0.3, using: &generator) })
    }
    func trees() -> TreeEnsemble {
      try! TreeEnsemble(
        trees: (0..<treeCount).map { _ in tree(&generator, usesSets: usesSets) },
        baseScores: [Double.random(in: -1...1, using: &generator)],
        features: features)
    }
    let outcomes = ["innovation", "export"].map { id in
      OutcomeModel(
        id: id, kind: .binary, linearShare: linearShare,
        calibration: id == "export" ? LinearCalibration(intercept: 0.1, slope: 0.9) : .identity,
        linear: linearShare > 0 ? linear() : nil, trees: linearShare < 1 ? trees() : nil,
        linearReplicates: linearShare > 0 ? (0..<replicateCount).map { _ in linear() } : [],
        treeReplicates: linearShare < 1 ? (0..<replicateCount).map { _ in trees() } : [])
    }
    let ratio = CrossRatio(logValue: logCrossRatio)
    let estimate = CrossRatio.estimate(
      probabilitiesI: [0.5, 0.5, 0.5, 0.5, 0.3], probabilitiesE: [0.5, 0.4, 0.5, 0.6, 0.3],
      targetsI: [true, true, false, false, true], targetsE: [true, false, true, false, true],
      weights: [1, 1, 1, 1, 1])!
    let joint = JointModel(
      first: 0, second: 1, estimate: estimate,
      logReplicates: (0..<replicateCount).map { ratio.logValue * (Double($0) - 1) })
    return ScoringModel(
      columns: columns, capabilities: capabilities, design: design, outcomes: outcomes, joint: joint,
      record: ScoringRecord(settings: TrainingSettings(), outcomes: []))
  }
}

import CapabilityScoring
import Foundation
import ModelFormats
import StatisticalLearning
import SurveyData

/// Rows for the graph of a scoring model, hard ones among them, and what the predictor says of each: raw doubles in
/// files that `Benchmarks/Scripts/model_formats.py` scores with ONNX Runtime.
///
/// A number is a level or between the extremes of training, or (one in four) exactly on a threshold of a tree, or the
/// next number above or below; a level may be unknown; an answer is missing for one of six reasons, or in one row in
/// fifty all are.
struct RowSuite {
  let model: String
  let count: Int
  let folder: String
  /// Intervals need all replicates of the predictor: fewer rows.
  let intervalCount: Int

  func run() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: model))
    let predictor = try SurveyModelFile.read(data)
    let scoring = predictor.scoring
    let answers = self.answers(scoring)
    let rows = SurveyModelFile.graphRows(scoring, answers: answers)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(rows.converted(to: .rowMajor).elements, "rows")
    let scorer = FirmScorer(model: scoring)
    let predictions = scorer.predictions(answers)
    for (outcome, values) in zip(scoring.outcomes, predictions) {
      try write(values, outcome.id + (outcome.kind == .binary ? ".probability" : ".value"))
    }
    if let joint = scoring.joint {
      let ratio = joint.estimate.crossRatio
      let states = (0..<count).map { row in
        ratio.states(innovation: predictions[joint.first][row], export: predictions[joint.second][row])
      }
      try write(states.map(\.both), "joint.probability")
      try write(states.flatMap { [$0.neither, $0.innovationOnly, $0.exportOnly, $0.both] }, "joint.states")
    }
    let few = Array(0..<min(count, intervalCount))
    let diagnoses = scorer.diagnose(answers.selectingRows(few), ids: few.map { "\($0)" }, threadCount: 1)
    for (index, outcome) in scoring.outcomes.enumerated() {
      try write(
        diagnoses.flatMap { [$0.outcomes[index].estimate.lower, $0.outcomes[index].estimate.upper] },
        outcome.id + ".interval")
    }
    if scoring.joint != nil {
      try write(diagnoses.flatMap { [$0.joint!.lower, $0.joint!.upper] }, "joint.interval")
    }
    print("{\"rows\": \(count), \"columns\": \(rows.columnCount), \"interval_rows\": \(few.count)}")
  }

  private func write(_ values: [Double], _ name: String) throws {
    try values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: folder + "/" + name + ".f64"))
  }

  private func answers(_ scoring: ScoringModel) -> AnswerTable {
    var thresholds = [[Double]](repeating: [], count: scoring.columns.count)
    for outcome in scoring.outcomes {
      for ensemble in [outcome.trees].compactMap({ $0 }) + outcome.treeReplicates {
        for tree in ensemble.trees {
          for node in tree.nodes
          where !node.isLeaf && node.categorySet < 0 && Int(node.feature) < thresholds.count {
            thresholds[Int(node.feature)].append(node.threshold)
          }
        }
      }
    }
    let imputation = scoring.design.imputation
    var generator = CounterBasedGenerator(seed: 1, purpose: "rows to compare", index: 0)
    let emptyRows = (0..<count).map { _ in Int.random(in: 0..<50, using: &generator) == 0 }
    var values: [Double] = []
    var reasons: [UInt8] = []
    for (index, column) in scoring.columns.enumerated() {
      for row in 0..<count {
        if emptyRows[row] || Int.random(in: 0..<8, using: &generator) == 0 {
          values.append(.nan)
          reasons.append(UInt8.random(in: 1...6, using: &generator))
          continue
        }
        reasons.append(0)
        values.append(value(column, index, imputation, thresholds[index], &generator))
      }
    }
    return AnswerTable(
      columns: scoring.columns,
      values: Matrix(rowCount: count, columnCount: scoring.columns.count, elements: values), reasons: reasons)
  }

  private func value(
    _ column: AnswerColumn, _ index: Int, _ imputation: Imputation, _ thresholds: [Double],
    _ generator: inout CounterBasedGenerator
  ) -> Double {
    if case .categorical(let levelCount) = column.feature.kind {
      return Double(Int.random(in: 0..<levelCount + 2, using: &generator))
    }
    if Int.random(in: 0..<4, using: &generator) == 0, let threshold = thresholds.randomElement(using: &generator),
      // A split of any number from a missing one is no place where an answer could stand.
      abs(threshold) < .greatestFiniteMagnitude
    {
      return [threshold, threshold, threshold.nextUp, threshold.nextDown].randomElement(using: &generator)!
    }
    let (low, high) = (imputation.minima[index], imputation.maxima[index])
    let value = low + Double.random(in: 0...1, using: &generator) * (high - low)
    return column.feature.kind == .ordinal ? value.rounded() : value
  }
}

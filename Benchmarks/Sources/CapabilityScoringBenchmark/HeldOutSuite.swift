import CapabilityScoring
import Foundation
import ModelEvaluation
import StatisticalLearning
import SurveyData

/// Writes, per outcome of a survey, the encoded columns with their gaps, the folds, and our learners' held-out scores, so
/// that a peer can be scored on the same firms and folds.
struct HeldOutSuite {
  let survey: String
  let codebook: String
  let condition: String
  let folder: URL
  /// Which of our learners; `ridge` is the logistic learner with a penalty.
  let learners: [String]

  func run() throws {
    let codebook = try Codebook(yaml: String(contentsOfFile: codebook, encoding: .utf8), name: codebook)
    var table = try SurveyReader.read(survey)
    if !condition.isEmpty { table = table.selectingRows(try RowFilter(condition).selection(in: table).rows) }
    let encoding = try SurveyEncoding(codebook: codebook, table: table)
    let scoring = ScoringSurvey(try encoding.encode(table), codebook: codebook)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var settings = TrainingSettings()
    settings.seed = 7
    for (index, outcome) in scoring.outcomes.enumerated() where outcome.kind == .binary {
      let rows = outcome.targets.indices.filter { !outcome.targets[$0].isNaN && scoring.weights[$0] > 0 }
      let folds = try FoldAssignment.stratified(
        strata: rows.map { Int(outcome.targets[$0]) }, foldCount: 5, repeatCount: 2, seed: 11)
      var columns: [(String, [String])] = [("y", rows.map { String(Int(outcome.targets[$0])) })]
      for (repeatIndex, ids) in folds.foldIDs.enumerated() {
        columns.append(("fold\(repeatIndex)", ids.map(String.init)))
      }
      for learner in learners {
        let started = Date()
        settings.shrinkage = learner == "ridge" ? .penalty : .spikeAndSlab
        let held = try ScoringTrainer(settings: settings).heldOutScores(
          scoring, outcome: index, learner: .init(rawValue: learner) ?? .logistic, folds: folds)
        FileHandle.standardError.write(
          Data("\(outcome.id) \(learner): \(Date().timeIntervalSince(started)) s\n".utf8))
        for (repeatIndex, scores) in held.rawScores.enumerated() {
          columns.append(("ours.\(learner).\(repeatIndex)", scores.map { String($0) }))
        }
      }
      for (column, description) in scoring.answers.columns.enumerated() {
        let isNominal = if case .categorical = description.feature.kind { true } else { false }
        columns.append(
          (
            (isNominal ? "nominal." : "item.") + description.feature.name,
            rows.map { row in
              let value = scoring.answers.values[row, column]
              return value.isNaN ? "" : String(value)
            }
          ))
      }
      var text = columns.map { "\"" + $0.0 + "\"" }.joined(separator: ",") + "\n"
      for position in rows.indices { text += columns.map { $0.1[position] }.joined(separator: ",") + "\n" }
      try text.write(to: folder.appendingPathComponent("\(outcome.id).csv"), atomically: true, encoding: .utf8)
    }
  }
}

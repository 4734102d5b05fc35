import BoostedTrees
import CapabilityScoring
import Foundation
import ModelFormats

/// A scoring model with only the first few trees of each ensemble: small enough to be damaged millions of times.
enum Shrinking {
  static func run(model path: String, treeCount: Int, output: String) throws {
    let predictor = try SurveyModelFile.read(try Data(contentsOf: URL(fileURLWithPath: path)))
    func few(_ ensemble: TreeEnsemble) throws -> TreeEnsemble {
      try TreeEnsemble(
        trees: Array(ensemble.trees.prefix(treeCount)), outputs: Array(ensemble.outputs.prefix(treeCount)),
        baseScores: ensemble.baseScores, features: ensemble.features)
    }
    let scoring = predictor.scoring
    let outcomes = try scoring.outcomes.map { outcome in
      OutcomeModel(
        id: outcome.id, kind: outcome.kind, linearShare: outcome.linearShare, calibration: outcome.calibration,
        linear: outcome.linear, trees: try outcome.trees.map(few), linearReplicates: outcome.linearReplicates,
        treeReplicates: try outcome.treeReplicates.map(few))
    }
    let small = SurveyPredictor(
      encoding: predictor.encoding,
      scoring: ScoringModel(
        columns: scoring.columns, capabilities: scoring.capabilities, design: scoring.design, outcomes: outcomes,
        joint: scoring.joint, record: scoring.record),
      peers: predictor.peers, provenance: predictor.provenance)
    let form: ScoringInputForm = output.contains("columns") ? .columns : .matrix
    try SurveyModelFile.encoded(small, form: form).write(to: URL(fileURLWithPath: output))
  }
}

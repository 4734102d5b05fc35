import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning

/// Turns model files into other formats: what `innov4sme convert` does.
public enum ModelConversion {
  /// The bytes of the same model in another format.
  ///
  /// - Parameters:
  ///   - data: A model file of any format that this module reads.
  ///   - outcome: Which outcome of a scoring model, by name; needed unless it has one.
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` where the format can't hold the model.
  public static func convert(_ data: Data, to format: ModelFileFormat, outcome: String? = nil) throws -> Data {
    let (ensemble, link) = try trees(in: data, outcome: outcome, for: format)
    switch format {
    case .lightGBM: return try LightGBMModel.text(of: ensemble, link: link)
    case .xgboost: return try XGBoostModel.json(of: ensemble, link: link)
    case .onnx: return try onnx(of: ensemble, link: link)
    }
  }

  private static func trees(
    in data: Data, outcome: String?, for format: ModelFileFormat
  ) throws -> (TreeEnsemble, PredictionLink) {
    guard ScoringModelFile.isScoringModel(data) else {
      let model = try ImportedModel.read(data)
      guard let trees = model.trees else {
        throw ModelFileError.notExpressible(format, reason: "the model is not a plain sum of trees")
      }
      return (trees, model.link)
    }
    let model = try ScoringModelFile.read(data).model
    guard let found = outcome.map({ name in model.outcomes.first { $0.id == name } }) ?? model.outcomes.first,
      outcome != nil || model.outcomes.count == 1
    else {
      throw ModelFileError.notExpressible(
        format, reason: "name one of its outcomes: \(model.outcomes.map(\.id).joined(separator: ", "))")
    }
    guard let trees = found.trees, found.linearShare == 0 else {
      throw ModelFileError.notExpressible(format, reason: "the outcome '\(found.id)' has a linear part")
    }
    return (try calibrated(trees, by: found.calibration), found.kind == .binary ? .logistic(scale: 1) : .identity)
  }

  /// The calibration multiplied into the leaves and added to the base score.
  private static func calibrated(_ ensemble: TreeEnsemble, by calibration: LinearCalibration) throws -> TreeEnsemble {
    guard calibration != .identity else { return ensemble }
    let trees = try ensemble.trees.map { tree in
      try DecisionTree(
        nodes: tree.nodes.map { node in
          var node = node
          node.value *= calibration.slope
          return node
        }, categorySets: tree.categorySets)
    }
    return try TreeEnsemble(
      trees: trees, outputs: ensemble.outputs, baseScores: ensemble.baseScores.map { calibration($0) },
      features: ensemble.features)
  }

  /// A graph with the raw scores and the predictions of trees, in double precision.
  public static func onnx(of ensemble: TreeEnsemble, link: PredictionLink) throws -> Data {
    var builder = ONNXGraphBuilder(name: "trees")
    let input = builder.input("input", .double, [.rows, .count(ensemble.features.count)])
    let outputs = ensemble.baseScores.count
    let raw = try builder.treeScores([ensemble], input: input, name: "trees", operation: .treeEnsemble)
    let prediction: ONNXGraphBuilder.Value
    switch link {
    case .identity: prediction = raw
    case .logistic(let scale):
      prediction = builder.sigmoid(scale == 1 ? raw : builder.multiply(raw, builder.constant(scale, "scale")))
    case .softmax: prediction = builder.node("Softmax", [raw], [("axis", .integer(1))])
    case .exponential: prediction = builder.node("Exp", [raw])
    case .signedSquare: prediction = builder.multiply(raw, builder.node("Abs", [raw]))
    case .softplus, .unknown:
      throw ModelFileError.notExpressible(.onnx, reason: "the way from raw scores to predictions")
    }
    builder.output(raw, "raw_score", .double, [.rows, .count(outputs)])
    builder.output(prediction, "prediction", .double, [.rows, .count(outputs)])
    let names = try JSONEncoder().encode(ensemble.features.map(\.name))
    return try builder.model(
      description: "A sum of trees.", metadata: ["innov4sme.features": String(decoding: names, as: UTF8.self)])
  }
}

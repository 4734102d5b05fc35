import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning

/// Turns model files into other formats: what `innov4sme convert` does.
public enum ModelConversion {
  /// The bytes of the same model in another format.
  ///
  /// A scoring model becomes ONNX again as a whole; the other formats hold the trees of one outcome, with its calibration.
  ///
  /// - Parameters:
  ///   - data: A model file of any format that this module reads.
  ///   - outcome: Which outcome of a scoring model, by name; needed unless it has one.
  ///   - form: What the graph of a scoring model takes.
  ///   - treeOperator: The operator for trees in ONNX.
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` where the format can't hold the model.
  public static func convert(
    _ data: Data, to format: ModelFileFormat, outcome: String? = nil, form: ScoringInputForm = .matrix,
    treeOperator: ONNXTreeOperator = .treeEnsemble
  ) throws -> Data {
    if format == .onnx, outcome == nil, ScoringModelFile.isScoringModel(data) {
      let file = try ScoringModelFile.read(data)
      if file.attachments[SurveyModelFile.companion] == nil {
        return try file.encoded(form: form, treeOperator: treeOperator)
      }
      return try SurveyModelFile.encoded(
        SurveyModelFile.predictor(of: file, byteCount: data.count), form: form, treeOperator: treeOperator)
    }
    let (ensemble, link) = try trees(in: data, outcome: outcome, for: format)
    switch format {
    case .lightGBM: return try LightGBMModel.text(of: ensemble, link: link)
    case .xgboost: return try XGBoostModel.json(of: ensemble, link: link)
    case .onnx: return try onnx(of: ensemble, link: link, treeOperator: treeOperator)
    }
  }

  private static func trees(
    in data: Data, outcome: String?, for format: ModelFileFormat
  ) throws -> (TreeEnsemble, PredictionLink) {
    guard ScoringModelFile.isScoringModel(data) else {
      let model = try ImportedModel.read(data)
      guard let trees = model.trees else {
        throw ModelFileError.notExpressible(
          format, reason: "the model is not a plain sum of trees, or zeros count as missing in it")
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

  /// A graph with the raw scores and the predictions of trees, in double precision unless the older operator is asked for.
  public static func onnx(
    of ensemble: TreeEnsemble, link: PredictionLink, treeOperator: ONNXTreeOperator = .treeEnsemble
  ) throws -> Data {
    var builder = ONNXGraphBuilder(name: "trees")
    let input = builder.input("input", .double, [.rows, .count(ensemble.features.count)])
    let outputs = ensemble.baseScores.count
    let raw = try builder.treeScores([ensemble], input: input, name: "trees", operation: treeOperator)
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
      description: "A sum of trees.", metadata: [featureNamesKey: String(decoding: names, as: UTF8.self)])
  }

  static let featureNamesKey = "innov4sme.features"

  static func featureNames(_ text: String, byteCount: Int) throws -> [String] {
    try JSONBounds.check(text, place: featureNamesKey, byteCount: byteCount)
    return try JSONDecoder().decode([String].self, from: Data(text.utf8))
  }
}

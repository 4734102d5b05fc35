import BoostedTrees
import Foundation
import StatisticalLearning

/// A model in one of the two forms of XGBoost's `save_model`, JSON and UBJSON: trees (`gbtree`, `dart`), numeric and
/// categorical splits.
///
/// XGBoost computes in single precision and goes left when `value < threshold`; the trees here ask `value <= bound` with
/// the bound that gives the same answer for every double. Of a categorical split, levels in the set go right.
public struct XGBoostModel: Sendable {
  public let objective: String
  /// The raw scores; base scores are on their scale.
  public let ensemble: TreeEnsemble
  public let link: PredictionLink

  /// - Throws: ``ModelFileError`` with the tree and what is wrong.
  public static func read(_ data: Data) throws -> XGBoostModel {
    // UBJSON goes on with the length of a key; JSON with space or a quotation mark.
    let isBinary = data.first == UInt8(ascii: "{") && data.dropFirst().first.map { "LlIiUN#".utf8.contains($0) } == true
    let value = isBinary ? try UBJSONReader.value(data) : try JSONReader.value(data, format: .xgboost)
    return try XGBoostModel(
      ModelValueReference(value: value, place: "", format: .xgboost), byteCount: data.count)
  }

  private init(_ file: ModelValueReference, byteCount: Int) throws {
    let learner = try file.required("learner")
    func malformed(_ place: String, _ reason: String) -> ModelFileError {
      .malformed(.xgboost, place: place, reason: reason)
    }
    let booster = try learner.required("gradient_booster")
    let name = try booster.required("name").text()
    guard name == "gbtree" || name == "dart" else {
      throw ModelFileError.unsupported(.xgboost, feature: "the booster '\(name)'")
    }
    // `dart` keeps its trees one level down.
    let model = try booster.optional("gbtree")?.required("model") ?? booster.required("model")
    let trees = try model.required("trees").list()
    let outputs = try model.required("tree_info").integers()
    guard outputs.count == trees.count else { throw malformed("tree_info", "of another length than the trees") }
    let weights = try booster.optional("weight_drop")?.numbers() ?? trees.map { _ in 1 }
    guard weights.count == trees.count, weights.allSatisfy({ $0.isFinite }) else {
      throw malformed("weight_drop", "of another length than the trees")
    }

    let parameters = try learner.required("learner_model_param")
    func count(_ key: String) throws -> Int {
      guard let entry = try parameters.optional(key) else { return 0 }
      let text = try entry.parameter()
      guard let count = Int(text), count >= 0, count <= max(1 << 12, byteCount / 8) else {
        throw malformed(key, "\(text.prefix(24)) is not possible")
      }
      return count
    }
    let featureCount = try count("num_feature")
    let classCount = max(try count("num_class"), try count("num_target"), 1)
    guard classCount <= max(1, trees.count) else { throw malformed("num_class", "more classes than trees") }
    objective = try learner.required("objective").required("name").text()
    let link = PredictionLink(xgboost: objective)
    self.link = link
    let bases = try Self.baseScores(parameters.required("base_score"), link: link, classCount: classCount)
    let names = try Self.names(learner, featureCount: featureCount)
    // A node of the file is several numbers, so nodes can't outgrow it unless the lists are not what they should be.
    var budget = DocumentBudget(byteCount: byteCount)
    let decoded = try zip(trees, weights).map { tree, weight in
      try XGBoostTree(tree).decisionTree(weight: weight, featureCount: featureCount, budget: &budget)
    }
    do {
      ensemble = try TreeEnsemble(
        trees: decoded, outputs: outputs, baseScores: bases, features: names.map { Feature($0) })
    } catch {
      throw malformed("trees", "\(error)")
    }
  }

  /// One number, or a list of one per class in brackets, on the scale of predictions.
  private static func baseScores(
    _ entry: ModelValueReference, link: PredictionLink, classCount: Int
  ) throws -> [Double] {
    let text = try entry.parameter()
    let numbers = text.filter { !"[] ".contains($0) }.split(separator: ",").map { Double($0) }
    let scores = numbers.compactMap { $0.flatMap { link.inverse($0) } }.filter(\.isFinite)
    guard !scores.isEmpty, scores.count == numbers.count, scores.count == 1 || scores.count == classCount else {
      throw ModelFileError.malformed(.xgboost, place: entry.place, reason: "\(text.prefix(24)) is not possible")
    }
    return (0..<classCount).map { scores[scores.count == 1 ? 0 : $0] }
  }

  private static func names(_ learner: ModelValueReference, featureCount: Int) throws -> [String] {
    let names = try learner.optional("feature_names")?.list().map { try $0.text() } ?? []
    guard names.count == featureCount, Set(names).count == featureCount else {
      return (0..<featureCount).map { "f\($0)" }
    }
    return names
  }
}

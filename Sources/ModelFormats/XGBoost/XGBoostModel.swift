import BoostedTrees
import Foundation
import StatisticalLearning

/// A model in the JSON form of XGBoost's `save_model`: trees (`gbtree`, `dart`), numeric and categorical splits.
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
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ModelFileError.malformed(.xgboost, place: "file", reason: "not UTF-8 text")
    }
    try JSONDepth.check(text, place: "file", format: .xgboost)
    let file: XGBoostFile
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      file = try decoder.decode(XGBoostFile.self, from: data)
    } catch let DecodingError.keyNotFound(key, _) {
      throw ModelFileError.malformed(.xgboost, place: key.stringValue, reason: "missing")
    } catch let DecodingError.typeMismatch(_, context) {
      throw ModelFileError.malformed(
        .xgboost, place: context.codingPath.map(\.stringValue).joined(separator: "."), reason: "of another type")
    } catch {
      throw ModelFileError.malformed(.xgboost, place: "file", reason: "not the JSON of a model")
    }
    return try XGBoostModel(file, byteCount: data.count)
  }

  init(_ file: XGBoostFile, byteCount: Int) throws {
    let learner = file.learner
    func malformed(_ place: String, _ reason: String) -> ModelFileError {
      .malformed(.xgboost, place: place, reason: reason)
    }
    guard let booster = learner.gradientBooster.trees else {
      throw ModelFileError.unsupported(.xgboost, feature: "the booster '\(learner.gradientBooster.name)'")
    }
    let parameters = learner.learnerModelParam
    guard let featureCount = Int(parameters.numFeature), featureCount >= 0, featureCount <= max(1 << 12, byteCount)
    else { throw malformed("num_feature", parameters.numFeature) }
    let classCount = max(Int(parameters.numClass) ?? 0, Int(parameters.numTarget ?? "1") ?? 1, 1)
    guard classCount <= max(1, booster.trees.count) else { throw malformed("num_class", "\(classCount)") }
    guard booster.treeInfo.count == booster.trees.count else { throw malformed("tree_info", "of another length") }
    let weights = learner.gradientBooster.weightDrop ?? booster.trees.map { _ in 1 }
    guard weights.count == booster.trees.count else { throw malformed("weight_drop", "of another length") }
    let link = PredictionLink(xgboost: learner.objective.name)
    self.link = link
    objective = learner.objective.name
    // One number, or a list of one per class in brackets.
    let numbers = parameters.baseScore.filter { !"[] ".contains($0) }.split(separator: ",").map { Double($0) }
    let scores = numbers.map { $0.flatMap { link.inverse($0) } }
    guard !scores.isEmpty, scores.count == 1 || scores.count == classCount, scores.allSatisfy({ $0?.isFinite == true })
    else { throw malformed("base_score", parameters.baseScore) }
    let names = learner.featureNames.flatMap { $0.count == featureCount && Set($0).count == featureCount ? $0 : nil }
    let trees = try zip(booster.trees, weights).enumerated().map { index, pair in
      try pair.0.decisionTree(index: index, weight: pair.1, featureCount: featureCount)
    }
    do {
      ensemble = try TreeEnsemble(
        trees: trees, outputs: booster.treeInfo,
        baseScores: (0..<classCount).map { scores[scores.count == 1 ? 0 : $0]! },
        features: (0..<featureCount).map { Feature(names?[$0] ?? "f\($0)") })
    } catch {
      throw malformed("trees", "\(error)")
    }
  }
}

/// The parts of the file that are read, by the file's own names.
struct XGBoostFile: Codable {
  struct Learner: Codable {
    var featureNames: [String]?
    var featureTypes: [String]?
    var gradientBooster: Booster
    var learnerModelParam: Parameters
    var objective: Objective
  }
  struct Parameters: Codable {
    var baseScore: String
    var numClass: String
    var numFeature: String
    var numTarget: String?
    var boostFromAverage: String?
  }
  struct Objective: Codable {
    var name: String
  }
  struct Booster: Codable {
    final class Nested: Codable {
      let model: Model
      init(model: Model) { self.model = model }
    }
    var name: String
    var model: Model?
    /// `dart` keeps its trees one level down.
    var gbtree: Nested?
    var weightDrop: [Double]?

    var trees: Model? { name == "gblinear" ? nil : model ?? gbtree?.model }
  }
  struct Model: Codable {
    var trees: [Tree]
    var treeInfo: [Int]
  }
  struct Tree: Codable {
    var leftChildren: [Int]
    var rightChildren: [Int]
    var splitIndices: [Int]
    var splitConditions: [Double]
    var defaultLeft: [Flag]
    var sumHessian: [Double]?
    var lossChanges: [Double]?
    var splitType: [Int]?
    var categories: [Int]?
    var categoriesNodes: [Int]?
    var categoriesSegments: [Int]?
    var categoriesSizes: [Int]?
  }
  /// 0 and 1, or false and true: both have been written.
  struct Flag: Codable {
    var isSet: Bool
    init(_ isSet: Bool) { self.isSet = isSet }
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        isSet = number != 0
      } else {
        isSet = try container.decode(Bool.self)
      }
    }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(isSet ? 1 : 0)
    }
  }
  var learner: Learner
  var version: [Int]?
}

extension XGBoostFile.Tree {
  func decisionTree(index treeIndex: Int, weight: Double, featureCount: Int) throws -> DecisionTree {
    func malformed(_ reason: String) -> ModelFileError {
      .malformed(.xgboost, place: "tree \(treeIndex)", reason: reason)
    }
    let count = leftChildren.count
    guard count >= 1, count < 1 << 30, rightChildren.count == count, splitIndices.count == count,
      splitConditions.count == count, defaultLeft.count == count, sumHessian?.count ?? count == count,
      lossChanges?.count ?? count == count, splitType.map({ $0.isEmpty || $0.count == count }) ?? true
    else { throw malformed("the lists of the nodes differ in length") }
    var levels: [Int: [Int]] = [:]
    let nodes = categoriesNodes ?? []
    guard categoriesSegments?.count ?? 0 == nodes.count, categoriesSizes?.count ?? 0 == nodes.count else {
      throw malformed("the lists of the categories differ in length")
    }
    for (position, node) in nodes.enumerated() {
      let all = categories ?? []
      let (start, size) = (categoriesSegments![position], categoriesSizes![position])
      guard start >= 0, size >= 0, start <= all.count, size <= all.count - start else {
        throw malformed("categories out of range")
      }
      let own = Array(all[start..<start + size])
      guard own.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else { throw malformed("a category out of range") }
      levels[node] = own
    }
    var result: [DecisionTree.Node] = []
    var sets: [CategorySet] = []
    var pending: [(index: Int, parent: Int, isLeft: Bool)] = [(0, -1, false)]
    while let (index, parent, isLeft) = pending.popLast() {
      guard index >= 0, index < count, result.count < count else { throw malformed("its nodes are not a tree") }
      let position = result.count
      if parent >= 0 {
        if isLeft { result[parent].left = Int32(position) } else { result[parent].right = Int32(position) }
      }
      let cover = max(0, sumHessian?[index] ?? 0)
      if leftChildren[index] == -1 {
        result.append(.leaf(value: Double(Float(splitConditions[index])) * weight, cover: cover))
        continue
      }
      guard splitIndices[index] >= 0, splitIndices[index] < featureCount else {
        throw malformed("node \(index) splits on feature \(splitIndices[index]) of \(featureCount)")
      }
      let gain = lossChanges?[index] ?? 0
      if splitType?.isEmpty == false, splitType![index] == 1 {
        guard let own = levels[index] else { throw malformed("node \(index) has no categories") }
        // Levels of the set go right there, left here.
        result.append(
          .split(
            feature: splitIndices[index], categorySet: sets.count, missingGoesLeft: !defaultLeft[index].isSet,
            left: 0, right: 0, cover: cover, gain: gain))
        sets.append(CategorySet(own))
        pending.append((leftChildren[index], position, false))
        pending.append((rightChildren[index], position, true))
      } else {
        let bound = Float(splitConditions[index])
        guard !bound.isNaN else { throw malformed("node \(index) has no threshold") }
        result.append(
          .split(
            feature: splitIndices[index], threshold: Double(bound.nextDown).largestRoundingToSingle,
            missingGoesLeft: defaultLeft[index].isSet, left: 0, right: 0, cover: cover, gain: gain))
        pending.append((rightChildren[index], position, false))
        pending.append((leftChildren[index], position, true))
      }
    }
    do {
      return try DecisionTree(nodes: result, categorySets: sets)
    } catch {
      throw malformed("\(error)")
    }
  }
}

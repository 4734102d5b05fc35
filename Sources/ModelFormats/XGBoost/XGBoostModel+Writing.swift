import BoostedTrees
import Foundation

/// JSON as XGBoost wants it: lists of integers have no decimal point, lists of reals always have one (or an exponent).
private indirect enum JSONText {
  case text(String)
  case integer(Int)
  case integers([Int])
  case reals([Float])
  case list([JSONText])
  /// In the order in which they are written.
  case object([(String, JSONText)])

  func write(to output: inout String) {
    switch self {
    case .text(let text): Self.write(text, to: &output)
    case .integer(let value): output += String(value)
    case .integers(let values): output += "[" + values.map { String($0) }.joined(separator: ",") + "]"
    // The shortest decimal that single precision reads back: `1.0`, `1e-05`.
    case .reals(let values): output += "[" + values.map { $0.description }.joined(separator: ",") + "]"
    case .list(let values):
      output += "["
      for (index, value) in values.enumerated() {
        if index > 0 { output += "," }
        value.write(to: &output)
      }
      output += "]"
    case .object(let entries):
      output += "{"
      for (index, entry) in entries.enumerated() {
        if index > 0 { output += "," }
        Self.write(entry.0, to: &output)
        output += ":"
        entry.1.write(to: &output)
      }
      output += "}"
    }
  }

  private static func write(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": output += "\\" + String(scalar)
      case _ where scalar.value < 0x20: output += String(format: "\\u%04x", Int(scalar.value))
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}

extension XGBoostModel {
  /// The JSON of a model that XGBoost reads. XGBoost holds thresholds and leaves in single precision: rows of singles go
  /// the same way, and raw scores differ by the rounding of the leaves.
  ///
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` for a link without an objective there, or splits on sets of
  ///   levels.
  public static func json(of ensemble: TreeEnsemble, link: PredictionLink) throws -> Data {
    func refuse(_ reason: String) -> ModelFileError { .notExpressible(.xgboost, reason: reason) }
    let classCount = ensemble.baseScores.count
    let objective: String
    var parameters: (String, JSONText) = ("reg_loss_param", .object([("scale_pos_weight", .text("1"))]))
    switch (link, classCount) {
    case (.identity, 1): objective = "reg:squarederror"
    case (.logistic(scale: 1), 1): objective = "binary:logistic"
    case (.softmax, 2...):
      objective = "multi:softprob"
      parameters = ("softmax_multiclass_param", .object([("num_class", .text(String(classCount)))]))
    case (.exponential, 1):
      objective = "count:poisson"
      parameters = ("poisson_regression_param", .object([("max_delta_step", .text("0.699999988"))]))
    default: throw refuse("the way from \(classCount) raw scores to predictions")
    }
    guard ensemble.trees.allSatisfy({ $0.categorySets.isEmpty }) else { throw refuse("splits on sets of levels") }
    // A base score other than 0 is a tree of one leaf: on the scale of the objective it might not be expressible.
    var trees = try ensemble.baseScores.enumerated().filter { $0.element != 0 }.map { output, base in
      (tree: try DecisionTree(nodes: [.leaf(value: base)]), output: output)
    }
    trees += zip(ensemble.trees, ensemble.outputs).map { ($0, $1) }
    let featureCount = ensemble.features.count
    let model: JSONText = .object([
      (
        "gbtree_model_param",
        .object([("num_parallel_tree", .text("1")), ("num_trees", .text(String(trees.count)))])
      ),
      ("iteration_indptr", .integers(Array(0...trees.count))),
      ("tree_info", .integers(trees.map(\.output))),
      ("trees", .list(trees.enumerated().map { tree($0.element.tree, id: $0.offset, featureCount: featureCount) })),
    ])
    // Brackets and < are not allowed in names there.
    let names = ensemble.features.map {
      $0.name.replacing("[", with: "(").replacing("]", with: ")").replacing("<", with: "_")
    }
    let file: JSONText = .object([
      (
        "learner",
        .object([
          ("attributes", .object([])),
          ("feature_names", .list(names.map { .text($0) })),
          ("feature_types", .list(names.map { _ in .text("float") })),
          ("gradient_booster", .object([("model", model), ("name", .text("gbtree"))])),
          (
            "learner_model_param",
            .object([
              ("base_score", .text(link.neutralBaseScore)), ("boost_from_average", .text("1")),
              ("num_class", .text(classCount > 1 ? String(classCount) : "0")),
              ("num_feature", .text(String(featureCount))), ("num_target", .text("1")),
            ])
          ),
          ("objective", .object([("name", .text(objective)), parameters])),
        ])
      ),
      ("version", .integers([3, 0, 0])),
    ])
    var text = ""
    file.write(to: &text)
    return Data(text.utf8)
  }

  private static func tree(_ tree: DecisionTree, id: Int, featureCount: Int) -> JSONText {
    var parents = [Int](repeating: Int(Int32.max), count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      parents[Int(node.left)] = index
      parents[Int(node.right)] = index
    }
    func singles(_ value: (DecisionTree.Node) -> Double) -> JSONText {
      .reals(tree.nodes.map { Float(value($0).clampedToFloat) })
    }
    return .object([
      ("base_weights", singles { $0.value }),
      ("categories", .integers([])), ("categories_nodes", .integers([])), ("categories_segments", .integers([])),
      ("categories_sizes", .integers([])),
      ("default_left", .integers(tree.nodes.map { $0.missingGoesLeft ? 1 : 0 })),
      ("id", .integer(id)),
      ("left_children", .integers(tree.nodes.map { $0.isLeaf ? -1 : Int($0.left) })),
      ("loss_changes", singles { $0.gain }),
      ("parents", .integers(parents)),
      ("right_children", .integers(tree.nodes.map { $0.isLeaf ? -1 : Int($0.right) })),
      (
        "split_conditions",
        singles { node in
          // `x <= threshold` of singles is `x < the next single`.
          node.isLeaf ? node.value : Double(node.threshold.clampedToFloat.roundedDownToFloat.nextUp)
        }
      ),
      ("split_indices", .integers(tree.nodes.map { $0.isLeaf ? 0 : Int($0.feature) })),
      ("split_type", .integers(tree.nodes.map { _ in 0 })),
      ("sum_hessian", singles { $0.cover }),
      (
        "tree_param",
        .object([
          ("num_deleted", .text("0")), ("num_feature", .text(String(featureCount))),
          ("num_nodes", .text(String(tree.nodes.count))), ("size_leaf_vector", .text("1")),
        ])
      ),
    ])
  }
}

extension Double {
  /// Within the range of finite singles, one step away from its ends.
  var clampedToFloat: Double {
    let limit = Double(Float.greatestFiniteMagnitude.nextDown)
    return Swift.min(limit, Swift.max(-limit, self))
  }
}

extension PredictionLink {
  /// The base score, on the scale of predictions, whose raw score is 0.
  var neutralBaseScore: String {
    switch self {
    case .logistic: "5E-1"
    case .exponential: "1E0"
    default: "0E0"
    }
  }
}

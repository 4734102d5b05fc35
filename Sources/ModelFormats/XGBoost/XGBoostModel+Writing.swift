import BoostedTrees
import Foundation

extension XGBoostModel {
  /// The JSON of a model that XGBoost reads. XGBoost holds thresholds and leaves in single precision: rows of singles go
  /// the same way, and raw scores differ by the rounding of the leaves.
  ///
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` for a link without an objective there, several base scores that
  ///   differ, or splits on sets of levels.
  public static func json(of ensemble: TreeEnsemble, link: PredictionLink) throws -> Data {
    func refuse(_ reason: String) -> ModelFileError { .notExpressible(.xgboost, reason: reason) }
    let classCount = ensemble.baseScores.count
    let objective: String
    var objectiveParameters = ("reg_loss_param", ["scale_pos_weight": "1"])
    switch (link, classCount) {
    case (.identity, 1): objective = "reg:squarederror"
    case (.logistic(scale: 1), 1): objective = "binary:logistic"
    case (.softmax, 2...):
      objective = "multi:softprob"
      objectiveParameters = ("softmax_multiclass_param", ["num_class": String(classCount)])
    case (.exponential, 1):
      objective = "count:poisson"
      objectiveParameters = ("poisson_regression_param", ["max_delta_step": "0.699999988"])
    default: throw refuse("the way from \(classCount) raw scores to predictions")
    }
    guard ensemble.trees.allSatisfy({ $0.categorySets.isEmpty }) else {
      throw refuse("splits on sets of levels")
    }
    // A base score other than 0 is a tree of one leaf: on the scale of the objective it might not be expressible.
    var trees = ensemble.baseScores.enumerated().filter { $0.element != 0 }.map { output, base in
      (tree: try! DecisionTree(nodes: [.leaf(value: base)]), output: output)
    }
    trees += zip(ensemble.trees, ensemble.outputs).map { ($0, $1) }
    let neutral = link.neutralBaseScore
    let model: [String: Any] = [
      "gbtree_model_param": ["num_parallel_tree": "1", "num_trees": String(trees.count)],
      "iteration_indptr": Array(0...trees.count),
      "tree_info": trees.map(\.output),
      "trees": trees.enumerated().map {
        tree(of: $0.element.tree, id: $0.offset, featureCount: ensemble.features.count)
      },
    ]
    let file: [String: Any] = [
      "version": [3, 0, 0],
      "learner": [
        "attributes": [String: String](),
        "feature_names": ensemble.features.map {
          $0.name.replacing("[", with: "(").replacing("]", with: ")").replacing("<", with: "_")
        },
        "feature_types": ensemble.features.map { _ in "float" },
        "gradient_booster": ["name": "gbtree", "model": model] as [String: Any],
        "learner_model_param": [
          "base_score": neutral, "boost_from_average": "1", "num_class": classCount > 1 ? String(classCount) : "0",
          "num_feature": String(ensemble.features.count), "num_target": "1",
        ],
        "objective": ["name": objective, objectiveParameters.0: objectiveParameters.1] as [String: Any],
      ] as [String: Any],
    ]
    return try JSONSerialization.data(withJSONObject: file, options: [.sortedKeys])
  }

  private static func tree(of tree: DecisionTree, id: Int, featureCount: Int) -> [String: Any] {
    var parents = [Int](repeating: Int(Int32.max), count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      parents[Int(node.left)] = index
      parents[Int(node.right)] = index
    }
    func singles(_ value: (DecisionTree.Node) -> Double) -> [NSNumber] {
      // Written as the shortest decimal that single precision reads back.
      tree.nodes.map { NSDecimalNumber(string: Float(value($0)).description) }
    }
    return [
      "id": id,
      "base_weights": singles { $0.value },
      "categories": [Int](), "categories_nodes": [Int](), "categories_segments": [Int](), "categories_sizes": [Int](),
      "default_left": tree.nodes.map { $0.missingGoesLeft ? 1 : 0 },
      "left_children": tree.nodes.map { $0.isLeaf ? -1 : Int($0.left) },
      "right_children": tree.nodes.map { $0.isLeaf ? -1 : Int($0.right) },
      "loss_changes": singles { $0.gain },
      "parents": parents,
      "split_conditions": singles { node in
        // `x <= threshold` of singles is `x < the next single`.
        node.isLeaf ? node.value : Double(node.threshold.clampedToFloat.roundedDownToFloat.nextUp)
      },
      "split_indices": tree.nodes.map { $0.isLeaf ? 0 : Int($0.feature) },
      "split_type": tree.nodes.map { _ in 0 },
      "sum_hessian": singles { $0.cover },
      "tree_param": [
        "num_deleted": "0", "num_feature": String(featureCount), "num_nodes": String(tree.nodes.count),
        "size_leaf_vector": "1",
      ],
    ]
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

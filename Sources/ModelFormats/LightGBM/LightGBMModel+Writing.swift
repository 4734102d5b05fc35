import BoostedTrees
import Foundation

extension LightGBMModel {
  /// The text of a model that LightGBM reads, with the same raw scores to the last digit but for the order of sums.
  ///
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` for a link that LightGBM has no objective for, or a split on a
  ///   set of levels where a missing value goes with the set: in LightGBM it never does.
  public static func text(of ensemble: TreeEnsemble, link: PredictionLink) throws -> Data {
    let outputCount = ensemble.baseScores.count
    let objective: String
    switch link {
    case .identity: objective = "regression"
    case .logistic(let scale):
      objective =
        outputCount == 1 ? "binary sigmoid:\(scale)" : "multiclassova num_class:\(outputCount) sigmoid:\(scale)"
    case .softmax: objective = "multiclass num_class:\(outputCount)"
    case .exponential: objective = "poisson"
    case .softplus: objective = "cross_entropy_lambda"
    case .signedSquare: objective = "regression sqrt"
    case .unknown(let name):
      throw ModelFileError.notExpressible(.lightGBM, reason: "the way from raw scores to predictions ('\(name)')")
    }
    // Trees take turns over the outputs; base scores are trees of one leaf, and outputs with fewer trees get empty ones.
    // One leaf with a finite value is always a tree, and base scores were found finite when the ensemble was made.
    var byOutput = ensemble.baseScores.map { try! DecisionTree(nodes: [.leaf(value: $0)]) }.map { [$0] }
    for (tree, output) in zip(ensemble.trees, ensemble.outputs) { byOutput[output].append(tree) }
    let empty = try! DecisionTree(nodes: [.leaf(value: 0)])
    let iterations = byOutput.map(\.count).max() ?? 1
    var blocks: [String] = []
    for iteration in 0..<iterations {
      for trees in byOutput {
        let tree = iteration < trees.count ? trees[iteration] : empty
        blocks.append("Tree=\(blocks.count)\n" + (try block(tree)) + "\n")
      }
    }
    let names = ensemble.features.map { $0.name.map { $0.isWhitespace || ",:\"[]{}".contains($0) ? "_" : $0 } }.map {
      String($0)
    }
    let header = [
      "tree", "version=v4", "num_class=\(outputCount)", "num_tree_per_iteration=\(outputCount)", "label_index=0",
      "max_feature_idx=\(max(0, ensemble.features.count - 1))", "objective=\(objective)",
      "feature_names=" + names.joined(separator: " "),
      "feature_infos=" + names.map { _ in "none" }.joined(separator: " "),
      "tree_sizes=" + blocks.map { String($0.utf8.count) }.joined(separator: " "), "", "",
    ].joined(separator: "\n")
    return Data((header + blocks.joined() + "end of trees\n\nparameters:\nend of parameters\n").utf8)
  }

  private static func block(_ tree: DecisionTree) throws -> String {
    var (positions, splits, leaves) = ([Int](), [DecisionTree.Node](), [DecisionTree.Node]())
    for node in tree.nodes {
      positions.append(node.isLeaf ? ~leaves.count : splits.count)
      if node.isLeaf { leaves.append(node) } else { splits.append(node) }
    }
    func line(_ key: String, _ values: [some CustomStringConvertible]) -> String {
      key + "=" + values.map(\.description).joined(separator: " ") + "\n"
    }
    guard !splits.isEmpty else {
      return "num_leaves=1\nnum_cat=0\n" + line("leaf_value", leaves.map(\.value)) + "is_linear=0\nshrinkage=1\n\n"
    }
    var (bounds, words, thresholds, types) = ([0], [UInt32](), [String](), [Int]())
    for split in splits {
      if split.categorySet >= 0 {
        guard !split.missingGoesLeft else {
          throw ModelFileError.notExpressible(
            .lightGBM, reason: "a split on a set of levels where a missing value goes with the set")
        }
        thresholds.append(String(bounds.count - 1))
        for word in tree.categorySets[Int(split.categorySet)].words {
          words += [UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32)]
        }
        bounds.append(words.count)
        types.append(1 | 2 << 2)
      } else {
        thresholds.append(
          split.threshold.isInfinite ? (split.threshold > 0 ? "1e308" : "-1e308") : "\(split.threshold)")
        types.append((split.missingGoesLeft ? 2 : 0) | 2 << 2)
      }
    }
    var text = "num_leaves=\(leaves.count)\nnum_cat=\(bounds.count - 1)\n"
    text += line("split_feature", splits.map(\.feature))
    text += line("split_gain", splits.map(\.gain))
    text += line("threshold", thresholds)
    text += line("decision_type", types)
    text += line("left_child", splits.map { positions[Int($0.left)] })
    text += line("right_child", splits.map { positions[Int($0.right)] })
    text += line("leaf_value", leaves.map(\.value))
    text += line("leaf_weight", leaves.map(\.cover))
    text += line("leaf_count", leaves.map { Int(min($0.cover, 1e9)) })
    text += line("internal_value", splits.map(\.value))
    text += line("internal_weight", splits.map(\.cover))
    text += line("internal_count", splits.map { Int(min($0.cover, 1e9)) })
    if bounds.count > 1 {
      text += line("cat_boundaries", bounds)
      text += line("cat_threshold", words)
    }
    return text + "is_linear=0\nshrinkage=1\n\n"
  }
}

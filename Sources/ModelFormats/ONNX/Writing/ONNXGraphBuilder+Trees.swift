import BoostedTrees

/// How trees are written.
public enum ONNXTreeOperator: String, Sendable, Codable, CaseIterable {
  /// `TreeEnsemble` of `ai.onnx.ml` 5: double precision, sets of levels.
  case treeEnsemble = "tree-ensemble"
  /// `TreeEnsembleRegressor` of `ai.onnx.ml` 4: single precision, for older runtimes. Thresholds are rounded down, so
  /// that values that single precision holds exactly go the same way.
  case treeEnsembleRegressor = "tree-ensemble-regressor"

  /// How far runtimes may be from the model: rounding of the last digits, of single precision in the older operator.
  var tolerance: Double { self == .treeEnsemble ? 1e-9 : 1e-5 }
}

/// Trees laid out as the attributes of one node with several targets.
struct TreeEnsembleAttributes {
  var roots: [Int] = []
  var features: [Int] = []
  var modes: [Int64] = []
  var splits: [Double] = []
  var trueChildren: [Int] = []
  var trueIsLeaf: [Int] = []
  var falseChildren: [Int] = []
  var falseIsLeaf: [Int] = []
  var missingTracksTrue: [Int] = []
  var membership: [Double] = []
  var leafTargets: [Int] = []
  var leafWeights: [Double] = []

  /// The mode codes of the operator.
  enum Mode {
    static let lessOrEqual: Int64 = 0
    static let member: Int64 = 6
  }

  /// Adds a tree that adds to `target`. Splits and leaves keep their order.
  mutating func append(_ tree: DecisionTree, target: Int) {
    let firstSplit = features.count
    let firstLeaf = leafWeights.count
    // Where each node of the tree stands among the splits, or among the leaves.
    var positions: [Int] = []
    var (splitCount, leafCount) = (0, 0)
    for node in tree.nodes {
      positions.append(node.isLeaf ? firstLeaf + leafCount : firstSplit + splitCount)
      if node.isLeaf { leafCount += 1 } else { splitCount += 1 }
    }
    roots.append(firstSplit)
    for node in tree.nodes {
      if node.isLeaf {
        leafTargets.append(target)
        leafWeights.append(node.value)
        continue
      }
      features.append(Int(node.feature))
      missingTracksTrue.append(node.missingGoesLeft ? 1 : 0)
      trueChildren.append(positions[Int(node.left)])
      trueIsLeaf.append(tree.nodes[Int(node.left)].isLeaf ? 1 : 0)
      falseChildren.append(positions[Int(node.right)])
      falseIsLeaf.append(tree.nodes[Int(node.right)].isLeaf ? 1 : 0)
      if node.categorySet >= 0 {
        let levels = tree.categorySets[Int(node.categorySet)].levels
        if levels.isEmpty {
          // A set that holds nothing: no value is ≤ −∞ but −∞ itself, which no row has.
          modes.append(Mode.lessOrEqual)
          splits.append(-.infinity)
        } else {
          modes.append(Mode.member)
          splits.append(0)
          membership.append(contentsOf: levels.map(Double.init))
          membership.append(.nan)
        }
      } else {
        modes.append(Mode.lessOrEqual)
        splits.append(node.threshold)
      }
    }
    if splitCount == 0 {
      // A tree of one leaf is a split with that leaf on both sides.
      features.append(0)
      modes.append(Mode.lessOrEqual)
      splits.append(0)
      missingTracksTrue.append(0)
      trueChildren.append(firstLeaf)
      trueIsLeaf.append(1)
      falseChildren.append(firstLeaf)
      falseIsLeaf.append(1)
    }
  }
}

extension ONNXGraphBuilder {
  /// Raw scores, one column per ensemble: base score and all trees of output 0 of each.
  ///
  /// - Parameters:
  ///   - input: Rows × features, double, NaN where missing.
  ///   - name: Of the node, by which the trees are found again.
  mutating func treeScores(
    _ ensembles: [TreeEnsemble], input: Value, name: String, operation: ONNXTreeOperator
  ) throws -> Value {
    let columns = ensembles.flatMap { ensemble in
      ensemble.baseScores.indices.map { output in
        (
          base: ensemble.baseScores[output],
          trees: ensemble.trees.indices.filter { ensemble.outputs[$0] == output }.map { ensemble.trees[$0] }
        )
      }
    }
    var attributes = TreeEnsembleAttributes()
    for (target, column) in columns.enumerated() {
      for tree in column.trees { attributes.append(tree, target: target) }
    }
    let bases = constant(columns.map(\.base), name + ".base_scores")
    if attributes.roots.isEmpty {
      // No tree at all: the base score for every row.
      let first = gather(input, columns: [0], name + ".first")
      let zero = node("Sub", [first, first])
      let nan = node("IsNaN", [zero])
      let clean = choose(nan, constant(0, name + ".zero"), zero)
      return add(clean, bases)
    }
    let scores =
      switch operation {
      case .treeEnsemble: treeEnsemble(attributes, targetCount: columns.count, input: input, name: name)
      case .treeEnsembleRegressor:
        try treeEnsembleRegressor(attributes, columns.map(\.trees), input: input, name: name)
      }
    return add(scores, bases)
  }

  private mutating func treeEnsemble(
    _ trees: TreeEnsembleAttributes, targetCount: Int, input: Value, name: String
  ) -> Value {
    func doubles(_ values: [Double]) -> Attribute { .tensor(Tensor(shape: [values.count], doubles: values)) }
    var attributes: [(String, Attribute)] = [
      ("aggregate_function", .integer(1)),
      ("post_transform", .integer(0)),
      ("n_targets", .integer(targetCount)),
      ("tree_roots", .integers(trees.roots)),
      ("nodes_featureids", .integers(trees.features)),
      ("nodes_modes", .tensor(Tensor(.uint8, shape: [trees.modes.count], .integer(trees.modes)))),
      ("nodes_splits", doubles(trees.splits)),
      ("nodes_truenodeids", .integers(trees.trueChildren)),
      ("nodes_trueleafs", .integers(trees.trueIsLeaf)),
      ("nodes_falsenodeids", .integers(trees.falseChildren)),
      ("nodes_falseleafs", .integers(trees.falseIsLeaf)),
      ("nodes_missing_value_tracks_true", .integers(trees.missingTracksTrue)),
      ("leaf_targetids", .integers(trees.leafTargets)),
      ("leaf_weights", doubles(trees.leafWeights)),
    ]
    if !trees.membership.isEmpty { attributes.append(("membership_values", doubles(trees.membership))) }
    return node("TreeEnsemble", [input], attributes, domain: "ai.onnx.ml", name: name)
  }

  /// The older operator: leaves are nodes too, and all numbers are single precision.
  ///
  /// A runtime sums the leaves of a target in single precision, so that hundreds of trees lose digits. The trees of a column
  /// are therefore dealt to several targets, whose sums are added in double: column `c` of `count` has the targets `c`,
  /// `c + count`, `c + 2 count`, …
  private mutating func treeEnsembleRegressor(
    _ layout: TreeEnsembleAttributes, _ trees: [[DecisionTree]], input: Value, name: String
  ) throws -> Value {
    guard layout.membership.isEmpty else {
      throw ModelFileError.notExpressible(
        .onnx, reason: "TreeEnsembleRegressor has no splits on sets of levels; use TreeEnsemble")
    }
    var (treeIDs, nodeIDs, features, trueIDs, falseIDs, missing) = (
      [Int](), [Int](), [Int](), [Int](), [Int](), [Int]()
    )
    var (modes, values) = ([String](), [Float]())
    var (targetTrees, targetNodes, targetIDs, weights) = ([Int](), [Int](), [Int](), [Float]())
    let largest = trees.map(\.count).max() ?? 0
    let partCount = max(1, min(16, (largest + 15) / 16))
    var treeIndex = 0
    for (column, columnTrees) in trees.enumerated() {
      for (place, tree) in columnTrees.enumerated() {
        let target = place * partCount / columnTrees.count * trees.count + column
        for (index, node) in tree.nodes.enumerated() {
          treeIDs.append(treeIndex)
          nodeIDs.append(index)
          features.append(max(0, Int(node.feature)))
          modes.append(node.isLeaf ? "LEAF" : "BRANCH_LEQ")
          values.append(node.isLeaf ? 0 : node.threshold.roundedDownToFloat)
          trueIDs.append(Int(node.left))
          falseIDs.append(Int(node.right))
          missing.append(node.missingGoesLeft ? 1 : 0)
          if node.isLeaf {
            targetTrees.append(treeIndex)
            targetNodes.append(index)
            targetIDs.append(target)
            weights.append(Float(node.value))
          }
        }
        treeIndex += 1
      }
    }
    machineLearningVersion = 4
    let single = node("Cast", [input], [("to", .integer(Int(ElementType.float.rawValue)))])
    let scores = node(
      "TreeEnsembleRegressor", [single],
      [
        ("n_targets", .integer(partCount * trees.count)),
        ("nodes_treeids", .integers(treeIDs)),
        ("nodes_nodeids", .integers(nodeIDs)),
        ("nodes_featureids", .integers(features)),
        ("nodes_modes", .strings(modes)),
        ("nodes_values", .floats(values)),
        ("nodes_truenodeids", .integers(trueIDs)),
        ("nodes_falsenodeids", .integers(falseIDs)),
        ("nodes_missing_value_tracks_true", .integers(missing)),
        ("target_treeids", .integers(targetTrees)),
        ("target_nodeids", .integers(targetNodes)),
        ("target_ids", .integers(targetIDs)),
        ("target_weights", .floats(weights)),
      ], domain: "ai.onnx.ml", name: name)
    guard partCount > 1 else { return double(scores) }
    var belongs = [Double](repeating: 0, count: partCount * trees.count * trees.count)
    for target in 0..<partCount * trees.count { belongs[target * trees.count + target % trees.count] = 1 }
    let sums = constant(belongs, shape: [partCount * trees.count, trees.count], name + ".parts")
    return node("MatMul", [double(scores), sums])
  }
}

extension Double {
  /// The largest single-precision number that is not above this one: for a single `x`, `x <= self` and
  /// `x <= roundedDownToFloat` are the same question.
  var roundedDownToFloat: Float {
    let nearest = Float(self)
    return Double(nearest) > self ? nearest.nextDown : nearest
  }
}

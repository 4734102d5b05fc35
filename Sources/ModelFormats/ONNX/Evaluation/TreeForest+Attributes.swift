/// The lists that the older and the newer operator write, read into one form.
extension TreeForest {
  /// `TreeEnsembleRegressor` and `TreeEnsembleClassifier`: one list per property of all nodes, leaves included.
  ///
  /// - Parameters:
  ///   - prefix: `target` or `class`, as the lists of leaf weights are called.
  init(older node: OperatorNode, prefix: String, targetCount: Int) throws {
    let treeIDs = node.integers("nodes_treeids")
    let nodeIDs = node.integers("nodes_nodeids")
    let features = node.integers("nodes_featureids")
    let modes = try node.strings("nodes_modes")
    let thresholds = try node.reals(tensor: "nodes_values_as_tensor", floats: "nodes_values")
    let trueIDs = node.integers("nodes_truenodeids")
    let falseIDs = node.integers("nodes_falsenodeids")
    let missing = node.integers("nodes_missing_value_tracks_true")
    let count = treeIDs.count
    guard count < 1 << 30, nodeIDs.count == count, features.count == count, modes.count == count,
      thresholds.count == count, trueIDs.count == count, falseIDs.count == count,
      missing.isEmpty || missing.count == count
    else { throw OperatorFailure("the lists of the nodes differ in length") }

    struct Key: Hashable {
      let tree: Int
      let node: Int
    }
    var positions: [Key: Int] = [:]
    positions.reserveCapacity(count)
    for index in 0..<count {
      guard positions.updateValue(index, forKey: Key(tree: treeIDs[index], node: nodeIDs[index])) == nil else {
        throw OperatorFailure("node \(nodeIDs[index]) of tree \(treeIDs[index]) is there twice")
      }
    }
    // Splits and leaves are numbered apart.
    var codes = [Int32](repeating: 0, count: count)
    var (splitCount, leafCount) = (Int32(0), Int32(0))
    for index in 0..<count {
      if modes[index] == "LEAF" {
        codes[index] = ~leafCount
        leafCount += 1
      } else {
        codes[index] = splitCount
        splitCount += 1
      }
    }
    var splits: [Split] = []
    splits.reserveCapacity(Int(splitCount))
    var isChild = [Bool](repeating: false, count: count)
    for index in 0..<count where modes[index] != "LEAF" {
      guard let mode = Mode(named: modes[index]) else { throw OperatorFailure("mode '\(modes[index])'") }
      guard let feature = Int32(exactly: features[index]) else { throw OperatorFailure("feature \(features[index])") }
      let children = try [trueIDs[index], falseIDs[index]].map { id in
        guard let child = positions[Key(tree: treeIDs[index], node: id)] else {
          throw OperatorFailure("tree \(treeIDs[index]) has no node \(id)")
        }
        isChild[child] = true
        return codes[child]
      }
      splits.append(
        Split(
          feature: feature, mode: mode, missingTracksTrue: !missing.isEmpty && missing[index] != 0,
          trueChild: children[0], falseChild: children[1], threshold: thresholds[index]))
    }
    var roots: [Int32] = []
    var rootedTrees = Set<Int>()
    for index in 0..<count where !isChild[index] {
      guard rootedTrees.insert(treeIDs[index]).inserted else {
        throw OperatorFailure("tree \(treeIDs[index]) has several roots")
      }
      roots.append(codes[index])
    }
    guard rootedTrees.count == Set(treeIDs).count else { throw OperatorFailure("a tree without a root: not a tree") }

    let leafTrees = node.integers(prefix + "_treeids")
    let leafNodes = node.integers(prefix + "_nodeids")
    let leafTargets = node.integers(prefix + "_ids")
    let leafWeights = try node.reals(tensor: prefix + "_weights_as_tensor", floats: prefix + "_weights")
    guard leafNodes.count == leafTrees.count, leafTargets.count == leafTrees.count,
      leafWeights.count == leafTrees.count
    else { throw OperatorFailure("the lists of the leaves differ in length") }
    var entries: [(leaf: Int32, entry: Int)] = []
    for entry in leafTrees.indices {
      guard let index = positions[Key(tree: leafTrees[entry], node: leafNodes[entry])] else {
        throw OperatorFailure("tree \(leafTrees[entry]) has no node \(leafNodes[entry])")
      }
      // Some writers give weights to splits too; no row ends there.
      if codes[index] < 0 { entries.append((~codes[index], entry)) }
    }
    entries.sort { ($0.leaf, $0.entry) < ($1.leaf, $1.entry) }
    var starts = [Int32](repeating: 0, count: Int(leafCount) + 1)
    for entry in entries { starts[Int(entry.leaf) + 1] += 1 }
    for leaf in 0..<Int(leafCount) { starts[leaf + 1] += starts[leaf] }
    let targets = try entries.map { entry in
      guard let target = Int32(exactly: leafTargets[entry.entry]) else {
        throw OperatorFailure("a target out of range")
      }
      return target
    }
    try self.init(
      splits: splits, roots: roots, leafStarts: starts, targets: targets,
      weights: entries.map { leafWeights[$0.entry] }, targetCount: targetCount)
  }

  /// `TreeEnsemble` of `ai.onnx.ml` 5: splits and leaves in lists of their own.
  init(newer node: OperatorNode) throws {
    let features = node.integers("nodes_featureids")
    guard let modes = try node.tensor("nodes_modes")?.integers else { throw OperatorFailure("nodes_modes is missing") }
    let thresholds = try node.reals(tensor: "nodes_splits", floats: "")
    let trueIDs = node.integers("nodes_truenodeids")
    let trueLeafs = node.integers("nodes_trueleafs")
    let falseIDs = node.integers("nodes_falsenodeids")
    let falseLeafs = node.integers("nodes_falseleafs")
    let missing = node.integers("nodes_missing_value_tracks_true")
    let leafTargets = node.integers("leaf_targetids")
    let leafWeights = try node.reals(tensor: "leaf_weights", floats: "")
    let count = features.count
    guard count < 1 << 30, modes.count == count, thresholds.count == count, trueIDs.count == count,
      trueLeafs.count == count, falseIDs.count == count, falseLeafs.count == count,
      missing.isEmpty || missing.count == count, leafTargets.count == leafWeights.count, leafWeights.count < 1 << 30
    else { throw OperatorFailure("the lists of the nodes differ in length") }
    let values = try node.tensor("membership_values").map { _ in
      try node.reals(tensor: "membership_values", floats: "")
    }
    var memberSets = (values ?? []).split(whereSeparator: \.isNaN).map { Set($0) }[...]
    var sets: [Set<Double>] = []
    func child(_ id: Int, _ isLeaf: Int) throws -> Int32 {
      guard id >= 0, let index = Int32(exactly: id) else { throw OperatorFailure("node \(id)") }
      return isLeaf != 0 ? ~index : index
    }
    var splits: [Split] = []
    splits.reserveCapacity(count)
    for index in 0..<count {
      guard let mode = Mode(code: modes[index]) else { throw OperatorFailure("mode \(modes[index])") }
      guard let feature = Int32(exactly: features[index]) else { throw OperatorFailure("feature \(features[index])") }
      var set: Int32 = -1
      if mode == .member {
        guard let members = memberSets.popFirst() else { throw OperatorFailure("too few sets of levels") }
        set = Int32(sets.count)
        sets.append(members)
      }
      splits.append(
        Split(
          feature: feature, mode: mode, missingTracksTrue: !missing.isEmpty && missing[index] != 0, set: set,
          trueChild: try child(trueIDs[index], trueLeafs[index]),
          falseChild: try child(falseIDs[index], falseLeafs[index]), threshold: thresholds[index]))
    }
    let roots = try node.integers("tree_roots").map { try child($0, 0) }
    let targets = try leafTargets.map { target in
      guard let target = Int32(exactly: target) else { throw OperatorFailure("a target out of range") }
      return target
    }
    try self.init(
      splits: splits, sets: sets, roots: roots, leafStarts: (0...leafWeights.count).map(Int32.init),
      targets: targets, weights: leafWeights, targetCount: try node.integer("n_targets", default: 1))
  }
}

extension TreeForest.Mode {
  init?(named name: String) {
    switch name {
    case "BRANCH_LEQ": self = .lessOrEqual
    case "BRANCH_LT": self = .less
    case "BRANCH_GTE": self = .greaterOrEqual
    case "BRANCH_GT": self = .greater
    case "BRANCH_EQ": self = .equal
    case "BRANCH_NEQ": self = .notEqual
    default: return nil
    }
  }

  init?(code: Int64) {
    guard let raw = UInt8(exactly: code), let mode = Self(rawValue: raw) else { return nil }
    self = mode
  }
}

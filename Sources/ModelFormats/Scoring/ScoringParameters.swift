import BoostedTrees
import StatisticalLearning

/// The tensors and trees of a graph, by name.
struct ScoringParameters {
  private let tensors: [String: ONNXTensorProto]
  private let nodes: [String: ONNXNodeProto]

  init(_ graph: ONNXGraphProto) {
    tensors = Dictionary(graph.initializer.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    nodes = Dictionary(
      graph.node.filter { !$0.name.isEmpty }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The finite reals of a tensor of a known shape.
  func reals(_ name: String, shape: [Int]) throws -> [Double] {
    guard let message = tensors[name] else { throw ModelFileError.missing("tensor '\(name)'") }
    let tensor = try Tensor(message)
    guard tensor.shape == shape, case .real(let values) = tensor.elements, values.allSatisfy({ $0.isFinite }) else {
      throw ModelFileError.malformed(
        .onnx, place: "tensor '\(name)'", reason: "expected finite reals of shape \(shape)")
    }
    return values
  }

  /// The trees of a node, one ensemble per target; the first with what the graph does not hold.
  func ensembles(
    _ name: String, bases: String, count: Int, features: [Feature], annotations: [TreeAnnotation]
  ) throws -> [TreeEnsemble] {
    let baseScores = try reals(bases, shape: [count])
    func damaged(_ reason: String) -> ModelFileError {
      .malformed(.onnx, place: "trees '\(name)'", reason: reason)
    }
    var trees: [[DecisionTree]] = Array(repeating: [], count: count)
    if let message = nodes[name] {
      let decoded: ConvertedTrees?
      // The older operator deals the trees of a column to several targets.
      let isNew = message.opType == "TreeEnsemble"
      let limit = isNew ? count : 16 * count
      do {
        let node = try OperatorNode(message, operatorSetVersion: 5)
        let forest =
          isNew
          ? try TreeForest(newer: node)
          : try TreeForest(older: node, prefix: "target", targetCount: node.integer("n_targets", default: 1))
        decoded = forest.decisionTrees(precision: isNew ? .double : .single)
      } catch let failure as OperatorFailure {
        throw ModelFileError.invalidNode(operator: message.opType, node: name, reason: failure.reason)
      }
      guard let decoded, decoded.targets.allSatisfy({ $0 >= 0 && $0 < limit }) else {
        throw damaged("not trees of this model")
      }
      for (index, target) in decoded.targets.map({ $0 % count }).enumerated() {
        let tree = decoded.trees[index]
        let place = trees[target].count
        let annotation = target == 0 && place < annotations.count ? annotations[place] : nil
        trees[target].append(annotation.flatMap { tree.annotated(with: $0, codes: decoded.codes[index]) } ?? tree)
      }
    }
    do {
      return try trees.indices.map {
        try TreeEnsemble(trees: trees[$0], baseScores: [baseScores[$0]], features: features)
      }
    } catch {
      throw damaged("\(error)")
    }
  }
}

extension DecisionTree {
  /// The same tree with its nodes in the annotated order, and their covers, gains and inner values; `nil` when the
  /// annotation is of another tree.
  ///
  /// - Parameter codes: Which split (or `~` which leaf) of the graph each node is. The graph keeps splits, and leaves, in
  ///   the order of the tree that was written.
  func annotated(with annotation: TreeAnnotation, codes: [Int32]) -> DecisionTree? {
    let isSplit = annotation.order.utf8.map { $0 == UInt8(ascii: "S") }
    let splits = nodes.indices.filter { !nodes[$0].isLeaf }.sorted { codes[$0] < codes[$1] }
    let leaves = nodes.indices.filter { nodes[$0].isLeaf }.sorted { ~codes[$0] < ~codes[$1] }
    if isSplit == [false], annotation.covers.count == 1, let leaf = leaves.first,
      Set(leaves.map { codes[$0] }).count == 1
    {
      // A tree of one leaf is written as a split with the leaf on both sides.
      return try? DecisionTree(nodes: [.leaf(value: nodes[leaf].value, cover: annotation.covers[0])])
    }
    guard isSplit.count == nodes.count, isSplit.filter({ $0 }).count == splits.count,
      annotation.covers.count == nodes.count, annotation.gains.count == splits.count,
      annotation.values.count == splits.count
    else { return nil }
    var position = [Int32](repeating: 0, count: nodes.count)
    var (split, leaf) = (0, 0)
    for (new, isSplit) in isSplit.enumerated() {
      position[isSplit ? splits[split] : leaves[leaf]] = Int32(new)
      if isSplit { split += 1 } else { leaf += 1 }
    }
    var result = nodes
    for old in nodes.indices {
      var node = nodes[old]
      let new = Int(position[old])
      node.cover = annotation.covers[new]
      if !node.isLeaf {
        node.left = position[Int(node.left)]
        node.right = position[Int(node.right)]
      }
      result[new] = node
    }
    for (rank, new) in isSplit.indices.filter({ isSplit[$0] }).enumerated() {
      result[new].gain = annotation.gains[rank]
      result[new].value = annotation.values[rank]
    }
    // Sets are numbered in the order in which their splits stand.
    var sets: [CategorySet] = []
    var indexOfSet: [CategorySet: Int] = [:]
    for new in result.indices where result[new].categorySet >= 0 {
      let set = categorySets[Int(result[new].categorySet)]
      let index = indexOfSet[set] ?? sets.count
      if indexOfSet.updateValue(index, forKey: set) == nil { sets.append(set) }
      result[new].categorySet = Int32(index)
    }
    return try? DecisionTree(nodes: result, categorySets: sets)
  }
}

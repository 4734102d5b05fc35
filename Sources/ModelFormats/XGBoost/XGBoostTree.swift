import BoostedTrees

/// One tree as XGBoost lays it out: lists with an entry per node.
struct XGBoostTree {
  private let place: String
  private let left: [Int]
  private let right: [Int]
  private let features: [Int]
  private let conditions: [Double]
  private let defaultLeft: [Double]
  private let covers: [Double]
  private let gains: [Double]
  private let isCategorical: [Double]
  /// The levels of categorical splits, by node.
  private var levels: [Int: [Int]] = [:]

  init(_ tree: ModelValueReference) throws {
    place = tree.place
    if let parameters = try tree.optional("tree_param"),
      let size = try parameters.optional("size_leaf_vector")?.parameter(), let size = Int(size), size > 1
    {
      throw ModelFileError.unsupported(.xgboost, feature: "leaves of several targets")
    }
    left = try tree.required("left_children").integers()
    right = try tree.required("right_children").integers()
    features = try tree.required("split_indices").integers()
    conditions = try tree.required("split_conditions").numbers()
    defaultLeft = try tree.required("default_left").numbers()
    covers = try tree.optional("sum_hessian")?.numbers() ?? []
    gains = try tree.optional("loss_changes")?.numbers() ?? []
    isCategorical = try tree.optional("split_type")?.numbers() ?? []
    let count = left.count
    guard count >= 1, right.count == count, features.count == count, conditions.count == count,
      defaultLeft.count == count, [covers, gains, isCategorical].allSatisfy({ $0.isEmpty || $0.count == count })
    else { throw malformed("the lists of the nodes differ in length") }
    try readLevels(tree)
  }

  private func malformed(_ reason: String) -> ModelFileError { .malformed(.xgboost, place: place, reason: reason) }

  private mutating func readLevels(_ tree: ModelValueReference) throws {
    let nodes = try tree.optional("categories_nodes")?.integers() ?? []
    let segments = try tree.optional("categories_segments")?.integers() ?? []
    let sizes = try tree.optional("categories_sizes")?.integers() ?? []
    let all = try tree.optional("categories")?.integers() ?? []
    guard segments.count == nodes.count, sizes.count == nodes.count else {
      throw malformed("the lists of the categories differ in length")
    }
    var total = 0
    for (position, node) in nodes.enumerated() {
      let (start, size) = (segments[position], sizes[position])
      guard start >= 0, size >= 0, start <= all.count, size <= all.count - start else {
        throw malformed("categories out of range")
      }
      // Each category belongs to one node.
      total += size
      guard total <= all.count else { throw malformed("categories that are used twice") }
      let own = Array(all[start..<start + size])
      guard own.allSatisfy({ $0 >= 0 && $0 < 1 << 20 }) else { throw malformed("a category out of range") }
      levels[node] = own
    }
  }

  /// - Parameters:
  ///   - weight: What the leaves are multiplied by: `dart` drops trees by it.
  ///   - budget: Of the memory that all trees may take.
  func decisionTree(weight: Double, featureCount: Int, budget: inout DocumentBudget) throws -> DecisionTree {
    let count = left.count
    try budget.spend(count * MemoryLayout<DecisionTree.Node>.stride)
    var result: [DecisionTree.Node] = []
    result.reserveCapacity(count)
    var sets: [CategorySet] = []
    var pending: [(index: Int, parent: Int, isLeft: Bool)] = [(0, -1, false)]
    while let (index, parent, isLeft) = pending.popLast() {
      guard index >= 0, index < count, result.count < count else { throw malformed("its nodes are not a tree") }
      let position = result.count
      if parent >= 0 {
        if isLeft { result[parent].left = Int32(position) } else { result[parent].right = Int32(position) }
      }
      let cover = covers.isEmpty || !covers[index].isFinite ? 0 : max(0, covers[index])
      if left[index] == -1 {
        result.append(.leaf(value: Double(Float(conditions[index])) * weight, cover: cover))
        continue
      }
      guard features[index] >= 0, features[index] < featureCount else {
        throw malformed("node \(index) splits on feature \(features[index]) of \(featureCount)")
      }
      let gain = gains.isEmpty || !gains[index].isFinite ? 0 : gains[index]
      if !isCategorical.isEmpty, isCategorical[index] == 1 {
        guard let own = levels[index] else { throw malformed("node \(index) has no categories") }
        let last = own.max() ?? 0
        try budget.spend(last / 8)
        // Levels of the set go right there, left here.
        result.append(
          .split(
            feature: features[index], categorySet: sets.count, missingGoesLeft: defaultLeft[index] == 0,
            left: 0, right: 0, cover: cover, gain: gain))
        sets.append(CategorySet(own))
        pending.append((left[index], position, false))
        pending.append((right[index], position, true))
      } else {
        let bound = Float(conditions[index])
        guard !bound.isNaN else { throw malformed("node \(index) has no threshold") }
        result.append(
          .split(
            feature: features[index], threshold: Double(bound.nextDown).largestRoundingToSingle,
            missingGoesLeft: defaultLeft[index] != 0, left: 0, right: 0, cover: cover, gain: gain))
        pending.append((right[index], position, false))
        pending.append((left[index], position, true))
      }
    }
    do {
      return try DecisionTree(nodes: result, categorySets: sets)
    } catch {
      throw malformed("\(error)")
    }
  }
}

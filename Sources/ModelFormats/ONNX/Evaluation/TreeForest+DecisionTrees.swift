import BoostedTrees

/// Which number a walk compares: the value itself, or the value rounded to single precision.
enum ComparisonPrecision: Sendable { case single, double }

/// Trees of this package made from a forest.
struct ConvertedTrees {
  var trees: [DecisionTree] = []
  var targets: [Int] = []
  /// Per tree and node: which split of the forest it is, or `~` which leaf.
  var codes: [[Int32]] = []
}

extension TreeForest {
  /// The same function as trees of this package, and the target of each: so that what explains our trees explains
  /// others' too. A tree whose leaves add to several targets is taken once for each.
  ///
  /// - Returns: `nil` when a split is on a set that is not of whole numbers ≥ 0, or the copies would be too many.
  func decisionTrees(precision: ComparisonPrecision) -> ConvertedTrees? {
    var result = ConvertedTrees()
    var nodeCount = 0
    // A set is a bit per level up to its highest: a few high levels must not become megabytes.
    var setBytes = 1 << 20
    for root in roots {
      var reached = Set<Int>()
      var pending = [root]
      while let index = pending.popLast() {
        if index < 0 {
          for entry in leafStarts[Int(~index)]..<leafStarts[Int(~index) + 1] {
            reached.insert(Int(targets[Int(entry)]))
          }
        } else {
          pending.append(splits[Int(index)].trueChild)
          pending.append(splits[Int(index)].falseChild)
        }
      }
      for target in reached.sorted() {
        guard
          let (tree, codes) = decisionTree(
            root: root, target: target, precision: precision, setBytes: &setBytes)
        else { return nil }
        nodeCount += tree.nodes.count
        guard nodeCount <= 4 * (splits.count + weights.count) + 64 else { return nil }
        result.trees.append(tree)
        result.targets.append(target)
        result.codes.append(codes)
      }
    }
    return result
  }

  private func decisionTree(
    root: Int32, target: Int, precision: ComparisonPrecision, setBytes: inout Int
  ) -> (tree: DecisionTree, codes: [Int32])? {
    var nodes: [DecisionTree.Node] = []
    var codes: [Int32] = []
    var categorySets: [CategorySet] = []
    var indexOfSet: [Set<Double>: Int] = [:]
    // (index in this forest, index of the parent in `nodes`, is the left child)
    var pending: [(index: Int32, parent: Int, isLeft: Bool)] = [(root, -1, false)]
    while let (index, parent, isLeft) = pending.popLast() {
      let position = nodes.count
      codes.append(index)
      if parent >= 0 {
        if isLeft { nodes[parent].left = Int32(position) } else { nodes[parent].right = Int32(position) }
      }
      if index < 0 {
        var value = 0.0
        for entry in Int(leafStarts[Int(~index)])..<Int(leafStarts[Int(~index) + 1])
        where Int(targets[entry]) == target { value += weights[entry] }
        nodes.append(.leaf(value: value))
        continue
      }
      let split = splits[Int(index)]
      // Our splits ask `x <= threshold` or membership; the other questions are these with the children exchanged.
      let isExchanged = [.greaterOrEqual, .greater, .notEqual].contains(split.mode)
      let missingGoesLeft = isExchanged ? split.mode != .notEqual && !split.missingTracksTrue : split.missingTracksTrue
      switch split.mode {
      case .lessOrEqual, .less, .greaterOrEqual, .greater:
        let isStrict = split.mode == .less || split.mode == .greaterOrEqual
        let bound = isStrict ? split.threshold.largestBelow(precision) : split.threshold
        nodes.append(
          .split(
            feature: Int(split.feature), threshold: precision == .single ? bound.largestRoundingToSingle : bound,
            missingGoesLeft: missingGoesLeft, left: 0, right: 0))
      case .equal, .notEqual, .member:
        let members = split.mode == .member ? sets[Int(split.set)] : [split.threshold]
        // −0 is 0.
        let levels = members.compactMap { Int(exactly: $0) }.filter { $0 >= 0 && $0 < 1 << 20 }
        guard levels.count == members.count else { return nil }
        setBytes += 64 * levels.count - (levels.max() ?? 0) / 8
        guard setBytes >= 0 else { return nil }
        let set = indexOfSet[members] ?? categorySets.count
        if indexOfSet.updateValue(set, forKey: members) == nil { categorySets.append(CategorySet(levels)) }
        nodes.append(
          .split(
            feature: Int(split.feature), categorySet: set, missingGoesLeft: missingGoesLeft, left: 0, right: 0))
      }
      let (left, right) =
        isExchanged ? (split.falseChild, split.trueChild) : (split.trueChild, split.falseChild)
      pending.append((right, position, false))
      pending.append((left, position, true))
    }
    return (try? DecisionTree(nodes: nodes, categorySets: categorySets)).map { ($0, codes) }
  }
}

extension Double {
  /// `x < self` is `x <= largestBelow`, for `x` of the precision.
  func largestBelow(_ precision: ComparisonPrecision) -> Double {
    switch precision {
    case .double: nextDown
    case .single: Double(Float(self).nextDown)
    }
  }

  /// For a single-precision bound `t`: the largest double `x` with `Float(x) <= t`. Halfway to the next single, ties go
  /// to the even one.
  var largestRoundingToSingle: Double {
    guard isFinite else { return self }
    let single = Float(self)
    let below = Double(single) > self ? single.nextDown : single
    let above = below.nextUp
    guard above.isFinite else { return .greatestFiniteMagnitude }
    let halfway = (Double(below) + Double(above)) / 2
    return Float(halfway) <= below ? halfway : halfway.nextDown
  }
}

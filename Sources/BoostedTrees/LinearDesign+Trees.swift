extension LinearDesign {
  /// The linear part as trees, one per column, so that everything that reads an ensemble reads it too: a leaf per bin,
  /// and one of value 0 for a missing answer and for a level that training did not see.
  func trees(_ coefficients: [Double], _ data: BinnedDataset, curvature: Double) -> [DecisionTree] {
    var result: [DecisionTree] = []
    for column in Set(terms.map(\.column)).sorted() {
      let bins = data.bins[column]
      var values = [Double](repeating: 0, count: bins.binCount)
      for (term, coefficient) in zip(terms, coefficients) where term.column == column {
        for bin in values.indices { values[bin] += coefficient * term.values[bin] }
      }
      if bins.hasMissing { values[bins.missingBin] = 0 }
      if bins.hasUnknown { values[bins.unknownBin] = 0 }
      guard values.contains(where: { $0 != 0 }) else { continue }
      var covers = [Double](repeating: 0, count: bins.binCount)
      for unit in 0..<data.unitCount { covers[data.bin(unit, column)] += data.weight(unit) }
      var builder = TreeBuilder(
        feature: data.columnOrder[column], bins: bins, values: values, covers: covers, curvature: curvature)
      if let tree = builder.build() { result.append(tree) }
    }
    return result
  }
}

/// Builds the tree of one column's effect.
private struct TreeBuilder {
  let feature: Int
  let bins: FeatureBins
  let values: [Double]
  let covers: [Double]
  let curvature: Double
  var nodes: [DecisionTree.Node] = []
  var sets: [CategorySet] = []

  init(feature: Int, bins: FeatureBins, values: [Double], covers: [Double], curvature: Double) {
    self.feature = feature
    self.bins = bins
    self.values = values
    self.covers = covers
    self.curvature = curvature
  }

  mutating func build() -> DecisionTree? {
    nodes = [.leaf(value: 0)]
    let otherCover = covers[bins.valueBinCount...].reduce(0, +)
    if bins.isCategorical {
      var index = 0
      for level in 0..<bins.valueBinCount {
        sets.append(CategorySet([bins.levels[level]]))
        let cover = covers[level...].reduce(0, +)
        split(
          index, .split(feature: feature, categorySet: level, missingGoesLeft: false, left: 0, right: 0), cover,
          leftValue: values[level], leftCover: covers[level], rest: Array((level + 1)..<values.count))
        index = nodes.count - 1
      }
      nodes[index] = .leaf(value: 0, cover: otherCover)
    } else {
      // All answers left, none right.
      let cover = covers.reduce(0, +)
      split(
        0, .split(feature: feature, threshold: .greatestFiniteMagnitude, missingGoesLeft: false, left: 0, right: 0),
        cover, leftValue: 0, leftCover: otherCover, rest: Array(0..<bins.valueBinCount))
      nodes[2] = .leaf(value: 0, cover: otherCover)
      grow(1, 0..<bins.valueBinCount)
    }
    return try? DecisionTree(nodes: nodes, categorySets: sets)
  }

  /// Halves a run of bins down to single ones.
  private mutating func grow(_ index: Int, _ range: Range<Int>) {
    let (cover, value) = mean(range)
    guard range.count > 1, values[range].contains(where: { $0 != values[range.lowerBound] }) else {
      nodes[index] = .leaf(value: range.count == 1 ? values[range.lowerBound] : value, cover: cover)
      return
    }
    let middle = range.lowerBound + range.count / 2
    let (leftCover, leftValue) = mean(range.lowerBound..<middle)
    split(
      index,
      .split(feature: feature, threshold: bins.upperBounds[middle - 1], missingGoesLeft: false, left: 0, right: 0),
      cover, leftValue: leftValue, leftCover: leftCover, rest: Array(middle..<range.upperBound))
    let left = Int(nodes[index].left)
    grow(left, range.lowerBound..<middle)
    grow(left + 1, middle..<range.upperBound)
  }

  private func mean(_ range: some Collection<Int>) -> (cover: Double, value: Double) {
    let cover = range.reduce(0.0) { $0 + covers[$1] }
    let sum = range.reduce(0.0) { $0 + covers[$1] * values[$1] }
    return (cover, cover > 0 ? sum / cover : 0)
  }

  /// Replaces a node by a split. Its gain is what its two means explain to second order.
  private mutating func split(
    _ index: Int, _ split: DecisionTree.Node, _ cover: Double, leftValue: Double, leftCover: Double, rest: [Int]
  ) {
    let (restCover, restValue) = mean(rest)
    let total = leftCover + restCover
    var node = split
    node.left = Int32(nodes.count)
    node.right = Int32(nodes.count + 1)
    node.value = total > 0 ? (leftCover * leftValue + restCover * restValue) / total : 0
    node.cover = cover
    node.gain = max(
      0,
      curvature / 2
        * (leftCover * leftValue * leftValue + restCover * restValue * restValue - total * node.value * node.value))
    nodes[index] = node
    nodes.append(.leaf(value: leftValue, cover: leftCover))
    nodes.append(.leaf(value: restValue, cover: restCover))
  }
}

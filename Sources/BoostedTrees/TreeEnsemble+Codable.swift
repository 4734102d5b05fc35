import StatisticalLearning

// A tree is written as one array per property, which is several times shorter than one object per node, and is
// checked on reading like any other tree.

extension DecisionTree: Codable {
  private enum CodingKeys: String, CodingKey {
    case features, left, right, missingGoesLeft, categorySet, thresholds, values, covers, gains, categorySets
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(nodes.map(\.feature), forKey: .features)
    try container.encode(nodes.map(\.left), forKey: .left)
    try container.encode(nodes.map(\.right), forKey: .right)
    try container.encode(nodes.map { $0.missingGoesLeft ? 1 : 0 }, forKey: .missingGoesLeft)
    try container.encode(nodes.map(\.categorySet), forKey: .categorySet)
    try container.encode(nodes.map(\.threshold), forKey: .thresholds)
    try container.encode(nodes.map(\.value), forKey: .values)
    try container.encode(nodes.map(\.cover), forKey: .covers)
    try container.encode(nodes.map(\.gain), forKey: .gains)
    if !categorySets.isEmpty { try container.encode(categorySets.map(\.words), forKey: .categorySets) }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let features = try container.decode([Int32].self, forKey: .features)
    let left = try container.decode([Int32].self, forKey: .left)
    let right = try container.decode([Int32].self, forKey: .right)
    let missingGoesLeft = try container.decode([Int].self, forKey: .missingGoesLeft)
    let categorySet = try container.decode([Int32].self, forKey: .categorySet)
    let thresholds = try container.decode([Double].self, forKey: .thresholds)
    let values = try container.decode([Double].self, forKey: .values)
    let covers = try container.decode([Double].self, forKey: .covers)
    let gains = try container.decode([Double].self, forKey: .gains)
    let words = try container.decodeIfPresent([[UInt64]].self, forKey: .categorySets) ?? []
    let counts = [
      left.count, right.count, missingGoesLeft.count, categorySet.count, thresholds.count, values.count, covers.count,
      gains.count,
    ]
    guard counts.allSatisfy({ $0 == features.count }), features.allSatisfy({ $0 >= -1 }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .features, in: container, debugDescription: "the arrays of a tree differ in length")
    }
    let nodes = features.indices.map { index in
      Node(
        feature: features[index], left: left[index], right: right[index], missingGoesLeft: missingGoesLeft[index] != 0,
        categorySet: categorySet[index], threshold: thresholds[index], value: values[index], cover: covers[index],
        gain: gains[index])
    }
    do {
      try self.init(nodes: nodes, categorySets: words.map(CategorySet.init(words:)))
    } catch {
      throw DecodingError.dataCorruptedError(forKey: .features, in: container, debugDescription: "not a tree: \(error)")
    }
  }
}

extension TreeEnsemble: Codable {
  private enum CodingKeys: String, CodingKey { case trees, outputs, baseScores, features }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(trees, forKey: .trees)
    if outputs.contains(where: { $0 != 0 }) { try container.encode(outputs, forKey: .outputs) }
    try container.encode(baseScores, forKey: .baseScores)
    try container.encode(features, forKey: .features)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let trees = try container.decode([DecisionTree].self, forKey: .trees)
    let outputs = try container.decodeIfPresent([Int].self, forKey: .outputs) ?? trees.map { _ in 0 }
    let baseScores = try container.decode([Double].self, forKey: .baseScores)
    let features = try container.decode([Feature].self, forKey: .features)
    do {
      try self.init(trees: trees, outputs: outputs, baseScores: baseScores, features: features)
    } catch {
      throw DecodingError.dataCorruptedError(
        forKey: .trees, in: container, debugDescription: "not an ensemble: \(error)")
    }
  }
}

import StatisticalLearning

/// A sum of trees per output, added to a base score: the raw score of a boosted model.
public struct TreeEnsemble: Sendable, Equatable {
  /// The trees, in the order in which they were added.
  public let trees: [DecisionTree]
  /// Which output each tree adds to; all 0 when there is one.
  public let outputs: [Int]
  /// The raw score before any tree, one per output.
  public let baseScores: [Double]
  public let features: [Feature]

  /// - Parameter outputs: `nil` when tree `i` adds to output `i % baseScores.count`.
  /// - Throws: ``TreeError`` when a tree names a feature or an output that does not exist.
  public init(
    trees: [DecisionTree], outputs: [Int]? = nil, baseScores: [Double], features: [Feature]
  ) throws(TreeError) {
    let outputs = outputs ?? trees.indices.map { $0 % max(baseScores.count, 1) }
    guard !baseScores.isEmpty, baseScores.allSatisfy({ $0.isFinite }), outputs.count == trees.count,
      outputs.allSatisfy({ $0 >= 0 && $0 < baseScores.count })
    else { throw .outputCount(got: outputs.count, expected: trees.count) }
    for (treeIndex, tree) in trees.enumerated() {
      if let node = tree.nodes.firstIndex(where: { $0.feature >= features.count }) {
        throw .unknownFeature(tree: treeIndex, node: node)
      }
    }
    self.trees = trees
    self.outputs = outputs
    self.baseScores = baseScores
    self.features = features
  }
}

import BoostedTrees
import StatisticalLearning

/// Small random ensembles with everything that is hard: categorical splits, missing directions, features that return on
/// a path, and branches that no training row took.
enum RandomTrees {
  static let features = [
    Feature("a"), Feature("b"), Feature("c", .ordinal), Feature("d", .categorical(levelCount: 4)),
    Feature("e", .categorical(levelCount: 70)), Feature("f"),
  ]

  static func ensemble(seed: UInt64, treeCount: Int = 4, depth: Int = 5, outputCount: Int = 1) throws -> TreeEnsemble {
    var generator = CounterBasedGenerator(seed: seed, purpose: "trees")
    let trees = try (0..<treeCount).map { _ in try tree(depth: depth, using: &generator) }
    let base = (0..<outputCount).map { 0.25 * Double($0 + 1) }
    return try TreeEnsemble(trees: trees, baseScores: base, features: features)
  }

  static func tree(depth: Int, using generator: inout CounterBasedGenerator) throws -> DecisionTree {
    var nodes: [DecisionTree.Node] = []
    var sets: [CategorySet] = []
    func grow(_ depth: Int, cover: Double) {
      let index = nodes.count
      if depth == 0 || (index > 0 && Double.random(in: 0..<1, using: &generator) < 0.15) {
        nodes.append(.leaf(value: Double.random(in: -1...1, using: &generator), cover: cover))
        return
      }
      let draw = Double.random(in: 0..<1, using: &generator)
      let leftCover = draw < 0.2 ? 0 : draw < 0.3 ? cover : (cover * draw).rounded()
      let missingGoesLeft = Bool.random(using: &generator)
      let feature = Int.random(in: 0..<6, using: &generator)
      nodes.append(.leaf(value: 0))
      let left = nodes.count
      grow(depth - 1, cover: leftCover)
      let right = nodes.count
      grow(depth - 1, cover: cover - leftCover)
      if case .categorical(let levelCount) = features[feature].kind {
        sets.append(CategorySet((0..<levelCount).filter { _ in Bool.random(using: &generator) }))
        nodes[index] = .split(
          feature: feature, categorySet: sets.count - 1, missingGoesLeft: missingGoesLeft, left: left, right: right,
          cover: cover)
      } else {
        nodes[index] = .split(
          feature: feature, threshold: Double.random(in: -1...1, using: &generator),
          missingGoesLeft: missingGoesLeft, left: left, right: right, cover: cover)
      }
    }
    grow(depth, cover: 100)
    return try DecisionTree(nodes: nodes, categorySets: sets)
  }

  static func rows(_ count: Int, seed: UInt64) -> Matrix {
    var generator = CounterBasedGenerator(seed: seed, purpose: "rows")
    return Matrix(
      rows: (0..<count).map { _ in
        features.map { feature in
          if Double.random(in: 0..<1, using: &generator) < 0.15 { return Double.nan }
          if case .categorical(let levelCount) = feature.kind {
            return Double(Int.random(in: 0...levelCount, using: &generator))  // The last is a level not seen.
          }
          return Double.random(in: -1.5...1.5, using: &generator)
        }
      })
  }
}

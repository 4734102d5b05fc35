import BoostedTrees
import ModelExplanation
import StatisticalLearning
import Testing

/// A peer's trees, node by node, and what it says of some rows.
struct ReferenceModel: Sendable {
  struct Node: Sendable {
    let feature: Int
    let threshold: Double
    let missingGoesLeft: Bool
    let left: Int
    let right: Int
    let cover: Double
    let value: Double
    let levels: [Int]?

    init(
      _ feature: Int, _ threshold: Double, _ missingGoesLeft: Bool, _ left: Int, _ right: Int, _ cover: Double,
      _ value: Double, _ levels: [Int]?
    ) {
      self.feature = feature
      self.threshold = threshold
      self.missingGoesLeft = missingGoesLeft
      self.left = left
      self.right = right
      self.cover = cover
      self.value = value
      self.levels = levels
    }
  }

  let trees: [[Node]]
  let outputCount: Int
  /// Row by row, four features.
  let rows: [Double]
  /// By row, then output, then feature, with the base value last.
  let contributions: [Double]

  func ensemble() throws -> TreeEnsemble {
    let trees = try trees.map { nodes in
      var sets: [CategorySet] = []
      return try DecisionTree(
        nodes: nodes.map { node in
          if node.feature < 0 { return .leaf(value: node.value, cover: node.cover) }
          guard let levels = node.levels else {
            return .split(
              feature: node.feature, threshold: node.threshold, missingGoesLeft: node.missingGoesLeft, left: node.left,
              right: node.right, cover: node.cover)
          }
          sets.append(CategorySet(levels))
          return .split(
            feature: node.feature, categorySet: sets.count - 1, missingGoesLeft: node.missingGoesLeft, left: node.left,
            right: node.right, cover: node.cover)
        }, categorySets: sets)
    }
    return try TreeEnsemble(
      trees: trees, baseScores: [Double](repeating: 0, count: outputCount),
      features: ["a", "b", "c", "d"].map { Feature($0) })
  }

  var matrix: Matrix { Matrix(rowCount: rows.count / 4, columnCount: 4, layout: .rowMajor, elements: rows) }
}

@Suite struct ReferenceTests {
  @Test(arguments: [LightGBMReference.binary, LightGBMReference.multiclass, LightGBMReference.numeric])
  func valuesEqualLightGBM(model: ReferenceModel) throws {
    let explainer = try TreeExplainer(model.ensemble())
    let values = explainer.values(for: model.matrix)
    var place = 0
    for row in 0..<values.rowCount {
      for output in 0..<model.outputCount {
        for player in 0..<4 {
          #expect(abs(values[row, player, output] - model.contributions[place]) <= 1e-12)
          place += 1
        }
        #expect(abs(explainer.baseValues[output] - model.contributions[place]) <= 1e-12)
        place += 1
      }
    }
    #expect(place == model.contributions.count)
    #expect(values.additivityResidual <= 1e-12)
  }

  @Test func interactionsEqualShap() throws {
    let model = LightGBMReference.numeric
    let result = try TreeExplainer(model.ensemble()).interactions(for: model.matrix)
    for row in 0..<result.rowCount {
      for i in 0..<4 {
        for j in 0..<4 {
          #expect(abs(result[row, i, j] - LightGBMReference.interactions[(row * 4 + i) * 4 + j]) <= 1e-12)
        }
      }
    }
  }
}

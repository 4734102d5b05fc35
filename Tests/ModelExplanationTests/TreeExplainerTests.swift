import BoostedTrees
import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct TreeExplainerTests {
  static let seeds: [UInt64] = Array(1...8)

  static func grouping() throws -> FeatureGrouping {
    try FeatureGrouping(RandomTrees.features, groups: [("first", [0, 3]), ("second", [1, 2])])
  }

  /// Compares values and interactions with the definition; `value(row, output, isKnown)` is the game.
  static func check(
    _ explainer: TreeExplainer, _ matrix: Matrix, _ value: @escaping ([Double], Int, (Int) -> Bool) -> Double
  ) {
    let result = explainer.interactions(for: matrix, threadCount: 1)
    let values = explainer.values(for: matrix, threadCount: 1)
    #expect(values == result.main)
    #expect(values.additivityResidual <= 1e-12)
    let players = explainer.grouping.playerOfFeature
    let p = explainer.grouping.playerCount
    var worst = 0.0
    var largest = 0.0
    for row in 0..<matrix.rowCount {
      for output in explainer.baseValues.indices {
        let game = { (set: Int) in value(matrix.row(row), output) { set >> players[$0] & 1 == 1 } }
        let expected = BruteForce.shapley(playerCount: p, game)
        worst = max(worst, abs(explainer.baseValues[output] - game(0)))
        for i in 0..<p {
          worst = max(worst, abs(values[row, i, output] - expected.main[i]))
          var sum = 0.0
          for j in 0..<p {
            worst = max(worst, abs(result[row, i, j, output] - expected.pairs[i * p + j]))
            #expect(result[row, i, j, output] == result[row, j, i, output])
            sum += result[row, i, j, output]
            if i != j { largest = max(largest, abs(expected.pairs[i * p + j])) }
          }
          worst = max(worst, abs(sum - expected.main[i]))
        }
      }
    }
    #expect(worst <= 1e-12)
    #expect(largest > 0.01)
  }

  static func coverGame(_ ensemble: TreeEnsemble) -> ([Double], Int, (Int) -> Bool) -> Double {
    { row, output, isKnown in
      zip(ensemble.trees, ensemble.outputs).reduce(ensemble.baseScores[output]) { sum, tree in
        tree.1 == output ? sum + BruteForce.coverExpectation(tree.0, row: row, isKnown: isKnown) : sum
      }
    }
  }

  static func backgroundGame(
    _ ensemble: TreeEnsemble, _ background: Matrix, _ weights: [Double]
  ) -> ([Double], Int, (Int) -> Bool) -> Double {
    let rows = (0..<background.rowCount).map(background.row)
    return { row, output, isKnown in
      var sum = 0.0
      for (other, weight) in zip(rows, weights) {
        sum += weight * ensemble.rawScore(output: output) { isKnown($0) ? row[$0] : other[$0] }
      }
      return sum / weights.reduce(0, +)
    }
  }

  @Test(arguments: seeds) func coversEqualDefinition(seed: UInt64) throws {
    let ensemble = try RandomTrees.ensemble(seed: seed, outputCount: 2)
    let rows = RandomTrees.rows(6, seed: seed)
    Self.check(try TreeExplainer(ensemble), rows, Self.coverGame(ensemble))
    Self.check(try TreeExplainer(ensemble, grouping: Self.grouping()), rows, Self.coverGame(ensemble))
  }

  @Test(arguments: seeds) func backgroundEqualsDefinition(seed: UInt64) throws {
    let ensemble = try RandomTrees.ensemble(seed: seed, outputCount: 2)
    let rows = RandomTrees.rows(4, seed: seed)
    let background = RandomTrees.rows(7, seed: seed + 50)
    let weights: [Double] = [1, 2, 0, 0.5, 1, 3, 1]
    let game = Self.backgroundGame(ensemble, background, weights)
    Self.check(try TreeExplainer(ensemble, reference: .background(background, weights: weights)), rows, game)
    Self.check(
      try TreeExplainer(ensemble, reference: .background(background, weights: weights), grouping: Self.grouping()),
      rows, game)
  }

  /// Paths of more distinct features than one machine word has bits: a chain, whose leaves sum to simple products.
  @Test func longPaths() throws {
    let count = 70
    var nodes: [DecisionTree.Node] = []
    for feature in 0..<count {
      nodes.append(
        .split(
          feature: feature, threshold: 0, missingGoesLeft: true, left: 2 * feature + 1, right: 2 * feature + 2,
          cover: Double(count - feature + 1)))
      nodes.append(.leaf(value: 0, cover: 1))
    }
    nodes.append(.leaf(value: 1, cover: 1))
    let ensemble = try TreeEnsemble(
      trees: [DecisionTree(nodes: nodes)], baseScores: [0], features: (0..<count).map { Feature("x\($0)") })
    let rows = Matrix(rows: [
      [Double](repeating: 1, count: count), (0..<count).map { $0 == 69 ? -1 : 1 }, (0..<count).map { $0 == 3 ? -1 : 1 },
    ])
    // One background row opens nothing: all features share the leaf's 1 alike, and by the first row alone.
    let background = Matrix(rows: [[Double](repeating: -1, count: count)])
    let values = try TreeExplainer(ensemble, reference: .background(background)).values(for: rows)
    for feature in 0..<count {
      #expect(abs(values[0, feature] - 1 / 70) <= 1e-15)
      #expect(values[1, feature] == 0 && values[2, feature] == 0)
    }
    let byCovers = try TreeExplainer(ensemble).values(for: rows)
    #expect(byCovers.additivityResidual <= 1e-12)
    #expect(byCovers[1, 69] < 0 && byCovers[1, 0] > 0)
    #expect(byCovers[2, 3] < 0 && byCovers[2, 69] > 0)
  }

  @Test func batchAndThreadsChangeNothing() throws {
    let ensemble = try RandomTrees.ensemble(seed: 3, treeCount: 12, outputCount: 3)
    let rows = RandomTrees.rows(300, seed: 9)
    let explainer = try TreeExplainer(ensemble)
    let values = explainer.interactions(for: rows, threadCount: 1)
    #expect(values == explainer.interactions(for: rows.converted(to: .columnMajor), threadCount: 4))
    for row in [0, 100, 299] {
      let alone = explainer.values(for: rows.selectingRows([row]))
      for player in 0..<6 { #expect(alone[0, player, 2] == values.main[row, player, 2]) }
    }
  }

  /// A background row of weight 2 is two rows; one of weight 0 is none.
  @Test func backgroundWeightIsRepetition() throws {
    let ensemble = try RandomTrees.ensemble(seed: 4)
    let rows = RandomTrees.rows(5, seed: 1)
    let background = RandomTrees.rows(3, seed: 2)
    let weighted = try TreeExplainer(ensemble, reference: .background(background, weights: [2, 0, 1])).values(for: rows)
    let repeated = try TreeExplainer(ensemble, reference: .background(background.selectingRows([0, 0, 2])))
      .values(for: rows)
    for (a, b) in zip(weighted.values, repeated.values) { #expect(abs(a - b) <= 1e-14) }
  }

  @Test func unusableInputIsNamed() throws {
    let tree = try DecisionTree(nodes: [
      .split(feature: 0, threshold: 0, missingGoesLeft: true, left: 1, right: 2), .leaf(value: 1), .leaf(value: 2),
    ])
    let ensemble = try TreeEnsemble(trees: [tree], baseScores: [0], features: [Feature("x")])
    #expect(throws: ExplanationError.unknownCovers(tree: 0)) { try TreeExplainer(ensemble) }
    let none = Matrix(rowCount: 0, columnCount: 1, elements: [])
    #expect(throws: ExplanationError.emptyBackground) { try TreeExplainer(ensemble, reference: .background(none)) }
    let one = Matrix(rows: [[1]])
    #expect(throws: ExplanationError.invalidWeight(row: 0)) {
      try TreeExplainer(ensemble, reference: .background(one, weights: [-1]))
    }
    #expect(throws: ExplanationError.invalidGroup(name: "g", feature: 0)) {
      try FeatureGrouping([Feature("x")], groups: [("f", [0]), ("g", [0])])
    }
    let single = try TreeEnsemble(trees: [DecisionTree(nodes: [.leaf(value: 3)])], baseScores: [1], features: [])
    let explainer = try TreeExplainer(single)
    #expect(explainer.baseValues == [4])
    #expect(explainer.values(for: Matrix(rowCount: 2, columnCount: 0, elements: [])).residuals == [0, 0])
  }
}

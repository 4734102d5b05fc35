import StatisticalLearning
import Testing

@testable import BoostedTrees

/// Ensembles laid out for scoring give bit for bit what walking their trees gives.
@Suite struct ScoringLayoutTests {
  @Test(arguments: [1, 2, 8, 9, 16, 17, 32, 33, 64], [1, 3])
  func everyLayoutScoresAsItsTreesDo(leafCount: Int, outputCount: Int) throws {
    for seed in 0..<6 {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "layouts", index: leafCount * 10 + outputCount)
      let ensemble = try RandomTrees.ensemble(
        trees: 37, leafCount: leafCount, outputCount: outputCount, generator: &generator)
      let rows = RandomTrees.rows(203, generator: &generator)
      let matrix = Matrix(rows: rows)
      let expected = (0..<outputCount).flatMap { output in
        rows.map { row in ensemble.rawScore(output: output) { row[$0] } }
      }
      let base = ensemble.baseScores.flatMap { [Double](repeating: $0, count: rows.count) }

      if leafCount > 1 {
        let masks = try #require(LeafMasks(ensemble))
        var scores = base
        matrix.withUnsafeElements { elements in
          let isRowMajor = matrix.layout == .rowMajor
          masks.addScores(
            elements.baseAddress!, rowCount: rows.count, rowStride: isRowMajor ? 4 : 1,
            featureStride: isRowMajor ? 1 : rows.count, to: &scores)
        }
        #expect(scores == expected)
      }
      // Too few rows for more than walking; then as a model keeps it, in both layouts of a matrix.
      #expect(ensemble.rawScores(for: matrix, CompiledEnsemble(ensemble, rowCount: 1)) == expected)
      let compiled = CompiledEnsemble(ensemble)
      #expect(ensemble.rawScores(for: matrix, compiled) == expected)
      let columns = (0..<4).map { column in rows.map { $0[column] } }
      #expect(ensemble.rawScores(for: Matrix(columns: columns), compiled) == expected)
      for (index, row) in rows.enumerated() {
        var scores = ensemble.baseScores
        row.withUnsafeBufferPointer { compiled.addScores(row: $0.baseAddress!, to: &scores) }
        #expect(scores == (0..<outputCount).map { expected[$0 * rows.count + index] })
      }
    }
  }

  /// More trees than a block of masks holds.
  @Test(arguments: [2, 9, 17]) func manyTreesScoreAsAlone(leafCount: Int) throws {
    var generator = CounterBasedGenerator(seed: 5, purpose: "layouts", index: leafCount)
    let ensemble = try RandomTrees.ensemble(trees: 701, leafCount: leafCount, outputCount: 2, generator: &generator)
    #expect(LeafMasks(ensemble) != nil)
    let rows = RandomTrees.rows(130, generator: &generator)
    let expected = (0..<2).flatMap { output in rows.map { row in ensemble.rawScore(output: output) { row[$0] } } }
    #expect(ensemble.rawScores(for: Matrix(rows: rows), CompiledEnsemble(ensemble)) == expected)
  }

  /// Thresholds that are whole numbers far below zero, many, or no numbers at all.
  @Test func strangeThresholdsScore() throws {
    let features = [Feature("x"), Feature("y")]
    func ensemble(_ thresholds: [Double]) throws -> TreeEnsemble {
      let trees = try thresholds.enumerated().map { index, threshold in
        try DecisionTree(nodes: [
          DecisionTree.Node.split(feature: 0, threshold: threshold, missingGoesLeft: false, left: 1, right: 2),
          .leaf(value: Double(index) + 0.5), .leaf(value: -1),
        ])
      }
      return try TreeEnsemble(trees: trees, baseScores: [0], features: features)
    }
    let values: [Double] = [-.infinity, -1e300, -301, -300, -2.5, -1, -0.5, 0, 0.25, 1, 2, 64, 1e300, .infinity, .nan]
    for thresholds in [
      [-1e300], [-.infinity], [.infinity], [-.infinity, -1e300, -1], [-1, -0.5], [-0.5, 0], [63, 63.5, 64],
      (-300...20).map { Double($0) },
    ] as [[Double]] {
      let ensemble = try ensemble(thresholds)
      #expect(LeafMasks(ensemble) != nil)
      let scores = ensemble.rawScores(for: Matrix(rows: values.map { [$0, 0] }), CompiledEnsemble(ensemble))
      #expect(scores == values.map { value in ensemble.rawScore { _ in value } }, "\(thresholds)")
    }
  }

  /// Trees that words of 64 bits can't hold, features of a thousand levels, and features split in two ways are walked.
  @Test func whatMasksCannotHoldIsWalked() throws {
    var generator = CounterBasedGenerator(seed: 1, purpose: "layouts")
    let tall = try RandomTrees.ensemble(trees: 5, leafCount: 65, outputCount: 1, generator: &generator)
    func stump(_ split: DecisionTree.Node, _ sets: [CategorySet] = []) throws -> DecisionTree {
      try DecisionTree(nodes: [split, .leaf(value: 1), .leaf(value: 2)], categorySets: sets)
    }
    func set(_ levels: [Int]) throws -> DecisionTree {
      try stump(
        .split(feature: 0, categorySet: 0, missingGoesLeft: true, left: 1, right: 2), [CategorySet(levels)])
    }
    let features = (0..<4).map { Feature("x\($0)") }
    let wide = try TreeEnsemble(trees: [set([3, 999])], baseScores: [0.5], features: features)
    let mixed = try TreeEnsemble(
      trees: [
        set([1]), stump(.split(feature: 0, threshold: 2, missingGoesLeft: false, left: 1, right: 2)),
      ], baseScores: [0.5], features: features)
    let rows = RandomTrees.rows(50, generator: &generator) + [[999, 0, 0, 0], [1000, 0, 0, 0]]
    for ensemble in [tall, wide, mixed] {
      #expect(LeafMasks(ensemble) == nil)
      #expect(
        BoostedTreesModel(ensemble: ensemble).logOdds(for: Matrix(rows: rows))
          == rows.map { row in ensemble.rawScore { row[$0] } })
    }
  }
}

/// Trees of any shape on four features: an ordinal one, one of skewed numbers, a categorical one, and one of both signs.
private enum RandomTrees {
  static func ensemble(
    trees: Int, leafCount: Int, outputCount: Int, generator: inout CounterBasedGenerator
  ) throws -> TreeEnsemble {
    try TreeEnsemble(
      trees: (0..<trees).map { _ in try tree(leafCount: leafCount, generator: &generator) },
      baseScores: (0..<outputCount).map { _ in generator.normal() }, features: (0..<4).map { Feature("x\($0)") })
  }

  private static func tree(leafCount: Int, generator: inout CounterBasedGenerator) throws -> DecisionTree {
    var nodes = [DecisionTree.Node.leaf(value: generator.normal())]
    var sets: [CategorySet] = []
    var leaves = [0]
    for _ in 1..<max(leafCount, 1) {
      let leaf = leaves.remove(at: generator.index(below: leaves.count))
      let feature = generator.index(below: 4)
      let missingGoesLeft = generator.uniform() < 0.5
      let (left, right) = (nodes.count, nodes.count + 1)
      if feature == 2 {
        sets.append(CategorySet((0..<70).filter { _ in generator.uniform() < 0.5 }))
        nodes[leaf] = .split(
          feature: 2, categorySet: sets.count - 1, missingGoesLeft: missingGoesLeft, left: left, right: right)
      } else {
        nodes[leaf] = .split(
          feature: feature, threshold: threshold(of: feature, &generator), missingGoesLeft: missingGoesLeft, left: left,
          right: right)
      }
      nodes += [.leaf(value: generator.normal()), .leaf(value: generator.normal())]
      leaves += [left, right]
    }
    return try DecisionTree(nodes: nodes, categorySets: sets)
  }

  private static func threshold(of feature: Int, _ generator: inout CounterBasedGenerator) -> Double {
    switch feature {
    case 0: Double(generator.index(below: 8)) + (generator.uniform() < 0.5 ? 0 : 0.5)
    case 1: generator.uniform() < 0.05 ? .infinity : exp10(generator.normal())
    default: [-.infinity, -2, -0.0, 0, 1.25, 3, .infinity][generator.index(below: 7)]
    }
  }

  private static func exp10(_ x: Double) -> Double { x < 0 ? 1 / (1 - x) : 1 + x * x }

  static func rows(_ count: Int, generator: inout CounterBasedGenerator) -> [[Double]] {
    let odd: [Double] = [.nan, .infinity, -.infinity, -0.0, 0.5, -1, 1e300, 63.5, 1e18, -1e18]
    return (0..<count).map { _ in
      (0..<4).map { feature in
        if generator.uniform() < 0.2 { return odd[generator.index(below: odd.count)] }
        switch feature {
        case 0: return Double(generator.index(below: 10))
        case 1: return exp10(generator.normal())
        case 2: return Double(generator.index(below: 80))
        default: return Double(generator.index(below: 9)) - 4
        }
      }
    }
  }
}

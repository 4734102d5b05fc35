import StatisticalLearning
import Testing

@testable import BoostedTrees

@Suite struct ConstraintTests {
  /// Every pair of neighbours on the whole grid, missing values of the other columns included.
  @Test(arguments: [1, 2, 3, 4] as [UInt64], [true, false]) func monotoneIsNeverViolated(
    seed: UInt64, isPreset: Bool
  ) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "monotone")
    let rows = 250
    let columns = (0..<3).map { _ in
      (0..<rows).map { _ in generator.uniform() < 0.1 ? Double.nan : Double(generator.index(below: 5)) }
    }
    // A truth that bends both ways, so that the constraint binds.
    let targets = (0..<rows).map { row -> Double in
      let x = columns.map { $0[row].isNaN ? 2 : $0[row] }
      return generator.uniform() < sigmoid(1.5 * (x[0] - 2) * (x[1] - 2) + (x[2] == 2 ? 1.5 : -1)) ? 1 : 0
    }
    let data = try Dataset(matrix: Matrix(columns: columns), targets: targets)
    let parameters: BoostingParameters =
      isPreset
      ? .preset(rowCount: rows, featureCount: 3)
      : BoostingParameters(learningRate: 0.3, treeCount: 30, leafCount: 12, minimumRowsPerLeaf: 3)
    let model = try BoostedTrees(
      parameters: parameters, monotone: ["x1": .increasing, "x2": .decreasing], seed: seed
    ).fit(data)
    #expect(model.ensemble.trees.contains { $0.leafCount > 2 })
    let values = [0, 1, 2, 3, 4, Double.nan]
    func score(_ a: Double, _ b: Double, _ c: Double) -> Double { model.logOdds(for: Matrix(rows: [[a, b, c]]))[0] }
    for c in values {
      for other in values {
        for value in 0..<4 {
          #expect(score(Double(value), other, c) <= score(Double(value) + 1, other, c) + 1e-12)
          #expect(score(other, Double(value), c) >= score(other, Double(value) + 1, c) - 1e-12)
        }
      }
    }
  }

  @Test func pathsStayWithinInteractionGroups() throws {
    let data = TestTables.mixed(rows: 300, seed: 3)
    let groups: [Set<String>] = [["q0", "q1"], ["q1", "q2", "n0"]]
    let model = try BoostedTrees(
      parameters: BoostingParameters(treeCount: 20, leafCount: 8, minimumRowsPerLeaf: 5),
      interactionGroups: groups.map { $0.sorted() }
    ).fit(data)
    var longest = 0
    for tree in model.ensemble.trees {
      func walk(_ index: Int, _ path: Set<String>) {
        let node = tree.nodes[index]
        if node.isLeaf {
          longest = max(longest, path.count)
          #expect(path.count <= 1 || groups.contains { path.isSubset(of: $0) })
          return
        }
        let next = path.union([model.features[Int(node.feature)].name])
        walk(Int(node.left), next)
        walk(Int(node.right), next)
      }
      walk(0, [])
    }
    #expect(longest > 1)
  }

  @Test func limitsHold() throws {
    let data = TestTables.mixed(rows: 200, seed: 8)
    let model = try BoostedTrees(
      parameters: BoostingParameters(
        treeCount: 10, leafCount: 5, maximumDepth: 3, growth: .depthWise, minimumRowsPerLeaf: 15)
    ).fit(data)
    for tree in model.ensemble.trees {
      #expect(tree.leafCount <= 5)
      #expect(tree.nodes.allSatisfy { $0.cover >= 15 })
      func depth(_ index: Int) -> Int {
        let node = tree.nodes[index]
        return node.isLeaf ? 0 : 1 + max(depth(Int(node.left)), depth(Int(node.right)))
      }
      #expect(depth(0) <= 3)
    }
  }

  @Test func parametersOutOfRangeAreNamed() {
    var parameters = BoostingParameters()
    parameters.learningRate = 0
    #expect(throws: TrainingError.invalidParameter(name: "learningRate", value: "0.0", expected: "a number in (0, 1]"))
    {
      try BoostedTrees(parameters: parameters).fit(TestTables.mixed(rows: 30, seed: 1))
    }
    #expect(throws: TrainingError.self) {
      try BoostedTrees(monotone: ["nobody": .increasing]).fit(TestTables.mixed(rows: 30, seed: 1))
    }
  }
}

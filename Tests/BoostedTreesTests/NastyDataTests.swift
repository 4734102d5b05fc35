import Foundation
import StatisticalLearning
import Testing

@testable import BoostedTrees

/// Data that break learners: the answer is a finite model or a named error, never a crash.
@Suite struct NastyDataTests {
  static let columns: [(String, [Double])] = [
    ("constant", Array(repeating: 3, count: 40)),
    ("all missing", Array(repeating: .nan, count: 40)),
    ("huge", (0..<40).map { $0 % 2 == 0 ? 1e300 : -1e300 }),
    ("denormal", (0..<40).map { Double($0) * Double.leastNonzeroMagnitude }),
    ("adjacent", (0..<40).map { $0 % 2 == 0 ? 1 : 1.0.nextUp }),
    ("signed zero", (0..<40).map { $0 % 2 == 0 ? 0 : -0.0 }),
    ("one value, else missing", (0..<40).map { $0 == 7 ? 1 : .nan }),
  ]

  private func isFinite(_ model: BoostedTreesModel, _ matrix: Matrix) -> Bool {
    model.logOdds(for: matrix).allSatisfy { $0.isFinite }
  }

  @Test(arguments: columns.indices) func oddColumnsAreLearnedFrom(index: Int) throws {
    let column = Self.columns[index].1
    let targets = (0..<40).map { Double($0 % 2) }
    let data = try Dataset(matrix: Matrix(columns: [column, column]), targets: targets)
    for parameters in [nil, BoostingParameters(minimumRowsPerLeaf: 1)] {
      let model = try BoostedTrees(parameters: parameters).fit(data)
      #expect(isFinite(model, data.matrix))
      #expect(isFinite(model, Matrix(rows: [[.infinity, -.infinity], [.nan, 1e308], [0, -1e308]])))
    }
  }

  @Test func separableAdjacentValuesAreSeparated() throws {
    let column = (0..<40).map { $0 % 2 == 0 ? 1 : 1.0.nextUp }
    let data = try Dataset(matrix: Matrix(columns: [column]), targets: (0..<40).map { Double($0 % 2) })
    let model = try BoostedTrees(parameters: BoostingParameters(minimumRowsPerLeaf: 1)).fit(data)
    #expect(model.probabilities(for: data.matrix)[0] < 0.01)
    #expect(model.probabilities(for: data.matrix)[1] > 0.99)
  }

  @Test func errorsAreNamed() throws {
    let one = try Dataset(matrix: Matrix(columns: [[1]]), targets: [1])
    #expect(throws: TrainingError.singleClass) { try BoostedTrees().fit(one) }
    #expect(throws: TrainingError.noRows) { try BoostedTrees().fit(one.weighted(by: [0])) }
    let none = try Dataset(matrix: Matrix(rowCount: 2, columnCount: 0, elements: []), targets: [0, 1])
    #expect(throws: TrainingError.noFeatures) { try BoostedTrees().fit(none) }
    let odd = try Dataset(matrix: Matrix(columns: [[1, 2]]), targets: [0, 2])
    #expect(throws: TrainingError.invalidTarget(row: 1, expected: "0 or 1")) { try BoostedTrees().fit(odd) }
  }

  @Test(arguments: [2, 3, 5, 9]) func fewRowsGiveAModel(rows: Int) throws {
    let data = try Dataset(
      matrix: Matrix(columns: [(0..<rows).map(Double.init)]), targets: (0..<rows).map { Double($0 % 2) })
    let model = try BoostedTrees().fit(data)
    #expect(isFinite(model, data.matrix))
    #expect(model.outOfFoldLogOdds?.allSatisfy { $0.isFinite } == true)
  }

  @Test func extremeTargetsDoNotCrash() throws {
    let data = try Dataset(
      matrix: Matrix(columns: [(0..<40).map(Double.init)]), targets: (0..<40).map { $0 % 3 == 0 ? 1e150 : -1e150 })
    let model = try BoostedRegressor().fit(data)
    #expect(model.predictions(for: data.matrix).allSatisfy { $0.isFinite })
  }

  @Test func manyLevelsSomeUnseen() throws {
    var generator = CounterBasedGenerator(seed: 3, purpose: "levels")
    let levels = (0..<3000).map { _ in Double(generator.index(below: 1000)) }
    let targets = levels.map { generator.uniform() < ($0 < 500 ? 0.8 : 0.2) ? 1.0 : 0 }
    let data = try Dataset(
      features: [Feature("level", .categorical(levelCount: 1000))], matrix: Matrix(columns: [levels]),
      targets: targets)
    let model = try BoostedTrees(parameters: BoostingParameters(treeCount: 20)).fit(data)
    let probabilities = model.probabilities(for: Matrix(columns: [[-1, 1000, 0.5, .nan, 10]]))
    #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(model.ensemble.trees[0].leafCount > 1)
  }

  /// Weights that are not whole numbers: twice the weight is nearly twice the row.
  @Test func realWeightsCountAsTheyShould() throws {
    let data = TestTables.mixed(rows: 200, seed: 12)
    let parameters = BoostingParameters(
      treeCount: 20, leafCount: 6, l2: 1, minimumRowsPerLeaf: 10, maximumBinCount: 255)
    let learner = BoostedTrees(parameters: parameters)
    let counts = (0..<200).map { Double($0 % 3) }
    let whole = try learner.fit(data.weighted(by: counts)).logOdds(for: data.matrix)
    let real = try learner.fit(data.weighted(by: counts.map { $0 * 1.0000001 })).logOdds(for: data.matrix)
    for (a, b) in zip(whole, real) { #expect(abs(a - b) < 1e-3) }
  }

  @Test func treesCanBeRead() throws {
    let tree = try DecisionTree(
      nodes: [
        .split(feature: 0, threshold: 3.5, missingGoesLeft: true, left: 1, right: 2, value: 0.021, cover: 500),
        .leaf(value: -0.11, cover: 310), .leaf(value: 0.24, cover: 190),
      ])
    #expect(
      tree.describe([Feature("q12")])
        == "all: value 0.021, weight 500\n├ q12 ≤ 3.5 or missing: value -0.11, weight 310\n"
        + "└ q12 > 3.5: value 0.24, weight 190")
  }
}

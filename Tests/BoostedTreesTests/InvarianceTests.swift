import StatisticalLearning
import Testing

@testable import BoostedTrees

/// What must not change a single bit of a model.
@Suite struct InvarianceTests {
  static let seeds: [UInt64] = [1, 2, 3]

  static var sampled: BoostingParameters {
    BoostingParameters(
      learningRate: 0.1, treeCount: 15, leafCount: 6, l2: 1, minimumRowsPerLeaf: 5, rowShare: 0.7, columnShare: 0.6,
      bagCount: 4, stopsEarly: true)
  }

  @Test(arguments: seeds) func threadCountChangesNothing(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 150, seed: seed)
    let models = try [1, 2, 7].map {
      try BoostedTrees(parameters: Self.sampled, seed: seed, threadCount: $0).fit(data)
    }
    #expect(models[0] == models[1])
    #expect(models[0] == models[2])
    #expect(models[0].ensemble.trees.contains { $0.leafCount > 1 })
  }

  /// Every loop of a fit cut into runs as those of large tables are, and leaves split side by side.
  @Test(arguments: seeds, [TreeGrowth.leafWise, .depthWise]) func threadsWithinAFitChangeNothing(
    seed: UInt64, growth: TreeGrowth
  ) throws {
    let data = TestTables.mixed(rows: 4000, seed: seed)
    let parameters = BoostingParameters(
      treeCount: 10, leafCount: 24, growth: growth, minimumRowsPerLeaf: 5, rowShare: seed == 1 ? 0.8 : 1,
      maximumBinCount: seed == 2 ? 900 : nil)
    let whole = try BoostedTrees(parameters: parameters, seed: seed, threadCount: 1).fit(data)
    for (threadCount, grain) in [(2, 1e-3), (3, 1e-4), (7, 0)] {
      let cut = try Workers.$grain.withValue(grain) {
        try BoostedTrees(parameters: parameters, seed: seed, threadCount: threadCount).fit(data)
      }
      #expect(cut == whole)
    }
    #expect(whole.ensemble.trees.allSatisfy { $0.leafCount == 24 })
  }

  /// Of columns that split alike the first by name is taken, whatever their places.
  @Test func equalColumnsAreTakenByName() throws {
    let data = TestTables.mixed(rows: 200, seed: 5, numerics: 0, categories: 0)
    let columns = (0..<data.featureCount).map { data.matrix.column($0) }
    let twins = try Dataset(
      features: data.features.map { Feature("z" + $0.name) } + data.features,
      matrix: Matrix(columns: columns.map { $0.map { -$0 } } + columns), targets: data.targets)
    let model = try BoostedTrees(parameters: BoostingParameters(leafCount: 6, minimumRowsPerLeaf: 5)).fit(twins)
    let used = Set(model.ensemble.trees.flatMap { $0.nodes.filter { !$0.isLeaf }.map { Int($0.feature) } })
    #expect(!used.isEmpty && used.allSatisfy { $0 >= data.featureCount })
  }

  @Test(arguments: seeds) func orderOfRowsChangesNothing(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 150, seed: seed)
    var generator = CounterBasedGenerator(seed: seed, purpose: "order")
    var order = Array(0..<150)
    generator.shuffle(&order)
    let learner = BoostedTrees(parameters: Self.sampled, seed: seed)
    let model = try learner.fit(data)
    let shuffled = try learner.fit(data.selectingRows(order))
    #expect(model.ensemble == shuffled.ensemble)
    #expect(order.map { model.outOfFoldLogOdds![$0] } == shuffled.outOfFoldLogOdds!)
  }

  @Test(arguments: seeds) func orderOfColumnsChangesNothing(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 150, seed: seed)
    let order = [3, 6, 0, 5, 1, 4, 2]
    let learner = BoostedTrees(parameters: Self.sampled, seed: seed)
    let model = try learner.fit(data)
    let permuted = try learner.fit(TestTables.permutingColumns(data, order))
    let fresh = TestTables.mixed(rows: 200, seed: seed + 100)
    #expect(
      model.logOdds(for: fresh.matrix) == permuted.logOdds(for: fresh.matrix.selectingColumns(order)))
    #expect(model.outOfFoldLogOdds == permuted.outOfFoldLogOdds)
  }

  /// Weight 2 is two rows, weight 0 none, with rows and columns drawn and folds left out.
  @Test(arguments: seeds) func weightIsRepetition(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 120, seed: seed)
    var generator = CounterBasedGenerator(seed: seed, purpose: "weights")
    let counts = (0..<120).map { _ in generator.index(below: 4) }
    let learner = BoostedTrees(parameters: Self.sampled, seed: seed)
    let weighted = try learner.fit(data.weighted(by: counts.map(Double.init)))
    let repeated = try learner.fit(
      data.selectingRows(counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }))
    #expect(weighted.ensemble == repeated.ensemble)
  }

  @Test(arguments: seeds) func flippingLabelsFlipsScores(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 150, seed: seed)
    let flipped = try Dataset(
      features: data.features, matrix: data.matrix, targets: data.targets.map { 1 - $0 })
    var parameters = Self.sampled
    parameters.stopsEarly = false
    let learner = BoostedTrees(parameters: parameters, seed: seed)
    let scores = try learner.fit(data).logOdds(for: data.matrix)
    let flippedScores = try learner.fit(flipped).logOdds(for: data.matrix)
    for (score, other) in zip(scores, flippedScores) { #expect(abs(score + other) < 1e-7) }
  }

  @Test(arguments: seeds) func monotoneTransformsChangeNothing(seed: UInt64) throws {
    let data = TestTables.mixed(rows: 150, seed: seed)
    var matrix = data.matrix
    for row in 0..<150 { matrix[row, 4] = matrix[row, 4] * matrix[row, 4] * matrix[row, 4] - 7 }
    let transformed = try Dataset(features: data.features, matrix: matrix, targets: data.targets)
    let learner = BoostedTrees(parameters: Self.sampled, seed: seed)
    let model = try learner.fit(data)
    let other = try learner.fit(transformed)
    #expect(model.outOfFoldLogOdds == other.outOfFoldLogOdds)
    #expect(model.logOdds(for: data.matrix) == other.logOdds(for: matrix))
  }
}

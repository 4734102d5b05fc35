import BoostedTrees
import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct ShuffleTests {
  static let metric: @Sendable ([Double]) -> Double = { scores in
    scores.enumerated().reduce(0) { $0 + $1.element * (($1.offset % 3) == 0 ? 1 : -0.4) }
  }

  /// Running only the trees that use a player again gives what running all of them gives.
  @Test(arguments: [1, 2, 3] as [UInt64], [false, true])
  func partialReruns(seed: UInt64, isGrouped: Bool) throws {
    let ensemble = try RandomTrees.ensemble(seed: seed, treeCount: 7, depth: 3)
    let rows = RandomTrees.rows(60, seed: seed)
    let grouping = try FeatureGrouping(RandomTrees.features, groups: [("pair", [1, 3])])
    let groups = isGrouped ? (0..<60).map { $0 % 4 } : nil
    let partial = try PermutationImportance(
      of: ensemble, over: rows, grouping: grouping, repeatCount: 3, seed: 9, groups: groups, threadCount: 2,
      metric: Self.metric)
    let whole = try PermutationImportance(
      over: rows, grouping: grouping, repeatCount: 3, seed: 9, groups: groups, threadCount: 1,
      score: { ensemble.rawScores(for: $0) }, metric: Self.metric)
    #expect(partial.players == whole.players)
    #expect(abs(partial.reference - whole.reference) < 1e-12)
    for (some, all) in zip(partial.drops.joined(), whole.drops.joined()) { #expect(abs(some - all) < 1e-12) }
    #expect(whole.drops.joined().contains { abs($0) > 0.01 })
  }

  @Test func rowsStayInTheirGroup() {
    let groups = [5, 5, 2, 2, 2, 9, 5, 2]
    let order = RowShuffle.order(rowCount: 8, groups: groups, seed: 1, player: "a", repeat: 0)
    #expect(order.sorted() == Array(0..<8))
    for (row, source) in order.enumerated() { #expect(groups[row] == groups[source]) }
    let orders = (0..<20).map { RowShuffle.order(rowCount: 8, groups: groups, seed: 1, player: "a", repeat: $0) }
    #expect(Set(orders).count > 5)
  }

  /// A column of many levels that says nothing: its gain is what it is on shuffled targets, and is taken off.
  @Test func chanceIsTakenOffTheGain() throws {
    var generator = CounterBasedGenerator(seed: 2, purpose: "rows")
    let rows = (0..<400).map { _ in [generator.normal(), generator.uniform() < 0.5 ? 1.0 : 0] }
    let matrix = Matrix(rows: rows).converted(to: .columnMajor)
    let targets = rows.map { row in generator.uniform() < sigmoid(2 * row[1] - 1) ? 1.0 : 0 }
    func gain(_ targets: [Double]) throws -> GainImportance {
      var parameters = BoostingParameters()
      parameters.treeCount = 10
      let dataset = try Dataset(features: [Feature("noise"), Feature("yes")], matrix: matrix, targets: targets)
      return try GainImportance(BoostedTrees(parameters: parameters, seed: 1, threadCount: 1).fit(dataset).ensemble)
    }
    let null = try (0..<19).map { _ in try gain(targets.shuffled(using: &generator)) }
    let observed = try gain(targets)
    let corrected = NullCorrectedGain(observed, null: null)
    #expect(abs(observed.gainShares.reduce(0, +) - 1) < 1e-12)
    #expect(corrected.pValues[1] == 0.05)
    #expect(corrected.pValues[0] > 0.05)
    #expect(corrected.excessShares[1] > 0.8)
    #expect(observed.gainShares[1] < corrected.excessShares[1])
  }
}

import StatisticalLearning
import Testing

@testable import ModelExplanation

@Suite struct LogisticShapleyTests {
  /// The definition, over all subsets.
  private func bruteForce(base: Double, changes: [Double]) -> [Double] {
    let count = changes.count
    let orders = ShapleyOrders(maximum: count)
    var values = [Double](repeating: 0, count: count)
    for subset in 0..<1 << count {
      var sum = base
      for k in 0..<count where subset >> k & 1 == 1 { sum += changes[k] }
      for j in 0..<count where subset >> j & 1 == 0 {
        values[j] += orders[count - 1, subset.nonzeroBitCount] * (sigmoid(sum + changes[j]) - sigmoid(sum))
      }
    }
    return values
  }

  @Test(arguments: [1, 2, 3, 4, 7, 10, 13], [0.1, 1, 8, 40])
  func equalsTheSumOverSubsets(count: Int, scale: Double) {
    var generator = CounterBasedGenerator(seed: 3, purpose: "test", index: count)
    var shapley = LogisticShapley()
    for _ in 0..<5 {
      let base = scale * generator.normal()
      var changes = (0..<count).map { _ in scale * generator.normal() }
      if count > 3 { changes[1] = 0 }
      let values = shapley.values(base: base, changes: changes)
      for (value, expected) in zip(values, bruteForce(base: base, changes: changes)) {
        #expect(abs(value - expected) < 1e-12, "\(value) for \(expected)")
      }
    }
  }

  @Test func addsUpForManyPlayers() {
    var generator = CounterBasedGenerator(seed: 4, purpose: "test")
    var shapley = LogisticShapley()
    let changes = (0..<60).map { _ in generator.normal() }
    let values = shapley.values(base: -2, changes: changes)
    let gap = values.reduce(0, +) - (sigmoid(-2 + changes.reduce(0, +)) - sigmoid(-2))
    #expect(abs(gap) < 1e-12)
  }

  @Test func nothingMoves() {
    var shapley = LogisticShapley()
    #expect(shapley.values(base: 1, changes: [0, 0]) == [0, 0])
    #expect(shapley.values(base: 1, changes: []).isEmpty)
  }
}

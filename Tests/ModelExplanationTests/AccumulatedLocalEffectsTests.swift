import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct AccumulatedLocalEffectsTests {
  /// Two features that all but move together.
  static func rows(_ count: Int) -> Matrix {
    var generator = CounterBasedGenerator(seed: 8, purpose: "rows")
    return Matrix(
      rows: (0..<count).map { _ in
        let a = generator.uniform()
        return [a, a + 0.01 * generator.normal()]
      })
  }

  /// For `2a` the curve is a line of slope 2, whatever else is in the score.
  @Test func slopeOfASum() throws {
    let rows = Self.rows(200)
    let result = try AccumulatedLocalEffects(feature: 0, over: rows) { matrix in
      (0..<matrix.rowCount).map { 2 * matrix[$0, 0] + matrix[$0, 1] * matrix[$0, 1] }
    }
    #expect(result.edges.count == 11)
    for (edge, value) in zip(result.edges, result.values) {
      #expect(abs(value - result.values[0] - 2 * (edge - result.edges[0])) < 1e-12)
    }
    var mean = 0.0
    for bin in result.binWeights.indices {
      mean += result.binWeights[bin] * (result.values[bin] + result.values[bin + 1]) / 2
    }
    #expect(abs(mean) < 1e-10)
  }

  /// A score that is wild only where no row is: partial dependence goes there, local differences do not.
  @Test func staysWhereRowsAre() throws {
    let rows = Self.rows(300)
    let score: (Matrix) -> [Double] = { matrix in
      (0..<matrix.rowCount).map { matrix[$0, 0] + (abs(matrix[$0, 0] - matrix[$0, 1]) > 0.3 ? 100 : 0) }
    }
    let local = try AccumulatedLocalEffects(feature: 0, over: rows, score: score)
    let dependence = try PartialDependence(feature: 0, grid: [0, 1], over: rows, score: score)
    #expect(abs(local.values.last! - local.values[0] - (local.edges.last! - local.edges[0])) < 1e-9)
    #expect(dependence.mean[0] > 50)
  }

  @Test func weightsCountRows() throws {
    let rows = Self.rows(40)
    let weights = (0..<40).map { Double($0 % 3) }
    let score: (Matrix) -> [Double] = { matrix in
      (0..<matrix.rowCount).map { matrix[$0, 0] * matrix[$0, 0] * matrix[$0, 1] }
    }
    let repeated = rows.selectingRows((0..<40).flatMap { [Int](repeating: $0, count: $0 % 3) })
    let weighted = try AccumulatedLocalEffects(feature: 0, binCount: 5, over: rows, weights: weights, score: score)
    let plain = try AccumulatedLocalEffects(feature: 0, binCount: 5, over: repeated, score: score)
    #expect(weighted.edges == plain.edges)
    for (a, b) in zip(weighted.values, plain.values) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func constantAndMissing() throws {
    let rows = Matrix(rows: [[1, .nan], [1, 2], [1, .nan]])
    let constant = try AccumulatedLocalEffects(feature: 0, over: rows) { $0.column(0) }
    #expect(constant.edges == [1])
    #expect(constant.values == [0])
    let single = try AccumulatedLocalEffects(feature: 1, over: rows) { $0.column(1) }
    #expect(single.edges == [2])
    #expect(throws: ExplanationError.emptyBackground) {
      try AccumulatedLocalEffects(feature: 1, over: rows.selectingRows([0, 2])) { $0.column(1) }
    }
  }
}

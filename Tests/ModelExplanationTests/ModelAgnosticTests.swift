import ModelExplanation
import StatisticalLearning
import Testing

@Suite struct ModelAgnosticTests {
  static let features = ["a", "b", "c", "d"].map { Feature($0) }

  static func rows(_ count: Int) -> Matrix {
    var generator = CounterBasedGenerator(seed: 1, purpose: "rows")
    return Matrix(rows: (0..<count).map { _ in (0..<4).map { _ in Double.random(in: -1...1, using: &generator) } })
  }

  /// For `a·b + c²` the curve of a row in `a` is a line of slope `b`.
  @Test func curvesOfAProduct() throws {
    let rows = Self.rows(6)
    let weights: [Double] = [1, 0, 2, 1, 1, 0.5]
    let grid = [-1.0, 0, 0.5]
    let result = try PartialDependence(feature: 0, grid: grid, over: rows, weights: weights) { matrix in
      (0..<matrix.rowCount).map { matrix[$0, 0] * matrix[$0, 1] + matrix[$0, 2] * matrix[$0, 2] }
    }
    let total = weights.reduce(0, +)
    for (index, value) in grid.enumerated() {
      var mean = 0.0
      for row in 0..<6 {
        let expected = value * rows[row, 1] + rows[row, 2] * rows[row, 2]
        #expect(abs(result.curve(ofRow: row)[index] - expected) <= 1e-15)
        mean += weights[row] / total * expected
      }
      #expect(abs(result.mean[index] - mean) <= 1e-15)
    }
    #expect(throws: ExplanationError.countMismatch(what: "scores", got: 0, expected: 6)) {
      try PartialDependence(feature: 0, grid: [0], over: rows) { _ in [] }
    }
  }

  /// With the score itself as target and minus the squared error as metric, the expected drop of a linear score is
  /// `2 Var(player's part)`, with the variance over the rows; a player that does nothing drops nothing.
  @Test func dropsOfALinearScore() throws {
    let rows = Self.rows(400)
    let grouping = try FeatureGrouping(Self.features, groups: [("pair", [0, 1])])
    let score: @Sendable (Matrix) -> [Double] = { matrix in
      (0..<matrix.rowCount).map { matrix[$0, 0] + matrix[$0, 1] + 0.5 * matrix[$0, 2] }
    }
    let targets = score(rows)
    let metric: @Sendable ([Double]) -> Double = { scores in
      -zip(scores, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(targets.count)
    }
    let result = try [1, 3].map {
      try PermutationImportance(
        over: rows, grouping: grouping, repeatCount: 30, seed: 7, threadCount: $0, score: score, metric: metric)
    }
    #expect(result[0] == result[1])
    #expect(result[0].players == ["pair", "c", "d"])
    #expect(result[0].reference == 0)
    func twiceVariance(_ part: [Double]) -> Double {
      let mean = part.reduce(0, +) / Double(part.count)
      return 2 * part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(part.count)
    }
    let pair = twiceVariance((0..<400).map { rows[$0, 0] + rows[$0, 1] })
    let single = twiceVariance(rows.column(2).map { 0.5 * $0 })
    let means = result[0].means
    #expect(abs(means[0] / pair - 1) < 0.05)
    #expect(abs(means[1] / single - 1) < 0.05)
    #expect(means[2] == 0)
    for (interval, mean) in zip(result[0].intervals(level: 0.9), means) { #expect(interval.contains(mean)) }
    #expect(result[0].drops[0].filter { result[0].intervals(level: 0.9)[0].contains($0) }.count == 26)
  }
}

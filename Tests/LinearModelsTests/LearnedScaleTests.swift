import Foundation
import StatisticalLearning
import Testing

@testable import LinearModels

@Suite("Spike and slab: learned scales and optional groups")
struct LearnedScaleTests {
  /// Six answers 0…4 with their steps, of which four matter; `value` is what a level is worth.
  static func dataset(
    _ count: Int, seed: UInt64, value: (Double) -> Double
  ) throws -> (data: Dataset, scales: [SpikeAndSlabRegression.Scale]) {
    var columns: [[Double]] = []
    var scales: [SpikeAndSlabRegression.Scale] = []
    var logOdds = [Double](repeating: -1.2, count: count)
    var generator = CounterBasedGenerator(seed: seed, purpose: "scales")
    for j in 0..<6 {
      let x = (0..<count).map { _ in min(max((2 + 1.2 * generator.normal()).rounded(), 0), 4) }
      if j < 4 { for i in 0..<count { logOdds[i] += 0.5 * (value(x[i]) - 1.5) } }
      scales.append(.init(feature: columns.count, steps: (1...3).map { columns.count + $0 }))
      columns.append(x)
      for level in 2...4 { columns.append(x.map { min(max($0 - Double(level - 1), 0), 1) }) }
    }
    let targets = logOdds.map { generator.uniform() < sigmoid($0) ? 1.0 : 0 }
    let matrix = Matrix(rowCount: count, columnCount: columns.count, elements: columns.flatMap { $0 })
    return (try Dataset(matrix: matrix, targets: targets), scales)
  }

  /// What each of the four steps of the first answer is worth.
  static func steps(_ coefficients: SpikeAndSlabModel.Coefficients) -> [Double] {
    let own = coefficients.values
    return [own[0], own[0] + own[1], own[0] + own[2], own[0] + own[3]]
  }

  static func regression(_ scales: [SpikeAndSlabRegression.Scale]) -> SpikeAndSlabRegression {
    var regression = SpikeAndSlabRegression(signs: [Int](repeating: 1, count: 24), seed: 5)
    regression.scales = scales
    return regression
  }

  @Test func aJumpIsFound() throws {
    // All of a scale's worth is between its second and third level.
    let (data, scales) = try Self.dataset(800, seed: 3) { $0 >= 3 ? 3 : $0 >= 2 ? 0.4 : 0.2 * $0 }
    let model = try Self.regression(scales).fit(data)
    let steps = Self.steps(model.mean)
    #expect(steps[2] > 2 * max(steps[0], steps[1], steps[3]))
    // What is learned of a scale is shared: the second answer's steps are in the same proportions, draw by draw.
    for draw in model.draws where draw.values[0] > 0 && draw.values[4] > 0 {
      let own = Self.steps(draw)
      let other = [draw.values[4]] + (5...7).map { draw.values[4] + draw.values[$0] }
      for level in 1...3 { #expect(abs(own[level] / own[0] - other[level] / other[0]) < 1e-6 * own[level] / own[0]) }
      #expect(own.allSatisfy { $0 >= 0 })
    }
  }

  @Test func equalStepsStayEqual() throws {
    let (data, scales) = try Self.dataset(800, seed: 4) { $0 }
    let model = try Self.regression(scales).fit(data)
    let equal = model.draws.filter { draw in (1...3).allSatisfy { abs(draw.values[$0]) < 1e-9 } }
    #expect(Double(equal.count) > 0.5 * Double(model.draws.count))
    for step in Self.steps(model.mean) { #expect(abs(step - 0.5) < 0.2) }
  }

  @Test func weightsCountRows() throws {
    let (data, scales) = try Self.dataset(150, seed: 6) { $0 }
    let doubled = try data.weighted(by: data.weights.indices.map { $0 % 3 == 0 ? 2 : 1 })
    let repeated = data.selectingRows(data.weights.indices.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] })
    let (a, b) = (try Self.regression(scales).fit(doubled), try Self.regression(scales).fit(repeated))
    for (x, y) in zip(a.mean.values, b.mean.values) { #expect(abs(x - y) < 1e-5) }
  }

  /// Four answers that add up, and twelve more columns that may matter or not as a group.
  static func grouped(strength: Double) throws -> SpikeAndSlabModel {
    var generator = CounterBasedGenerator(seed: 9, purpose: "groups")
    let count = 400
    let columns = (0..<16).map { _ in (0..<count).map { _ in generator.normal() } }
    let targets = (0..<count).map { i in
      generator.uniform() < sigmoid(0.8 * columns[0][i] + strength * columns[5][i]) ? 1.0 : 0
    }
    var regression = SpikeAndSlabRegression(groups: (0..<16).map { $0 < 4 ? 0 : 1 }, seed: 2)
    regression.groupPriors = [.init(), .init(slabScale: 0.25, included: 1, excluded: 12, isOptional: true)]
    return try regression.fit(
      try Dataset(
        matrix: Matrix(rowCount: count, columnCount: 16, elements: columns.flatMap { $0 }), targets: targets))
  }

  @Test func optionalGroupsAreLeftOutOrKept() throws {
    let without = try Self.grouped(strength: 0)
    #expect(without.draws.allSatisfy { $0.values[4...].allSatisfy { $0 == 0 } })
    let with = try Self.grouped(strength: 1)
    #expect(with.inclusionProbabilities[5] > 0.95 && with.mean.values[5] > 0.6)
  }

  /// The mean of the draws' probabilities is what the predictive coefficients give, nearly.
  @Test func predictiveCoefficients() throws {
    let data = try SpikeAndSlabTests.dataset(80, seed: 12)
    let model = try SpikeAndSlabRegression(drawCount: 1_000, seed: 4).fit(data)
    func probabilities(_ part: SpikeAndSlabModel.Coefficients) -> [Double] {
      (0..<80).map { row in
        sigmoid((0..<4).reduce(part.intercept) { $0 + part.values[$1] * data.matrix[row, $1] })
      }
    }
    var means = [Double](repeating: 0, count: 80)
    for draw in model.draws { for (row, value) in probabilities(draw).enumerated() { means[row] += value / 1_000 } }
    func distance(_ other: [Double]) -> Double { zip(means, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    #expect(distance(probabilities(model.predictive)) < 0.5 * distance(probabilities(model.mean)))
    #expect(abs(model.predictive.values[0]) < abs(model.mean.values[0]))
  }

  @Test func scalesThatDoNotFitAreRefused() throws {
    let data = try SpikeAndSlabTests.dataset(20)
    for scale in [SpikeAndSlabRegression.Scale(feature: 0, steps: [4]), .init(feature: 0, steps: [0])] {
      var regression = SpikeAndSlabRegression()
      regression.scales = [scale]
      #expect(throws: TrainingError.self) { try regression.fit(data) }
    }
  }
}

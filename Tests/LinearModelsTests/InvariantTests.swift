import Foundation
import LinearModels
import StatisticalLearning
import Testing

/// What must not change the answer, and what must change it in a known way.
@Suite("Invariants of penalised fits")
struct InvariantTests {
  static let seeds: [UInt64] = Array(1...12)

  private func coefficients(_ dataset: Dataset, l1Ratio: Double, strength: Double = 0.02) throws -> [Double] {
    let model = try LogisticRegression(
      penalty: ElasticNetPenalty(strength: strength, l1Ratio: l1Ratio), tolerance: 1e-12
    ).fit(dataset)
    return [model.intercept] + model.coefficients
  }

  private func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double, _ what: Comment) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { #expect(abs(x - y) < tolerance, what) }
  }

  @Test("weights, orders, scales, labels, offsets and copies", arguments: seeds, [0, 0.5, 1.0])
  func invariants(seed: UInt64, l1Ratio: Double) throws {
    let dataset = SimulatedData.binary(seed: seed, rowCount: 80, featureCount: 5)
    let n = dataset.rowCount
    let base = try coefficients(dataset, l1Ratio: l1Ratio)

    let weights = (0..<n).map { Double(($0 + Int(seed)) % 3) }
    let rows = (0..<n).flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    expectClose(
      try coefficients(dataset.weighted(by: weights), l1Ratio: l1Ratio),
      try coefficients(dataset.selectingRows(rows), l1Ratio: l1Ratio), 1e-12, "weights are copies")
    expectClose(
      try coefficients(dataset.weighted(by: [Double](repeating: 7, count: n)), l1Ratio: l1Ratio), base, 1e-12,
      "the scale of the weights")

    expectClose(
      try coefficients(dataset.selectingRows((0..<n).reversed()), l1Ratio: l1Ratio), base, 1e-12, "row order")
    let columns = [3, 1, 4, 0, 2]
    let permuted = try Dataset(matrix: dataset.matrix.selectingColumns(columns), targets: dataset.targets)
    expectClose(
      try coefficients(permuted, l1Ratio: l1Ratio), [base[0]] + columns.map { base[$0 + 1] }, 1e-12, "column order")

    let scaled = try Dataset(
      matrix: Matrix(
        columns: (0..<5).map { (j: Int) -> [Double] in
          let unit = Double(100 * (j + 1))
          return dataset.matrix.column(j).map { unit * $0 + 1000 }
        }), targets: dataset.targets)
    let rescaled = try coefficients(scaled, l1Ratio: l1Ratio)
    for j in 0..<5 {
      let slope: Double = rescaled[j + 1] * Double(100 * (j + 1))
      #expect(abs(slope - base[j + 1]) < 1e-10, "scale and shift")
    }

    let flipped = try Dataset(matrix: dataset.matrix, targets: dataset.targets.map { 1 - $0 })
    expectClose(try coefficients(flipped, l1Ratio: l1Ratio), base.map { -$0 }, 1e-12, "labels")

    let shifted = try Dataset(
      matrix: dataset.matrix, targets: dataset.targets, offsets: [Double](repeating: 1.5, count: n))
    expectClose(
      try coefficients(shifted, l1Ratio: l1Ratio), [base[0] - 1.5] + Array(base[1...]), 1e-12, "a constant offset")

    // A duplicate shares the coefficient under ridge, and never adds to the lasso's objective.
    let duplicated = try Dataset(
      matrix: Matrix(columns: (0..<5).map { dataset.matrix.column($0) } + [dataset.matrix.column(0)]),
      targets: dataset.targets)
    let twice = try coefficients(duplicated, l1Ratio: l1Ratio)
    if l1Ratio < 1 { #expect(abs(twice[1] - twice[6]) < 1e-9) }
    if l1Ratio == 1 { #expect(abs(twice[1] + twice[6] - base[1]) < 1e-10) }
  }

  @Test("constant columns get nothing; more features than rows and separated outcomes are certified")
  func degenerate() throws {
    var generator = CounterBasedGenerator(seed: 3, purpose: "wide")
    let columns = (0..<60).map { j in (0..<20).map { _ in j == 7 ? 5.0 : generator.normal() } }
    let targets = (0..<20).map { columns[0][$0] > 0 ? 1.0 : 0 }
    let dataset = try Dataset(matrix: Matrix(columns: columns), targets: targets)
    for l1Ratio in [0, 0.3, 1.0] {
      let path = try LogisticRegressionPath(
        shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 40, ratio: 1e-3)
      ).fit(dataset)
      #expect(path.models.count == 40)
      #expect(path.models.allSatisfy { $0.coefficients[7] == 0 && $0.record!.isCertified })
      #expect(path.models.allSatisfy { $0.intercept.isFinite && $0.coefficients.allSatisfy { $0.isFinite } })
      if l1Ratio > 0 { #expect(path.models[0].coefficients.allSatisfy { $0 == 0 }) }
    }
    // Without a penalty there is no optimum, and the record does not claim one.
    let free = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0)).fit(
      Dataset(matrix: Matrix(columns: [columns[0]]), targets: targets))
    #expect(free.coefficients[0].isFinite)
    // Only unpenalised features: λmax is 0, and the path is the unpenalised fit.
    let context = try LogisticRegressionPath(shape: PenaltyShape(penaltyFactors: [0])).fit(
      Dataset(matrix: Matrix(columns: [columns[1]]), targets: targets))
    #expect(context.models.count == 1)
  }

  @Test("unpenalised features are fitted as without a penalty at the strong end of the path")
  func unpenalisedContext() throws {
    let dataset = SimulatedData.binary(seed: 9, rowCount: 100, featureCount: 3)
    let path = try LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: 1, penaltyFactors: [0, 1, 1]), tolerance: 1e-13
    ).fit(dataset)
    let alone = try LogisticInference().fit(
      Dataset(matrix: dataset.matrix.selectingColumns([0]), targets: dataset.targets))
    #expect(abs(path.models[0].coefficients[0] - alone.coefficients[0]) < 1e-6)
    #expect(path.models[0].coefficients[1] == 0 && path.models[0].coefficients[2] == 0)
  }
}

import LinearModels
import StatisticalLearning
import Testing

/// What must not change the answer for continuous, ordered and nominal outcomes, and what must change it in a known way.
@Suite("Invariants of other outcomes")
struct OtherInvariantTests {
  private static let rowCount = 90
  private let order = [3, 1, 0, 2]

  private func simulated(seed: UInt64, isContinuous: Bool) throws -> Dataset {
    let base = SimulatedData.binary(seed: seed, rowCount: Self.rowCount, featureCount: 4)
    var generator = CounterBasedGenerator(seed: seed, purpose: "other outcomes")
    let targets = (0..<Self.rowCount).map { row -> Double in
      let score = 0.8 * base.matrix[row, 0] - 0.4 * base.matrix[row, 1] + generator.normal()
      return isContinuous ? score : score < 0 ? 0 : score < 0.8 ? 1 : 2
    }
    return try Dataset(matrix: base.matrix, targets: targets)
  }

  /// The same rows in other words: weights for copies, another order of rows, weights all the same.
  private func sameRows(_ dataset: Dataset, seed: UInt64) throws -> [(Dataset, Dataset, Comment)] {
    let n = dataset.rowCount
    let weights = (0..<n).map { Double(($0 + Int(seed)) % 3) }
    let copies = (0..<n).flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    return [
      (try dataset.weighted(by: weights), dataset.selectingRows(copies), "weights are copies"),
      (dataset.selectingRows((0..<n).reversed()), dataset, "row order"),
      (try dataset.weighted(by: [Double](repeating: 0.3, count: n)), dataset, "the scale of the weights"),
    ]
  }

  private func permuted(_ dataset: Dataset) throws -> Dataset {
    try Dataset(matrix: dataset.matrix.selectingColumns(order), targets: dataset.targets)
  }

  private func expectClose(_ a: [Double], _ b: [Double], _ what: Comment, tolerance: Double = 1e-11) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { #expect(abs(x - y) < tolerance, what) }
  }

  @Test("continuous outcomes", arguments: Array(1...4) as [UInt64], [0, 0.5, 1.0])
  func continuous(seed: UInt64, l1Ratio: Double) throws {
    func fit(_ dataset: Dataset) throws -> [Double] {
      let model = try LinearRegression(penalty: ElasticNetPenalty(strength: 0.03, l1Ratio: l1Ratio)).fit(dataset)
      return [model.intercept] + model.coefficients
    }
    let dataset = try simulated(seed: seed, isContinuous: true)
    for (a, b, what) in try sameRows(dataset, seed: seed) { expectClose(try fit(a), try fit(b), what) }
    let base = try fit(dataset)
    expectClose(try fit(permuted(dataset)), [base[0]] + order.map { base[$0 + 1] }, "column order")
    let moved = try Dataset(
      matrix: dataset.matrix, targets: dataset.targets.map { 5 - $0 },
      offsets: [Double](repeating: 2, count: dataset.rowCount))
    expectClose(
      try fit(moved), [3 - base[0]] + base[1...].map { -$0 }, "a flipped and moved outcome, a constant offset")
  }

  @Test("ordered outcomes", arguments: Array(1...4) as [UInt64], [0, 0.5, 1.0])
  func ordered(seed: UInt64, l1Ratio: Double) throws {
    func fit(_ dataset: Dataset) throws -> (thresholds: [Double], coefficients: [Double]) {
      let model = try OrdinalRegression(penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: l1Ratio)).fit(dataset)
      return (model.thresholds, model.coefficients)
    }
    let dataset = try simulated(seed: seed, isContinuous: false)
    for (a, b, what) in try sameRows(dataset, seed: seed) {
      let (x, y) = (try fit(a), try fit(b))
      expectClose(x.thresholds + x.coefficients, y.thresholds + y.coefficients, what)
    }
    let base = try fit(dataset)
    expectClose(try fit(permuted(dataset)).coefficients, order.map { base.coefficients[$0] }, "column order")
    let flipped = try fit(Dataset(matrix: dataset.matrix, targets: dataset.targets.map { 2 - $0 }))
    expectClose(flipped.thresholds, base.thresholds.reversed().map { -$0 }, "classes in reverse: thresholds")
    expectClose(flipped.coefficients, base.coefficients.map { -$0 }, "classes in reverse: coefficients")
    let shifted = try fit(
      Dataset(
        matrix: dataset.matrix, targets: dataset.targets, offsets: [Double](repeating: 1.5, count: dataset.rowCount)))
    expectClose(shifted.thresholds, base.thresholds.map { $0 + 1.5 }, "a constant offset: thresholds")
    expectClose(shifted.coefficients, base.coefficients, "a constant offset: coefficients")
  }

  @Test("nominal outcomes", arguments: Array(1...4) as [UInt64], [0, 0.5, 1.0])
  func nominal(seed: UInt64, l1Ratio: Double) throws {
    func fit(_ dataset: Dataset) throws -> [[Double]] {
      let model = try MultinomialRegression(penalty: ElasticNetPenalty(strength: 0.02, l1Ratio: l1Ratio)).fit(dataset)
      return (0..<3).map { [model.intercepts[$0]] + model.coefficients[$0] }
    }
    let dataset = try simulated(seed: seed, isContinuous: false)
    for (a, b, what) in try sameRows(dataset, seed: seed) {
      expectClose(Array(try fit(a).joined()), Array(try fit(b).joined()), what)
    }
    let base = try fit(dataset)
    let columns = try fit(permuted(dataset))
    let renamed = try fit(Dataset(matrix: dataset.matrix, targets: dataset.targets.map { [2.0, 0, 1][Int($0)] }))
    for k in 0..<3 {
      expectClose(columns[k], [base[k][0]] + order.map { base[k][$0 + 1] }, "column order")
      expectClose(renamed[[2, 0, 1][k]], base[k], "the numbers of the classes")
    }
  }
}

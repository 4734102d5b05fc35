import Foundation
import LinearModels
import StatisticalLearning
import Testing

/// Indicator blocks give the answers of the same columns with their zeros written out.
@Suite("One-hot blocks without their zeros")
struct OneHotTests {
  /// Two dense features, a block of seven levels, one that no row has and −1 for some rows, and a block of two levels;
  /// `isComplete` when these share every row, so that only what they add up to is determined.
  static func simulated(
    seed: UInt64, rowCount: Int = 700, offsets: Bool = false, isComplete: Bool = false
  ) throws -> OneHotDataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "one-hot")
    var dense: [[Double]] = []
    var (sectors, countries, targets) = ([Int](), [Int](), [Double]())
    for _ in 0..<rowCount {
      let row = [generator.normal(), 3 * generator.normal() + 10]
      let sector = min(Int(generator.uniform() * generator.uniform() * 8), 6) - 1
      let draw = generator.uniform()
      let country = draw < 0.3 ? 0 : draw < 0.8 || isComplete ? 1 : -1
      let score = 0.6 * row[0] - 0.1 * (row[1] - 10) + 0.5 * Double(sector % 3) - 0.4 * Double(country) - 0.3
      dense.append(row)
      sectors.append(sector)
      countries.append(country)
      targets.append(generator.uniform() < sigmoid(score) ? 1 : 0)
    }
    let matrix = try OneHotMatrix(
      dense: Matrix(rows: dense),
      blocks: [
        IndicatorBlock(name: "sector", levels: (0..<7).map { "s\($0)" }, codes: sectors),
        IndicatorBlock(name: "country", levels: ["AR", "CL"], codes: countries),
      ])
    return try OneHotDataset(
      matrix: matrix, targets: targets, weights: (0..<rowCount).map { Double(($0 * 7 + Int(seed)) % 3) },
      offsets: offsets ? (0..<rowCount).map { 0.1 * Double($0 % 5) } : nil)
  }

  private func expectClose(_ a: [Double], _ b: [Double], _ tolerance: Double, _ what: Comment) {
    #expect(a.count == b.count)
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= tolerance, what) }
  }

  @Test("single fits agree to 1e-12", arguments: [1, 2, 3] as [UInt64], [0, 0.4, 1.0])
  func singleFits(seed: UInt64, l1Ratio: Double) throws {
    let sparse = try Self.simulated(seed: seed, offsets: seed == 2)
    let dense = try sparse.expanded()
    for standardizes in [true, false] {
      let learner = LogisticRegression(
        penalty: ElasticNetPenalty(strength: 0.01, l1Ratio: l1Ratio), standardizesFeatures: standardizes)
      let (a, b) = (try learner.fit(sparse), try learner.fit(dense))
      #expect(a.features == b.features && a.record!.isCertified && b.record!.isCertified)
      expectClose([a.intercept] + a.coefficients, [b.intercept] + b.coefficients, 1e-12, "logistic")
      expectClose(a.probabilities(for: sparse.matrix), a.probabilities(for: dense.matrix), 1e-15, "scores")
      let linear = LinearRegression(
        penalty: ElasticNetPenalty(strength: 0.01, l1Ratio: l1Ratio), standardizesFeatures: standardizes)
      let (c, d) = (try linear.fit(sparse), try linear.fit(dense))
      expectClose([c.intercept] + c.coefficients, [d.intercept] + d.coefficients, 1e-12, "linear")
      expectClose(c.rawScores(for: sparse.matrix), c.rawScores(for: dense.matrix), 1e-14, "values")
    }
  }

  @Test("paths agree, certified at every strength, with groups and unpenalised levels too", arguments: [0, 1, 2, 3])
  func paths(kind: Int) throws {
    let sparse = try Self.simulated(seed: 4, isComplete: true)
    let dense = try sparse.expanded()
    let shape = [
      PenaltyShape(l1Ratio: 1), PenaltyShape(l1Ratio: 0),
      PenaltyShape(l1Ratio: 0.9, groups: [0, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3]),
      PenaltyShape(
        l1Ratio: 1, penaltyFactors: [1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0],
        lowerBounds: [0] + [Double](repeating: -.infinity, count: 10)),
    ][kind]
    let learner = LogisticRegressionPath(shape: shape, strengths: .automatic(count: 30), tolerance: 1e-13)
    let (a, b) = (try learner.fit(sparse), try learner.fit(dense))
    #expect(a.models.count == 30 && b.models.count == 30)
    for (x, y) in zip(a.models, b.models) {
      #expect(x.record!.isCertified && x.record!.relativeDualityGap <= 1e-13)
      #expect(abs(x.penaltyStrength! / y.penaltyStrength! - 1) < 1e-11)
      expectClose(
        x.logOdds(for: sparse.matrix), y.logOdds(for: dense.matrix), 2e-7, "log-odds at \(x.penaltyStrength!)")
    }
  }

  @Test("cross-validation chooses the same strength from the same curve", arguments: [0, 1.0])
  func crossValidation(l1Ratio: Double) throws {
    let sparse = try Self.simulated(seed: 5)
    let learner = CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(
        shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .values([0.1, 0.03, 0.01, 0.003]), tolerance: 1e-12),
      folds: .random(count: 4, seed: 2))
    let (a, b) = (try learner.fit(sparse), try learner.fit(sparse.expanded()))
    expectClose(a.curve.means, b.curve.means, l1Ratio == 0 ? 1e-5 : 1e-9, "curve")
    #expect(a.chosenStrength == b.chosenStrength)
    let linear = CrossValidatedLinearRegression(
      path: LinearRegressionPath(shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .values([0.1, 0.01])),
      folds: .random(count: 4, seed: 2))
    let (c, d) = (try linear.fit(sparse), try linear.fit(sparse.expanded()))
    expectClose(c.curve.means, d.curve.means, 1e-7, "squared errors")
  }

  @Test("a level that every row has gets nothing, as does one that no row has; blocks alone are enough")
  func degenerate() throws {
    let matrix = try OneHotMatrix(
      dense: Matrix(rowCount: 40, columnCount: 0),
      blocks: [
        IndicatorBlock(name: "always", levels: ["a", "never"], codes: [Int](repeating: 0, count: 40)),
        IndicatorBlock(name: "size", levels: ["s", "m", "l"], codes: (0..<40).map { $0 % 3 }),
      ])
    let targets = (0..<40).map { $0 % 3 == 1 || $0 % 7 == 0 ? 1.0 : 0 }
    let model = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.01, l1Ratio: 1)).fit(
      OneHotDataset(matrix: matrix, targets: targets, weights: [Double](repeating: 0.1, count: 40)))
    #expect(model.record!.isCertified)
    #expect(model.coefficients[0] == 0 && model.coefficients[1] == 0 && model.coefficients[3] > 0)
    #expect(model.features.map(\.name) == ["always=a", "always=never", "size=s", "size=m", "size=l"])
  }

  @Test("codes and counts that do not fit are refused by place")
  func refusals() throws {
    #expect(throws: DatasetError.invalidCode(block: "b", row: 1, levelCount: 2)) {
      try IndicatorBlock(name: "b", levels: ["x", "y"], codes: [0, 2])
    }
    #expect(throws: DatasetError.invalidCode(block: "b", row: 0, levelCount: 2)) {
      try IndicatorBlock(name: "b", levels: ["x", "y"], codes: [-2, 1])
    }
    let block = try IndicatorBlock(name: "b", levels: ["x", "y"], codes: [0, 1])
    #expect(throws: DatasetError.countMismatch(.codes, got: 2, expected: 3)) {
      try OneHotMatrix(dense: Matrix(rowCount: 3, columnCount: 1), blocks: [block])
    }
    let matrix = try OneHotMatrix(dense: Matrix(rowCount: 2, columnCount: 1), blocks: [block])
    #expect(throws: DatasetError.duplicateFeature("b=x")) {
      try OneHotDataset(denseFeatures: [Feature("b=x")], matrix: matrix, targets: [0, 1])
    }
    #expect("\(DatasetError.invalidCode(block: "b", row: 1, levelCount: 2))".contains("block 'b', row 2"))
  }
}

import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Data that break solvers")
struct NastyDataTests {
  private func expectSound(_ model: LogisticRegressionModel, _ place: Comment) {
    #expect(model.record!.isCertified, place)
    #expect(model.intercept.isFinite && model.coefficients.allSatisfy(\.isFinite), place)
  }

  @Test("one row, or one row that counts, has one class; a line through it is flat")
  func oneRow() throws {
    let single = try Dataset(matrix: Matrix(columns: [[3.0], [1.0]]), targets: [1])
    let many = try Dataset(
      matrix: Matrix(columns: [[3, 1, 2], [1, 5, 2]]), targets: [1, 0, 1], weights: [0, 0, 2])
    for dataset in [single, many] {
      #expect(throws: TrainingError.singleClass) {
        try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1)).fit(dataset)
      }
      #expect(throws: TrainingError.singleClass) { try CrossValidatedLogisticRegression().path.fit(dataset) }
      #expect(throws: TrainingError.singleClass) {
        try OrdinalRegression(penalty: ElasticNetPenalty(strength: 0.1)).fit(dataset)
      }
      #expect(throws: TrainingError.singleClass) { try LogisticInference().fit(dataset) }
      let line = try LinearRegression(penalty: ElasticNetPenalty(strength: 0.1)).fit(dataset)
      #expect(line.coefficients == [0, 0] && line.intercept == 1 && line.record.isCertified)
    }
    let none = try Dataset(matrix: Matrix(columns: [[]], rowCount: 0), targets: [])
    #expect(throws: TrainingError.noRows) {
      try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1)).fit(none)
    }
  }

  @Test("two rows, one of either class", arguments: [0, 0.5, 1])
  func twoRows(l1Ratio: Double) throws {
    let dataset = try Dataset(matrix: Matrix(columns: [[1, 2], [5, 5], [0, -4]]), targets: [0, 1])
    let path = try LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 20, ratio: 1e-3)
    ).fit(dataset)
    #expect(path.models.count == 20)
    for model in path.models { expectSound(model, "\(model.penaltyStrength!)") }
    #expect(path.models.allSatisfy { $0.coefficients[1] == 0 })
  }

  @Test("copies, multiples and sums of other columns", arguments: [0, 0.5, 1])
  func collinear(l1Ratio: Double) throws {
    let base = SimulatedData.binary(seed: 2, rowCount: 90, featureCount: 4)
    let columns = (0..<4).map { base.matrix.column($0) }
    let sum = (0..<90).map { columns[0][$0] + columns[1][$0] - 2 * columns[2][$0] }
    let dataset = try Dataset(
      matrix: Matrix(columns: columns + [columns[1], columns[2].map { 3 * $0 + 7 }, sum]), targets: base.targets)
    let path = try LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 50, ratio: 1e-6)
    ).fit(dataset)
    #expect(path.models.count == 50)
    for model in path.models { expectSound(model, "\(model.penaltyStrength!)") }
    // The fitted probabilities are those of the columns without the copies, as the penalty vanishes.
    let alone = try LogisticInference().fit(base)
    let theirs = alone.probabilities(for: base.matrix)
    for (a, b) in zip(path.models[49].probabilities(for: dataset.matrix), theirs) { #expect(abs(a - b) < 1e-3) }
  }

  @Test("separated, almost separated and lopsided outcomes", arguments: [0, 0.3, 1])
  func separated(l1Ratio: Double) throws {
    var generator = CounterBasedGenerator(seed: 8, purpose: "separated")
    let x = (0..<400).map { _ in generator.normal() }
    let z = (0..<400).map { _ in generator.normal() }
    let outcomes = [
      x.map { $0 > 0 ? 1.0 : 0 },
      x.indices.map { $0 == 17 ? 1.0 : 0 },
      x.indices.map { x[$0] > 0 ? ($0 % 101 == 0 ? 0.0 : 1) : 0 },
    ]
    for (index, targets) in outcomes.enumerated() {
      let dataset = try Dataset(matrix: Matrix(columns: [x, z, x.map { $0 * $0 }]), targets: targets)
      let path = try LogisticRegressionPath(
        shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 60, ratio: 1e-5)
      ).fit(dataset)
      #expect(path.models.count > 30, "outcome \(index)")
      for model in path.models { expectSound(model, "outcome \(index), \(model.penaltyStrength!)") }
    }
  }

  @Test("scales of 1e±9, shifts of 1e6 and weights of 1e±12", arguments: [0, 1.0])
  func scales(l1Ratio: Double) throws {
    let base = SimulatedData.binary(seed: 6, rowCount: 100, featureCount: 4)
    let units = [1e9, 1e-9, 1, 1]
    let shifts = [0, 0, 1e6, -1e6]
    let dataset = try Dataset(
      matrix: Matrix(columns: (0..<4).map { j in base.matrix.column(j).map { $0 * units[j] + shifts[j] } }),
      targets: base.targets, weights: [Double](repeating: 1e12, count: 100))
    let penalty = ElasticNetPenalty(strength: 0.01, l1Ratio: l1Ratio)
    let plain = try LogisticRegression(penalty: penalty).fit(base)
    let odd = try LogisticRegression(penalty: penalty).fit(dataset)
    expectSound(odd, "odd")
    for j in 0..<4 { #expect(abs(odd.coefficients[j] * units[j] - plain.coefficients[j]) < 1e-7) }
    let light = try LogisticRegression(penalty: penalty).fit(
      base.weighted(by: [Double](repeating: 1e-12, count: 100)))
    for j in 0..<4 { #expect(abs(light.coefficients[j] - plain.coefficients[j]) < 1e-10) }
    // One row a billion times heavier than the others rules the fit; it stays certified.
    var weights = [Double](repeating: 1, count: 100)
    weights[3] = 1e9
    expectSound(try LogisticRegression(penalty: penalty).fit(base.weighted(by: weights)), "heavy")
  }

  @Test("far more features than rows, on every kind of path")
  func wide() throws {
    var generator = CounterBasedGenerator(seed: 4, purpose: "wide")
    let columns = (0..<400).map { _ in (0..<25).map { _ in Double(generator.index(below: 2)) } }
    let dataset = try Dataset(matrix: Matrix(columns: columns), targets: (0..<25).map { Double($0 % 2) })
    for l1Ratio in [0, 0.5, 1] {
      let path = try LogisticRegressionPath(
        shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 30)
      ).fit(dataset)
      #expect(path.models.count == 30)
      for model in path.models { expectSound(model, "\(l1Ratio) \(model.penaltyStrength!)") }
      let lines = try LinearRegressionPath(
        shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 30)
      ).fit(dataset)
      #expect(lines.count == 30)
    }
    let chosen = try CrossValidatedLogisticRegression(folds: .random(count: 5, seed: 1)).fit(dataset)
    #expect(chosen.model.record!.isCertified)
  }

  @Test("the choice of a strength does not depend on the threads, bit for bit", arguments: [0, 0.5])
  func threads(l1Ratio: Double) throws {
    let dataset = SimulatedData.binary(seed: 6, rowCount: 140)
    var learner = CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(shape: PenaltyShape(l1Ratio: l1Ratio), strengths: .automatic(count: 20)),
      folds: .random(count: 5, seed: 2, repeats: 2), threadCount: 1)
    let alone = try learner.fit(dataset)
    for count in [2, 7] {
      learner.threadCount = count
      #expect(try learner.fit(dataset) == alone)
    }
    var relaxed = RelaxedLogisticRegression(
      path: LogisticRegressionPath(shape: PenaltyShape(l1Ratio: 1), strengths: .automatic(count: 15)), threadCount: 1)
    let first = try relaxed.fit(dataset)
    relaxed.threadCount = 3
    #expect(try relaxed.fit(dataset) == first)
  }
}

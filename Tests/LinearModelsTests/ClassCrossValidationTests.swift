import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Choosing the strength for ordered and nominal outcomes")
struct ClassCrossValidationTests {
  /// Three classes in order of a score, weights among them 0, and offsets if asked for.
  private func simulated(seed: UInt64, offsets: Bool = false) throws -> Dataset {
    let base = SimulatedData.binary(seed: seed, rowCount: 180, featureCount: 4)
    var generator = CounterBasedGenerator(seed: seed, purpose: "classes")
    let targets = (0..<180).map { row -> Double in
      let score = base.matrix[row, 0] - 0.3 * base.matrix[row, 1] + generator.normal()
      return score < 0 ? 0 : score < 0.8 ? 1 : 2
    }
    return try Dataset(
      matrix: base.matrix, targets: targets, weights: (0..<180).map { Double(($0 + 1) % 3) },
      offsets: offsets ? (0..<180).map { 0.3 * Double($0 % 4) } : nil)
  }

  private let strengths = [0.2, 0.05, 0.01, 0.002]

  /// The deviance by its definition: every fold fitted alone, on selected rows.
  private func curve(
    _ dataset: Dataset, folds: [Int],
    probability: (_ train: Dataset, _ strength: Double, _ test: Dataset) throws -> Matrix
  ) throws -> [Double] {
    try strengths.map { strength in
      var (sum, total) = (0.0, 0.0)
      for fold in Set(folds).sorted() {
        let train = dataset.selectingRows(folds.indices.filter { folds[$0] != fold })
        let test = dataset.selectingRows(folds.indices.filter { folds[$0] == fold })
        let probabilities = try probability(train, strength, test)
        for i in 0..<test.rowCount {
          // Cumulative probabilities of the semi-parallel form may cross, and then a class is held to be impossible.
          sum -= 2 * test.weights[i] * log(max(probabilities[i, Int(test.targets[i])], .leastNormalMagnitude))
          total += test.weights[i]
        }
      }
      return sum / total
    }
  }

  @Test("the curve is that of folds fitted one by one", arguments: [0, 0.8], [1, 2] as [UInt64])
  func definition(l1Ratio: Double, seed: UInt64) throws {
    let dataset = try simulated(seed: seed)
    let folds = (0..<180).map { ($0 / 3) % 4 }
    let shape = PenaltyShape(l1Ratio: l1Ratio)
    for form in [OrdinalRegression.Form.parallel, .semiParallel(deviationFactor: 2)] {
      let chosen = try CrossValidatedOrdinalRegression(
        shape: shape, form: form, strengths: .values(strengths), tolerance: 1e-12, folds: .given(folds)
      ).fit(dataset)
      let expected = try curve(dataset, folds: folds) { train, strength, test in
        try OrdinalRegression(penalty: ElasticNetPenalty(strength: strength, shape: shape), form: form).fit(train)
          .probabilities(for: test.matrix)
      }
      for (a, b) in zip(chosen.curve.means, expected) { #expect(abs(a - b) < 1e-9) }
      #expect(chosen.curve.means.count == 4)
      #expect(chosen.model.penaltyStrength == chosen.chosenStrength && chosen.model.record.isCertified)
      let best = expected.indices.min { expected[$0] < expected[$1] }!
      #expect(chosen.chosenIndex == best)
    }
    let nominal = try CrossValidatedMultinomialRegression(
      shape: shape, strengths: .values(strengths), tolerance: 1e-12, folds: .given(folds)
    ).fit(dataset)
    let expected = try curve(dataset, folds: folds) { train, strength, test in
      try MultinomialRegression(penalty: ElasticNetPenalty(strength: strength, shape: shape)).fit(train)
        .probabilities(for: test.matrix)
    }
    for (a, b) in zip(nominal.curve.means, expected) { #expect(abs(a - b) < 1e-9) }
    #expect(nominal.model.penaltyStrength == nominal.chosenStrength)
  }

  @Test("two ordered classes have the curve of logistic regression, offsets included")
  func twoClasses() throws {
    let base = SimulatedData.binary(seed: 4, rowCount: 120)
    let dataset = try Dataset(
      matrix: base.matrix, targets: base.targets, offsets: (0..<120).map { 0.5 * Double($0 % 3) })
    let shape = PenaltyShape(l1Ratio: 1)
    let ordinal = try CrossValidatedOrdinalRegression(
      shape: shape, strengths: .values(strengths), tolerance: 1e-12, folds: .random(count: 5, seed: 3)
    ).fit(dataset)
    let logistic = try CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(shape: shape, strengths: .values(strengths), tolerance: 1e-12),
      folds: .random(count: 5, seed: 3)
    ).fit(dataset)
    for (a, b) in zip(ordinal.curve.means, logistic.curve.means) { #expect(abs(a - b) < 1e-9) }
    for (a, b) in zip(ordinal.curve.standardErrors, logistic.curve.standardErrors) { #expect(abs(a - b) < 1e-9) }
  }

  @Test("threads change no bit; one standard error is never weaker; automatic strengths start at nothing")
  func rules() throws {
    let dataset = try simulated(seed: 6)
    func ordinal(_ rule: StrengthRule, _ threads: Int) throws -> CrossValidatedOrdinalRegressionModel {
      try CrossValidatedOrdinalRegression(
        shape: PenaltyShape(l1Ratio: 1), strengths: .automatic(count: 20), folds: .random(count: 5, seed: 1),
        rule: rule, threadCount: threads
      ).fit(dataset)
    }
    let (minimum, strict) = (try ordinal(.minimum, 1), try ordinal(.oneStandardError, 2))
    #expect(try ordinal(.minimum, 3) == minimum)
    #expect(strict.chosenStrength >= minimum.chosenStrength)
    #expect(minimum.path[0].coefficients.allSatisfy { $0 == 0 })
    #expect(minimum.curve.means[minimum.chosenIndex] == minimum.curve.means.min())
    let nominal = CrossValidatedMultinomialRegression(
      shape: PenaltyShape(l1Ratio: 1), strengths: .automatic(count: 15), folds: .random(count: 4, seed: 2))
    #expect(try nominal.fit(dataset).path[0].coefficients.joined().allSatisfy { $0 == 0 })
  }

  @Test("every fold has its share of every class, so that rare classes stay fitted")
  func stratified() throws {
    let base = SimulatedData.binary(seed: 8, rowCount: 60, featureCount: 2)
    let targets = (0..<60).map { $0 < 2 ? 2.0 : $0 < 30 ? 1 : 0 }
    let dataset = try Dataset(matrix: base.matrix, targets: targets)
    for seed in 0..<12 as Range<UInt64> {
      let chosen = try CrossValidatedOrdinalRegression(
        strengths: .values([0.1]), folds: .random(count: 4, seed: seed)
      ).fit(dataset)
      #expect(chosen.curve.means[0].isFinite)
    }
  }

  @Test("a fold that holds every row of a class is refused, and targets that are no classes")
  func refusals() throws {
    let base = SimulatedData.binary(seed: 8, rowCount: 40, featureCount: 2)
    let dataset = try Dataset(matrix: base.matrix, targets: (0..<40).map { $0 < 5 ? 2.0 : Double($0 % 2) })
    let error = TrainingError.invalidParameter(
      name: "folds", value: "all rows of class 2 in one fold", expected: "every class outside every fold")
    #expect(throws: error) {
      try CrossValidatedOrdinalRegression(folds: .given((0..<40).map { $0 / 10 })).fit(dataset)
    }
    #expect(throws: error) {
      try CrossValidatedMultinomialRegression(folds: .given((0..<40).map { $0 / 10 })).fit(dataset)
    }
    #expect(throws: TrainingError.invalidTarget(row: 3, expected: "a class: 0, 1, 2, …")) {
      try CrossValidatedOrdinalRegression().fit(
        Dataset(matrix: base.matrix, targets: (0..<40).map { $0 == 3 ? 0.5 : Double($0 % 2) }))
    }
  }
}

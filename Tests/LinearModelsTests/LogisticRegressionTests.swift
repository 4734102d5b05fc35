import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Logistic regression at one strength")
struct LogisticRegressionTests {
  @Test("no other coefficients do better", arguments: [0, 0.5, 1], [1e-3, 0.03, 0.3])
  func minimum(l1Ratio: Double, strength: Double) throws {
    let dataset = SimulatedData.binary(seed: 7)
    let model = try LogisticRegression(penalty: ElasticNetPenalty(strength: strength, l1Ratio: l1Ratio)).fit(dataset)
    let record = try #require(model.record)
    #expect(record.isCertified)
    #expect(record.relativeDualityGap <= 1e-12)
    #expect(record.kktResidual < 1e-4)
    let best = documentedObjective(
      dataset, intercept: model.intercept, coefficients: model.coefficients, strength: strength, l1Ratio: l1Ratio)
    var generator = CounterBasedGenerator(seed: 1, purpose: "perturbation")
    for size in [1e-1, 1e-2, 1e-3, 1e-4] {
      for _ in 0..<20 {
        let coefficients = model.coefficients.map { $0 + size * generator.normal() }
        let intercept = model.intercept + size * generator.normal()
        let other = documentedObjective(
          dataset, intercept: intercept, coefficients: coefficients, strength: strength, l1Ratio: l1Ratio)
        #expect(other > best - 1e-15)
      }
    }
  }

  @Test("bounds hold, and what is not bounded is still optimal")
  func bounds() throws {
    let dataset = SimulatedData.binary(seed: 3, signal: 2)
    let penalty = ElasticNetPenalty(
      strength: 0.01, lowerBounds: [Double](repeating: 0, count: 6), upperBounds: [0.2, 9, 9, 9, 9, 9])
    let model = try LogisticRegression(penalty: penalty).fit(dataset)
    #expect(model.record?.isCertified == true)
    #expect(model.coefficients.allSatisfy { $0 >= 0 })
    #expect(model.coefficients[0] == 0.2)
    #expect(model.coefficients[1] == 0)
    let free = try LogisticRegression(penalty: ElasticNetPenalty(strength: 0.01)).fit(dataset)
    #expect(free.coefficients[0] > 0.2)
    #expect(free.coefficients[1] < 0)
  }

  @Test("missing values, one class and bad targets are refused by name and row")
  func refusals() throws {
    let learner = LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1))
    let hole = try Dataset(
      features: [Feature("a"), Feature("b")], matrix: Matrix(columns: [[1, 2, 3], [0, .nan, 1]]), targets: [0, 1, 1])
    #expect(throws: TrainingError.missingValue(feature: "b", row: 1)) { try learner.fit(hole) }
    // A row that does not count may miss what it likes.
    #expect(throws: Never.self) { try learner.fit(hole.weighted(by: [1, 0, 1])) }
    let same = try Dataset(matrix: Matrix(columns: [[1, 2, 3]]), targets: [1, 1, 1])
    #expect(throws: TrainingError.singleClass) { try learner.fit(same) }
    let count = try Dataset(matrix: Matrix(columns: [[1, 2, 3]]), targets: [0, 2, 1])
    #expect(throws: TrainingError.invalidTarget(row: 1, expected: "0 or 1")) { try learner.fit(count) }
    #expect(throws: TrainingError.noRows) { try learner.fit(same.weighted(by: [0, 0, 0])) }
  }

  @Test("cross-validation picks a strength inside its path, and one standard error is never weaker")
  func crossValidation() throws {
    let dataset = SimulatedData.binary(seed: 11, rowCount: 200)
    let result = try CrossValidatedLogisticRegression(folds: .random(count: 5, seed: 4)).fit(dataset)
    #expect(result.path.models.count > 20)
    #expect(result.path.models.allSatisfy { $0.record!.isCertified })
    #expect(result.curve.oneStandardErrorIndex <= result.curve.minimumIndex)
    #expect(result.curve.means[result.chosenIndex] == result.curve.means.min())
    #expect(result.model == result.path.models[result.chosenIndex])
  }
}

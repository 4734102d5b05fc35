import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Choosing the strength by cross-validation")
struct CrossValidationTests {
  /// The curve by its definition: every fold fitted alone at every strength.
  private func curve(
    _ dataset: Dataset, folds: [Int], shape: PenaltyShape, strengths: [Double], loss: ValidationLoss
  ) throws -> (means: [Double], standardErrors: [Double]) {
    var means: [Double] = []
    var standardErrors: [Double] = []
    for strength in strengths {
      var losses: [Double] = []
      var shares: [Double] = []
      for fold in Set(folds).sorted() {
        let train = dataset.selectingRows(folds.indices.filter { folds[$0] != fold })
        let test = dataset.selectingRows(folds.indices.filter { folds[$0] == fold })
        let model = try LogisticRegression(penalty: ElasticNetPenalty(strength: strength, shape: shape)).fit(train)
        let probabilities = zip(model.logOdds(for: test.matrix), test.offsets ?? [Double](repeating: 0, count: 999))
          .map { sigmoid($0 + $1) }
        let total = test.weights.reduce(0, +)
        var sum = 0.0
        for (i, p) in probabilities.enumerated() {
          let y = test.targets[i]
          switch loss {
          case .deviance: sum -= 2 * test.weights[i] * (y * log(p) + (1 - y) * log(1 - p))
          case .brier: sum += test.weights[i] * (p - y) * (p - y)
          case .areaUnderCurve:
            let positives = probabilities.indices.filter { test.targets[$0] == 1 }
            let negatives = probabilities.indices.filter { test.targets[$0] == 0 }
            var pairs = 0.0
            var all = 0.0
            for a in positives {
              for b in negatives {
                let weight = test.weights[a] * test.weights[b]
                all += weight
                pairs +=
                  weight * (probabilities[a] > probabilities[b] ? 1 : probabilities[a] == probabilities[b] ? 0.5 : 0)
              }
            }
            sum = (1 - pairs / all) * total
          }
        }
        losses.append(sum / total)
        shares.append(total)
      }
      let total = shares.reduce(0, +)
      let mean = zip(losses, shares).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance = zip(losses, shares).reduce(0) { $0 + $1.1 / total * pow($1.0 - mean, 2) }
      means.append(mean)
      standardErrors.append((variance / Double(losses.count - 1)).squareRoot())
    }
    return (means, standardErrors)
  }

  @Test(
    "the curve is that of folds fitted one by one", arguments: [0, 0.7],
    [ValidationLoss.deviance, .brier, .areaUnderCurve])
  func definition(l1Ratio: Double, loss: ValidationLoss) throws {
    var generator = CounterBasedGenerator(seed: 2, purpose: "test weights")
    let simulated = SimulatedData.binary(seed: 31, rowCount: 110, featureCount: 5)
    let dataset = try Dataset(
      matrix: simulated.matrix, targets: simulated.targets,
      weights: simulated.targets.indices.map { _ in Double(generator.index(below: 3)) + 0.5 },
      offsets: simulated.targets.indices.map { _ in 0.3 * generator.normal() })
    let folds = dataset.targets.indices.map { [7, 1, 4, 9][($0 * 7 + $0 / 5) % 4] }
    let shape = PenaltyShape(
      l1Ratio: l1Ratio, penaltyFactors: [1, 0, 2, 1, 1], lowerBounds: [0, -9, -9, 0, -9],
      upperBounds: [9, 9, 0.05, 9, 9])
    let strengths = [1, 0.2, 0.05, 0.01, 0.002]
    let result = try CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(shape: shape, strengths: .values(strengths), tolerance: 1e-12), folds: folds,
      loss: loss
    ).fit(dataset)
    let expected = try curve(dataset, folds: folds, shape: shape, strengths: strengths, loss: loss)
    #expect(result.curve.strengths == strengths)
    for index in strengths.indices {
      // Folds on the ridge path are fitted to a gap of 1e-6.
      #expect(abs(result.curve.means[index] - expected.means[index]) < (l1Ratio == 0 ? 2e-4 : 1e-6))
      #expect(abs(result.curve.standardErrors[index] - expected.standardErrors[index]) < 2e-4)
      let alone = try LogisticRegression(
        penalty: ElasticNetPenalty(strength: strengths[index], shape: shape), tolerance: 1e-14
      ).fit(dataset)
      let model = result.path.models[index]
      #expect(model.record!.isCertified)
      for (a, b) in zip(model.coefficients + [model.intercept], alone.coefficients + [alone.intercept]) {
        #expect(abs(a - b) < 1e-5)
      }
    }
    #expect(result.chosenIndex == expected.means.indices.min { expected.means[$0] < expected.means[$1] })
  }

  @Test("one standard error gives the largest strength that is not distinguishably worse")
  func oneStandardError() throws {
    let dataset = SimulatedData.binary(seed: 5, rowCount: 150)
    var learner = CrossValidatedLogisticRegression(folds: .random(count: 6, seed: 2), rule: .oneStandardError)
    for l1Ratio in [0, 1.0] {
      learner.path.shape.l1Ratio = l1Ratio
      let curve = try learner.fit(dataset).curve
      let limit = curve.means[curve.minimumIndex] + curve.standardErrors[curve.minimumIndex]
      #expect(curve.means[curve.oneStandardErrorIndex] <= limit)
      #expect(curve.means[..<curve.oneStandardErrorIndex].allSatisfy { $0 > limit })
      #expect(try learner.fit(dataset).chosenIndex == curve.oneStandardErrorIndex)
    }
  }

  @Test("a fold that holds every row of an outcome is refused")
  func emptyFold() throws {
    let dataset = SimulatedData.binary(seed: 5, rowCount: 40)
    for l1Ratio in [0, 1.0] {
      let learner = CrossValidatedLogisticRegression(
        path: LogisticRegressionPath(shape: PenaltyShape(l1Ratio: l1Ratio)), folds: dataset.targets.map { Int($0) })
      #expect(throws: TrainingError.singleClass) { try learner.fit(dataset) }
    }
  }
}

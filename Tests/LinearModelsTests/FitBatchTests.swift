import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Batches of fits")
struct FitBatchTests {
  let dataset = SimulatedData.binary(seed: 21, rowCount: 90, featureCount: 5)

  func batch() throws -> FitBatch {
    let weights = (0..<6).map { replicate -> [Double] in
      var generator = CounterBasedGenerator(seed: 5, purpose: "bootstrap", index: replicate)
      return generator.bootstrapCounts(dataset.rowCount).map(Double.init)
    }
    let second = dataset.targets.indices.map { dataset.matrix[$0, 1] > 1 ? 1.0 : 0 }
    let known = second.indices.map { $0 % 7 == 0 ? 0.0 : 1 }
    return try FitBatch(
      dataset, outcomes: [(dataset.targets, nil), (second, known)], replicateWeights: weights)
  }

  @Test("every fit is the one that the learner makes alone, bit for bit, whatever the threads", arguments: [1, 2, 5])
  func identity(threadCount: Int) throws {
    let batch = try batch()
    let path = LogisticRegressionPath(
      shape: PenaltyShape(l1Ratio: 0.5), strengths: .automatic(count: 12, ratio: 0.01))
    let chosen = CrossValidatedLogisticRegression(
      path: LogisticRegressionPath(strengths: .automatic(count: 12)), folds: .random(count: 4, seed: 9))
    let paths = path.fit(batch, threadCount: threadCount)
    let choices = chosen.fit(batch, threadCount: threadCount)
    for outcome in 0..<2 {
      for replicate in 0..<6 {
        let outcomeData = batch.outcomes[outcome]
        let weights = zip(outcomeData.weights, batch.replicateWeights[replicate]).map { $0 * $1 }
        let alone = try outcomeData.weighted(by: weights)
        #expect(try paths[outcome][replicate].get() == path.fit(alone))
        #expect(try choices[outcome][replicate].get() == chosen.fit(alone))
      }
    }
  }

  @Test("a replicate with one outcome only fails alone")
  func failure() throws {
    var lonely = [Double](repeating: 0, count: dataset.rowCount)
    lonely[dataset.targets.firstIndex(of: 1)!] = 3
    let batch = try FitBatch(
      dataset, replicateWeights: [lonely, [Double](repeating: 1, count: dataset.rowCount)])
    let fits = LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1)).fit(batch)
    #expect(fits[0][0] == .failure(.singleClass))
    #expect(throws: Never.self) { try fits[0][1].get() }
  }
}

import Foundation
import LinearModels
import StatisticalLearning
import Testing

@Suite("Bootstrap intervals of penalised fits")
struct BootstrapIntervalTests {
  @Test("the interval runs between the percentiles of fits to the drawn rows", arguments: [1, 3])
  func definition(threadCount: Int) throws {
    let dataset = SimulatedData.binary(seed: 2, rowCount: 60, featureCount: 3)
    let learner = LogisticRegression(penalty: ElasticNetPenalty(strength: 0.05, l1Ratio: 0.5))
    let result = try BootstrapIntervals(
      learner, replicateCount: 21, seed: 4, level: 0.8, threadCount: threadCount
    ).fit(dataset)
    #expect(try result.model == learner.fit(dataset))
    #expect(result.replicateCount == 21 && result.failedReplicateCount == 0)
    let fits = try (0..<21).map { replicate in
      var generator = CounterBasedGenerator(seed: 4, purpose: "bootstrap", index: replicate)
      return try learner.fit(dataset.weighted(by: generator.bootstrapCounts(60).map(Double.init)))
    }
    for j in 0..<3 {
      let values = fits.map { $0.coefficients[j] }.sorted()
      let term = result.terms[j + 1]
      #expect(abs(term.interval.lowerBound - values[2]) < 1e-12)
      #expect(abs(term.interval.upperBound - values[18]) < 1e-12)
      #expect(abs(term.positiveShare - Double(values.count { $0 > 0 }) / 21) < 1e-12)
      #expect(term.estimate == result.model.coefficients[j])
    }
  }

  @Test("clusters are drawn whole: copies of rows do not narrow the interval")
  func clusters() throws {
    let dataset = SimulatedData.binary(seed: 9, rowCount: 80, featureCount: 2)
    let copies = dataset.selectingRows((0..<80).flatMap { [$0, $0, $0, $0] })
    let learner = LogisticRegression(penalty: ElasticNetPenalty(strength: 0.01))
    func width(_ dataset: Dataset, clusters: [Int]?) throws -> Double {
      let interval = try BootstrapIntervals(learner, replicateCount: 200, seed: 1)
        .fit(dataset, clusters: clusters).terms[1].interval
      return interval.upperBound - interval.lowerBound
    }
    let honest = try width(dataset, clusters: nil)
    #expect(try abs(width(copies, clusters: (0..<320).map { $0 / 4 }) - honest) < 1e-6)
    #expect(try width(copies, clusters: nil) < 0.7 * honest)
  }

  @Test("draws with one outcome are counted, and a learner that chooses its strength does so in every draw")
  func failures() throws {
    let dataset = try Dataset(
      matrix: Matrix(columns: [(0..<12).map { Double(($0 * 7) % 12) }]), targets: (0..<12).map { $0 == 5 ? 1 : 0 })
    let result = try BootstrapIntervals(
      LogisticRegression(penalty: ElasticNetPenalty(strength: 0.1)), replicateCount: 60, seed: 1
    ).fit(dataset)
    #expect(result.failedReplicateCount > 5 && result.failedReplicateCount + result.replicateCount == 60)
    let chosen = try BootstrapIntervals(
      CrossValidatedLogisticRegression(
        path: LogisticRegressionPath(strengths: .automatic(count: 8)), folds: .random(count: 3, seed: 1)),
      replicateCount: 10
    ).fit(SimulatedData.binary(seed: 2, rowCount: 60, featureCount: 3))
    #expect(chosen.terms.count == 4)
  }
}

import Foundation
import StatisticalLearning
import Synchronization
import Testing

@testable import ModelEvaluation

@Suite struct BenchmarkJointTests {
  /// Two outcomes of known probability, and a candidate that knows them.
  struct Known {
    let outcomes: [BenchmarkOutcome]
    let logOdds: [[Double]]
    let folds: FoldAssignment

    init(rowCount: Int = 300, repeatCount: Int = 2) throws {
      var generator = CounterBasedGenerator(seed: 12, purpose: "test")
      let logOdds = (0..<2).map { _ in (0..<rowCount).map { _ in generator.normal() } }
      outcomes = ["innovation", "export"].enumerated().map { index, name in
        BenchmarkOutcome(
          name: name, values: logOdds[index].map { generator.uniform() < sigmoid($0) ? 1 : 0 })
      }
      self.logOdds = logOdds
      folds = try .unstratified(rowCount: rowCount, foldCount: 4, repeatCount: repeatCount, seed: 2)
    }

    func run(_ joint: BenchmarkJoint) throws -> BenchmarkRun {
      let logOdds = logOdds
      var run = try BenchmarkRun(
        outcomes: outcomes,
        candidates: [
          BenchmarkCandidate(name: "known") { _, _ in { rows in logOdds.map { column in rows.map { column[$0] } } } }
        ], folds: folds, seed: 1)
      run.joint = joint
      return run
    }
  }

  @Test func independenceIsTheProduct() throws {
    let known = try Known()
    let result = try known.run(.init(first: "innovation", second: "export") { _ in nil }).result()
    let both = try #require(result.outcome("both"))
    let values = zip(known.outcomes[0].values, known.outcomes[1].values).map { $0 * $1 }
    #expect(both.rowCount == 300)
    #expect(abs(both.baseRate - values.reduce(0, +) / 300) < 1e-12)
    // The mean over folds of equal size is that over rows.
    let loss = (0..<300).reduce(0.0) { sum, row in
      let p = sigmoid(known.logOdds[0][row]) * sigmoid(known.logOdds[1][row])
      return sum - (values[row] == 1 ? log(p) : log(1 - p))
    }
    #expect(abs(both.candidates[0].metric(.logLoss)!.value - loss / 300) < 1e-12)
    #expect(result.outcomes.map(\.name) == ["innovation", "export", "both"])
  }

  @Test func dependenceIsLearnedFromOtherRowsOnly() throws {
    let known = try Known()
    let held = Mutex<[Set<Double>]>([])
    let joint = BenchmarkJoint(first: "innovation", second: "export") { rows in
      #expect(rows.first.count == 225 && rows.weights.allSatisfy { $0 == 1 })
      held.withLock { $0.append(Set(rows.first)) }
      return { first, _ in first }
    }
    let result = try known.run(joint).result()
    // Log-odds are all different, so that they tell which rows were seen: no rows of the fold, all of the others.
    let expected = known.folds.splits.map { split in Set(split.trainingRows.map { known.logOdds[0][$0] }) }
    #expect(Set(held.withLock { $0 }) == Set(expected))
    #expect(result.outcomes[2].candidates[0].metric(.auc)!.value > 0.5)
  }

  @Test func anOutcomeThatIsKnownToLackSettlesBoth() throws {
    let outcomes = [
      BenchmarkOutcome(name: "a", values: [0, 1, .nan, .nan, 1, 1, 0, 1]),
      BenchmarkOutcome(name: "b", values: [.nan, 1, 0, .nan, .nan, 1, 1, 0]),
    ]
    var run = try BenchmarkRun(
      outcomes: outcomes, candidates: [.baseRate(outcomes: outcomes)],
      folds: .unstratified(rowCount: 8, foldCount: 2, seed: 1), seed: 1)
    run.joint = .init(first: "a", second: "b") { _ in nil }
    let both = try #require(run.result().outcome("both"))
    #expect(both.rowCount == 6 && abs(both.baseRate - 2.0 / 6) < 1e-12)
  }

  @Test func blocksOfTimeLearnFromThePast() throws {
    let known = try Known()
    let counts = Mutex<[Int]>([])
    let joint = BenchmarkJoint(first: "innovation", second: "export") { rows in
      counts.withLock { $0.append(rows.first.count) }
      return nil
    }
    let logOdds = known.logOdds
    var run = try BenchmarkRun(
      outcomes: known.outcomes,
      candidates: [
        BenchmarkCandidate(name: "known") { _, _ in { rows in logOdds.map { column in rows.map { column[$0] } } } }
      ], folds: .timeOrdered(times: (0..<300).map(Double.init), testCount: 3), seed: 1)
    run.joint = joint
    _ = run.result()
    // The first tested block has no held-out past; the second has the first, the third both.
    #expect(counts.withLock { $0.sorted() } == [75, 150])
  }
}

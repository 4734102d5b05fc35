import StatisticalLearning
import Synchronization
import Testing

@testable import ModelEvaluation

@Suite struct BenchmarkBootstrapTests {
  @Test func agreesWithOneModelAtATime() throws {
    let survey = SimulatedSurvey(rowCount: 120, seed: 4)
    let outcomes = Array(survey.outcomes.prefix(1))
    let practice = survey.practices[0]
    // A slope by hand that depends on how often each row was drawn.
    @Sendable func slope(_ rows: [Int], _ counts: [Double]) -> Double {
      let total = counts.reduce(0, +)
      return zip(rows, counts).reduce(0) { $0 + $1.1 * practice[$1.0] * (outcomes[0].values[$1.0] - 0.5) } / total * 4
    }
    let candidate = BenchmarkCandidate(name: "slope") { split, _ in
      let counts = split.trainingRows.indices.map { Double(split.count(at: $0)) }
      let fitted = slope(split.trainingRows, counts)
      return { rows in [rows.map { fitted * practice[$0] }] }
    }
    var run = try BenchmarkRun(
      outcomes: outcomes, candidates: [candidate], folds: .unstratified(rowCount: 120, foldCount: 4, seed: 1), seed: 9)
    run.bootstrapCount = 25
    let estimates = run.result().outcomes[0].candidates[0].bootstrap
    let own = try #require(estimates.first { $0.metric == .logLoss }).validation
    let expected = try BootstrapValidation(
      rowCount: 120, replicateCount: 25, seed: 9,
      metric: { rows, predictions, weights in
        let known = rows.indices.filter { weights[$0] > 0 }
        return try? BinaryPredictions(
          logOdds: known.map { predictions[$0] }, outcomes: known.map { outcomes[0].values[rows[$0]] },
          weights: known.map { weights[$0] }
        ).logLoss
      },
      fit: { weights in
        let rows = weights.indices.filter { weights[$0] > 0 }
        let fitted = slope(rows, rows.map { weights[$0] })
        return { rows in rows.map { fitted * practice[$0] } }
      })
    #expect(own.replicateCount == 25)
    #expect(abs(own.apparent - expected.apparent) < 1e-12)
    #expect(abs(own.optimism - expected.optimism) < 1e-12)
    #expect(abs(own.outOfBag - expected.outOfBag) < 1e-12)
    #expect(own.estimate632Plus > 0.4 && own.estimate632Plus < 0.7)
  }

  @Test func whatSplitsShareIsMadeOnceForEach() throws {
    let survey = SimulatedSurvey(rowCount: 60, seed: 4)
    let made = Mutex(0)
    func candidate(_ name: String) -> BenchmarkCandidate {
      BenchmarkCandidate(
        name: name,
        sharing: { split, _, workspace in
          let mean = workspace.value("mean") { () -> Double in
            made.withLock { $0 += 1 }
            return Double(split.trainingRows.reduce(0, +)) / Double(split.trainingRows.count)
          }
          return { rows in survey.outcomes.map { _ in rows.map { Double($0) / mean } } }
        })
    }
    let run = try BenchmarkRun(
      outcomes: survey.outcomes, candidates: [candidate("a"), candidate("b")],
      folds: .unstratified(rowCount: 60, foldCount: 3, repeatCount: 2, seed: 1), seed: 1)
    let result = run.result()
    #expect(made.withLock { $0 } == 6)
    #expect(result.outcomes[0].candidates[0].metrics == result.outcomes[0].candidates[1].metrics)
  }

  @Test func contrastsAndCeilingsAreReported() throws {
    let survey = SimulatedSurvey(rowCount: 150, seed: 4)
    var run = try survey.run()
    run.contrasts = [("useless", "useful"), ("useful", "absent")]
    let outcome = run.result().outcomes[0]
    #expect(Set(outcome.contrasts.map(\.reference)) == ["useful"])
    let area = try #require(outcome.contrasts.first { $0.metric == .auc })
    let values = ["useless", "useful"].map { name in
      outcome.candidates.first { $0.name == name }!.metric(.auc)!.value
    }
    #expect(abs(area.interval.value - (values[0] - values[1])) < 1e-12 && area.interval.value < 0)
    // One of two wrong in each class leaves nothing to tell; none wrong leaves everything.
    #expect(outcome.ceilings.map(\.misreportedShare) == [0.02, 0.05, 0.1])
    #expect(outcome.ceilings[0].area > outcome.ceilings[2].area && outcome.ceilings[0].area < 1)
    #expect(run.result().outcomes[2].ceilings.isEmpty)
  }
}

import Foundation
import StatisticalLearning
import Synchronization
import Testing

@testable import ModelEvaluation

/// Firms with three practices, two outcomes and a country; `useful` sees the practices, `useless` sees noise.
struct SimulatedSurvey {
  var practices: [[Double]]
  var outcomes: [BenchmarkOutcome]
  var countries: [String]
  var strata: [Int]

  init(rowCount: Int, seed: UInt64, missing: Bool = false) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test", name: "survey")
    let practices = (0..<3).map { _ in (0..<rowCount).map { _ in generator.normal() } }
    let truth = (0..<rowCount).map { 0.9 * practices[0][$0] + 0.5 * practices[1][$0] }
    var innovation = truth.map { generator.uniform() < sigmoid($0) ? 1.0 : 0 }
    let export = truth.map { generator.uniform() < sigmoid($0 - 1) ? 1.0 : 0 }
    let sales = truth.map { $0 + generator.normal() }
    if missing { innovation[3] = .nan }
    self.practices = practices
    outcomes = [
      BenchmarkOutcome(name: "innovation", values: innovation), BenchmarkOutcome(name: "export", values: export),
      BenchmarkOutcome(name: "sales", kind: .continuous, values: sales),
    ]
    countries = (0..<rowCount).map { ["AR", "CL", "FR"][$0 % 3] }
    strata = Strata.combinations(of: [innovation.map { $0.isNaN ? 0 : $0 }, export])
  }

  /// Logistic regression (least squares by the same columns for the continuous outcome) on one practice.
  func candidate(_ name: String, practice: Int) -> BenchmarkCandidate {
    let (practices, outcomes) = (practices, outcomes)
    return BenchmarkCandidate(name: name) { split, _ in
      let rows = split.trainingRows
      let fits = outcomes.map { outcome -> (Double, Double) in
        let known = rows.filter { !outcome.values[$0].isNaN }
        let x = known.map { practices[practice][$0] }
        let y = known.map { outcome.values[$0] }
        if outcome.kind == .continuous {
          let line = try! ContinuousPredictions(values: x, outcomes: y).calibrationLine!
          return (line.intercept, line.slope)
        }
        let fit = LogisticFit(
          columns: [x.map { _ in 1 }, x], outcomes: y, weights: x.map { _ in 1 }, penalties: [0, 1])!
        return (fit.coefficients[0], fit.coefficients[1])
      }
      return { test in fits.map { fit in test.map { fit.0 + fit.1 * practices[practice][$0] } } }
    }
  }

  func run(repeatCount: Int = 3, threadCount: Int = 2, extra: [BenchmarkCandidate] = []) throws -> BenchmarkRun {
    let folds = try FoldAssignment.stratified(strata: strata, foldCount: 5, repeatCount: repeatCount, seed: 3)
    var run = try BenchmarkRun(
      outcomes: outcomes,
      candidates: [
        .baseRate(outcomes: outcomes), candidate("useful", practice: 0), candidate("useless", practice: 2),
      ] + extra, folds: folds, seed: 3)
    run.threadCount = threadCount
    run.groupings = [.init(column: "country", labels: countries)]
    run.learningCurveShares = [0.25, 0.5]
    run.permutationCount = 99
    return run
  }
}

@Suite struct BenchmarkRunTests {
  @Test func findsWhatCarriesInformation() throws {
    let survey = SimulatedSurvey(rowCount: 400, seed: 2, missing: true)
    let result = try survey.run().result()
    #expect(result.protocolDescription == "5-fold cross-validation, repeated 3 times")
    #expect(result.notes.isEmpty)
    let innovation = try #require(result.outcome("innovation"))
    #expect(innovation.rowCount == 399)
    let area = try #require(innovation.candidates[1].metric(.auc))
    #expect(area.value > 0.68 && area.value < 0.82 && area.method == .correctedResampling)
    #expect(area.foldValues.count == 15)
    #expect(abs(innovation.candidates[2].metric(.auc)!.value - 0.5) < 0.08)
    #expect(innovation.candidates[0].metric(.auc)!.value == 0.5)
    let slope = try #require(innovation.candidates[1].metric(.calibrationSlope)?.interval)
    #expect(slope.contains(1) && slope.method(within: 0.05...0.3))
    let gain = try #require(innovation.differences.first { $0.candidate == "useful" && $0.metric == .auc })
    #expect(gain.interval.lower > 0.1 && gain.pValue < 0.001 && gain.foldsWon == 15)
    #expect(innovation.candidates[1].permutationPValue == 0.01)
    #expect(innovation.candidates[1].groups.map(\.name) == ["AR", "CL", "FR"])
    #expect(innovation.candidates[1].groups.map(\.rowCount).reduce(0, +) == 399)
    let curve = try #require(innovation.candidates[1].learningCurve)
    #expect(curve.points.count == 3 && curve.points[2].trainingRowCount == 320)
    #expect(curve.rowCountToHalveInterval == 1600)
    let sales = try #require(result.outcome("sales"))
    #expect(sales.candidates[1].metric(.rSquared)!.value > 0.15)
    #expect(sales.candidates[1].metric(.auc) == nil)
  }

  @Test func threadsAndTimeLeaveNoTrace() throws {
    let survey = SimulatedSurvey(rowCount: 150, seed: 5)
    let seen = Mutex<[Int]>([])
    // A candidate that is nothing but its seed.
    let random = BenchmarkCandidate(name: "random") { _, seed in
      { rows in
        var generator = CounterBasedGenerator(seed: seed, purpose: "test")
        return (0..<3).map { _ in rows.map { _ in generator.normal() } }
      }
    }
    let one = try survey.run(threadCount: 1, extra: [random]).result()
    let two = try survey.run(threadCount: 3, extra: [random]).result { progress in
      seen.withLock { $0.append(progress.completedFits) }
      #expect(progress.totalFits == 4 * 15 + 2 * 4 * 5)
    }
    #expect(try one.json() == two.json())
    #expect(seen.withLock { $0 } == Array(1...100))
    #expect(try BenchmarkResult(json: one.json()) == one)
  }

  @Test func pairedDifferencesUseTheSameFolds() throws {
    let survey = SimulatedSurvey(rowCount: 200, seed: 6)
    let twin = survey.candidate("twin", practice: 0)
    var run = try survey.run(extra: [twin])
    run.reference = "useful"
    let result = run.result()
    for difference in result.outcomes[0].differences where difference.candidate == "twin" {
      #expect(difference.interval.value == 0 && difference.interval.standardError == 0 && difference.pValue == 1)
    }
    #expect(Set(result.outcomes[0].differences.map(\.reference)) == ["useful"])
  }

  @Test func leavingCountriesOutGivesIntervalsOverRows() throws {
    let survey = SimulatedSurvey(rowCount: 300, seed: 7)
    let folds = try FoldAssignment.leaveOneGroupOut(labels: survey.countries)
    var run = try BenchmarkRun(
      outcomes: survey.outcomes,
      candidates: [survey.candidate("useful", practice: 0), .baseRate(outcomes: survey.outcomes)],
      folds: folds, seed: 1)
    run.groupings = [.init(column: "country", labels: survey.countries)]
    let result = run.result()
    let area = try #require(result.outcomes[0].candidates[0].metric(.auc))
    #expect(area.method == .pooledRows && area.interval!.standardError > 0.01)
    // Within countries, averaged over them; three independent samples.
    let groups = result.outcomes[0].candidates[0].groups.compactMap(\.discrimination)
    #expect(abs(area.value - groups.reduce(0) { $0 + $1.value } / 3) < 1e-12)
    let error = (groups.reduce(0) { $0 + $1.standardError * $1.standardError }).squareRoot() / 3
    #expect(abs(area.interval!.standardError - error) < 1e-12)
    // One number for every firm of a country ranks none of them, whatever the countries' levels.
    #expect(result.outcomes[0].candidates[1].metric(.auc)!.value == 0.5)
    #expect(result.outcomes[0].differences.allSatisfy { $0.foldsCompared == 3 && $0.candidate == "base rate" })
    #expect(result.outcomes[0].candidates[0].groups.allSatisfy { $0.rowCount == 100 })
  }

  @Test func aFailingCandidateDoesNotStopTheOthers() throws {
    let survey = SimulatedSurvey(rowCount: 100, seed: 8)
    let failing = BenchmarkCandidate(name: "failing") { _, _ in throw TrainingError.singleClass }
    let misshapen = BenchmarkCandidate(name: "misshapen") { _, _ in { rows in [rows.map { _ in 0 }] } }
    let missing = BenchmarkCandidate(name: "missing") { _, _ in { rows in (0..<3).map { _ in rows.map { _ in .nan } } }
    }
    let result = try survey.run(extra: [failing, misshapen, missing]).result()
    let candidates = result.outcomes[0].candidates
    #expect(candidates[3].failure == TrainingError.singleClass.description && candidates[3].metrics.isEmpty)
    #expect(candidates[4].failure?.contains("shape") == true)
    #expect(candidates[5].failure?.contains("not a number") == true)
    #expect(result.notes.count == 3 && !candidates[1].metrics.isEmpty)
  }

  @Test func selectionIsNested() throws {
    let survey = SimulatedSurvey(rowCount: 200, seed: 9)
    let chosen = Mutex<[String]>([])
    let all = (0..<3).map { survey.candidate("practice \($0)", practice: $0) }
    let auto = BenchmarkCandidate.selecting(name: "auto", from: all, outcomes: survey.outcomes) { split, _, name in
      #expect(split.trainingRows.count == 160)
      chosen.withLock { $0.append(name) }
    }
    let seenRows = Mutex<[Int]>([])
    let spy = BenchmarkCandidate(name: "spy") { split, _ in
      seenRows.withLock { $0 += split.trainingRows }
      return { test in
        seenRows.withLock { $0 += test }
        return (0..<3).map { _ in test.map { _ in 0 } }
      }
    }
    let nested = BenchmarkCandidate.selecting(name: "nested", from: [spy], outcomes: survey.outcomes)
    let training = Array(0..<120)
    _ = try nested.fit(.init(trainingRows: training, testRows: Array(120..<200)), 4, SplitWorkspace())
    #expect(Set(seenRows.withLock { $0 }) == Set(training))
    let folds = try FoldAssignment.stratified(strata: survey.strata, foldCount: 5, seed: 3)
    let run = try BenchmarkRun(outcomes: survey.outcomes, candidates: all + [auto], folds: folds, seed: 1)
    let result = run.result()
    #expect(chosen.withLock { $0.count { $0 == "practice 0" } } >= 13)
    #expect(
      agree(
        result.outcomes[2].candidates[3].metric(.rSquared)!.value,
        result.outcomes[2].candidates[0].metric(.rSquared)!.value))
  }

  @Test func settingsAreChecked() throws {
    let survey = SimulatedSurvey(rowCount: 50, seed: 1)
    let folds = try FoldAssignment.unstratified(rowCount: 50, foldCount: 5, seed: 1)
    let base = BenchmarkCandidate.baseRate(outcomes: survey.outcomes)
    #expect(throws: EvaluationError.self) {
      try BenchmarkRun(outcomes: survey.outcomes, candidates: [base, base], folds: folds, seed: 1)
    }
    #expect(throws: EvaluationError.self) {
      try BenchmarkRun(outcomes: [.init(name: "y", values: [1])], candidates: [base], folds: folds, seed: 1)
    }
    #expect(throws: EvaluationError.invalidOutcome(row: 1, expected: "0, 1 or missing")) {
      try BenchmarkRun(
        outcomes: [.init(name: "y", values: [1, 2] + [Double](repeating: 0, count: 48))], candidates: [base],
        folds: folds, seed: 1)
    }
  }
}

extension IntervalEstimate {
  func method(within range: ClosedRange<Double>) -> Bool { range.contains(standardError) }
}

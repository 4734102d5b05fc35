import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Outcomes drawn from known margins and a known cross-ratio.
struct DrawnOutcomes {
  var probabilitiesI: [Double] = []
  var probabilitiesE: [Double] = []
  var targetsI: [Bool] = []
  var targetsE: [Bool] = []

  init(count: Int, seed: UInt64, ratio: (Int) -> CrossRatio) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    for i in 0..<count {
      let p = sigmoid(1.2 * generator.normal())
      let q = sigmoid(-0.5 + generator.normal())
      let s = ratio(i).states(innovation: p, export: q)
      let u = generator.uniform()
      probabilitiesI.append(p)
      probabilitiesE.append(q)
      targetsI.append(u < s.both + s.innovationOnly)
      targetsE.append(u < s.both || u >= s.both + s.innovationOnly && u < 1 - s.neither)
    }
  }

  func estimate(weights: [Double]? = nil, level: Double = 0.95) -> CrossRatioEstimate? {
    CrossRatio.estimate(
      probabilitiesI: probabilitiesI, probabilitiesE: probabilitiesE, targetsI: targetsI, targetsE: targetsE,
      weights: weights, level: level)
  }
}

@Suite struct CrossRatioEstimateTests {
  /// The lattice of `Tests/Scripts/joint_states.py`, which computed the expected values (scipy 1.17.1).
  static let lattice: (p: [Double], q: [Double], i: [Bool], e: [Bool]) = {
    let k = Array(0..<20)
    return (
      k.map { 0.1 + 0.8 * Double((7 * $0 + 3) % 20) / 20 }, k.map { 0.15 + 0.7 * Double((11 * $0 + 5) % 20) / 20 },
      k.map { ($0 * $0 + 3 * $0) % 7 < 3 }, k.map { ($0 * $0 + 5 * $0 + 1) % 5 < 2 }
    )
  }()

  @Test func matchesAnIndependentOptimizer() throws {
    let data = Self.lattice
    let estimate = try #require(
      CrossRatio.estimate(probabilitiesI: data.p, probabilitiesE: data.q, targetsI: data.i, targetsE: data.e))
    #expect(abs(estimate.crossRatio.logValue - -0.6666159243591754) < 1e-7)
    #expect(abs(estimate.logLikelihood - -36.769623281473685) < 1e-10)
    #expect(abs(estimate.independenceLogLikelihood - -37.2000566200122) < 1e-10)
    #expect(abs(estimate.lower.logValue - -2.1301504842040386) < 1e-7)
    #expect(abs(estimate.upper.logValue - 0.7453759349139436) < 1e-7)
    #expect(abs(estimate.pValue - 0.3534962717948418) < 1e-9)
    #expect(estimate.informativeRowCount == 20)
  }

  /// With the sample's own margins for every row, the estimate is the odds ratio of the table, and its standard error
  /// is Woolf's.
  @Test func commonMarginsGiveTheOddsRatio() throws {
    let counts = [30, 14, 9, 22]  // neither, innovation only, export only, both
    let states = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let n = Double(states.count)
    let estimate = try #require(
      CrossRatio.estimate(
        probabilitiesI: states.map { _ in 36 / n }, probabilitiesE: states.map { _ in 31 / n },
        targetsI: states.map { $0 & 1 == 1 }, targetsE: states.map { $0 & 2 == 2 }))
    #expect(abs(estimate.crossRatio.value - 30.0 * 22 / (14 * 9)) < 1e-8)
    let inverse = counts.reduce(0.0) { $0 + 1 / Double($1) }
    #expect(abs(estimate.standardError - inverse.squareRoot()) < 1e-8)
  }

  @Test(arguments: [0.25, 1, 2.6, 12])
  func recoversTheTruth(psi: Double) throws {
    let estimate = try #require(DrawnOutcomes(count: 4_000, seed: 3) { _ in CrossRatio(psi) }.estimate())
    #expect(abs(estimate.crossRatio.logValue - log(psi)) < 3.5 * estimate.standardError)
    #expect(estimate.standardError < 0.15)
  }

  /// 95 % intervals and the 5 % test, over 300 samples of 150 firms with ψ = 1: binomial bounds of about three
  /// standard errors.
  @Test func intervalsCoverAndTheTestKeepsItsLevel() throws {
    var covered = 0
    var rejected = 0
    for seed in 0..<300 {
      let estimate = try #require(
        DrawnOutcomes(count: 150, seed: UInt64(seed)) { _ in .independence }.estimate())
      if estimate.lower.logValue <= 0 && estimate.upper.logValue >= 0 { covered += 1 }
      if estimate.pValue < 0.05 { rejected += 1 }
    }
    #expect(covered + rejected == 300, "the interval is the set of values that the test accepts")
    #expect((2...27).contains(rejected), "\(rejected) of 300 rejected at 5 %")
  }

  @Test(arguments: [1, 2, 3])
  func aWeightIsACount(seed: UInt64) throws {
    let data = DrawnOutcomes(count: 200, seed: seed) { _ in CrossRatio(3) }
    var generator = CounterBasedGenerator(seed: seed, purpose: "weights")
    let weights = (0..<200).map { _ in generator.index(below: 4) }
    let rows = weights.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    let weighted = try #require(data.estimate(weights: weights.map(Double.init)))
    let repeated = try #require(
      CrossRatio.estimate(
        probabilitiesI: rows.map { data.probabilitiesI[$0] }, probabilitiesE: rows.map { data.probabilitiesE[$0] },
        targetsI: rows.map { data.targetsI[$0] }, targetsE: rows.map { data.targetsE[$0] }))
    #expect(abs(weighted.crossRatio.logValue - repeated.crossRatio.logValue) < 1e-9)
    #expect(abs(weighted.logLikelihood - repeated.logLikelihood) < 1e-9)
    #expect(abs(weighted.upper.logValue - repeated.upper.logValue) < 1e-8)
  }

  @Test func separationIsSaidNotHidden() throws {
    let half = [Double](repeating: 0.5, count: 12)
    let alternating = (0..<12).map { $0.isMultiple(of: 2) }
    let together = try #require(
      CrossRatio.estimate(probabilitiesI: half, probabilitiesE: half, targetsI: alternating, targetsE: alternating))
    #expect(together.crossRatio.logValue == .infinity && together.upper.logValue == .infinity)
    #expect(together.lower.value > 1 && together.lower.logValue.isFinite && together.standardError == .infinity)
    let apart = try #require(
      CrossRatio.estimate(
        probabilitiesI: half, probabilitiesE: half, targetsI: alternating, targetsE: alternating.map { !$0 }))
    #expect(apart.crossRatio.value == 0 && apart.lower.value == 0 && apart.upper.value < 1)
    #expect(abs(apart.upper.logValue + together.lower.logValue) < 1e-6)
  }

  @Test func rowsThatCannotTellAreLeftOut() throws {
    let data = Self.lattice
    let estimate = try #require(
      CrossRatio.estimate(probabilitiesI: data.p, probabilitiesE: data.q, targetsI: data.i, targetsE: data.e))
    // A margin of 0 or 1, even one that the outcome contradicts, and a weight of 0.
    let longer = try #require(
      CrossRatio.estimate(
        probabilitiesI: data.p + [0, 1, 0.5], probabilitiesE: data.q + [0.5, 0.5, 0.2],
        targetsI: data.i + [true, true, true], targetsE: data.e + [true, false, true],
        weights: [Double](repeating: 1, count: 22) + [0]))
    #expect(longer == estimate)
    #expect(
      CrossRatio.estimate(
        probabilitiesI: [1, 0], probabilitiesE: [0.5, 0.5], targetsI: [true, false], targetsE: [true, true])
        == nil)
    #expect(CrossRatio.estimate(probabilitiesI: [], probabilitiesE: [], targetsI: [], targetsE: []) == nil)
  }
}

@Suite struct GroupedCrossRatioTests {
  private func grouped(_ data: DrawnOutcomes, _ groups: [String]) -> GroupedCrossRatio? {
    CrossRatio.estimate(
      byGroup: groups, probabilitiesI: data.probabilitiesI, probabilitiesE: data.probabilitiesE,
      targetsI: data.targetsI, targetsE: data.targetsE)
  }

  /// Of 60 surveys whose three countries share one ψ, the 5 % test rejects few, and groups lose most of the deviation
  /// from the overall value that chance gave them.
  @Test func equalGroupsAreDrawnTogether() throws {
    var rejected = 0
    var ownSquares = 0.0
    var shrunkenSquares = 0.0
    for seed in 0..<60 {
      let data = DrawnOutcomes(count: 600, seed: UInt64(seed)) { _ in CrossRatio(3) }
      let result = try #require(grouped(data, (0..<600).map { ["AR", "CL", "FR"][$0 % 3] }))
      #expect(result.groups.map(\.name) == ["AR", "CL", "FR"])
      if result.pValue < 0.05 { rejected += 1 }
      let overall = result.overall.crossRatio.logValue
      for group in result.groups {
        let own = try #require(group.own).crossRatio.logValue
        ownSquares += (own - overall) * (own - overall)
        shrunkenSquares += (group.crossRatio.logValue - overall) * (group.crossRatio.logValue - overall)
      }
    }
    #expect(rejected <= 9, "\(rejected) of 60 rejected at 5 %")
    #expect(shrunkenSquares < 0.4 * ownSquares)
  }

  @Test func differentGroupsStayApart() throws {
    let data = DrawnOutcomes(count: 3_000, seed: 9) { $0.isMultiple(of: 2) ? CrossRatio(8) : CrossRatio(0.5) }
    let result = try #require(grouped(data, (0..<3_000).map { $0.isMultiple(of: 2) ? "even" : "odd" }))
    #expect(result.pValue < 1e-6 && result.betweenGroupDeviation > 0.8)
    #expect(abs(result["even"].logValue - log(8)) < 0.4 && abs(result["odd"].logValue - log(0.5)) < 0.4)
    // Each lies between its own estimate and the overall one.
    for group in result.groups {
      let own = try #require(group.own).crossRatio.logValue
      let overall = result.overall.crossRatio.logValue
      #expect((min(own, overall)...max(own, overall)).contains(group.crossRatio.logValue))
    }
  }

  @Test func smallGroupsKeepTheOverallValue() throws {
    let data = DrawnOutcomes(count: 300, seed: 10) { $0 < 270 ? CrossRatio(5) : CrossRatio(0.2) }
    let result = try #require(grouped(data, (0..<300).map { $0 < 270 ? "large" : "small" }))
    let small = try #require(result.groups.last)
    #expect(small.own == nil && small.rowCount == 30 && small.crossRatio == result.overall.crossRatio)
    #expect(result["absent"] == result.overall.crossRatio)
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct CapabilitySpaceTests {
  @Test func fourSpaces() {
    let classifier = CommonSpaceClassifier(smallestUplift: 0.01)
    #expect(classifier.space(innovation: 0.02, export: 0.02) == .both)
    #expect(classifier.space(innovation: 0.02, export: 0.01) == .innovationOnly)
    #expect(classifier.space(innovation: -0.3, export: 0.02) == .exportOnly)
    #expect(classifier.space(innovation: 0, export: 0.005) == .neither)
  }

  @Test func agreementIsTheShareOfReplicates() throws {
    // Two capabilities, five replicates; the last has no value for the first.
    let placements = CommonSpaceClassifier().place(
      innovation: [0.05, 0], export: [0.05, 0.02],
      innovationReplicates: [0.1, 0, 0.1, 0, 0.1, 0.1, 0.0, 0, .nan, 0.1],
      exportReplicates: [0.1, 1, 0, 1, 0.1, 1, 0.1, 0, 0.1, 0])
    #expect(placements[0].space == .both && placements[0].agreement == 0.5)
    #expect(placements[0].shares == [.both: 0.5, .innovationOnly: 0.25, .exportOnly: 0.25])
    #expect(
      placements[1].space == .exportOnly && placements[1].agreement == 0.4 && placements[1].estimated == .exportOnly)
    let alone = CommonSpaceClassifier().place(
      innovation: [0.05], export: [0], innovationReplicates: [], exportReplicates: [])
    #expect(alone[0].space == .innovationOnly && alone[0].agreement == 0)
    // Replicates outvote the estimate; at a draw the estimate has it.
    let outvoted = CommonSpaceClassifier().place(
      innovation: [0.05], export: [0.05], innovationReplicates: [1, 0, 0], exportReplicates: [1, 0, 0])
    #expect(outvoted[0].space == .neither && outvoted[0].estimated == .both)
    let even = CommonSpaceClassifier().place(
      innovation: [0], export: [0.05], innovationReplicates: [1, 0], exportReplicates: [1, 1])
    #expect(even[0].space == .exportOnly && even[0].agreement == 0.5)
  }
}

@Suite struct FalseDiscoveryTests {
  /// statsmodels 0.15.0, `multipletests(p, method="fdr_bh")`.
  @Test func matchesStatsmodels() {
    let adjusted = FalseDiscovery.adjusted([0.01, 0.04, 0.03, 0.005, 0.55, 0.04, .nan])
    let expected = [0.03, 0.048, 0.048, 0.03, 0.55, 0.048]
    #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-12 } && adjusted[6].isNaN)
    #expect(FalseDiscovery.adjusted([]).isEmpty && FalseDiscovery.adjusted([0.7, 0.9]) == [0.9, 0.9])
  }
}

@Suite struct BetweenGroupVarianceTests {
  /// The estimating equation holds at the estimate, by its definition.
  @Test(arguments: 0..<6)
  func solvesItsEquation(seed: Int) {
    var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
    let variances = (0..<8).map { _ in 0.05 + generator.uniform() }
    let effects = variances.map { ($0 + 2).squareRoot() * generator.normal() + 1 }
    let fit = BetweenGroupVariance(effects: effects, variances: variances)
    let weights = variances.map { 1 / ($0 + fit.variance) }
    let mean = zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    let q = zip(weights, effects).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    #expect(abs(fit.mean - mean) < 1e-12 && abs(fit.meanVariance - 1 / weights.reduce(0, +)) < 1e-12)
    #expect(fit.variance > 0 ? abs(q - 7) < 1e-8 : q <= 7)
  }

  /// With equal variances τ² is the sample variance less the sampling variance.
  @Test func equalVariancesAreInClosedForm() {
    let effects = [1.0, 3, 4, 8]
    let sample = 26.0 / 3  // Σ (x − 4)² / 3
    let fit = BetweenGroupVariance(effects: effects, variances: [2, 2, 2, 2])
    #expect(abs(fit.variance - (sample - 2)) < 1e-9 && fit.mean == 4)
    let none = BetweenGroupVariance(effects: effects, variances: [10, 10, 10, 10])
    #expect(none.variance == 0 && none.pValue > 0.4)
    #expect(BetweenGroupVariance(effects: [2], variances: [1]).pValue == 1)
    #expect(BetweenGroupVariance(effects: [], variances: []).meanVariance == .infinity)
  }
}

@Suite struct GroupComparisonTests {
  @Test func verdicts() {
    let comparison = GroupComparison(
      groups: ["AR", "CL", "FR"],
      effects: [[1.0, 1.1, 0.9], [2, -1, 0.5], [0.1, -0.1, 0], [1, .nan, .nan]],
      variances: [[Double]](repeating: [0.02, 0.02, 0.02], count: 4))
    #expect(comparison.entries.map(\.verdict) == [.holdsInEveryGroup, .differs, .undecided, .undecided])
    let first = comparison.entries[0]
    #expect(abs(first.mean - 1) < 1e-12 && first.betweenGroupDeviation == 0)
    #expect(first.groups.allSatisfy { abs($0.shrunken - 1) < 1e-12 && $0.shrinkage == 1 })
    let second = comparison.entries[1].groups
    #expect(second.allSatisfy { abs($0.shrunken - $0.own) < 0.05 && $0.shrinkage < 0.02 })
    #expect(comparison.entries[3].groups.count == 1 && comparison.entries[3].adjustedPValue.isNaN)
  }

  /// Shrunken values have the smaller error where groups are alike and noise is large.
  @Test func shrinkageHelps() {
    var own = 0.0
    var shrunken = 0.0
    for seed in 0..<100 {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
      let truth = (0..<5).map { _ in 0.5 + 0.3 * generator.normal() }
      let comparison = GroupComparison(
        groups: ["a", "b", "c", "d", "e"], effects: [truth.map { $0 + 0.5 * generator.normal() }],
        variances: [[Double](repeating: 0.25, count: 5)])
      for (g, effect) in comparison.entries[0].groups.enumerated() {
        own += (effect.own - truth[g]) * (effect.own - truth[g])
        shrunken += (effect.shrunken - truth[g]) * (effect.shrunken - truth[g])
      }
    }
    #expect(shrunken < 0.65 * own)
  }
}

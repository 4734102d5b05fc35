import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

/// Uplifts with noise shared by a firm's capabilities, on a coarse lattice so that ties occur.
func simulatedUplifts(
  capabilities: Int, replicates: Int, seed: UInt64, lattice: Double? = nil, noise: Double = 0.02
) -> UpliftReplicates {
  var generator = CounterBasedGenerator(seed: seed, purpose: "uplifts")
  func rounded(_ x: Double) -> Double { lattice.map { (x / $0).rounded() * $0 } ?? x }
  let innovation = (0..<capabilities).map { _ in rounded(0.03 * generator.normal()) }
  let export = (0..<capabilities).map { _ in rounded(0.03 * generator.normal()) }
  func joint(_ a: Double, _ b: Double) -> Double { 0.4 * a + 0.3 * b }
  var innovationReplicates: [Double] = []
  var exportReplicates: [Double] = []
  for _ in 0..<replicates {
    for c in 0..<capabilities {
      innovationReplicates.append(rounded(innovation[c] + noise * generator.normal()))
      exportReplicates.append(rounded(export[c] + noise * generator.normal()))
    }
  }
  return UpliftReplicates(
    innovation: innovation, export: export, both: zip(innovation, export).map(joint),
    innovationReplicates: innovationReplicates, exportReplicates: exportReplicates,
    bothReplicates: zip(innovationReplicates, exportReplicates).map(joint))
}

@Suite struct PriorityRankerTests {
  @Test(arguments: [(1, nil), (2, 0.02), (3, 0.05), (4, nil)] as [(UInt64, Double?)])
  func agreesWithBruteForce(seed: UInt64, lattice: Double?) {
    let count = 9
    let replicates = 101
    let uplifts = simulatedUplifts(capabilities: count, replicates: replicates, seed: seed, lattice: lattice)
    for objective in [
      PriorityObjective.smaller, .both, .innovation, .export, .weighted(innovation: 2, export: 0.5),
    ] {
      let ranking = PriorityRanker(objective: objective, level: 0.9, intervalKind: .percentile, firstCount: 3).rank(
        uplifts)
      #expect(ranking.replicateCount == replicates && ranking.entries.count == count)
      #expect(Set(ranking.entries.map(\.capability)) == Set(0..<count))
      #expect(zip(ranking.entries, ranking.entries.dropFirst()).allSatisfy { $0.value >= $1.value })
      // Every replicate's values, ranks and shares of the first three places, by counting.
      let values = (0..<replicates).map { r in
        (0..<count).map { c in
          objective.value(
            innovation: uplifts.innovationReplicates[r * count + c], export: uplifts.exportReplicates[r * count + c],
            both: uplifts.bothReplicates[r * count + c])
        }
      }
      for entry in ranking.entries {
        let c = entry.capability
        var ranks: [Double] = []
        var first = 0.0
        for row in values {
          let above = row.count { $0 > row[c] }
          let equal = row.count { $0 == row[c] }
          ranks.append(Double(above + 1))
          first += above >= 3 ? 0 : (above + equal <= 3 ? 1 : Double(3 - above) / Double(equal))
        }
        #expect(abs(entry.probabilityOfFirst - first / Double(replicates)) < 1e-12)
        // Five of the 101 ranks lie below, five above. Equal values are in any order: see `equalValuesStandInAnyOrder`.
        if lattice == nil {
          let ordered = ranks.sorted()
          #expect(entry.rankInterval == Int(ordered[5])...Int(ordered[95]))
        }
        let positive = Double(values.count { $0[c] > 0 }) / Double(replicates)
        #expect(entry.probabilityPositive == positive)
        let sorted = values.map { $0[c] }.sorted()
        #expect(abs(entry.interval!.lower - (sorted[4] + 0.1 * (sorted[5] - sorted[4]))) < 1e-15)
        #expect(abs(entry.interval!.upper - (sorted[95] + 0.9 * (sorted[96] - sorted[95]))) < 1e-15)
        let innovation = (0..<replicates).map { uplifts.innovationReplicates[$0 * count + c] }.sorted()
        #expect(
          abs(entry.innovation.interval!.upper - (innovation[95] + 0.9 * (innovation[96] - innovation[95]))) < 1e-15)
        // Pareto, by its definition.
        func pareto(_ a: [Double], _ b: [Double]) -> Bool {
          !(0..<count).contains { a[$0] >= a[c] && b[$0] >= b[c] && (a[$0] > a[c] || b[$0] > b[c]) }
        }
        #expect(entry.isParetoOptimal == pareto(uplifts.innovation, uplifts.export))
        let share = (0..<replicates).count { r in
          let rows = r * count..<(r + 1) * count
          return pareto(Array(uplifts.innovationReplicates[rows]), Array(uplifts.exportReplicates[rows]))
        }
        #expect(abs(entry.probabilityPareto - Double(share) / Double(replicates)) < 1e-12)
      }
      #expect(abs(ranking.entries.reduce(0) { $0 + $1.probabilityOfFirst } - 3) < 1e-9)
    }
  }

  /// Of ten capabilities nine are zero in every replicate: each may have any of the nine last places.
  @Test func equalValuesStandInAnyOrder() {
    let replicates = 400
    let row = (0..<10).map { $0 == 4 ? 0.1 : 0.0 }
    let values = (0..<replicates).flatMap { _ in row }
    let ranking = PriorityRanker(objective: .both).rank(
      UpliftReplicates(
        innovation: row, export: row, both: row, innovationReplicates: values, exportReplicates: values,
        bothReplicates: values))
    #expect(ranking.entries[0].capability == 4 && ranking.entries[0].rankInterval == 1...1)
    for entry in ranking.entries.dropFirst() {
      #expect(entry.rankInterval.lowerBound >= 2 && entry.rankInterval.count >= 8)
      #expect(abs(entry.probabilityOfFirst - 2.0 / 9) < 1e-9)
    }
  }

  @Test func capabilitiesWithoutAStepAreLeftOut() {
    var uplifts = simulatedUplifts(capabilities: 5, replicates: 40, seed: 7)
    uplifts.innovation[2] = .nan
    for r in 0..<40 { uplifts.exportReplicates[r * 5 + 2] = .nan }
    let ranking = PriorityRanker().rank(uplifts)
    #expect(ranking.entries.count == 4 && !ranking.entries.contains { $0.capability == 2 })
    #expect(ranking.replicateCount == 40)
  }

  @Test func aBrokenReplicateIsCountedOut() {
    var uplifts = simulatedUplifts(capabilities: 4, replicates: 30, seed: 8)
    let full = PriorityRanker().rank(uplifts)
    uplifts.innovationReplicates += [.nan, 1, 1, 1]
    uplifts.exportReplicates += [1, 1, 1, 1]
    uplifts.bothReplicates += [1, 1, 1, 1]
    #expect(PriorityRanker().rank(uplifts) == full)
  }

  @Test func withoutReplicatesThereIsAnOrderAndNoInterval() {
    let uplifts = UpliftReplicates(
      innovation: [0.1, 0.3], export: [0.2, 0.05], both: [0, 0], innovationReplicates: [], exportReplicates: [],
      bothReplicates: [])
    let ranking = PriorityRanker().rank(uplifts)
    #expect(ranking.entries.map(\.capability) == [0, 1])
    #expect(ranking.entries.allSatisfy { $0.interval == nil && $0.isParetoOptimal })
    #expect(
      PriorityRanker().rank(
        UpliftReplicates(
          innovation: [], export: [], both: [], innovationReplicates: [], exportReplicates: [], bothReplicates: [])
      ).entries.isEmpty)
  }

  @Test func aReusedWorkspaceChangesNothing() {
    var workspace = PriorityRanker.Workspace()
    let ranker = PriorityRanker(comparison: .simultaneous)
    for (capabilities, replicates, seed) in [(12, 60, 1), (4, 200, 2), (18, 30, 3)] as [(Int, Int, UInt64)] {
      let uplifts = simulatedUplifts(capabilities: capabilities, replicates: replicates, seed: seed)
      #expect(ranker.rank(uplifts, using: &workspace) == ranker.rank(uplifts))
    }
  }

  @Test func clearLeadersAreNotTied() {
    var uplifts = simulatedUplifts(capabilities: 6, replicates: 200, seed: 4, noise: 0.001)
    // One far ahead on both, the others equal but for noise.
    for c in 0..<6 {
      let shift = (c == 3 ? 0.2 : 0) - uplifts.innovation[c]
      let exportShift = (c == 3 ? 0.2 : 0) - uplifts.export[c]
      uplifts.innovation[c] += shift
      uplifts.export[c] += exportShift
      for r in 0..<200 {
        uplifts.innovationReplicates[r * 6 + c] += shift
        uplifts.exportReplicates[r * 6 + c] += exportShift
      }
    }
    let ranking = PriorityRanker(objective: .smaller).rank(uplifts)
    #expect(ranking.entries[0].capability == 3 && ranking.entries[0].tieGroup == 1)
    #expect(ranking.tied(with: ranking.entries[0]).isEmpty)
    #expect(ranking.entries.dropFirst().allSatisfy { $0.tieGroup == 2 })
    #expect(ranking.tied(with: ranking.entries[1]).count == 4)
    #expect(ranking.entries[0].rankInterval == 1...1 && ranking.entries[0].probabilityOfFirst == 1)
  }
}

@Suite struct ReplicateIntervalTests {
  @Test(arguments: [1, 2, 3, 7, 100, 1_000])
  func selectionMatchesSorting(count: Int) {
    for seed in 0..<5 {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "select")
      // Few distinct values, sorted or shuffled: the cases that break selections.
      var values = (0..<count).map { _ in Double(generator.index(below: seed == 0 ? 3 : 10_000)) }
      if seed == 1 { values.sort() }
      if seed == 2 { values.sort(by: >) }
      let sorted = values.sorted()
      for index in [0, count / 3, count / 2, count - 1] {
        var copy = values
        let selected = copy.withUnsafeMutableBufferPointer { ReplicateIntervalKind.select($0, index) }
        #expect(selected == sorted[index])
        #expect(copy[..<index].allSatisfy { $0 <= selected } && copy[index...].allSatisfy { $0 >= selected })
      }
    }
  }

  private func interval(_ kind: ReplicateIntervalKind, _ values: [Double], _ estimate: Double) -> UncertaintyInterval? {
    var copy = values
    return copy.withUnsafeMutableBufferPointer { kind.interval(estimate: estimate, replicates: $0, level: 0.9) }
  }

  @Test func kindsOnAKnownSample() throws {
    // 1 … 199: the quantile at p (R + 1) is 200 p exactly.
    let values = (1...199).map(Double.init).reversed().map { $0 }
    let percentile = try #require(interval(.percentile, values, 100))
    #expect(abs(percentile.lower - 10) < 1e-9 && abs(percentile.upper - 190) < 1e-9)
    let basic = try #require(interval(.basic, values, 90))
    #expect(abs(basic.lower - -10) < 1e-9 && abs(basic.upper - 170) < 1e-9)
    let unbiased = try #require(interval(.biasCorrected, values, 100))
    #expect(abs(unbiased.lower - 10) < 1e-9 && abs(unbiased.upper - 190) < 1e-9)
    // Half a standard deviation of median bias moves both ends by one (2 · Φ⁻¹(0.6915) = 1).
    let shifted = try #require(interval(.biasCorrected, values, 138.1))
    let z = 2 * StandardNormal.quantile(137.6 / 199 + 0.4 / 199)
    #expect(abs(shifted.lower - 200 * StandardNormal.cumulative(z - 1.6448536269514722)) < 0.5)
    #expect(shifted.lower > percentile.lower && shifted.upper > percentile.upper)
    let normal = try #require(interval(.normal, values, 100))
    #expect(abs(normal.upper - (100 + 1.6448536269514722 * (199.0 * 200 / 12).squareRoot())) < 1e-9)
    #expect(interval(.percentile, [1], 1) == nil)
  }
}

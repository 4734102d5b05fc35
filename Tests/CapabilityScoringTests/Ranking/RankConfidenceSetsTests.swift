import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct RankConfidenceSetsTests {
  /// The definition, pair by pair, with sorted arrays.
  private func bruteForceRanks(_ estimates: [Double], _ replicates: [[Double]], level: Double) -> [ClosedRange<Int>] {
    let n = estimates.count
    return (0..<n).map { i in
      var others = (0..<n).filter { $0 != i }
      var above = 0
      var below = 0
      func deviation(_ j: Int) -> Double {
        let d = replicates.map { $0[i] - $0[j] }
        let mean = d.reduce(0, +) / Double(d.count)
        return (d.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(d.count - 1)).squareRoot()
      }
      while !others.isEmpty {
        let largest = replicates.map { row in
          others.map { abs(row[i] - row[$0] - estimates[i] + estimates[$0]) / deviation($0) }.max()!
        }.sorted()
        let position = level * Double(largest.count + 1) - 1
        let index = Int(position)
        let critical = largest[index] + (position - Double(index)) * (largest[index + 1] - largest[index])
        let decided = others.filter { abs(estimates[i] - estimates[$0]) / deviation($0) > critical }
        if decided.isEmpty { break }
        above += decided.count { estimates[$0] > estimates[i] }
        below += decided.count { estimates[$0] < estimates[i] }
        others.removeAll { decided.contains($0) }
      }
      return 1 + above...n - below
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func marginalSetsFollowTheDefinition(seed: UInt64) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    let estimates = (0..<7).map { _ in generator.normal() }
    let replicates = (0..<99).map { _ in
      estimates.enumerated().map { $1 + (0.1 + 0.1 * Double($0)) * generator.normal() }
    }
    let sets = RankConfidenceSets(estimates: estimates, replicates: Array(replicates.joined()), level: 0.9)
    #expect(sets.ranks == bruteForceRanks(estimates, replicates, level: 0.9))
  }

  /// Two hundred normal experiments: sets hold the true ranks at least as often as they say.
  @Test func setsCover() {
    let truth = [1.0, 0.8, 0.8, 0.3, 0, -0.5]
    // Equal values may take any of their ranks: the set must hold one interval of them.
    let trueRanks = truth.map { v in 1 + truth.count { $0 > v }...truth.count { $0 >= v } }
    var marginal = 0
    var simultaneous = 0
    let experiments = 200
    for seed in 0..<experiments {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "cover")
      let estimates = truth.map { $0 + 0.3 * generator.normal() }
      let replicates = (0..<150).flatMap { _ in estimates.map { $0 + 0.3 * generator.normal() } }
      let own = RankConfidenceSets(estimates: estimates, replicates: replicates, level: 0.9, scope: .marginal)
      let all = RankConfidenceSets(estimates: estimates, replicates: replicates, level: 0.9, scope: .simultaneous)
      marginal += (0..<6).count { own.ranks[$0].overlaps(trueRanks[$0]) }
      if (0..<6).allSatisfy({ all.ranks[$0].overlaps(trueRanks[$0]) }) { simultaneous += 1 }
      // Simultaneous sets are never the narrower, and hold the estimated rank.
      for i in 0..<6 {
        let rank = 1 + estimates.count { $0 > estimates[i] }
        #expect(own.ranks[i].contains(rank) && all.ranks[i].contains(rank))
      }
    }
    #expect(Double(marginal) / Double(6 * experiments) >= 0.88)
    #expect(Double(simultaneous) / Double(experiments) >= 0.86)
  }

  @Test func precisionDecides() {
    let estimates = [3.0, 2, 1]
    let exact = RankConfidenceSets(
      estimates: estimates, replicates: Array(repeating: estimates, count: 20).flatMap { $0 }, scope: .simultaneous)
    #expect(exact.ranks == [1...1, 2...2, 3...3] && exact.tieGroups == [1, 2, 3])
    #expect(exact.isSurelyBetter(0, than: 2) && !exact.isSurelyBetter(2, than: 0))
    #expect(exact.possiblyAmongFirst(2) == [0, 1])
    let equal = RankConfidenceSets(
      estimates: [1, 1, 1], replicates: [Double](repeating: 1, count: 60), scope: .marginal)
    #expect(equal.ranks == [1...3, 1...3, 1...3] && equal.tieGroups == [1, 1, 1])
    #expect(equal.indistinguishable(from: 1) == [0, 2])
    #expect(RankConfidenceSets(estimates: [], replicates: []).ranks.isEmpty)
    #expect(RankConfidenceSets(estimates: [1], replicates: [1, 2, 3]).ranks == [1...1])
  }

  @Test func rowOrderDoesNotMatter() {
    let uplifts = simulatedUplifts(capabilities: 8, replicates: 50, seed: 3)
    let rows = (0..<50).map { Array(uplifts.innovationReplicates[$0 * 8..<$0 * 8 + 8]) }
    let forward = RankConfidenceSets(estimates: uplifts.innovation, replicates: Array(rows.joined()))
    let backward = RankConfidenceSets(estimates: uplifts.innovation, replicates: Array(rows.reversed().joined()))
    #expect(forward.ranks == backward.ranks)
  }
}

@Suite struct SelectionStabilityTests {
  /// When every choice selects *k* of *p*, Φ is the mean over pairs of Kuncheva's index `(r − k²/p)/(k − k²/p)`
  /// (Nogueira et al. 2018, §4.2).
  @Test(arguments: [1, 2, 3])
  func equalsTheMeanKunchevaIndex(seed: UInt64) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    let (p, k) = (12, 4)
    let selections = (0..<9).map { _ in
      var all = Array(0..<p)
      generator.shuffle(&all)
      // One is always selected, so that choices agree more than chance.
      return Set([0] + all.filter { $0 != 0 }.prefix(k - 1))
    }
    let expected = Double(k * k) / Double(p)
    var sum = 0.0
    var pairs = 0.0
    for i in selections.indices {
      for j in 0..<i {
        sum += (Double(selections[i].intersection(selections[j]).count) - expected) / (Double(k) - expected)
        pairs += 1
      }
    }
    let stability = try #require(SelectionStability(selections: selections, candidateCount: p).value)
    #expect(abs(stability - sum / pairs) < 1e-12)
  }

  @Test func ends() throws {
    let same = SelectionStability(selections: [Set([1, 2]), Set([1, 2]), Set([1, 2])], candidateCount: 5)
    #expect(same.value == 1)
    #expect(abs(try #require(same.interval).lower - 1) < 1e-12)
    #expect(SelectionStability(selections: [Set([]), Set([])], candidateCount: 5).value == nil)
    #expect(SelectionStability(selections: [Set(0..<3), Set(0..<3)], candidateCount: 3).value == nil)
    #expect(SelectionStability(selections: [Set([1])], candidateCount: 3).value == nil)
  }

  /// Features chosen independently with known probabilities: Φ's limit is known, and intervals hold it.
  @Test func intervalsCover() throws {
    let probabilities = [0.9, 0.8, 0.5, 0.2, 0.1, 0.1]
    let mean = probabilities.reduce(0, +) / 6
    let truth = 1 - probabilities.reduce(0) { $0 + $1 * (1 - $1) } / 6 / (mean * (1 - mean))
    var covered = 0
    for seed in 0..<200 {
      var generator = CounterBasedGenerator(seed: UInt64(seed), purpose: "test")
      let selections = (0..<60).map { _ in Set((0..<6).filter { generator.uniform() < probabilities[$0] }) }
      let stability = SelectionStability(selections: selections, candidateCount: 6, level: 0.9)
      if try #require(stability.interval).contains(truth) { covered += 1 }
    }
    #expect((165...195).contains(covered), "\(covered) of 200 hold the truth at 90 %")
  }
}

@Suite struct RankAgreementTests {
  /// scipy 1.17.1, `scipy.stats.kendalltau`.
  @Test func kendallMatchesScipy() throws {
    let a = [1.0, 2, 2, 3, 5, 4, 4, 7]
    let b = [2.0, 1, 2, 3, 3, 5, 6, 4]
    #expect(abs(try #require(RankAgreement.kendallTau(a, b)) - 0.5384615384615385) < 1e-12)
    #expect(RankAgreement.kendallTau(a, a) == 1)
    #expect(RankAgreement.kendallTau(a, a.map { -$0 }) == -1)
    #expect(RankAgreement.kendallTau(a, [Double](repeating: 1, count: 8)) == nil)
    #expect(RankAgreement.kendallTau(a + [.nan], b + [3]) == RankAgreement.kendallTau(a, b))
  }

  /// Without ties W is `1 + (m − 1)` times the mean Spearman correlation of pairs, over *m*.
  @Test(arguments: [1, 2, 3])
  func concordanceIsTheMeanSpearmanCorrelation(seed: UInt64) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    let orders = (0..<5).map { _ in (0..<7).map { Double($0) + 3 * generator.normal() } }
    let ranks = orders.map { RankAgreement.midRanks($0).ranks }
    var sum = 0.0
    for i in 0..<5 {
      for j in 0..<i {
        let squares = zip(ranks[i], ranks[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        sum += 1 - 6 * squares / (7 * 48)
      }
    }
    #expect(abs(try #require(RankAgreement.concordance(orders)) - (1 + 4 * sum / 10) / 5) < 1e-12)
  }

  @Test func concordanceEnds() {
    #expect(RankAgreement.concordance([[3, 2, 1], [9, 5, 2]]) == 1)
    #expect(RankAgreement.concordance([[3, 2, 1], [1, 2, 3]]) == 0)
    #expect(RankAgreement.concordance([[1, 1, 1], [1, 1, 1]]) == nil)
    // Ties that agree are full agreement.
    #expect(RankAgreement.concordance([[3, 2, 2], [3, 2, 2]]) == 1)
    #expect(RankAgreement.midRanks([5, 1, 5, 7]).ranks == [2.5, 4, 2.5, 1])
  }
}

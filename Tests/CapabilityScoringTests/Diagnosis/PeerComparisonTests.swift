import StatisticalLearning
import Testing

@testable import CapabilityScoring

@Suite struct PeerComparisonTests {
  private typealias Trait = PeerSummaries.Trait

  /// The share below plus half the share level with it.
  private func midRank(_ values: [Double], _ level: Double) -> Double {
    let below = values.count { $0 < level - 1e-9 }
    let equal = values.count { abs($0 - level) <= 1e-9 }
    return (Double(below) + Double(equal) / 2) / Double(values.count)
  }

  /// Answers of a few levels, many firms level with each other: within half a kept step on average, never a step off.
  @Test(arguments: [2, 4, 5, 13, 1000], [UInt64(1), 2, 3])
  func percentilesAreMidRanks(levelCount: Int, seed: UInt64) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "peers")
    let values = (0..<400).map { _ in Double(generator.index(below: levelCount)) / Double(levelCount - 1) }
    let summaries = PeerSummaries(
      levels: [values], isSuccessful: values.map { _ in nil }, traits: values.map { _ in [] })
    let group = try #require(summaries.groups.first)
    var total = 0.0
    let tried =
      levelCount > 13 ? [0, 0.1, 0.35, 0.5, 0.77, 1] : (0..<levelCount).map { Double($0) / Double(levelCount - 1) }
    for level in tried {
      let share = try #require(group.percentile(of: level, capability: 0))
      let error = abs(share - midRank(values, level))
      #expect(error < 0.05, "level \(level)")
      total += error
    }
    #expect(total / Double(tried.count) < 0.025)
    #expect(group.percentile(of: -0.5, capability: 0) == 0 && group.percentile(of: 1.5, capability: 0) == 1)
    #expect(group.percentile(of: .nan, capability: 0) == nil)
  }

  /// 30 small and 12 large firms of AR, 5 of CL; 9 of the small do both, and 3 of the large.
  private var summaries: PeerSummaries {
    let traits: [[Trait]] = (0..<47).map { i in
      i < 42
        ? [Trait(name: "country", value: "AR"), Trait(name: "size", value: i < 30 ? "Small" : "Large")]
        : [Trait(name: "country", value: "CL"), Trait(name: "size", value: "Small")]
    }
    let levels = (0..<47).map { Double($0 % 11) / 10 }
    return PeerSummaries(
      levels: [levels, levels.map { 1 - $0 }], isSuccessful: (0..<47).map { $0 < 9 || (30..<33).contains($0) },
      traits: traits)
  }

  @Test func groupsAreWidenedUntilTenFirms() throws {
    let summaries = summaries
    let small = [Trait(name: "country", value: "AR"), Trait(name: "size", value: "Small")]
    let own = try #require(summaries.comparison(traits: small, levels: [0.5, 0.5], directions: [1, -1]))
    #expect(own.firmCount == 30 && own.traits == small && !own.isWidened)
    // Nine small firms that do both are too few: those of the country are taken.
    let successful = try #require(own.successful)
    #expect(successful.firmCount == 12 && successful.traits == [Trait(name: "country", value: "AR")])
    // Less is better of the second capability: its better quartile is the lower one.
    #expect(
      successful.upperQuartiles[0] > successful.medians[0] && successful.upperQuartiles[1] < successful.medians[1])

    let chilean = [Trait(name: "country", value: "CL"), Trait(name: "size", value: "Small")]
    let widened = try #require(summaries.comparison(traits: chilean, levels: [0.5, 0.5], directions: [1, 1]))
    #expect(widened.firmCount == 47 && widened.traits.isEmpty && widened.isWidened)
    // No firm of fewer than ten is described anywhere.
    #expect(
      summaries.groups.allSatisfy { $0.firmCount >= 10 && ($0.successfulQuartiles == nil || $0.successfulCount >= 10) })
  }

  @Test func targetsAreThoseOfFirmsThatDoBoth() throws {
    let comparison = try #require(
      summaries.comparison(
        traits: [Trait(name: "country", value: "AR")], levels: [0.5, 0.5], directions: [1, -1]))
    let successful = try #require(comparison.successful)
    #expect(comparison.targets(.step) == [nil, nil])
    #expect(comparison.targets(.median) == successful.medians)
    #expect(comparison.targets(.upperQuartile) == successful.upperQuartiles)
    let few = PeerSummaries(levels: [[0, 1]], isSuccessful: [true, true], traits: [[], []])
    #expect(few.comparison(traits: [], levels: [0.5], directions: [1]) == nil)
  }
}

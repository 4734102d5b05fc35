import CapabilityScoring
import Testing

@Suite struct PeerComparisonTests {
  /// 40 firms of two countries and two sizes; one capability at levels 0, 1/39, … 1; the upper half does both.
  static let peers = PeerSummaries(
    levels: [(0..<40).map { Double($0) / 39 }], isSuccessful: (0..<40).map { $0 >= 20 },
    traits: (0..<40).map { i in
      [.init(name: "country", value: i % 2 == 0 ? "AR" : "CL"), .init(name: "size", value: i < 32 ? "small" : "large")]
    })

  private func traits(_ country: String, _ size: String) -> [PeerSummaries.Trait] {
    [.init(name: "country", value: country), .init(name: "size", value: size)]
  }

  @Test func groupOfTenIsNotWidened() throws {
    let own = try #require(Self.peers.comparison(levels: [0.5], traits: traits("AR", "small")))
    #expect(own.firmCount == 16 && !own.isWidened && own.traits.count == 2)
    // 6 of the 16 do both: the benchmark is that of the country, where ten do.
    #expect(own.benchmarkTraits?.count == 1 && own.successfulCount == 10)
    // Even firms 20 … 38: their median is 29/39.
    #expect(abs(own.capabilities[0].successfulMedian! - 29 / 39.0) < 1e-12)
    #expect(abs(own.capabilities[0].gap! - (29 / 39.0 - 0.5)) < 1e-12)
  }

  @Test func smallGroupIsWidened() throws {
    let own = try #require(Self.peers.comparison(levels: [0.9], traits: traits("CL", "large")))
    #expect(own.firmCount == 20 && own.isWidened && own.traits.map(\.value) == ["CL"])
    let percentile = try #require(own.capabilities[0].percentile)
    #expect(percentile > 0.8 && percentile < 1)
    #expect(own.capabilities[0].gap == 0)
    let unknown = try #require(Self.peers.comparison(levels: [0.9], traits: traits("FR", "small")))
    #expect(unknown.firmCount == 40 && unknown.isWidened && unknown.traits.isEmpty)
  }
}

/// How far a capability lies from comparable firms that do both.
///
/// A gap describes; it is no lever by itself: what a firm lacks most need not be what goes most with its goals.
public struct CapabilityGap: Sendable, Equatable, Codable {
  /// The id of the capability.
  public var capability: String
  /// As shares of the range, in `0...1`.
  public var level: Double
  /// The upper quartile of comparable firms that do both (the lower one of a capability of which less is better).
  public var benchmark: Double
  /// Positive where the firm falls short.
  public var gap: Double

  /// The gaps that are positive, the largest first, equal ones in the order of the capabilities.
  static func gaps(
    levels: [Double], successful: PeerComparison.Successful, capabilities: [CapabilityDescription]
  ) -> [CapabilityGap] {
    let all = capabilities.indices.compactMap { index -> CapabilityGap? in
      let benchmark = successful.upperQuartiles[index]
      let gap = capabilities[index].direction < 0 ? levels[index] - benchmark : benchmark - levels[index]
      // A gap of less than half a hundredth is none.
      guard capabilities[index].isActionable, gap > 0.005 else { return nil }
      return CapabilityGap(
        capability: capabilities[index].id, level: levels[index], benchmark: benchmark, gap: gap)
    }
    return all.enumerated().sorted {
      $0.element.gap == $1.element.gap ? $0.offset < $1.offset : $0.element.gap > $1.element.gap
    }.map(\.element)
  }
}

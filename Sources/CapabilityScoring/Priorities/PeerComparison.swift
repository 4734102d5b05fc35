/// One firm beside comparable ones: where it stands, and what those of them that do both have.
public struct PeerComparison: Sendable, Equatable, Codable {
  /// What the comparable firms have in common; empty for all firms of the survey.
  public var traits: [PeerSummaries.Trait]
  public var firmCount: Int
  /// Whether a trait of the firm was given up, so that the group holds at least ten firms.
  public var isWidened: Bool
  /// The group whose firms that do both are the benchmark: the same, or a wider one where fewer than ten of it do.
  public var benchmarkTraits: [PeerSummaries.Trait]?
  public var successfulCount: Int?
  /// One per capability of the model.
  public var capabilities: [Standing]

  public struct Standing: Sendable, Equatable, Codable {
    /// As a share of the range, in `0...1`.
    public var level: Double
    /// The share of the comparable firms that are at or below the level, ties counted by half.
    public var percentile: Double?
    /// The median and the upper quartile of the comparable firms that do both.
    public var successfulMedian: Double?
    public var successfulUpperQuartile: Double?
    /// How far the firm is below that median; 0 where it is not.
    public var gap: Double?
  }
}

extension PeerSummaries {
  /// - Parameters:
  ///   - levels: The firm's, one per capability.
  ///   - traits: The firm's, in order of importance.
  /// - Returns: `nil` when fewer than ten firms were trained on.
  public func comparison(levels: [Double], traits: [Trait]) -> PeerComparison? {
    guard let group = group(for: traits) else { return nil }
    let benchmark = groups.first { candidate in
      candidate.successfulQuartiles != nil && candidate.traits.count <= group.traits.count
        && candidate.traits == Array(traits.prefix(candidate.traits.count))
    }
    return PeerComparison(
      traits: group.traits, firmCount: group.firmCount, isWidened: group.traits.count < traits.count,
      benchmarkTraits: benchmark?.traits, successfulCount: benchmark?.successfulCount,
      capabilities: levels.enumerated().map { capability, level in
        let quartiles = benchmark?.successfulQuartiles?[capability]
        let median = quartiles.flatMap { $0.count == 5 ? $0[2] : nil }
        return PeerComparison.Standing(
          level: level, percentile: group.percentile(of: level, capability: capability), successfulMedian: median,
          successfulUpperQuartile: quartiles.flatMap { $0.count == 5 ? $0[3] : nil },
          gap: median.flatMap { $0.isNaN || level.isNaN ? nil : max(0, $0 - level) })
      })
  }
}

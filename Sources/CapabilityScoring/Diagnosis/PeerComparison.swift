/// Where a firm stands among comparable firms, and against those of them that do both.
public struct PeerComparison: Sendable, Equatable, Codable {
  /// What the firms compared with have in common; empty for all firms of the survey.
  public var traits: [PeerSummaries.Trait]
  /// What is known of the firm itself: more than `traits` when the group was widened.
  public var wanted: [PeerSummaries.Trait]
  public var firmCount: Int
  public var isWidened: Bool { traits.count < wanted.count }
  /// Per capability of the model: the share of the firms that are below, counting half of those that are level with it;
  /// `nil` where the capability has no levels.
  public var percentiles: [Double?]
  /// `nil` when no group has ten firms that do both.
  public var successful: Successful?

  /// The comparable firms that do both: the most specific group that has ten of them.
  public struct Successful: Sendable, Equatable, Codable {
    public var traits: [PeerSummaries.Trait]
    public var firmCount: Int
    /// Per capability: the median and the quartile at the better end, as shares of the range.
    public var medians: [Double]
    public var upperQuartiles: [Double]
  }
}

extension PeerSummaries {
  /// - Parameters:
  ///   - traits: Of the firm, the most important first.
  ///   - levels: Of the firm: one per capability.
  ///   - directions: Per capability: for −1, lower levels are better, and quartiles are turned round.
  /// - Returns: `nil` when fewer than ten firms were trained on.
  public func comparison(traits: [Trait], levels: [Double], directions: [Int]) -> PeerComparison? {
    guard let group = group(for: traits) else { return nil }
    return PeerComparison(
      traits: group.traits, wanted: traits, firmCount: group.firmCount,
      percentiles: levels.indices.map { group.percentile(of: levels[$0], capability: $0) },
      successful: successful(for: traits, directions: directions))
  }

  /// The most specific group to which a firm belongs that has ten firms that do both.
  func successful(for traits: [Trait], directions: [Int]) -> PeerComparison.Successful? {
    let group = groups.first { group in
      group.successfulQuartiles != nil && group.traits == Array(traits.prefix(group.traits.count))
    }
    guard let group, let quartiles = group.successfulQuartiles else { return nil }
    func quartile(_ capability: Int, _ index: Int) -> Double {
      quartiles[capability].indices.contains(index) ? quartiles[capability][index] : .nan
    }
    return PeerComparison.Successful(
      traits: group.traits, firmCount: group.successfulCount,
      medians: quartiles.indices.map { quartile($0, 2) },
      upperQuartiles: quartiles.indices.map { quartile($0, directions[$0] < 0 ? 1 : 3) })
  }
}

/// How far capabilities are raised.
public enum PriorityTarget: String, Sendable, Hashable, Codable, CaseIterable {
  /// One step: a level, or a practice more.
  case step
  /// The median of comparable firms that do both.
  case median
  /// Their upper quartile.
  case upperQuartile = "upper-quartile"
}

extension PeerComparison {
  /// The level that each capability is raised to; `nil` where it is one step.
  public func targets(_ target: PriorityTarget) -> [Double?] {
    guard let successful, target != .step else { return percentiles.map { _ in nil } }
    return (target == .median ? successful.medians : successful.upperQuartiles).map { $0.isNaN ? nil : $0 }
  }
}

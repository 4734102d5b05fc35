/// How firms of a kind stand on each capability, in percentiles: what a firm is compared with. No firm's answers are kept,
/// and a group of fewer than ten firms is not described.
public struct PeerSummaries: Sendable, Equatable, Codable {
  /// Fewer firms than this are no group to compare with, and might be recognised.
  public static let smallestGroup = 10

  public struct Group: Sendable, Equatable, Codable {
    /// What the firms have in common, such as `country: AR` and `size: Small`; empty for all firms.
    public var traits: [Trait]
    public var firmCount: Int
    /// Per capability: the levels (as a share of the range) at 0 %, 5 %, … 100 % of the firms.
    public var levels: [[Double]]
    /// Firms of the group that do both, and their levels at the quartiles; `nil` when they are fewer than ten.
    public var successfulCount: Int
    public var successfulQuartiles: [[Double]]?
  }

  public struct Trait: Sendable, Hashable, Codable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// From the most specific to all firms.
  public let groups: [Group]

  /// - Parameters:
  ///   - levels: `[capability][firm]`, as a share of the range.
  ///   - isSuccessful: Whether a firm has every outcome; `nil` where that is not known.
  ///   - traits: Per firm, its traits in order of importance: groups share all of them, then all but the last, and so on.
  public init(levels: [[Double]], isSuccessful: [Bool?], traits: [[Trait]]) {
    var groups: [Group] = []
    let depth = traits.map(\.count).max() ?? 0
    for count in stride(from: depth, through: 0, by: -1) {
      var order: [[Trait]] = []
      var members: [[Trait]: [Int]] = [:]
      for firm in isSuccessful.indices where (traits.indices.contains(firm) ? traits[firm].count : 0) >= count {
        let key = count == 0 ? [] : Array(traits[firm].prefix(count))
        if members[key] == nil { order.append(key) }
        members[key, default: []].append(firm)
      }
      for key in order.sorted(by: { $0.map(\.value).lexicographicallyPrecedes($1.map(\.value)) }) {
        let firms = members[key]!
        guard firms.count >= Self.smallestGroup else { continue }
        let successful = firms.filter { isSuccessful[$0] == true }
        groups.append(
          Group(
            traits: key, firmCount: firms.count,
            levels: levels.map { level in Self.quantiles(firms.map { level[$0] }, count: 20) },
            successfulCount: successful.count,
            successfulQuartiles: successful.count >= Self.smallestGroup
              ? levels.map { level in Self.quantiles(successful.map { level[$0] }, count: 4) } : nil))
      }
    }
    self.groups = groups
  }

  /// The most specific group that a firm with these traits belongs to; `nil` when fewer than ten firms were trained on.
  public func group(for traits: [Trait]) -> Group? {
    groups.first { group in group.traits == Array(traits.prefix(group.traits.count)) }
  }

  /// The values at `0, 1/count, … 1` of the sorted values, linearly interpolated.
  static func quantiles(_ values: [Double], count: Int) -> [Double] {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty else { return [] }
    return (0...count).map { index in
      let position = Double(index) / Double(count) * Double(sorted.count - 1)
      let low = Int(position)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
    }
  }
}

extension PeerSummaries.Group {
  /// The share of the group's firms below a level, counting half of those that are level with it, in `0...1`; from the
  /// kept percentiles, so within one step of them (0.05). `nil` where the capability has no levels.
  public func percentile(of level: Double, capability: Int) -> Double? {
    let quantiles = levels[capability]
    guard quantiles.count > 1, !level.isNaN else { return nil }
    let last = quantiles.count - 1
    let steps = Double(last)
    let below = quantiles.count { $0 < level - 1e-9 }
    let atMost = quantiles.count { $0 <= level + 1e-9 }
    // Level with some: the middle of the share that is.
    if atMost > below {
      // The shares at which the level begins and ends lie between two kept percentiles: take the middle there too.
      let start = below == 0 ? 0 : Double(below) - 0.5
      let end = atMost > last ? steps : Double(atMost) - 0.5
      return (start + end) / 2 / steps
    }
    if below == 0 { return 0 }
    if below > last { return 1 }
    let (low, high) = (quantiles[below - 1], quantiles[below])
    return (Double(below - 1) + (level - low) / (high - low)) / steps
  }
}

/// The order of one firm's capabilities, with all that is uncertain about it.
public struct PriorityRanking: Sendable, Equatable, Codable {
  /// One capability's place.
  public struct Entry: Sendable, Equatable, Codable {
    /// The capability's index in the input.
    public var capability: Int
    /// From 1.
    public var rank: Int
    /// The value of the objective, and its interval (`nil` without replicates).
    public var value: Double
    public var interval: UncertaintyInterval?
    public var innovation: Uplift
    public var export: Uplift
    public var both: Uplift
    /// Where the replicates place it, at the ranker's level; ties within a replicate share their places' mean.
    public var rankInterval: ClosedRange<Int>
    /// The share of replicates in which it is among the first (three); equal values share the places fairly.
    public var probabilityOfFirst: Double
    /// The share of replicates in which its objective is positive.
    public var probabilityPositive: Double
    /// Entries that are not distinguishable from each other share a number, from 1: each is within noise of the
    /// group's first.
    public var tieGroup: Int
    /// Whether no other capability is at least as good on both outcomes and better on one.
    public var isParetoOptimal: Bool
    /// The share of replicates in which it is.
    public var probabilityPareto: Double
  }

  /// A difference of probabilities.
  public struct Uplift: Sendable, Equatable, Codable {
    public var value: Double
    public var interval: UncertaintyInterval?
  }

  /// In order, first priority first; capabilities that have no step left are not in it.
  public var entries: [Entry]
  /// The replicates that had a finite value for every capability.
  public var replicateCount: Int
  /// All pairs' comparison, when the ranker was asked for it: indices are positions in `entries`.
  public var confidenceSets: RankConfidenceSets?

  /// The capabilities (not the positions) that share the entry's tie group, without itself.
  public func tied(with entry: Entry) -> [Int] {
    entries.filter { $0.tieGroup == entry.tieGroup && $0.capability != entry.capability }.map(\.capability)
  }
}

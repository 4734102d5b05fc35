/// What experts say each capability weighs for each goal, where there are no data to learn it from.
public struct ExpertWeights: Sendable, Equatable {
  public enum Source: String, Sendable, Hashable, Codable {
    /// The published initial classification: all practices alike.
    case equal
    /// Given as numbers.
    case given
    /// From pairwise judgements.
    case judgements
  }

  public let source: Source
  /// Per capability; those that count for a goal sum to one.
  public let innovation: [Double]
  public let export: [Double]
  /// Over all capabilities, for the joint index: what both goals say together.
  public let joint: [Double]
  /// The level that each capability should reach, in `0...1`.
  public let targets: [Double]
  /// Of judgements: how far they agree with themselves.
  public let hierarchy: AnalyticHierarchy?

  /// - Parameters:
  ///   - innovation: Not negative; scaled to sum to one. Counts for practices of the common space and of innovation only.
  ///   - export: Likewise.
  ///   - spaces: One per capability.
  public init(
    source: Source, innovation: [Double], export: [Double], targets: [Double]? = nil,
    spaces: [PotentialIndices.Space], hierarchy: AnalyticHierarchy? = nil
  ) {
    precondition(
      innovation.count == spaces.count && export.count == spaces.count
        && (targets.map { $0.count == spaces.count } ?? true), "weights for other capabilities")
    precondition(
      (innovation + export).allSatisfy { $0 >= 0 && $0.isFinite }, "a weight that is negative or not finite")
    self.source = source
    self.innovation = Self.shares(innovation, spaces, without: .export)
    self.export = Self.shares(export, spaces, without: .innovation)
    // Weights that are the same for both goals are those of all practices alike; others count each goal the same.
    joint =
      innovation == export ? Self.shares(innovation) : Self.shares(zip(self.innovation, self.export).map { $0 + $1 })
    self.targets = targets ?? spaces.map { _ in 1 }
    self.hierarchy = hierarchy
  }

  /// All practices alike.
  public init(equalOver spaces: [PotentialIndices.Space]) {
    let ones = spaces.map { _ in 1.0 }
    self.init(source: .equal, innovation: ones, export: ones, spaces: spaces)
  }

  private static func shares(
    _ weights: [Double], _ spaces: [PotentialIndices.Space], without excluded: PotentialIndices.Space
  ) -> [Double] {
    let kept = zip(weights, spaces).map { $1 == excluded ? 0 : $0 }
    return shares(kept)
  }

  private static func shares(_ weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    return total > 0 ? weights.map { $0 / total } : weights
  }
}

extension PotentialIndices.Space {
  /// The space of a dimension of the questionnaire for wine firms (`Datasets/wine-questionnaire`): two dimensions are
  /// specific to innovation and three to export; every other one, and none, is common.
  public init(dimension: String?) {
    switch dimension {
    case "creativity", "experimentation": self = .innovation
    case "languages", "compliance", "export-finance": self = .export
    default: self = .common
    }
  }
}

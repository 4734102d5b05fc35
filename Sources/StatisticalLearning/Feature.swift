/// What a learner knows of one column: its name and how its numbers are to be read.
public struct Feature: Sendable, Hashable, Codable {
  public enum Kind: Sendable, Hashable, Codable {
    /// A quantity; differences have a meaning.
    case numeric
    /// Ordered levels, coded by increasing numbers.
    case ordinal
    /// Unordered levels, coded `0 ..< levelCount`. Any other value is a level not seen in training.
    case categorical(levelCount: Int)
  }

  /// The name, unique within a dataset.
  public var name: String
  public var kind: Kind

  public init(_ name: String, _ kind: Kind = .numeric) {
    self.name = name
    self.kind = kind
  }
}

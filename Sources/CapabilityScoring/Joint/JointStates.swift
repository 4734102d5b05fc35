/// The probabilities of a firm's four states. They sum to one, and their margins are the two outcomes' own.
public struct JointStates: Sendable, Equatable, Codable {
  public var neither: Double
  public var innovationOnly: Double
  public var exportOnly: Double
  public var both: Double

  public init(neither: Double, innovationOnly: Double, exportOnly: Double, both: Double) {
    self.neither = neither
    self.innovationOnly = innovationOnly
    self.exportOnly = exportOnly
    self.both = both
  }

  /// P(innovation).
  public var innovation: Double { both + innovationOnly }

  /// P(export).
  public var export: Double { both + exportOnly }

  /// The probability of the state that was observed.
  public func probability(innovation: Bool, export: Bool) -> Double {
    switch (innovation, export) {
    case (true, true): both
    case (true, false): innovationOnly
    case (false, true): exportOnly
    case (false, false): neither
    }
  }
}

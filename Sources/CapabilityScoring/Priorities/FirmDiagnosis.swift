/// What the tool tells one firm: its chances, the states it may be in, and its capabilities in order of priority.
public struct FirmDiagnosis: Sendable, Equatable, Codable {
  public var id: String
  /// In the order of the model's outcomes.
  public var outcomes: [OutcomeEstimate]
  /// The probability of both outcomes; `nil` when there are no two binary ones.
  public var joint: Estimate?
  public var states: JointStates?
  /// Actionable capabilities that have a step left, first priority first.
  public var priorities: [Priority]
  /// Ids of actionable capabilities at their top level: nothing is left to raise.
  public var alreadyStrong: [String]
  /// Ids of actionable capabilities that have levels left, and are at the target asked for or above it.
  public var atTarget: [String] = []
  /// Share of the questions that the firm left unanswered, in `0...1`.
  public var missingShare: Double
  /// Ids of capabilities whose place rests on a filled gap: their own answers are missing.
  public var filledCapabilities: [String]

  public struct OutcomeEstimate: Sendable, Equatable, Codable {
    public var id: String
    public var kind: OutcomeModel.Kind
    /// A probability for a binary outcome, a value for a continuous one.
    public var estimate: Estimate
  }

  /// A figure and its interval over the replicates.
  public struct Estimate: Sendable, Equatable, Codable {
    public var value: Double
    /// Equal to `value` when there are no replicates.
    public var lower: Double
    public var upper: Double

    public init(value: Double, lower: Double, upper: Double) {
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  public struct Priority: Sendable, Equatable, Codable {
    public var capability: String
    public var rank: Int
    public var rankLower: Int
    public var rankUpper: Int
    public var probabilityOfFirstThree: Double
    /// Ids of the capabilities that can't be told apart from this one.
    public var tiedWith: [String]
    /// Capabilities that can't be told apart share a number, from 1.
    public var tieGroup: Int
    /// The mean level of the capability's answers as a share of their range, before and after the step, in `0...1`.
    public var level: Double
    public var target: Double
    /// Per outcome: the uplift of one step, in probability (or value).
    public var uplifts: [Estimate]
    /// The uplift of the probability of both; `nil` when there are no two binary outcomes.
    public var both: Estimate?
    /// What the order is by.
    public var objective: Estimate
    /// Whether no other capability is at least as good on both outcomes and better on one; and the share of replicates
    /// in which that is so.
    public var isParetoOptimal: Bool
    public var paretoShare: Double
    /// Whether the interval of the objective lies above zero: below, it can't be told from noise.
    public var isDistinguishable: Bool
    public var space: CapabilitySpace
    /// The share of replicates that agree with `space`.
    public var spaceConfidence: Double
    /// Of the way from `level` to `target`: the effort of one step times the number of steps.
    public var effort: Double
  }
}

/// Which goals a capability goes with, for one firm or for all.
public enum CapabilitySpace: String, Sendable, Hashable, Codable, CaseIterable {
  case both
  case innovationOnly = "first-only"
  case exportOnly = "second-only"
  case neither
}

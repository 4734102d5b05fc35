/// What a firm could do to reach a chance of both goals, or with a budget of effort, and what was proved of it.
public struct FirmPlan: Sendable, Equatable, Codable {
  public enum Result: String, Sendable, Hashable, Codable {
    /// The firm's chances are at the target as it is.
    case alreadyReached = "already-reached"
    /// `proposals` holds the least effort that reaches the target, or the most that the budget allows.
    case found
    /// Every combination of changes was ruled out.
    case noSuchPlan = "no-such-plan"
    /// The target can be reached, but not within the budget; `proposals` holds the most that the budget allows.
    case overBudget = "over-budget"
    /// Nothing that the budget allows raises the objective.
    case nothingHelps = "nothing-helps"
  }

  /// A chance that is asked for.
  public struct Target: Sendable, Hashable, Codable {
    /// The id of the outcome.
    public var outcome: String
    public var chance: Double

    public init(outcome: String, chance: Double) {
      self.outcome = outcome
      self.chance = chance
    }
  }

  /// One capability's part of a plan.
  public struct Change: Sendable, Equatable, Codable {
    public var capability: String
    /// Levels up on scales, practices more of yes/no answers.
    public var steps: Int
    /// As shares of the range; `NaN` of quantities.
    public var level: Double
    public var target: Double
    public var effort: Double
  }

  public struct Proposal: Sendable, Equatable, Codable {
    public var changes: [Change]
    public var effort: Double
    /// The chances (or values) that the model gives to firms which answer so, in the order of the model's outcomes.
    public var outcomes: [FirmDiagnosis.Estimate]
    public var joint: FirmDiagnosis.Estimate?
    /// The share of replicates in which the targets are reached; `nil` without targets or without replicates.
    public var shareReached: Double?
  }

  public var result: Result
  /// Empty when the plan is by budget alone.
  public var targets: [Target]
  public var budget: Double?
  /// The best first, then others within five per cent of it.
  public var proposals: [Proposal]
  /// Whether it is proved that nothing is better than the first proposal, or that there is no plan.
  public var isProved: Bool
  /// Where it is not: no plan has less effort than this (or, by budget, a greater gain).
  public var bound: Double?
  /// The effort of the plan that reaches the targets, where the budget does not allow it.
  public var effortNeeded: Double?
  public var robust: Robust?

  /// The least effort that reaches the targets in most replicates.
  public struct Robust: Sendable, Equatable, Codable {
    /// The share of replicates asked for.
    public var share: Double
    /// `nil` when no plan does.
    public var proposal: Proposal?
    public var isProved: Bool
    /// Whether the first proposal of the plan is robust already.
    public var isFirstProposal: Bool
  }
}

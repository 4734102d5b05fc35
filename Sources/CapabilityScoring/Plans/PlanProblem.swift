/// One change that a firm could make to one capability, with what it costs and how far it moves both outcomes.
public struct PlanOption: Sendable, Hashable, Codable {
  /// Positive and finite, in any unit that is the same for all.
  public var effort: Double
  /// The gains in log-odds against the firm as it is. Either may be negative.
  public var innovation: Double
  public var export: Double

  public init(effort: Double, innovation: Double, export: Double) {
    self.effort = effort
    self.innovation = innovation
    self.export = export
  }
}

/// What a firm could change, and what it wants to reach.
///
/// For a model that is additive on the scale of log-odds (logistic regression, generalised additive models) gains of
/// different capabilities add up, and a plan's gains are known from its options. For any other model the gains are
/// *upper bounds*: no context may give an option more, see ``PlanSearch/leastEffort(_:gains:)``.
public struct PlanProblem: Sendable, Equatable {
  /// `options[j][s − 1]`: capability *j* changed by *s* steps; no step is always allowed. Empty where nothing can change.
  public var options: [[PlanOption]]
  /// The gains in log-odds that are needed; 0 or less where the target is already reached.
  public var innovationNeeded: Double
  public var exportNeeded: Double

  public init(options: [[PlanOption]], innovationNeeded: Double, exportNeeded: Double) {
    for (j, choices) in options.enumerated() {
      for option in choices {
        precondition(option.effort > 0 && option.effort.isFinite, "capability \(j): an effort of \(option.effort)")
        precondition(
          option.innovation.isFinite && option.export.isFinite,
          "capability \(j): gains of \(option.innovation) and \(option.export)")
      }
    }
    precondition(!innovationNeeded.isNaN && !exportNeeded.isNaN, "a need that is not a number")
    self.options = options
    self.innovationNeeded = innovationNeeded
    self.exportNeeded = exportNeeded
  }

  /// Gains this close to a need count as reaching it: sums in another order differ by rounding.
  static let tolerance = 1e-9

  func isReached(_ innovation: Double, _ export: Double) -> Bool {
    innovation >= innovationNeeded - Self.tolerance && export >= exportNeeded - Self.tolerance
  }
}

/// A set of changes.
public struct Plan: Sendable, Equatable, Codable {
  /// One number of steps per capability, 0 where nothing changes.
  public var steps: [Int]
  public var effort: Double
  /// The gains in log-odds, by the model (not by bounds).
  public var innovation: Double
  public var export: Double

  public init(steps: [Int], effort: Double, innovation: Double, export: Double) {
    self.steps = steps
    self.effort = effort
    self.innovation = innovation
    self.export = export
  }

  /// The capabilities that change.
  public var changed: [Int] { steps.indices.filter { steps[$0] > 0 } }
}

/// What a search found, and what it proved.
public struct PlanResult: Sendable, Equatable, Codable {
  public enum Certificate: Sendable, Equatable, Codable {
    /// No plan is better than the first; the search was complete.
    case optimal
    /// The search was complete and there is no plan.
    case noSuchPlan
    /// The search stopped at its limit: no plan has less effort (or, within a budget, a greater value) than this.
    case bounded(Double)
  }

  /// The best plan first, then others nearly as good. None can leave out or lessen a change and still reach the target.
  public var plans: [Plan]
  public var certificate: Certificate
  /// Partial plans looked at.
  public var nodeCount: Int

  public var best: Plan? { plans.first }
}

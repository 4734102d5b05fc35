/// A trained predictor: what `train` makes and `predict`, `explain` and `inspect` use.
public struct ScoringModel: Sendable, Equatable, Codable {
  public let columns: [AnswerColumn]
  public let capabilities: [CapabilityDescription]
  public let design: DesignEncoding
  public let outcomes: [OutcomeModel]
  /// `nil` when there are no two binary outcomes.
  public let joint: JointModel?
  public let record: ScoringRecord

  public init(
    columns: [AnswerColumn], capabilities: [CapabilityDescription], design: DesignEncoding, outcomes: [OutcomeModel],
    joint: JointModel?, record: ScoringRecord
  ) {
    self.columns = columns
    self.capabilities = capabilities
    self.design = design
    self.outcomes = outcomes
    self.joint = joint
    self.record = record
  }
}

import StatisticalLearning

/// What the pipeline learns from: answers, capabilities and outcomes as numbers, one row per firm.
public struct ScoringSurvey: Sendable, Equatable {
  public struct Outcome: Sendable, Equatable {
    public let id: String
    public let kind: OutcomeModel.Kind
    /// 0 or 1 for a binary outcome; `NaN` where it is not known.
    public let targets: [Double]
    /// How many levels an ordered outcome has, whose targets are levels from 0; `nil` for another.
    public let levelCount: Int?

    public init(id: String, kind: OutcomeModel.Kind, targets: [Double], levelCount: Int? = nil) {
      self.id = id
      self.kind = kind
      self.targets = targets
      self.levelCount = levelCount
    }
  }

  public let answers: AnswerTable
  public let capabilities: [CapabilityDescription]
  public let outcomes: [Outcome]
  /// One per firm; how often the firm counts in learning.
  public let weights: [Double]

  public init(
    answers: AnswerTable, capabilities: [CapabilityDescription], outcomes: [Outcome], weights: [Double]? = nil
  ) {
    let n = answers.rowCount
    precondition(outcomes.allSatisfy { $0.targets.count == n }, "outcomes for another number of firms")
    precondition(weights == nil || weights!.count == n, "weights for another number of firms")
    precondition(
      answers.columns.allSatisfy { $0.capability.map(capabilities.indices.contains) ?? true }, "an unknown capability")
    self.answers = answers
    self.capabilities = capabilities
    self.outcomes = outcomes
    self.weights = weights ?? [Double](repeating: 1, count: n)
  }

  public var firmCount: Int { answers.rowCount }

  public func selectingRows(_ indices: [Int]) -> ScoringSurvey {
    ScoringSurvey(
      answers: answers.selectingRows(indices), capabilities: capabilities,
      outcomes: outcomes.map { outcome in
        Outcome(
          id: outcome.id, kind: outcome.kind, targets: indices.map { outcome.targets[$0] },
          levelCount: outcome.levelCount)
      }, weights: indices.map { weights[$0] })
  }

  /// The same survey with its other rows' weights.
  public func weighted(by weights: [Double]) -> ScoringSurvey {
    ScoringSurvey(answers: answers, capabilities: capabilities, outcomes: outcomes, weights: weights)
  }
}

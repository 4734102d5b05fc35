/// How a model came about: everything that is needed to make it again from the same data.
public struct TrainingRecord: Sendable, Equatable, Codable {
  /// The parameters in use, those of the preset included.
  public let parameters: BoostingParameters
  public let seed: UInt64
  public let monotone: [String: MonotoneDirection]
  public let interactionGroups: [[String]]
  /// Rows of positive weight.
  public let rowCount: Int
  public let totalWeight: Double
  /// The number of bags, which is smaller than asked for when there are fewer rows.
  public let bagCount: Int
  /// The number of boosting rounds of each bag.
  public let roundCount: Int
  /// The penalty of the linear part; `nil` without one.
  public let linearPenalty: Double?
  /// The share of the linear part in the raw score, in `0...1`.
  public let linearShare: Double
  /// With early stopping, the mean loss on the left-out rows after 0, 1, 2, … rounds.
  public let heldOutLosses: [Double]
}

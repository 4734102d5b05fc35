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
  /// What multiplies the linear part, less the constant score, in the raw score: at least 0, and 0 without one.
  public let linearShare: Double
  /// What multiplies the trees, less the constant score: at least 0, and 1 without a linear part.
  public let treeShare: Double
  /// With early stopping, the mean loss on the left-out rows after 0, 1, 2, … rounds.
  public let heldOutLosses: [Double]
}

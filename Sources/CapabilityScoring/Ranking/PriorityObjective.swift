/// What "first priority" means when a capability's uplift differs between the two outcomes.
public enum PriorityObjective: Sendable, Hashable, Codable {
  /// The smaller of the two uplifts: the goal least served. Nothing that hurts one goal ranks before what helps both.
  case smaller
  /// The uplift of the probability of both outcomes at once.
  case both
  case innovation
  case export
  /// `innovation · uplift_I + export · uplift_E`.
  case weighted(innovation: Double, export: Double)

  /// The value by which capabilities are ordered, larger first.
  @inlinable
  public func value(innovation: Double, export: Double, both: Double) -> Double {
    switch self {
    case .smaller: min(innovation, export)
    case .both: both
    case .innovation: innovation
    case .export: export
    case .weighted(let a, let b): a * innovation + b * export
    }
  }
}

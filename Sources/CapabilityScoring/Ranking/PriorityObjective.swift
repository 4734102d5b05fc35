/// What "first priority" means when a capability's uplift differs between the two outcomes.
public enum PriorityObjective: Sendable, Hashable, Codable {
  /// The uplift of the probability of both outcomes at once, plus half the smaller of the two uplifts: the default.
  ///
  /// The smaller uplift alone puts whatever lifts one goal only behind every trifle that lifts both a little, and on
  /// simulated firms misses the best capability of a third of them even when the truth is known. The weight of one half
  /// was chosen among some twenty rules on that one simulated truth, where two capabilities lift both goals; it has not
  /// been checked on other truths, and `both` alone did better in some of the surveys.
  case balanced
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
    case .balanced: both + 0.5 * min(innovation, export)
    case .smaller: min(innovation, export)
    case .both: both
    case .innovation: innovation
    case .export: export
    case .weighted(let a, let b): a * innovation + b * export
    }
  }
}

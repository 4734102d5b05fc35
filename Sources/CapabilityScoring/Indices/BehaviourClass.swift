/// The four classes of firms facing change (Godet 1997), from the least to the most active.
public enum BehaviourClass: Int, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case passive, reactive, preactive, proactive

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The bounds between the four classes on an index in `0...1`.
///
/// The published intervals [1, 0.61], [0.61, 0.41], [0.41, 0.29], [0.29, 0] share their bounds; here a bound belongs to
/// the upper class.
public struct ClassBounds: Sendable, Hashable, Codable {
  /// The least index of a proactive, a preactive and a reactive firm.
  public let proactive: Double
  public let preactive: Double
  public let reactive: Double

  public init(proactive: Double = 0.61, preactive: Double = 0.41, reactive: Double = 0.29) {
    precondition(
      reactive >= 0 && preactive >= reactive && proactive >= preactive && proactive <= 1,
      "bounds \(proactive), \(preactive), \(reactive)")
    self.proactive = proactive
    self.preactive = preactive
    self.reactive = reactive
  }

  public static let published = ClassBounds()

  public func classify(_ index: Double) -> BehaviourClass {
    // An index within rounding of a bound is on it: 0.61 must not depend on the order of a sum.
    let index = index + 1e-12
    if index >= proactive { return .proactive }
    if index >= preactive { return .preactive }
    return index >= reactive ? .reactive : .passive
  }

  /// What is missing to the next class; `nil` in the highest.
  public func distanceToNext(_ index: Double) -> Double? {
    switch classify(index) {
    case .proactive: nil
    case .preactive: proactive - index
    case .reactive: preactive - index
    case .passive: reactive - index
    }
  }
}

/// Answers of a capability questionnaire, 0 to `topLevel`, and their binary reading.
///
/// Both readings are kept, because they answer different questions: how far a practice is developed, and whether its
/// observable fact exists.
public struct MaturityScale: Sendable, Hashable, Codable {
  /// The highest answer, for instance 4.
  public var topLevel: Double
  /// A criterion exists from this answer on, for instance 3.
  public var existsFrom: Double

  public init(topLevel: Double = 4, existsFrom: Double = 3) {
    precondition(topLevel > 0 && existsFrom > 0 && existsFrom <= topLevel, "levels \(existsFrom) of \(topLevel)")
    self.topLevel = topLevel
    self.existsFrom = existsFrom
  }

  /// 1 when the observable fact exists, 0 when not, `nil` where there is no answer.
  public func existence(_ answer: Double?) -> Double? { answer.map { $0 >= existsFrom ? 1 : 0 } }

  /// The answer as a share of the highest, in `0...1`.
  public func level(_ answer: Double?) -> Double? { answer.map { min(max($0 / topLevel, 0), 1) } }
}

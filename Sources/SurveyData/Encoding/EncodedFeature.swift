import StatisticalLearning

/// One item or context variable, as the encoding turns it into numbers.
///
/// Ordered levels are coded 0 … L − 1 from less to more (reversed items are turned round), unordered levels by their
/// place in `levels`, quantities as they are.
public struct EncodedFeature: Sendable, Hashable, Codable {
  /// Name (the id of the variable) and kind, for learners.
  public var feature: Feature
  /// The column in the file.
  public var column: String
  public var kind: Codebook.Kind
  /// The capability that it measures; `nil` for context and for items of none.
  public var capability: String?
  /// The weight of the item in its capability; 1 for context.
  public var weight: Double
  public var isContext: Bool
  public var role: Codebook.Role?
  public var isReversed: Bool
  /// In the order of their codes; empty for quantities.
  public var levels: [Codebook.Level]
  /// Of the quantities that the encoding was made from; `nil` for levels, and where there was no number.
  public var range: NumericRange?

  public var id: String { feature.name }
}

/// Where the numbers of a column lie.
public struct NumericRange: Sendable, Hashable, Codable {
  public var minimum: Double
  public var lowerQuartile: Double
  public var median: Double
  public var upperQuartile: Double
  public var maximum: Double

  /// Of the numbers in `values` that are not `NaN`; `nil` when there are none. Quartiles are interpolated linearly
  /// (type 7 of Hyndman and Fan 1996).
  public init?(_ values: [Double]) {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    minimum = first
    lowerQuartile = quantile(0.25)
    median = quantile(0.5)
    upperQuartile = quantile(0.75)
    maximum = last
  }
}

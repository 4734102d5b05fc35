import Foundation

/// The degree of development of one practice.
public struct PracticeDevelopment: Sendable, Hashable, Codable {
  /// `p = Σ w_j q_j / Σ w_j` over the criteria that were answered, in `0...1`; `nil` when none was.
  public let value: Double?
  /// The weight of the criteria that were answered, as a share of all.
  public let answeredShare: Double

  /// - Parameters:
  ///   - criteria: `q_j` in `0...1`, `nil` where not answered or not applicable. A criterion without an answer counts
  ///     neither as existing nor as absent: the others carry its weight, and ``answeredShare`` says so.
  ///   - weights: One per criterion, not negative, not all 0; `nil` is the same for all (our reading of the source,
  ///     in which weights depend on the number of criteria kept).
  public init(criteria: [Double?], weights: [Double]? = nil) {
    let weights = weights ?? [Double](repeating: 1, count: criteria.count)
    precondition(weights.count == criteria.count, "\(weights.count) weights for \(criteria.count) criteria")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight that is negative or not finite")
    var sum = 0.0
    var answered = 0.0
    for case (let criterion?, let weight) in zip(criteria, weights) {
      precondition((0...1).contains(criterion), "a criterion of \(criterion)")
      sum += weight * criterion
      answered += weight
    }
    let total = weights.reduce(0, +)
    value = answered > 0 ? sum / answered : nil
    answeredShare = total > 0 ? answered / total : 0
  }
}

/// How practices are combined into one number.
public enum IndexAggregation: String, Sendable, Hashable, Codable, CaseIterable {
  /// `Σ W_i p_i`, the published index: a strong practice makes up for a weak one, in full.
  case arithmetic
  /// `Π p_i^W_i`: a practice at zero leaves nothing.
  case geometric
  /// The smallest `p_i` of positive weight: no compensation at all.
  case minimum

  /// - Parameters:
  ///   - values: `p_i` in `0...1`; `nil` is left out, and the others carry its weight.
  ///   - weights: Not negative; `nil` is the same for all.
  /// - Returns: In `0...1`; `nil` when no practice of positive weight has a value.
  public func combine(_ values: [Double?], weights: [Double]? = nil) -> Double? {
    let weights = weights ?? [Double](repeating: 1, count: values.count)
    precondition(weights.count == values.count, "\(weights.count) weights for \(values.count) practices")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "a weight that is negative or not finite")
    let known = zip(values, weights).compactMap { value, weight in
      value.flatMap { weight > 0 ? (value: $0, weight: weight) : nil }
    }
    let total = known.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    switch self {
    case .arithmetic: return known.reduce(0) { $0 + $1.weight * $1.value } / total
    case .geometric:
      if known.contains(where: { $0.value <= 0 }) { return 0 }
      return exp(known.reduce(0) { $0 + $1.weight * log($1.value) } / total)
    case .minimum: return known.map(\.value).min()
    }
  }
}

/// The potential innovation index, the potential export index and the joint one, of one firm.
///
/// Each is the weighted mean of the degrees of development of its practices: those of the common space and those
/// specific to innovation, those of the common space and those specific to export, and all of them. Sources: Assielou
/// (2008), thesis, pp. 101–120; Enjolras, Camargo and Schmitt (2016), J. Technol. Manag. Innov. 11(2).
public struct PotentialIndices: Sendable, Hashable, Codable {
  /// Where a practice belongs.
  public enum Space: String, Sendable, Hashable, Codable { case common, innovation, export }

  public let innovation: Double?
  public let export: Double?
  public let joint: Double?

  /// - Parameters:
  ///   - developments: `p_i`, one per practice; `nil` is left out.
  ///   - spaces: Where each practice belongs.
  ///   - weights: From experts or a class profile; `nil` is the same for all.
  public init(
    developments: [Double?], spaces: [Space], weights: [Double]? = nil, aggregation: IndexAggregation = .arithmetic
  ) {
    precondition(spaces.count == developments.count, "\(spaces.count) spaces for \(developments.count) practices")
    func index(_ wanted: Set<Space>) -> Double? {
      let members = spaces.indices.filter { wanted.contains(spaces[$0]) }
      return aggregation.combine(members.map { developments[$0] }, weights: weights.map { w in members.map { w[$0] } })
    }
    innovation = index([.common, .innovation])
    export = index([.common, .export])
    joint = index([.common, .innovation, .export])
  }
}

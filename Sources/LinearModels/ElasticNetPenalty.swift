import StatisticalLearning

/// How a penalty treats the coefficients relative to each other: everything but its strength.
///
/// With the strength λ the penalty on the standardised coefficients `w̃ⱼ = wⱼ sdⱼ` is
///
/// ```
/// λ Σⱼ fⱼ (ρ |w̃ⱼ| + (1 − ρ)/2 w̃ⱼ²),   lowerⱼ ≤ wⱼ ≤ upperⱼ
/// ```
///
/// where ρ is `l1Ratio`, `fⱼ` are `penaltyFactors`, and `sdⱼ` is the weighted standard deviation of feature *j* with
/// divisor `Σ sᵢ` (1 when features are not standardised). Bounds are on the original scale of the feature. The
/// factors are used as they are; glmnet rescales its `penalty.factor` so that they sum to the number of features.
///
/// Features that share a group number (the columns of a one-hot block, the items of a battery) are in the model
/// together or not at all: in place of `Σ |w̃ⱼ|` over the *d* features of a group *g* stands `√d · ‖w̃_g‖₂`. With a ρ of
/// 0 groups change nothing. Source: Yuan and Lin (2006), J. R. Stat. Soc. B 68(1).
public struct PenaltyShape: Sendable, Equatable {
  /// ρ: 1 is the lasso, 0 is ridge. glmnet's `alpha`, scikit-learn's `l1_ratio`.
  public var l1Ratio: Double

  /// One per feature, finite and not negative; 0 leaves the feature unpenalised. `nil` is 1 everywhere.
  public var penaltyFactors: [Double]?

  /// One per feature, at most 0 (−∞ for none). `nil` is −∞ everywhere; 0 forces a coefficient not to be negative.
  public var lowerBounds: [Double]?

  /// One per feature, at least 0 (+∞ for none). `nil` is +∞ everywhere.
  public var upperBounds: [Double]?

  /// One group number per feature, any integers. `nil` leaves every feature on its own, as does a number that no other
  /// feature has. Features of a group share one penalty factor and have no bounds.
  public var groups: [Int]?

  public init(
    l1Ratio: Double = 0, penaltyFactors: [Double]? = nil, lowerBounds: [Double]? = nil, upperBounds: [Double]? = nil,
    groups: [Int]? = nil
  ) {
    self.groups = groups
    self.l1Ratio = l1Ratio
    self.penaltyFactors = penaltyFactors
    self.lowerBounds = lowerBounds
    self.upperBounds = upperBounds
  }

  func factor(_ feature: Int) -> Double { penaltyFactors?[feature] ?? 1 }
  func lower(_ feature: Int) -> Double { lowerBounds?[feature] ?? -.infinity }
  func upper(_ feature: Int) -> Double { upperBounds?[feature] ?? .infinity }

  /// Checks the shape against a number of features, once, at the door.
  func validate(featureCount: Int) throws(TrainingError) {
    guard l1Ratio >= 0, l1Ratio <= 1 else {
      throw .invalidParameter(name: "l1Ratio", value: "\(l1Ratio)", expected: "a number in 0...1")
    }
    try Self.validate(penaltyFactors, "penaltyFactors", featureCount, "a finite number, at least 0") {
      $0.isFinite && $0 >= 0
    }
    try Self.validate(lowerBounds, "lowerBounds", featureCount, "a number of at most 0") { $0 <= 0 }
    try Self.validate(upperBounds, "upperBounds", featureCount, "a number of at least 0") { $0 >= 0 }
    try validateGroups(featureCount)
  }

  private func validateGroups(_ featureCount: Int) throws(TrainingError) {
    guard let groups else { return }
    guard groups.count == featureCount else {
      throw .invalidParameter(
        name: "groups", value: "\(groups.count) values", expected: "\(featureCount), one per feature")
    }
    var first: [Int: Int] = [:]
    for (j, number) in groups.enumerated() {
      guard let other = first[number] else {
        first[number] = j
        continue
      }
      guard factor(j) == factor(other) else {
        throw .invalidParameter(
          name: "penaltyFactors[\(j)]", value: "\(factor(j))",
          expected: "\(factor(other)), that of feature \(other) in the same group")
      }
      for k in [j, other] where lower(k) > -.infinity || upper(k) < .infinity {
        throw .invalidParameter(
          name: "groups[\(k)]", value: "\(number)", expected: "a number of its own, since the feature has a bound")
      }
    }
  }

  private static func validate(
    _ values: [Double]?, _ name: String, _ count: Int, _ expected: String, _ isValid: (Double) -> Bool
  ) throws(TrainingError) {
    guard let values else { return }
    guard values.count == count else {
      throw .invalidParameter(name: name, value: "\(values.count) values", expected: "\(count), one per feature")
    }
    if let index = values.firstIndex(where: { !isValid($0) }) {
      throw .invalidParameter(name: "\(name)[\(index)]", value: "\(values[index])", expected: expected)
    }
  }
}

/// An elastic-net penalty at one strength: λ and a ``PenaltyShape``.
public struct ElasticNetPenalty: Sendable, Equatable {
  /// λ, in units of the mean loss per row: glmnet's `lambda`; scikit-learn's `C` is `1 / (λ Σ sᵢ)`.
  public var strength: Double

  public var shape: PenaltyShape

  public init(strength: Double, shape: PenaltyShape) {
    self.strength = strength
    self.shape = shape
  }

  /// - Parameters:
  ///   - strength: λ, at least 0.
  ///   - l1Ratio: ρ in `0...1`; 0, the default, is ridge.
  ///   - penaltyFactors: One per feature, 0 for a feature that is not penalised.
  ///   - lowerBounds: One per feature, at most 0; 0 keeps a coefficient from being negative.
  ///   - upperBounds: One per feature, at least 0.
  ///   - groups: One number per feature; features of equal number are in the model together or not at all.
  public init(
    strength: Double, l1Ratio: Double = 0, penaltyFactors: [Double]? = nil, lowerBounds: [Double]? = nil,
    upperBounds: [Double]? = nil, groups: [Int]? = nil
  ) {
    self.init(
      strength: strength,
      shape: PenaltyShape(
        l1Ratio: l1Ratio, penaltyFactors: penaltyFactors, lowerBounds: lowerBounds, upperBounds: upperBounds,
        groups: groups))
  }

  func validate(featureCount: Int) throws(TrainingError) {
    guard strength.isFinite, strength >= 0 else {
      throw .invalidParameter(name: "strength", value: "\(strength)", expected: "a finite number, at least 0")
    }
    try shape.validate(featureCount: featureCount)
  }
}

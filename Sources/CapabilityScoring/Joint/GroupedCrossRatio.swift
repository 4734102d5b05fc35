import Foundation
import StatisticalLearning

/// Cross-ratios by group (country, sector), each drawn toward the overall one by as much as the data say that groups
/// resemble each other.
///
/// Group *g* has the log cross-ratio `θ_g ~ N(θ, τ²)`. θ is the overall maximum-likelihood estimate; τ² comes from the
/// groups' one-step estimates `θ + U_g/J_g` (score and expected information at θ, which exist even for a group without
/// a single discordant firm) by the method of Paule and Mandel (1982); θ_g maximises `ℓ_g(θ_g) − (θ_g − θ)²/(2τ²)`.
/// Groups with too few firms keep the overall value, and say so.
public struct GroupedCrossRatio: Sendable, Equatable, Codable {
  public struct Group: Sendable, Equatable, Codable {
    public let name: String
    public let rowCount: Int
    /// The group's own maximum-likelihood estimate; `nil` when the group has too few firms for one.
    public let own: CrossRatioEstimate?
    /// What to use: shrunken toward the overall value, or the overall value itself.
    public let crossRatio: CrossRatio
    public let lower: CrossRatio
    public let upper: CrossRatio
  }

  public let overall: CrossRatioEstimate
  public let groups: [Group]
  /// τ, between groups, on the scale of log ψ. 0 when groups differ no more than chance would have them differ.
  public let betweenGroupDeviation: Double
  /// Cochran's Q of the groups that have an own estimate, chi-square with their number less one when all ψ are equal.
  public let heterogeneity: Double
  /// Of the test that every group has the same ψ; 1 with fewer than two groups.
  public let pValue: Double

  public subscript(group: String) -> CrossRatio {
    groups.first { $0.name == group }?.crossRatio ?? overall.crossRatio
  }
}

extension CrossRatio {
  /// Cross-ratios by group, shrunken toward the overall one.
  ///
  /// - Parameters:
  ///   - groups: The name of each row's group. Groups are returned in the order of their names.
  ///   - minimumRowCount: A group with fewer informative rows keeps the overall value.
  ///   - minimumOutcomeCount: So does a group in which one of the outcomes, or its absence, is rarer than this.
  /// - Returns: `nil` when no row can tell. When the overall estimate is 0 or ∞ no group has its own.
  public static func estimate(
    byGroup groups: [String], probabilitiesI: [Double], probabilitiesE: [Double], targetsI: [Bool], targetsE: [Bool],
    weights: [Double]? = nil, minimumRowCount: Int = 40, minimumOutcomeCount: Double = 8, level: Double = 0.95
  ) -> GroupedCrossRatio? {
    precondition(groups.count == probabilitiesI.count, "\(groups.count) groups for \(probabilitiesI.count) rows")
    guard
      let overall = estimate(
        probabilitiesI: probabilitiesI, probabilitiesE: probabilitiesE, targetsI: targetsI, targetsE: targetsE,
        weights: weights, level: level)
    else { return nil }
    let names = Set(groups).sorted()
    let members = Dictionary(grouping: groups.indices) { groups[$0] }
    let likelihoods = names.map { name in
      CrossRatioLikelihood(
        probabilitiesI: probabilitiesI, probabilitiesE: probabilitiesE, targetsI: targetsI, targetsE: targetsE,
        weights: weights, rows: members[name]!)
    }
    let center = overall.crossRatio.logValue
    let able = likelihoods.map { likelihood in
      let s = likelihood.stateWeights
      let rarest = min(min(s[1] + s[3], s[0] + s[2]), min(s[2] + s[3], s[0] + s[1]))
      return center.isFinite && likelihood.rowCount >= minimumRowCount && rarest >= minimumOutcomeCount
    }
    var effects: [Double] = []
    var variances: [Double] = []
    for (likelihood, able) in zip(likelihoods, able) where able {
      let (score, information) = likelihood.scoreAndInformation(center)
      guard information > 0 else { continue }
      effects.append(score / information)
      variances.append(1 / information)
    }
    let between = BetweenGroupVariance(effects: effects, variances: variances)
    let z = StandardNormal.quantile(0.5 + level / 2)
    let results = names.indices.map { g in
      let likelihood = likelihoods[g]
      let own = able[g] ? likelihood.estimate(level: level) : nil
      guard own != nil, between.variance > 0 else {
        return GroupedCrossRatio.Group(
          name: names[g], rowCount: likelihood.rowCount, own: own, crossRatio: overall.crossRatio,
          lower: overall.lower, upper: overall.upper)
      }
      let precision = 1 / between.variance
      let theta = likelihood.maximum(precision: precision, center: center).logRatio
      let information = likelihood.scoreAndInformation(theta).information
      // Posterior variance, plus what the uncertain center adds to a value drawn toward it.
      let pull = precision / (information + precision)
      let deviation =
        (1 / (information + precision) + pull * pull * overall.standardError * overall.standardError).squareRoot()
      return GroupedCrossRatio.Group(
        name: names[g], rowCount: likelihood.rowCount, own: own, crossRatio: CrossRatio(logValue: theta),
        lower: CrossRatio(logValue: theta - z * deviation), upper: CrossRatio(logValue: theta + z * deviation))
    }
    return GroupedCrossRatio(
      overall: overall, groups: results, betweenGroupDeviation: between.variance.squareRoot(),
      heterogeneity: between.heterogeneity, pValue: between.pValue)
  }
}

import StatisticalLearning

/// Which capabilities' effects hold in every group (country, sector, size), and which differ.
///
/// For each capability the groups' own estimates `b_g` with variances `v_g` are drawn toward their mean:
/// `b̃_g = b̄ + τ²/(τ² + v_g) (b_g − b̄)`, τ² by ``BetweenGroupVariance``. Whether groups differ at all is Cochran's test,
/// its p-values adjusted over all capabilities by ``FalseDiscovery``. With three countries τ² is barely estimable: read
/// the groups' own intervals beside the shrunken ones.
public struct GroupComparison: Sendable, Equatable, Codable {
  public enum Verdict: String, Sendable, Hashable, Codable {
    /// Positive beyond noise in every group, and no sign that groups differ.
    case holdsInEveryGroup
    /// Groups differ beyond noise.
    case differs
    /// Neither can be said.
    case undecided
  }

  public struct GroupEffect: Sendable, Equatable, Codable {
    public let group: String
    public let own: Double
    public let shrunken: Double
    public let interval: UncertaintyInterval
    /// `v_g/(τ² + v_g)`: how far the estimate was drawn to the mean, from 0 (not at all) to 1.
    public let shrinkage: Double
  }

  public struct Entry: Sendable, Equatable, Codable {
    public let capability: Int
    /// The mean over groups, and its interval.
    public let mean: Double
    public let interval: UncertaintyInterval
    public let groups: [GroupEffect]
    /// τ.
    public let betweenGroupDeviation: Double
    public let pValue: Double
    public let adjustedPValue: Double
    public let verdict: Verdict
  }

  public let entries: [Entry]

  /// - Parameters:
  ///   - groups: The names.
  ///   - effects: `effects[capability][group]`; `NaN` where a group has none.
  ///   - variances: Their sampling variances, for instance over replicates; positive.
  ///   - level: Of intervals.
  ///   - falseDiscoveryRate: Below which groups are said to differ.
  public init(
    groups: [String], effects: [[Double]], variances: [[Double]], level: Double = 0.9, falseDiscoveryRate: Double = 0.1
  ) {
    precondition(effects.count == variances.count, "\(effects.count) rows of effects, \(variances.count) of variances")
    let z = StandardNormal.quantile(0.5 + level / 2)
    let fits = zip(effects, variances).map { effects, variances -> (known: [Int], fit: BetweenGroupVariance) in
      precondition(effects.count == groups.count && variances.count == groups.count, "effects of other groups")
      let known = effects.indices.filter { !effects[$0].isNaN && !variances[$0].isNaN }
      return (known, BetweenGroupVariance(effects: known.map { effects[$0] }, variances: known.map { variances[$0] }))
    }
    let adjusted = FalseDiscovery.adjusted(fits.map { $0.known.count > 1 ? $0.fit.pValue : .nan })
    entries = fits.indices.map { c in
      let (known, fit) = fits[c]
      let members = known.map { g -> GroupEffect in
        let v = variances[c][g]
        let shrinkage = v / (fit.variance + v)
        let value = fit.mean + (1 - shrinkage) * (effects[c][g] - fit.mean)
        // Within-group error of what is kept, and the mean's error for what is borrowed.
        let deviation = ((1 - shrinkage) * v + shrinkage * shrinkage * fit.meanVariance).squareRoot()
        return GroupEffect(
          group: groups[g], own: effects[c][g], shrunken: value,
          interval: UncertaintyInterval(lower: value - z * deviation, upper: value + z * deviation),
          shrinkage: shrinkage)
      }
      let deviation = fit.meanVariance.squareRoot()
      let q = adjusted[c]
      let verdict: Verdict =
        q < falseDiscoveryRate
        ? .differs
        : (members.count > 1 && members.allSatisfy { $0.interval.lower > 0 } ? .holdsInEveryGroup : .undecided)
      return Entry(
        capability: c, mean: fit.mean,
        interval: UncertaintyInterval(lower: fit.mean - z * deviation, upper: fit.mean + z * deviation),
        groups: members,
        betweenGroupDeviation: fit.variance.squareRoot(), pValue: known.count > 1 ? fit.pValue : .nan,
        adjustedPValue: q, verdict: verdict)
    }
  }
}

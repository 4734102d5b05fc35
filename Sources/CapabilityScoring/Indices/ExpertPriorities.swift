/// Priorities from expert weights alone, for a sector without data, or as the prior direction where data are few.
///
/// For capability *d* of level `s_d` and target `T_d` the gap is `g_d = max(0, T_d − s_d)`, and its joint score is
/// `g_d · min(b_I, b_E)⁺`: a lever of one goal only has a joint score of 0. Whoever shows them says: "expert weights,
/// no data yet".
public struct ExpertPriorities: Sendable, Equatable {
  public struct Entry: Sendable, Equatable, Codable {
    public let capability: Int
    public let gap: Double
    public let innovation: Double
    public let export: Double
    public let joint: Double
    /// Whether no other capability is at least as good for both goals and better for one.
    public let isParetoOptimal: Bool
  }

  /// The greatest joint score first, equal ones in the order given; capabilities without an answer are left out.
  public let entries: [Entry]
  /// The capabilities without an answer.
  public let unanswered: [Int]

  /// - Parameters:
  ///   - levels: In `0...1`; `nil` where there is no answer.
  ///   - targets: In `0...1`: the upper quartile of firms that do both, or the experts' own.
  ///   - innovationWeights: What experts give each capability for innovation; for instance AHP weights.
  ///   - exportWeights: Likewise for export.
  public init(levels: [Double?], targets: [Double], innovationWeights: [Double], exportWeights: [Double]) {
    precondition(
      targets.count == levels.count && innovationWeights.count == levels.count && exportWeights.count == levels.count,
      "levels, targets and weights of different lengths")
    let known = levels.indices.filter { levels[$0] != nil }
    let gaps = known.map { max(0, targets[$0] - levels[$0]!) }
    let innovation = zip(known, gaps).map { innovationWeights[$0] * $1 }
    let export = zip(known, gaps).map { exportWeights[$0] * $1 }
    let pareto = Set(ParetoSet.indices(innovation: innovation, export: export))
    let all = known.indices.map { k in
      Entry(
        capability: known[k], gap: gaps[k], innovation: innovation[k], export: export[k],
        joint: max(0, min(innovation[k], export[k])), isParetoOptimal: pareto.contains(k))
    }
    entries = all.sorted { $0.joint == $1.joint ? $0.capability < $1.capability : $0.joint > $1.joint }
    unanswered = levels.indices.filter { levels[$0] == nil }
  }

  /// The mean of an expert's and the data's weight, each by its precision: `(w_0/v_0 + b/v)/(1/v_0 + 1/v)`.
  public static func mixed(
    expert: Double, expertVariance: Double, estimate: Double, estimateVariance: Double
  ) -> (value: Double, variance: Double) {
    precondition(expertVariance > 0 && estimateVariance > 0, "variances \(expertVariance) and \(estimateVariance)")
    if estimateVariance == .infinity { return (expert, expertVariance) }
    if expertVariance == .infinity { return (estimate, estimateVariance) }
    let precision = 1 / expertVariance + 1 / estimateVariance
    return ((expert / expertVariance + estimate / estimateVariance) / precision, 1 / precision)
  }
}

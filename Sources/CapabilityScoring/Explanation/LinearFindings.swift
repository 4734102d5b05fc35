/// What the linear part of an outcome's scorer found beyond what each answer counts: whether the steps of scales are worth
/// the same, and whether there are weakest links between capabilities.
public struct LinearFindings: Sendable, Equatable {
  /// Items on scales of as many steps share what each step is worth.
  public struct Scale: Sendable, Equatable {
    public var itemCount: Int
    /// The share of replicates in which steps are not worth the same.
    public var share: Double
    /// What each step is worth, from the lowest up, over the mean step: means over items and replicates.
    public var worths: [Double]
  }

  /// Two capabilities of which the lower one counts.
  public struct Link: Sendable, Equatable {
    /// Indices of capabilities.
    public var first: Int
    public var second: Int
    /// The share of replicates that have it.
    public var share: Double
  }

  /// By number of steps; none where steps were not looked at, or every one counts the same in all replicates.
  public let scales: [Scale]
  /// From the surest on; none where none was looked for, or the data asked for none.
  public let links: [Link]

  public init(_ outcome: OutcomeModel, design: DesignEncoding) {
    let draws = outcome.linearReplicates
    var scales: [Int: (items: Int, differing: Double, sums: [Double])] = [:]
    var links: [Link] = []
    for (index, column) in design.columns.enumerated() {
      switch column {
      case .item(let item):
        let steps = design.columns.indices.filter {
          if case .step(item, _) = design.columns[$0] { true } else { false }
        }
        guard !steps.isEmpty, !draws.isEmpty else { continue }
        var (items, differing, sums) = scales[steps.count + 1] ?? (0, 0, [Double](repeating: 0, count: steps.count + 1))
        for draw in draws {
          let base = draw.coefficients[index]
          for (position, step) in ([nil] + steps.map { Optional($0) }).enumerated() {
            sums[position] += abs(base + (step.map { draw.coefficients[$0] } ?? 0))
          }
        }
        items += 1
        // All items of a scale differ in the same replicates, but for those whose coefficient is zero.
        let own = draws.count { draw in steps.contains { draw.coefficients[$0] != 0 } }
        differing = max(differing, Double(own) / Double(draws.count))
        scales[steps.count + 1] = (items, differing, sums)
      case .weakest(let first, let second):
        let count = draws.count { $0.coefficients[index] != 0 }
        if count > 0 { links.append(Link(first: first, second: second, share: Double(count) / Double(draws.count))) }
      case .score, .level, .missing, .step: continue
      }
    }
    self.scales = scales.keys.sorted().compactMap { count in
      let (items, differing, sums) = scales[count]!
      let mean = sums.reduce(0, +) / Double(count)
      guard differing > 0, mean > 0 else { return nil }
      return Scale(itemCount: items, share: differing, worths: sums.map { $0 / mean })
    }
    self.links = links.sorted { ($0.share, -$0.first, -$0.second) > ($1.share, -$1.first, -$1.second) }
  }
}

/// Where a capability lies, and how far bootstrap replicates agree.
public struct CapabilityPlacement: Sendable, Hashable, Codable {
  public let capability: Int
  /// The space that most replicates put it in; the estimate's own when replicates are split evenly, or absent.
  public let space: CapabilitySpace
  /// The share of replicates that agree: its confidence. 0 without replicates.
  public let agreement: Double
  /// The space of the estimate itself.
  public let estimated: CapabilitySpace
  /// The share of replicates in each space.
  public let shares: [CapabilitySpace: Double]
}

/// Places capabilities by the uplifts of one step.
///
/// A capability lifts an outcome when its uplift, usually the mean over firms, exceeds `smallestUplift`. That is an
/// association among firms at one time; it does not say what would happen.
public struct CommonSpaceClassifier: Sendable, Hashable, Codable {
  /// In probability: what is smaller counts as none.
  public var smallestUplift: Double

  public init(smallestUplift: Double = 0.005) {
    precondition(smallestUplift >= 0, "a smallest uplift of \(smallestUplift)")
    self.smallestUplift = smallestUplift
  }

  public func space(innovation: Double, export: Double) -> CapabilitySpace {
    switch (innovation > smallestUplift, export > smallestUplift) {
    case (true, true): .both
    case (true, false): .innovationOnly
    case (false, true): .exportOnly
    case (false, false): .neither
    }
  }

  /// - Parameters:
  ///   - innovation: The estimated uplift of each capability.
  ///   - export: Likewise.
  ///   - innovationReplicates: *replicates* × *capabilities*, one replicate after the other. Replicates in which one of a
  ///     capability's two uplifts is `NaN` do not count for it.
  ///   - exportReplicates: Likewise.
  public func place(
    innovation: [Double], export: [Double], innovationReplicates: [Double], exportReplicates: [Double]
  ) -> [CapabilityPlacement] {
    let count = innovation.count
    precondition(
      export.count == count && innovationReplicates.count == exportReplicates.count
        && (count == 0 || innovationReplicates.count.isMultiple(of: count)),
      "uplifts of different numbers of capabilities")
    let replicates = count == 0 ? 0 : innovationReplicates.count / count
    return (0..<count).map { c in
      var votes: [CapabilitySpace: Int] = [:]
      var voters = 0
      for r in 0..<replicates {
        let (i, e) = (innovationReplicates[r * count + c], exportReplicates[r * count + c])
        guard !i.isNaN, !e.isNaN else { continue }
        votes[space(innovation: i, export: e), default: 0] += 1
        voters += 1
      }
      let own = space(innovation: innovation[c], export: export[c])
      let most = votes.values.max() ?? 0
      let winners = CapabilitySpace.allCases.filter { votes[$0] == most }
      let chosen = winners.isEmpty || winners.contains(own) ? own : winners[0]
      return CapabilityPlacement(
        capability: c, space: chosen, agreement: voters > 0 ? Double(votes[chosen] ?? 0) / Double(voters) : 0,
        estimated: own, shares: votes.mapValues { Double($0) / Double(max(voters, 1)) })
    }
  }
}

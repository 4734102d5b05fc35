/// One firm's uplifts, in probability, of one step of each capability: point estimates and bootstrap replicates.
///
/// A capability that has no step left is `NaN` in `innovation`, `export` and `both`; its replicates are not read.
public struct UpliftReplicates: Sendable, Equatable {
  /// Point estimates, one per capability.
  public var innovation: [Double]
  public var export: [Double]
  public var both: [Double]
  /// *replicates* × *capabilities*, one replicate after the other: `[replicate * capabilityCount + capability]`.
  public var innovationReplicates: [Double]
  public var exportReplicates: [Double]
  public var bothReplicates: [Double]

  public init(
    innovation: [Double], export: [Double], both: [Double], innovationReplicates: [Double], exportReplicates: [Double],
    bothReplicates: [Double]
  ) {
    let count = innovation.count
    precondition(export.count == count && both.count == count, "uplifts of different numbers of capabilities")
    precondition(
      exportReplicates.count == innovationReplicates.count && bothReplicates.count == innovationReplicates.count
        && (count == 0 ? innovationReplicates.isEmpty : innovationReplicates.count.isMultiple(of: count)),
      "replicates that are not rows of \(count) capabilities each")
    self.innovation = innovation
    self.export = export
    self.both = both
    self.innovationReplicates = innovationReplicates
    self.exportReplicates = exportReplicates
    self.bothReplicates = bothReplicates
  }

  public var capabilityCount: Int { innovation.count }
  public var replicateCount: Int { capabilityCount == 0 ? 0 : innovationReplicates.count / capabilityCount }
}

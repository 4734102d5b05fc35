extension BoostingParameters {
  /// Versions of the presets. A version never changes: a model trained with one is trained the same way for ever.
  public enum PresetVersion: Int, Sendable, Hashable, Codable, CaseIterable {
    case version1 = 1

    public static let latest = version1
  }

  /// Parameters for tables of a size.
  public static func preset(
    rowCount: Int, featureCount: Int, version: PresetVersion = .latest
  ) -> BoostingParameters {
    BoostingParameters(
      learningRate: 0.03, treeCount: 250, leafCount: 6, l2: 5, minimumRowsPerLeaf: 20, rowShare: 0.7,
      columnShare: 0.4, bagCount: 8)
  }
}

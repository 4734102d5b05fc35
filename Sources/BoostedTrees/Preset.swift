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
    // A share of the columns keeps trees different, but a tree of one or two columns can't see how they act together.
    let columnShare = max(0.4, min(1, 6 / Double(max(featureCount, 1))))
    switch rowCount {
    case ..<5000:
      // Few rows: small trees, strong shrinkage, a share of rows and columns each, a fixed number of rounds (a number
      // chosen on so few left-out rows is noise), and a linear part whose share the left-out rows can tell.
      return BoostingParameters(
        learningRate: 0.03, treeCount: 250, leafCount: 6, l2: 5, minimumRowsPerLeaf: max(5, min(20, rowCount / 25)),
        rowShare: 0.7, columnShare: columnShare, bagCount: 8, blendsLinear: true, refitsLeaves: true)
    case ..<50_000:
      return BoostingParameters(
        learningRate: 0.05, treeCount: 1000, leafCount: 16, l2: 5, rowShare: 0.7, columnShare: columnShare, bagCount: 5,
        stopsEarly: true, blendsLinear: true, refitsLeaves: true)
    default:
      return BoostingParameters(learningRate: 0.1, treeCount: 300, leafCount: 63, l2: 1, columnShare: 0.7)
    }
  }
}

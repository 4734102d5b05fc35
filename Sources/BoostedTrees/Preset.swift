extension BoostingParameters {
  /// Versions of the presets. The parameters of a version never change. What a fit with them finds may still gain digits:
  /// since the linear part is solved to its minimum, version 1 differs by up to 2e-4 in log-odds from what it once gave.
  public enum PresetVersion: Int, Sendable, Hashable, Codable, CaseIterable {
    case version1 = 1
    /// Fewer and larger steps below 2,000 rows: as accurate, and several times as quick.
    case version2 = 2
    /// Larger, more strongly shrunken trees from 750 to 3,000 rows; classes choose between small and large trees.
    case version3 = 3

    public static let latest = version3
  }

  /// Parameters for tables of a size; what was tried instead is in the module's documentation.
  ///
  /// - Parameters:
  ///   - rowCount: Rows of positive weight.
  ///   - featureCount: Columns. At least six of them, or all, are drawn for each tree.
  ///   - version: Which preset; a fit records the parameters themselves.
  public static func preset(
    rowCount: Int, featureCount: Int, version: PresetVersion = .latest
  ) -> BoostingParameters {
    switch version {
    case .version1: version1(rowCount: rowCount, featureCount: featureCount)
    case .version2: version2(rowCount: rowCount, featureCount: featureCount)
    case .version3: version3(rowCount: rowCount, featureCount: featureCount)
    }
  }

  /// What ``BoostedClassifier`` chooses from by the loss on left-out rows: the preset, and below 5,000 rows large trees
  /// whose number is chosen too.
  ///
  /// Classes that are told apart by place (soils, grades) need far larger trees than the answers of a survey, on which those
  /// learn noise; the left-out rows tell which it is.
  static func candidatesForClasses(rowCount: Int, featureCount: Int) -> [BoostingParameters] {
    let preset = preset(rowCount: rowCount, featureCount: featureCount)
    guard rowCount < 5000 else { return [preset] }
    var large = preset
    large.learningRate = 0.1
    large.treeCount = 1000
    large.leafCount = 63
    large.l2 = 3
    large.minimumRowsPerLeaf = 2
    large.columnShare = max(0.7, preset.columnShare)
    large.maximumBinCount = 255
    large.stopsEarly = true
    return [preset, large]
  }

  private static func version1(rowCount: Int, featureCount: Int) -> BoostingParameters {
    // A share of the columns keeps trees different, but a tree of one or two columns can't see how they act together.
    let leastShare = min(1, 6 / Double(max(featureCount, 1)))
    switch rowCount {
    case ..<5000:
      // Few rows: small trees, strong shrinkage, a share of rows and columns each, a fixed number of rounds (a number
      // chosen on so few left-out rows is noise), and a linear part whose share the left-out rows can tell.
      return BoostingParameters(
        learningRate: 0.03, treeCount: 250, leafCount: rowCount < 1500 ? 6 : 10, l2: 5,
        minimumRowsPerLeaf: max(5, min(20, rowCount / 25)), rowShare: 0.7, columnShare: max(0.4, leastShare),
        bagCount: 8, blendsLinear: true, refitsLeaves: true)
    case ..<50_000:
      // Enough left-out rows to choose the number of rounds by, and enough rows for large trees: how complex the model
      // becomes is left to early stopping.
      return BoostingParameters(
        learningRate: 0.1, treeCount: 1000, leafCount: 32, l2: 1, minimumRowsPerLeaf: 5, rowShare: 0.7,
        columnShare: max(0.7, leastShare), bagCount: 5, stopsEarly: true, blendsLinear: true, refitsLeaves: true)
    default:
      // Many rows: the time of a fit counts, and bags and the linear part bring little.
      return BoostingParameters(learningRate: 0.1, treeCount: 300, leafCount: 63, l2: 1, columnShare: 0.7)
    }
  }

  private static func version2(rowCount: Int, featureCount: Int) -> BoostingParameters {
    var parameters = version1(rowCount: rowCount, featureCount: featureCount)
    guard rowCount < 5000 else { return parameters }
    // Small steps pay where rows can tell them apart. With few rows as many larger ones lose nothing: bags smooth what
    // they leave rough, and a quarter of the columns is enough for each tree.
    parameters.treeCount = min(250, max(60, Int((0.12 * Double(rowCount)).rounded())))
    parameters.learningRate = rowCount < 300 ? 0.05 : min(0.1, 7.5 / Double(parameters.treeCount))
    if rowCount < 750 { parameters.columnShare = min(1, max(0.25, 6 / Double(max(featureCount, 1)))) }
    return parameters
  }
  private static func version3(rowCount: Int, featureCount: Int) -> BoostingParameters {
    var parameters = version2(rowCount: rowCount, featureCount: featureCount)
    if (750..<3000).contains(rowCount) {
      parameters.leafCount = 8
      parameters.l2 = 10
    }
    return parameters
  }
}

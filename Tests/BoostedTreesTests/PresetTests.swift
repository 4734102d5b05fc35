import StatisticalLearning
import Testing

@testable import BoostedTrees

/// A preset's version is a promise: the same parameters, and the same model from the same data, for ever. When one of
/// these tests fails, don't change it: add a version.
@Suite struct PresetTests {
  /// Every parameter is written out, so that a changed default of `init` is seen too.
  static func small(minimumRows: Int, columnShare: Double, leaves: Int = 6) -> BoostingParameters {
    BoostingParameters(
      learningRate: 0.03, treeCount: 250, leafCount: leaves, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 5,
      minimumGain: 0, minimumRowsPerLeaf: minimumRows, minimumHessianPerLeaf: 1e-3, rowShare: 0.7,
      columnShare: columnShare, maximumBinCount: nil, categorySmoothing: 10, bagCount: 8, stopsEarly: false,
      blendsLinear: true, refitsLeaves: true)
  }

  static func middle(columnShare: Double) -> BoostingParameters {
    BoostingParameters(
      learningRate: 0.1, treeCount: 1000, leafCount: 32, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 1,
      minimumGain: 0, minimumRowsPerLeaf: 5, minimumHessianPerLeaf: 1e-3, rowShare: 0.7, columnShare: columnShare,
      maximumBinCount: nil, categorySmoothing: 10, bagCount: 5, stopsEarly: true, blendsLinear: true,
      refitsLeaves: true)
  }

  static let large = BoostingParameters(
    learningRate: 0.1, treeCount: 300, leafCount: 63, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 1,
    minimumGain: 0, minimumRowsPerLeaf: 20, minimumHessianPerLeaf: 1e-3, rowShare: 1, columnShare: 0.7,
    maximumBinCount: nil, categorySmoothing: 10, bagCount: 1, stopsEarly: false, blendsLinear: false,
    refitsLeaves: false)

  static let version1: [(rows: Int, columns: Int, parameters: BoostingParameters)] = [
    (1, 1, small(minimumRows: 5, columnShare: 1)),
    (50, 6, small(minimumRows: 5, columnShare: 1)),
    (150, 10, small(minimumRows: 6, columnShare: 0.6)),
    (300, 12, small(minimumRows: 12, columnShare: 0.5)),
    (500, 50, small(minimumRows: 20, columnShare: 0.4)),
    (1499, 50, small(minimumRows: 20, columnShare: 0.4)),
    (1500, 50, small(minimumRows: 20, columnShare: 0.4, leaves: 10)),
    (4999, 15, small(minimumRows: 20, columnShare: 0.4, leaves: 10)),
    (5000, 50, middle(columnShare: 0.7)),
    (5000, 8, middle(columnShare: 0.75)),
    (49_999, 3, middle(columnShare: 1)),
    (50_000, 3, large),
    (10_000_000, 50, large),
  ]

  @Test(arguments: version1.indices) func valuesOfVersion1Stay(index: Int) {
    let (rows, columns, parameters) = Self.version1[index]
    #expect(BoostingParameters.preset(rowCount: rows, featureCount: columns, version: .version1) == parameters)
  }

  @Test func versionsStay() {
    #expect(BoostingParameters.PresetVersion.allCases.map(\.rawValue) == [1])
    #expect(BoostingParameters.PresetVersion.latest == .version1)
    #expect(BoostedTrees().parameters == nil, "the default is the latest preset for the size of the data")
  }

  /// What a preset means is also how the engine reads it: bins, folds, draws, leaf values, shares.
  @Test func modelsOfVersion1Stay() throws {
    let data = TestTables.mixed(rows: 200, seed: 21)
    let parameters = BoostingParameters.preset(
      rowCount: 200, featureCount: data.featureCount, version: .version1)
    let model = try BoostedTrees(parameters: parameters, seed: 5).fit(data)
    let record = try #require(model.trainingRecord)
    let rows = [0, 50, 100, 150, 199]
    let scores = model.logOdds(for: data.matrix.selectingRows(rows))
    let expected = [
      -0.7500339227, -0.3965611323, -1.5244671162, -0.1233199189, -0.8518969669,
    ]
    for (score, value) in zip(scores, expected) { #expect(abs(score - value) < 1e-6) }
    #expect(abs(record.linearShare - 0.8417548931) < 1e-6)
    #expect(abs(record.treeShare - 0.1494015894) < 1e-6)
  }
}

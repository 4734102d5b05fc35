import Foundation
import StatisticalLearning
import Testing

@testable import BoostedTrees

/// A preset's version is a promise: the same parameters, and the same model from the same data, for ever. When one of
/// these tests fails, don't change it: add a version.
@Suite struct PresetTests {
  /// Every parameter is written out, so that a changed default of `init` is seen too.
  static func small(
    minimumRows: Int, columnShare: Double, leaves: Int = 6, l2: Double = 5, rate: Double = 0.03, trees: Int = 250
  ) -> BoostingParameters {
    BoostingParameters(
      learningRate: rate, treeCount: trees, leafCount: leaves, maximumDepth: nil, growth: .leafWise, l1: 0, l2: l2,
      minimumGain: 0, minimumRowsPerLeaf: minimumRows, minimumHessianPerLeaf: 1e-3, rowShare: 0.7,
      columnShare: columnShare, maximumBinCount: nil, categorySmoothing: 10, bagCount: 8,
      keepsCopiesTogether: false, stopsEarly: false, blendsLinear: true, refitsLeaves: true)
  }

  static func middle(columnShare: Double) -> BoostingParameters {
    BoostingParameters(
      learningRate: 0.1, treeCount: 1000, leafCount: 32, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 1,
      minimumGain: 0, minimumRowsPerLeaf: 5, minimumHessianPerLeaf: 1e-3, rowShare: 0.7, columnShare: columnShare,
      maximumBinCount: nil, categorySmoothing: 10, bagCount: 5, keepsCopiesTogether: false, stopsEarly: true,
      blendsLinear: true,
      refitsLeaves: true)
  }

  static let large = BoostingParameters(
    learningRate: 0.1, treeCount: 300, leafCount: 63, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 1,
    minimumGain: 0, minimumRowsPerLeaf: 20, minimumHessianPerLeaf: 1e-3, rowShare: 1, columnShare: 0.7,
    maximumBinCount: nil, categorySmoothing: 10, bagCount: 1, keepsCopiesTogether: false, stopsEarly: false,
    blendsLinear: false, refitsLeaves: false)

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

  static let version2: [(rows: Int, columns: Int, parameters: BoostingParameters)] = [
    (1, 1, small(minimumRows: 5, columnShare: 1, rate: 0.05, trees: 60)),
    (299, 12, small(minimumRows: 11, columnShare: 0.5, rate: 0.05, trees: 60)),
    (300, 12, small(minimumRows: 12, columnShare: 0.5, rate: 0.1, trees: 60)),
    (500, 50, small(minimumRows: 20, columnShare: 0.25, rate: 0.1, trees: 60)),
    (749, 20, small(minimumRows: 20, columnShare: 0.3, rate: 7.5 / 90, trees: 90)),
    (750, 50, small(minimumRows: 20, columnShare: 0.4, rate: 7.5 / 90, trees: 90)),
    (1000, 50, small(minimumRows: 20, columnShare: 0.4, rate: 0.0625, trees: 120)),
    (2000, 50, small(minimumRows: 20, columnShare: 0.4, leaves: 10, rate: 0.03125, trees: 240)),
    (4999, 15, small(minimumRows: 20, columnShare: 0.4, leaves: 10)),
    (5000, 50, middle(columnShare: 0.7)),
    (50_000, 3, large),
  ]

  @Test(arguments: version2.indices) func valuesOfVersion2Stay(index: Int) {
    let (rows, columns, parameters) = Self.version2[index]
    #expect(BoostingParameters.preset(rowCount: rows, featureCount: columns, version: .version2) == parameters)
  }

  static let version3: [(rows: Int, columns: Int, parameters: BoostingParameters)] = [
    (1, 1, small(minimumRows: 5, columnShare: 1, rate: 0.05, trees: 60)),
    (500, 50, small(minimumRows: 20, columnShare: 0.25, rate: 0.1, trees: 60)),
    (749, 20, small(minimumRows: 20, columnShare: 0.3, rate: 7.5 / 90, trees: 90)),
    (750, 50, small(minimumRows: 20, columnShare: 0.4, leaves: 8, l2: 10, rate: 7.5 / 90, trees: 90)),
    (2000, 50, small(minimumRows: 20, columnShare: 0.4, leaves: 8, l2: 10, rate: 0.03125, trees: 240)),
    (2999, 50, small(minimumRows: 20, columnShare: 0.4, leaves: 8, l2: 10)),
    (3000, 15, small(minimumRows: 20, columnShare: 0.4, leaves: 10)),
    (5000, 50, middle(columnShare: 0.7)),
    (50_000, 3, large),
  ]

  @Test(arguments: version3.indices) func valuesOfVersion3Stay(index: Int) {
    let (rows, columns, parameters) = Self.version3[index]
    #expect(BoostingParameters.preset(rowCount: rows, featureCount: columns, version: .version3) == parameters)
  }

  /// Small and large trees, of which left-out rows choose.
  @Test func candidatesForClassesStay() {
    let few = BoostingParameters.candidatesForClasses(rowCount: 1000, featureCount: 50)
    #expect(few[0] == .preset(rowCount: 1000, featureCount: 50, version: .version3))
    #expect(
      few.dropFirst() == [
        BoostingParameters(
          learningRate: 0.1, treeCount: 1000, leafCount: 63, maximumDepth: nil, growth: .leafWise, l1: 0, l2: 3,
          minimumGain: 0, minimumRowsPerLeaf: 2, minimumHessianPerLeaf: 1e-3, rowShare: 0.7, columnShare: 0.7,
          maximumBinCount: 255, categorySmoothing: 10, bagCount: 8, keepsCopiesTogether: false, stopsEarly: true,
          blendsLinear: true, refitsLeaves: true)
      ])
    #expect(BoostingParameters.candidatesForClasses(rowCount: 5000, featureCount: 50).count == 1)
  }

  @Test func classesChooseTheSizeOfTheirTrees() throws {
    for isOrdered in [true, false] {
      let learner = BoostedClassifier(classCount: 3, isOrdered: isOrdered, seed: 2, threadCount: 2)
      // Classes by place, on a board of five by five; and by a sum of answers with much noise.
      let place = try learner.fit(TestTables.classesByPlace(rows: 900, seed: 3))
      let noisy = try learner.fit(TestTables.noisyClasses(rows: 500, seed: 3))
      #expect(place.trainingRecord?.parameters.leafCount == 63)
      #expect(noisy.trainingRecord?.parameters.leafCount == 6)
    }
  }

  @Test func parametersOfOldFilesAreRead() throws {
    let parameters = BoostingParameters.preset(rowCount: 500, featureCount: 20, version: .version2)
    var fields = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(parameters)) as? [String: Any])
    fields["keepsCopiesTogether"] = nil
    let old = try JSONSerialization.data(withJSONObject: fields)
    #expect(try JSONDecoder().decode(BoostingParameters.self, from: old) == parameters)
  }

  @Test func versionsStay() {
    #expect(BoostingParameters.PresetVersion.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(BoostingParameters.PresetVersion.latest == .version3)
    #expect(BoostedTrees().parameters == nil, "the default is the latest preset for the size of the data")
  }

  struct Pinned {
    var version: BoostingParameters.PresetVersion
    var rows = 200
    var scores: [Double]
    var linearShare: Double
    var treeShare: Double
    /// Of the scores.
    var tolerance: Double
  }

  /// What a preset means is also how the engine reads it: bins, folds, draws, leaf values, shares. Version 1 was
  /// pinned when the linear part stopped short of its minimum.
  static let pinned = [
    Pinned(
      version: .version1,
      scores: [-0.7500339227, -0.3965611323, -1.5244671162, -0.1233199189, -0.8518969669], linearShare: 0.8417548931,
      treeShare: 0.1494015894, tolerance: 2e-4),
    Pinned(
      version: .version2,
      scores: [-0.7256022982, -0.2965830305, -1.6134334563, -0.2640093380, -0.6656405500], linearShare: 0.7678636957,
      treeShare: 0.3630824549, tolerance: 1e-6),
    Pinned(
      version: .version3, rows: 800, scores: [-0.6329768697, 0.2527340634, -0.4388705492, -0.2528859810, 0.6038724326],
      linearShare: 0.5364628178, treeShare: 0.4996910037, tolerance: 1e-6),
  ]

  @Test(arguments: pinned.indices) func modelsStay(index: Int) throws {
    let pinned = Self.pinned[index]
    let data = TestTables.mixed(rows: pinned.rows, seed: 21)
    let parameters = BoostingParameters.preset(
      rowCount: pinned.rows, featureCount: data.featureCount, version: pinned.version)
    let model = try BoostedTrees(parameters: parameters, seed: 5).fit(data)
    let record = try #require(model.trainingRecord)
    let scores = model.logOdds(for: data.matrix.selectingRows([0, 50, 100, 150, 199]))
    for (score, value) in zip(scores, pinned.scores) { #expect(abs(score - value) < pinned.tolerance) }
    #expect(abs(record.linearShare - pinned.linearShare) < 5e-4)
    #expect(abs(record.treeShare - pinned.treeShare) < 5e-4)
  }
}

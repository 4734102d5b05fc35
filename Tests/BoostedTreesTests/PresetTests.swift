import StatisticalLearning
import Testing

@testable import BoostedTrees

/// A preset's version is a promise: the same parameters, and the same model from the same data, for ever. When these
/// tests fail, don't change them: add a version.
@Suite struct PresetTests {
  static let version1: [(rows: Int, columns: Int, parameters: BoostingParameters)] = [
    (
      50, 3,
      BoostingParameters(
        learningRate: 0.03, treeCount: 250, leafCount: 6, l2: 5, minimumRowsPerLeaf: 5, rowShare: 0.7, columnShare: 1,
        bagCount: 8, blendsLinear: true, refitsLeaves: true)
    )
  ]

  @Test(arguments: version1.indices) func valuesStay(index: Int) {
    let (rows, columns, parameters) = Self.version1[index]
    #expect(
      BoostingParameters.preset(rowCount: rows, featureCount: columns, version: .version1) == parameters)
  }
}

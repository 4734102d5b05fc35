import Foundation
import StatisticalLearning
import Testing

@testable import BoostedTrees

/// Trees against brute force in plain floating point.
@Suite struct ReferenceTests {
  /// A regression table of whole values with gaps, so that every value has its bin.
  static func table(_ seed: UInt64, rows: Int = 60, columns: Int = 4) -> Dataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "reference")
    var data: [[Double]] = []
    for column in 0..<columns {
      data.append(
        (0..<rows).map { _ in
          let value = column == 0 ? generator.normal() : Double(generator.index(below: 6))
          return generator.uniform() < 0.15 ? .nan : value
        })
    }
    let targets = (0..<rows).map { row in
      (data[1][row].isNaN ? 1 : data[1][row]) + (data[0][row] > 0 ? 2 : 0) + generator.normal()
    }
    return try! Dataset(matrix: Matrix(columns: data), targets: targets)
  }

  /// The best split of rows by exhaustive search: every threshold, missing on either side.
  static func bestSplit(_ data: Dataset, _ rows: [Int], l2: Double, minimumRows: Int) -> (gain: Double, left: [Int])? {
    let mean = data.targets.reduce(0, +) / Double(data.rowCount)
    func reduction(_ rows: [Int]) -> Double {
      let g = rows.reduce(0.0) { $0 + mean - data.targets[$1] }
      return g * g / (Double(rows.count) + l2) / 2
    }
    var best: (gain: Double, left: [Int])?
    for column in 0..<data.featureCount {
      let values = rows.map { data.matrix[$0, column] }
      for threshold in Set(values.filter { !$0.isNaN }) {
        for missingLeft in [false, true] {
          let left = zip(rows, values).filter { $0.1.isNaN ? missingLeft : $0.1 <= threshold }.map(\.0)
          guard left.count >= minimumRows, rows.count - left.count >= minimumRows else { continue }
          let gain = reduction(left) + reduction(rows.filter { !left.contains($0) }) - reduction(rows)
          if gain > (best?.gain ?? 0) { best = (gain, left) }
        }
      }
    }
    return best
  }

  /// Best-first growth by exhaustive search: the row sets of the leaves.
  static func greedy(_ data: Dataset, leaves count: Int, l2: Double, minimumRows: Int) -> Set<[Int]> {
    var leaves = [Array(0..<data.rowCount)]
    while leaves.count < count {
      let candidates = leaves.indices.compactMap { index in
        bestSplit(data, leaves[index], l2: l2, minimumRows: minimumRows).map { (index, $0) }
      }
      guard let best = candidates.max(by: { $0.1.gain < $1.1.gain }) else { break }
      let rows = leaves[best.0]
      leaves[best.0] = best.1.left
      leaves.append(rows.filter { !best.1.left.contains($0) })
    }
    return Set(leaves.map { $0.sorted() })
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func equalsExhaustiveGreedyGrowth(seed: UInt64) throws {
    let data = Self.table(seed)
    let parameters = BoostingParameters(
      learningRate: 1, treeCount: 1, leafCount: 6, l2: 0.7, minimumRowsPerLeaf: 4, maximumBinCount: 255)
    let model = try BoostedRegressor(parameters: parameters).fit(data)
    let tree = model.ensemble.trees[0]
    var leaves: [Int: [Int]] = [:]
    for row in 0..<data.rowCount { leaves[tree.leafIndex { data.matrix[row, $0] }, default: []].append(row) }
    #expect(Set(leaves.values) == Self.greedy(data, leaves: 6, l2: 0.7, minimumRows: 4))
    let mean = data.targets.reduce(0, +) / Double(data.rowCount)
    for (leaf, rows) in leaves {
      let expected = rows.reduce(0.0) { $0 + data.targets[$1] - mean } / (Double(rows.count) + 0.7)
      // Derivatives of few rows have 18 bits or more.
      #expect(abs(tree.nodes[leaf].value - expected) < 1e-5)
      #expect(tree.nodes[leaf].cover == Double(rows.count))
    }
  }

  /// For squared loss the best of all 2ᵏ sets of levels is found (Fisher 1958).
  @Test(arguments: [1, 2, 3] as [UInt64]) func findsTheBestSetOfLevels(seed: UInt64) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "levels")
    let levels = (0..<120).map { _ in generator.index(below: 7) }
    let targets = levels.map { [0.3, 2, -1, 0.9, -0.2, 1.4, 0][$0] + 0.5 * generator.normal() }
    let data = try Dataset(
      features: [Feature("c", .categorical(levelCount: 7))], matrix: Matrix(columns: [levels.map(Double.init)]),
      targets: targets)
    let model = try BoostedRegressor(
      parameters: BoostingParameters(
        learningRate: 1, treeCount: 1, leafCount: 2, minimumRowsPerLeaf: 1, categorySmoothing: 0)
    ).fit(data)
    let mean = targets.reduce(0, +) / 120
    var best = 0.0
    for mask in 1..<127 {
      var sums = [0.0, 0.0]
      var counts = [0.0, 0.0]
      for (level, target) in zip(levels, targets) {
        sums[mask >> level & 1] += target - mean
        counts[mask >> level & 1] += 1
      }
      if counts[0] > 0, counts[1] > 0 {
        best = max(best, (sums[0] * sums[0] / counts[0] + sums[1] * sums[1] / counts[1]) / 2)
      }
    }
    #expect(abs(model.ensemble.trees[0].nodes[0].gain - best) < 1e-5 * best)
  }

  /// Scores of the laid-out ensemble equal walks down the trees, whatever the number of rows.
  @Test(arguments: [1, 7, 8, 129]) func layoutScoresAsTreesDo(rows: Int) throws {
    let model = try BoostedTrees(
      parameters: BoostingParameters(treeCount: 20, leafCount: 9, minimumRowsPerLeaf: 3)
    ).fit(TestTables.mixed(rows: 150, seed: 4))
    let fresh = TestTables.mixed(rows: rows, seed: 9, missing: 0.3).matrix
    let scores = model.logOdds(for: fresh)
    for row in 0..<rows {
      var expected = model.ensemble.baseScores[0]
      for tree in model.ensemble.trees { expected += tree.nodes[tree.leafIndex { fresh[row, $0] }].value }
      #expect(scores[row] == expected)
      #expect(fresh.row(row).withUnsafeBufferPointer { model.logOdds(row: $0) } == expected)
    }
  }
}

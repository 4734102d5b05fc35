import Foundation
import StatisticalLearning

@testable import BoostedTrees

/// Small tables with ordinal answers, numbers, categories and gaps.
enum TestTables {
  static func mixed(
    rows: Int, seed: UInt64, ordinals: Int = 4, numerics: Int = 2, categories: Int = 1, missing: Double = 0.05
  ) -> Dataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test table")
    var columns: [[Double]] = []
    var features: [Feature] = []
    for index in 0..<ordinals {
      features.append(Feature("q\(index)", .ordinal))
      columns.append((0..<rows).map { _ in Double(generator.index(below: 5) + 1) })
    }
    for index in 0..<numerics {
      features.append(Feature("n\(index)"))
      columns.append((0..<rows).map { _ in exp(generator.normal()) })
    }
    for index in 0..<categories {
      features.append(Feature("c\(index)", .categorical(levelCount: 6)))
      columns.append((0..<rows).map { _ in Double(generator.index(below: 6)) })
    }
    let targets = (0..<rows).map { row -> Double in
      var score = ordinals > 0 ? 0.8 * (columns[0][row] - 3) : 0
      if ordinals > 1 { score += columns[1][row] >= 4 ? 0.8 : -0.3 }
      if numerics > 0 { score += 0.5 * log(columns[ordinals][row]) }
      if categories > 0 { score += [0.5, -0.5, 0, 1, 0, -1][Int(columns[ordinals + numerics][row])] }
      return generator.uniform() < sigmoid(score) ? 1 : 0
    }
    for column in columns.indices {
      for row in 0..<rows where generator.uniform() < missing { columns[column][row] = .nan }
    }
    return try! Dataset(features: features, matrix: Matrix(columns: columns), targets: targets)
  }

  /// Three classes on a board of five by five fields, with a tenth of the rows in any class.
  static func classesByPlace(rows: Int, seed: UInt64) throws -> Dataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "board")
    let places = (0..<2).map { _ in (0..<rows).map { _ in generator.uniform() } }
    let targets = (0..<rows).map { row -> Double in
      if generator.uniform() < 0.1 { return Double(generator.index(below: 3)) }
      return Double((7 * Int(5 * places[0][row]) + 3 * Int(5 * places[1][row])) % 11 % 3)
    }
    return try Dataset(matrix: Matrix(columns: places), targets: targets)
  }

  /// Three classes by the sum of two of ten answers, and much noise.
  static func noisyClasses(rows: Int, seed: UInt64) throws -> Dataset {
    var generator = CounterBasedGenerator(seed: seed, purpose: "noisy classes")
    let answers = (0..<10).map { _ in (0..<rows).map { _ in Double(generator.index(below: 5)) } }
    let targets = (0..<rows).map { row -> Double in
      let score = answers[0][row] + answers[1][row] - 4 + 3 * generator.normal()
      return score < -1.5 ? 0 : score < 1.5 ? 1 : 2
    }
    return try Dataset(matrix: Matrix(columns: answers), targets: targets)
  }

  /// Any data, for parts that ask for some.
  static let binned = try! BinnedDataset(
    mixed(rows: 30, seed: 1), maximumBinCount: nil, sharesDraws: false, threadCount: 1)

  /// Columns in another order.
  static func permutingColumns(_ dataset: Dataset, _ order: [Int]) -> Dataset {
    try! Dataset(
      features: order.map { dataset.features[$0] }, matrix: dataset.matrix.selectingColumns(order),
      targets: dataset.targets, weights: dataset.weights, offsets: dataset.offsets)
  }
}

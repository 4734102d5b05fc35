import Foundation
import StatisticalLearning

/// Weights from pairwise judgements, with their consistency: the analytic hierarchy process.
///
/// The weights are the principal eigenvector of the reciprocal matrix *A*, scaled to sum to one, with
/// `CI = (λ_max − n)/(n − 1)` and `CR = CI/RI`; a ratio up to 0.10 is accepted. Source: Saaty (1980).
public struct AnalyticHierarchy: Sendable, Equatable, Codable {
  public let weights: [Double]
  /// λ_max.
  public let principalEigenvalue: Double
  /// CI; 0 for one or two things, which can't contradict each other.
  public let consistencyIndex: Double
  /// CR; `nil` past the 15 things for which random indices are tabulated.
  public let consistencyRatio: Double?
  public var isConsistent: Bool { consistencyRatio.map { $0 <= 0.10 } ?? false }

  /// Saaty's random index for *n* things: the mean CI of random reciprocal matrices.
  public static func randomIndex(_ n: Int) -> Double? {
    let table: [Double] = [
      0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
    ]
    return n >= 0 && n < table.count ? table[n] : nil
  }

  /// - Parameter judgements: *n* × *n*: how many times more important the row is than the column.
  /// - Throws: ``HierarchyError`` when the matrix is not square, positive and reciprocal (to 1 part in 1,000, so that
  ///   0.333 may stand for a third).
  public init(judgements: [[Double]]) throws(HierarchyError) {
    let n = judgements.count
    guard n > 0 else { throw .empty }
    for (i, row) in judgements.enumerated() {
      guard row.count == n else { throw .notSquare(row: i, got: row.count, expected: n) }
      for (j, value) in row.enumerated() {
        guard value > 0, value.isFinite else { throw .notPositive(row: i, column: j) }
        guard abs(value * judgements[j][i] - 1) <= 2e-3 else { throw .notReciprocal(row: i, column: j) }
      }
    }
    // The power method converges for every positive matrix (Perron); squaring the start from row geometric means, which
    // are the answer when judgements agree, makes it quick.
    var vector = judgements.map { row in exp(row.reduce(0) { $0 + log($1) } / Double(n)) }
    var eigenvalue = 0.0
    for _ in 0..<10_000 {
      let sum = vector.reduce(0, +)
      vector = vector.map { $0 / sum }
      let next = judgements.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
      let value = next.reduce(0, +)
      let change = zip(next, vector).reduce(0) { max($0, abs($1.0 / value - $1.1)) }
      vector = next
      eigenvalue = value
      if change < 1e-15 { break }
    }
    let sum = vector.reduce(0, +)
    weights = vector.map { $0 / sum }
    principalEigenvalue = eigenvalue
    consistencyIndex = n > 2 ? max(0, (eigenvalue - Double(n)) / Double(n - 1)) : 0
    let index = Self.randomIndex(n)
    let ci = consistencyIndex
    consistencyRatio = index.map { $0 > 0 ? ci / $0 : 0 }
  }

  /// One matrix from several experts': the geometric mean of each judgement (Aczél and Saaty 1983), which is the only
  /// mean that keeps reciprocity.
  ///
  /// - Parameter weights: Of the experts; `nil` is the same for all.
  public static func combined(_ experts: [[[Double]]], weights: [Double]? = nil) throws(HierarchyError) -> [[Double]] {
    guard let first = experts.first else { throw .empty }
    let weights = weights ?? [Double](repeating: 1, count: experts.count)
    precondition(weights.count == experts.count, "\(weights.count) weights for \(experts.count) experts")
    let total = weights.reduce(0, +)
    precondition(total > 0 && weights.allSatisfy { $0 >= 0 }, "expert weights that are negative, or all 0")
    let n = first.count
    var logs = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for (judgements, weight) in zip(experts, weights) {
      guard judgements.count == n else { throw .notSquare(row: 0, got: judgements.count, expected: n) }
      for (i, row) in judgements.enumerated() {
        guard row.count == n else { throw .notSquare(row: i, got: row.count, expected: n) }
        for (j, value) in row.enumerated() {
          guard value > 0, value.isFinite else { throw .notPositive(row: i, column: j) }
          logs[i][j] += weight / total * log(value)
        }
      }
    }
    return logs.map { $0.map { exp($0) } }
  }
}

/// Why judgements can't be weighed. Rows and columns are counted from 0.
public enum HierarchyError: Error, Equatable, Sendable {
  case empty
  case notSquare(row: Int, got: Int, expected: Int)
  case notPositive(row: Int, column: Int)
  case notReciprocal(row: Int, column: Int)
}

extension HierarchyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there is no judgement"
    case .notSquare(let row, let got, let expected): "row \(row + 1) has \(got) judgements; expected \(expected)"
    case .notPositive(let row, let column):
      "the judgement of \(row + 1) against \(column + 1) is not a positive number"
    case .notReciprocal(let row, let column):
      "the judgement of \(row + 1) against \(column + 1) is not the inverse of that of \(column + 1) against \(row + 1)"
    }
  }
}

extension AnalyticHierarchy {
  /// How far weights and their order hold when judgements are a little different.
  public struct Sensitivity: Sendable, Equatable, Codable {
    /// The 5th and 95th percentiles of each weight.
    public let lower: [Double]
    public let upper: [Double]
    /// The share of perturbed matrices in which the weight's rank is what it was.
    public let rankKept: [Double]
    /// The share in which the whole order is what it was.
    public let orderKept: Double
  }

  /// Weights of matrices whose judgements are multiplied by `exp(spread · z)`, `z` standard normal, reciprocity kept.
  ///
  /// - Parameter spread: 0.2 lets a judgement vary by about a fifth.
  public static func sensitivity(
    judgements: [[Double]], spread: Double = 0.2, count: Int = 500, seed: UInt64 = 1
  ) throws(HierarchyError) -> Sensitivity {
    let base = try AnalyticHierarchy(judgements: judgements)
    let n = judgements.count
    func order(_ weights: [Double]) -> [Int] {
      weights.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    }
    let baseOrder = order(base.weights)
    var draws = [[Double]](repeating: [], count: n)
    var rankKept = [Int](repeating: 0, count: n)
    var orderKept = 0
    for k in 0..<count {
      var generator = CounterBasedGenerator(seed: seed, purpose: "judgements", index: k)
      var changed = judgements
      for i in 0..<n {
        for j in (i + 1)..<max(n, i + 1) {
          changed[i][j] = judgements[i][j] * exp(spread * generator.normal())
          changed[j][i] = 1 / changed[i][j]
        }
      }
      let weights = try AnalyticHierarchy(judgements: changed).weights
      let own = order(weights)
      for i in 0..<n { draws[i].append(weights[i]) }
      for place in 0..<n where own[place] == baseOrder[place] { rankKept[own[place]] += 1 }
      if own == baseOrder { orderKept += 1 }
    }
    func quantile(_ values: [Double], _ p: Double) -> Double {
      var copy = values
      return copy.withUnsafeMutableBufferPointer { ReplicateIntervalKind.quantile($0, p) }
    }
    precondition(count > 1, "\(count) perturbed matrices")
    return Sensitivity(
      lower: draws.map { quantile($0, 0.05) }, upper: draws.map { quantile($0, 0.95) },
      rankKept: rankKept.map { Double($0) / Double(count) }, orderKept: Double(orderKept) / Double(count))
  }
}

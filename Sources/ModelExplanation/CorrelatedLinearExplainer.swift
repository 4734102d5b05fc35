import LinearModels
import StatisticalLearning

/// Shapley values of a linear score `b + w·x` that let what is known speak for what is not.
///
/// Unknown features take their expectation given the known ones, as in a normal distribution with the background's means
/// `m` and covariance `Σ`:
///
/// ```
/// v(S) = b + w·m + β_S·(x_S − m_S),   β_S = Σ_SS⁻¹ (Σ w)_S
/// ```
///
/// the regression of the score on the known features. Features that move together share what they bring, so the values
/// do not depend on how a ridge penalty happened to split it; a feature with `w = 0` gets credit for what it tells of
/// others. ``LinearExplainer`` gives each feature its own coefficient's part and nothing else. The values are linear in
/// `x − m`, so their coefficients are found once: by all subsets of up to 12 players, otherwise by pairs of opposite
/// random orders, of which each adds up exactly.
/// Source: Aas, Jullum and Løland (2021), *Artificial Intelligence* 298; Štrumbelj and Kononenko (2014).
///
/// - Complexity: O(2^*P* *p³*) for *P* players of *p* features in all, or O(*orders* · *P p³*).
public struct CorrelatedLinearExplainer: Sendable, Equatable {
  public let features: [Feature]
  public let intercept: Double
  public let coefficients: [Double]
  public let means: [Double]
  public let grouping: FeatureGrouping
  /// Whether all subsets were gone through.
  public let isExact: Bool
  /// *P* × *p*, row by row: what one unit of a feature above its mean adds to each player's value.
  private let shares: [Double]

  public var baseValue: Double { zip(coefficients, means).reduce(intercept) { $0 + $1.0 * $1.1 } }

  /// The number of players up to which all subsets are gone through.
  public static let exactPlayerCount = 12

  /// - Parameters:
  ///   - background: Rows to learn means and covariance from; no value may be missing.
  ///   - weights: One per row; 1 each when `nil`.
  ///   - ridge: Added to the variances, as a share of each, so that features that determine each other can be told.
  ///   - orderCount: Random orders for more players, in opposite pairs.
  /// - Throws: ``ExplanationError`` for counts that do not fit, an empty background, or a missing value in it.
  public init(
    intercept: Double, coefficients: [Double], features: [Feature], background: Matrix, weights: [Double]? = nil,
    grouping: FeatureGrouping? = nil, ridge: Double = 1e-6, orderCount: Int = 200, seed: UInt64 = 1
  ) throws(ExplanationError) {
    let grouping = grouping ?? FeatureGrouping(features)
    let p = coefficients.count
    for (what, got) in [
      ("features", features.count), ("columns", background.columnCount),
      ("features in the grouping", grouping.playerOfFeature.count),
    ] where got != p {
      throw .countMismatch(what: what, got: got, expected: p)
    }
    precondition(ridge > 0 && orderCount > 0, "a ridge of \(ridge), \(orderCount) orders")
    let weights = try checkedWeights(weights, rowCount: background.rowCount)
    let moments = try Moments(background, weights: weights, features: features, ridge: ridge)
    self.features = features
    self.intercept = intercept
    self.coefficients = coefficients
    self.grouping = grouping
    means = moments.means
    isExact = grouping.playerCount <= Self.exactPlayerCount
    let regressions = Regressions(moments: moments, coefficients: coefficients, grouping: grouping)
    shares =
      isExact
      ? regressions.overSubsets() : regressions.overOrders((orderCount + 1) / 2, seed: seed)
  }

  /// The Shapley values of every row, which may not have missing values.
  public func values(for matrix: Matrix) throws(ExplanationError) -> ShapleyValues {
    let p = coefficients.count
    guard matrix.columnCount == p else {
      throw .countMismatch(what: "columns", got: matrix.columnCount, expected: p)
    }
    let n = matrix.rowCount
    var values = [Double](repeating: 0, count: grouping.playerCount * n)
    var scores = [Double](repeating: intercept, count: n)
    for feature in 0..<p {
      for row in 0..<n {
        let x = matrix[row, feature]
        guard !x.isNaN else { throw .missingValue(feature: features[feature].name, row: row) }
        scores[row] += coefficients[feature] * x
        for player in 0..<grouping.playerCount {
          values[player * n + row] += shares[player * p + feature] * (x - means[feature])
        }
      }
    }
    return ShapleyValues(
      players: grouping.names, rowCount: n, baseValues: [baseValue], values: values, rawScores: scores)
  }
}

/// The weighted means and the covariance of a sample, its diagonal raised a little.
private struct Moments {
  let means: [Double]
  let covariance: Matrix

  init(_ rows: Matrix, weights: [Double], features: [Feature], ridge: Double) throws(ExplanationError) {
    let p = rows.columnCount
    let total = weights.reduce(0, +)
    var means = [Double](repeating: 0, count: p)
    for feature in 0..<p {
      for row in weights.indices where weights[row] > 0 {
        let x = rows[row, feature]
        guard !x.isNaN else { throw .missingValue(feature: features[feature].name, row: row) }
        means[feature] += weights[row] / total * x
      }
    }
    var covariance = Matrix(rowCount: p, columnCount: p)
    for i in 0..<p {
      for j in 0...i {
        var sum = 0.0
        for row in weights.indices where weights[row] > 0 {
          sum += weights[row] / total * (rows[row, i] - means[i]) * (rows[row, j] - means[j])
        }
        covariance[i, j] = sum
        covariance[j, i] = sum
      }
      // A constant column tells nothing, and its deviation is always 0: any variance will do.
      covariance[i, i] = covariance[i, i] > 0 ? covariance[i, i] * (1 + ridge) : 1
    }
    self.means = means
    self.covariance = covariance
  }
}

/// Regressions of the score on the features of some players, put together with Shapley's weights.
private struct Regressions {
  let moments: Moments
  let coefficients: [Double]
  let grouping: FeatureGrouping

  /// `β_S`, 0 where unknown; the coefficients themselves when all are known, which they equal but for the ridge.
  private func regression(isKnown: (Int) -> Bool) -> [Double] {
    let p = coefficients.count
    let known = (0..<p).filter { isKnown(grouping.playerOfFeature[$0]) }
    if known.count == p { return coefficients }
    var result = [Double](repeating: 0, count: p)
    guard !known.isEmpty else { return result }
    var part = Matrix(rowCount: known.count, columnCount: known.count)
    var target = [Double](repeating: 0, count: known.count)
    for (a, i) in known.enumerated() {
      for (b, j) in known.enumerated() { part[a, b] = moments.covariance[i, j] }
      for j in 0..<p { target[a] += moments.covariance[i, j] * coefficients[j] }
    }
    guard let factor = LinearAlgebra.cholesky(part) else { return result }
    for (value, i) in zip(factor.solve(target), known) { result[i] = value }
    return result
  }

  func overSubsets() -> [Double] {
    let players = grouping.playerCount
    let p = coefficients.count
    let orders = ShapleyOrders(maximum: players)
    var shares = [Double](repeating: 0, count: players * p)
    for subset in 1..<max(1 << players, 1) {
      let beta = regression { subset >> $0 & 1 == 1 }
      let size = subset.nonzeroBitCount
      for player in 0..<players {
        // S ∪ {j} where j is known, S where it is not.
        let weight = subset >> player & 1 == 1 ? orders[players - 1, size - 1] : -orders[players - 1, size]
        for feature in 0..<p { shares[player * p + feature] += weight * beta[feature] }
      }
    }
    return shares
  }

  func overOrders(_ pairCount: Int, seed: UInt64) -> [Double] {
    let players = grouping.playerCount
    let p = coefficients.count
    var shares = [Double](repeating: 0, count: players * p)
    for index in 0..<pairCount {
      var generator = CounterBasedGenerator(seed: seed, purpose: "orders of players", index: index)
      let order = (0..<players).shuffled(using: &generator)
      for order in [order, Array(order.reversed())] {
        var isKnown = [Bool](repeating: false, count: players)
        var before = [Double](repeating: 0, count: p)
        for player in order {
          isKnown[player] = true
          let after = regression { isKnown[$0] }
          for feature in 0..<p {
            shares[player * p + feature] += (after[feature] - before[feature]) / Double(2 * pairCount)
          }
          before = after
        }
      }
    }
    return shares
  }
}

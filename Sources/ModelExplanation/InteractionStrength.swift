import StatisticalLearning

/// Friedman's H²: the share of two features' joint effect that is not the sum of their single effects.
///
/// ```
/// H² = Σᵢ wᵢ (F_jk(xᵢ) − F_j(xᵢ) − F_k(xᵢ))² / Σᵢ wᵢ F_jk(xᵢ)²
/// ```
///
/// `F` is the partial dependence at the observed values of row `i`, centred to a weighted mean of 0; `w` are the rows'
/// weights. 0 is additive, 1 an interaction alone; the value may exceed 1 where features depend on each other. A pair
/// with next to no joint effect can have a large share of nothing: read it with ``strength``.
/// Source: Friedman and Popescu (2008), *Annals of Applied Statistics* 2(3), eq. 44.
public struct InteractionStrength: Sendable, Equatable {
  /// H²; 0 when the two features have no joint effect.
  public let shareOfVariance: Double
  /// The root of the mean squared interaction, on the scale of the score.
  public let strength: Double

  /// - Complexity: 3 *n* calls of `score` with *n* rows each, *n* being the rows of positive weight.
  /// - Throws: ``ExplanationError`` for no row of positive weight, or counts that do not fit.
  public init(
    _ first: Int, _ second: Int, over matrix: Matrix, weights: [Double]? = nil, score: (Matrix) -> [Double]
  ) throws(ExplanationError) {
    try self.init([first], [second], over: matrix, weights: weights, score: score)
  }

  /// Of two groups of features, each taken together: the items of two capabilities.
  public init(
    _ first: [Int], _ second: [Int], over matrix: Matrix, weights: [Double]? = nil, score: (Matrix) -> [Double]
  ) throws(ExplanationError) {
    precondition(
      Set(first).isDisjoint(with: second) && (first + second).allSatisfy { $0 >= 0 && $0 < matrix.columnCount },
      "features \(first), \(second) of \(matrix.columnCount)")
    let allWeights = try checkedWeights(weights, rowCount: matrix.rowCount)
    let used = allWeights.indices.filter { allWeights[$0] > 0 }
    let rows = matrix.selectingRows(used)
    let total = allWeights.reduce(0, +)
    let shares = used.map { allWeights[$0] / total }

    func dependence(_ features: [Int]) throws(ExplanationError) -> [Double] {
      var changed = rows
      var means: [Double] = []
      for point in 0..<rows.rowCount {
        for feature in features {
          for row in 0..<rows.rowCount { changed[row, feature] = rows[point, feature] }
        }
        let scores = score(changed)
        guard scores.count == rows.rowCount else {
          throw .countMismatch(what: "scores", got: scores.count, expected: rows.rowCount)
        }
        means.append(zip(shares, scores).reduce(0) { $0 + $1.0 * $1.1 })
      }
      let center = zip(shares, means).reduce(0) { $0 + $1.0 * $1.1 }
      return means.map { $0 - center }
    }
    let joint = try dependence(first + second)
    let single = (try dependence(first), try dependence(second))
    var interaction = 0.0
    var variance = 0.0
    for row in shares.indices {
      let rest = joint[row] - single.0[row] - single.1[row]
      interaction += shares[row] * rest * rest
      variance += shares[row] * joint[row] * joint[row]
    }
    shareOfVariance = variance > 0 ? interaction / variance : 0
    strength = interaction.squareRoot()
  }
}

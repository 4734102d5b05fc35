import StatisticalLearning

/// How a score moves as one feature is set to each value of a grid, all else as observed.
///
/// The individual curve of row `i` is `f(xᵢ with feature = gᵥ)`; the partial dependence is their weighted mean. It
/// describes the model, not the world: rows with values that never occur together count as any other.
/// Sources: Friedman (2001), *Annals of Statistics* 29(5), §8.2; Goldstein et al. (2015), *JCGS* 24(1).
public struct PartialDependence: Sendable, Equatable {
  public let grid: [Double]
  /// The curve of row `i` at grid point `g` is at `g * rowCount + i`.
  public let individual: [Double]
  /// The weighted mean over rows, one per grid point.
  public let mean: [Double]
  public let rowCount: Int

  /// - Parameters:
  ///   - feature: The column to set.
  ///   - grid: The values to set it to; `NaN` asks for the score when it is missing.
  ///   - matrix: The rows to average over.
  ///   - weights: One per row; 1 each when `nil`.
  ///   - score: One score per row of a matrix, on the scale of choice.
  /// - Throws: ``ExplanationError`` for no row of positive weight, or counts that do not fit.
  public init(
    feature: Int, grid: [Double], over matrix: Matrix, weights: [Double]? = nil, score: (Matrix) -> [Double]
  ) throws(ExplanationError) {
    precondition(feature >= 0 && feature < matrix.columnCount, "feature \(feature) of \(matrix.columnCount)")
    let weights = try checkedWeights(weights, rowCount: matrix.rowCount)
    let total = weights.reduce(0, +)
    var individual: [Double] = []
    var means: [Double] = []
    var changed = matrix
    for value in grid {
      for row in 0..<matrix.rowCount { changed[row, feature] = value }
      let scores = score(changed)
      guard scores.count == matrix.rowCount else {
        throw .countMismatch(what: "scores", got: scores.count, expected: matrix.rowCount)
      }
      var sum = 0.0
      // A row of weight 0 is no row, even where its score is not a number.
      for row in weights.indices where weights[row] > 0 { sum += weights[row] * scores[row] }
      means.append(sum / total)
      individual += scores
    }
    self.grid = grid
    self.individual = individual
    mean = means
    rowCount = matrix.rowCount
  }

  /// The curve of one row, one score per grid point.
  public func curve(ofRow row: Int) -> [Double] { grid.indices.map { individual[$0 * rowCount + row] } }
}

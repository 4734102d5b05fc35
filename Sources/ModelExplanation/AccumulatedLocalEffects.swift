import StatisticalLearning

/// How a score moves with one feature among the rows that are near each of its values.
///
/// The rows are cut into bins at quantiles `z₀ < z₁ < …` of the feature, and
///
/// ```
/// f(z_k) = Σ_{b ≤ k} mean over rows in bin b of ( score(x with feature = z_b) − score(x with feature = z_{b−1}) ) − centre
/// ```
///
/// with the centre chosen for a weighted mean of 0 over the rows, each taken half-way along its bin. No row is moved
/// further than its bin is wide, so features that depend on this one keep company that they could have, which partial
/// dependence does not grant. Rows where the feature is missing are left out.
/// Source: Apley and Zhu (2020), *Journal of the Royal Statistical Society B* 82(4).
public struct AccumulatedLocalEffects: Sendable, Equatable {
  /// The distinct quantiles, ascending; a single one for a constant feature.
  public let edges: [Double]
  /// One per edge.
  public let values: [Double]
  /// The weight of the rows in each bin; one fewer than the edges.
  public let binWeights: [Double]

  /// - Parameters:
  ///   - feature: A column of ordered values.
  ///   - binCount: At most so many bins, at least 1.
  ///   - weights: One per row; 1 each when `nil`.
  ///   - score: One score per row of a matrix, on the scale of choice.
  /// - Throws: ``ExplanationError`` for no row of positive weight with a value, or counts that do not fit.
  public init(
    feature: Int, binCount: Int = 10, over matrix: Matrix, weights: [Double]? = nil, score: (Matrix) -> [Double]
  ) throws(ExplanationError) {
    precondition(feature >= 0 && feature < matrix.columnCount, "feature \(feature) of \(matrix.columnCount)")
    precondition(binCount >= 1, "\(binCount) bins")
    let weights = try checkedWeights(weights, rowCount: matrix.rowCount)
    let used = weights.indices.filter { weights[$0] > 0 && !matrix[$0, feature].isNaN }
    guard !used.isEmpty else { throw .emptyBackground }
    let rows = matrix.selectingRows(used)
    let own = used.map { matrix[$0, feature] }
    let edges = Self.quantiles(own, weights: used.map { weights[$0] }, count: binCount)
    // A row at the first edge belongs to the first bin.
    let bins = own.map { value in max(edges.firstIndex { value <= $0 } ?? edges.count - 1, 1) }
    var sums = [Double](repeating: 0, count: max(edges.count - 1, 0))
    var binWeights = sums
    if edges.count > 1 {
      var below = rows
      var above = rows
      for row in own.indices {
        below[row, feature] = edges[bins[row] - 1]
        above[row, feature] = edges[bins[row]]
      }
      let (low, high) = (score(below), score(above))
      for scores in [low, high] where scores.count != own.count {
        throw .countMismatch(what: "scores", got: scores.count, expected: own.count)
      }
      for row in own.indices {
        let weight = weights[used[row]]
        sums[bins[row] - 1] += weight * (high[row] - low[row])
        binWeights[bins[row] - 1] += weight
      }
    }
    var values = [0.0]
    for bin in sums.indices { values.append(values[bin] + (binWeights[bin] > 0 ? sums[bin] / binWeights[bin] : 0)) }
    var centre = 0.0
    for bin in sums.indices { centre += binWeights[bin] * (values[bin] + values[bin + 1]) / 2 }
    let total = binWeights.reduce(0, +)
    self.edges = edges
    self.values = total > 0 ? values.map { $0 - centre / total } : values
    self.binWeights = binWeights
  }

  /// The smallest values at which the weight reaches 0, 1/count, … 1 of the whole; distinct.
  static func quantiles(_ values: [Double], weights: [Double], count: Int) -> [Double] {
    let order = values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] < values[$1] }
    let total = weights.reduce(0, +)
    var edges = [values[order[0]]]
    var sum = 0.0
    var next = 1
    for index in order {
      sum += weights[index]
      while next < count, sum >= total * Double(next) / Double(count) * (1 - 1e-12) {
        if values[index] > edges[edges.count - 1] { edges.append(values[index]) }
        next += 1
      }
    }
    let last = values[order[order.count - 1]]
    if last > edges[edges.count - 1] { edges.append(last) }
    return edges
  }
}

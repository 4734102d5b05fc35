import StatisticalLearning

/// Fills gaps in quantities and ordered answers with what the other answers of the same firm suggest.
///
/// For a missing item *j* of a firm, the filled value is its mean plus `sⱼ Σₖ wⱼₖ zₖ`, where `zₖ` are the firm's other
/// answers, standardised, 0 where missing, and `wⱼₖ = −Pⱼₖ / Pⱼⱼ` with `P` the inverse of the shrunken correlation
/// matrix: the ridge regression of each item on all the others, from one factorisation. The filled value is kept
/// between the smallest and the largest answer seen. No outcome is used. Nominal items are not filled: their gap is a
/// level of its own.
///
/// Source of the regression from the inverse: Lauritzen (1996), *Graphical Models*, §5.1.
public struct Imputation: Sendable, Equatable, Codable {
  /// One per item: the weighted mean of the answers; 0 for a nominal item, or one that nobody answered.
  public let means: [Double]
  /// One per item: the weighted standard deviation; 1 when it is 0.
  public let deviations: [Double]
  public let minima: [Double]
  public let maxima: [Double]
  /// *p* × *p* by rows: what one standard deviation of item *k* adds to item *j*, in deviations of *j*. Empty when
  /// nothing was missing in training: then a gap takes the mean.
  public let regression: [Double]

  public var itemCount: Int { means.count }

  /// Learns from the rows of `table`, each counted `weights` times.
  ///
  /// - Parameter shrinkage: Added to the diagonal of the correlation matrix, in addition to *p / n*: with few firms for
  ///   the number of items, gaps are filled nearer to the mean.
  public init(learning table: AnswerTable, weights: [Double], shrinkage: Double = 0.05) {
    let n = table.rowCount
    let p = table.columns.count
    precondition(weights.count == n, "\(weights.count) weights for \(n) rows")
    var means = [Double](repeating: 0, count: p)
    var deviations = [Double](repeating: 1, count: p)
    var minima = means
    var maxima = means
    var standardized = [Double](repeating: 0, count: n * p)
    var anyMissing = false
    for j in 0..<p {
      if case .categorical = table.columns[j].feature.kind { continue }
      table.values.withUnsafeElements { values in
        let column = UnsafeBufferPointer(rebasing: values[j * n..<(j + 1) * n])
        var total = 0.0
        var sum = 0.0
        var low = Double.infinity
        var high = -Double.infinity
        for i in 0..<n where weights[i] > 0 {
          guard !column[i].isNaN else {
            anyMissing = true
            continue
          }
          total += weights[i]
          sum += weights[i] * column[i]
          low = min(low, column[i])
          high = max(high, column[i])
        }
        guard total > 0 else { return }
        let mean = sum / total
        var squares = 0.0
        for i in 0..<n where weights[i] > 0 && !column[i].isNaN {
          squares += weights[i] * (column[i] - mean) * (column[i] - mean)
        }
        let deviation = (squares / total).squareRoot()
        means[j] = mean
        deviations[j] = deviation > 0 && deviation.isFinite ? deviation : 1
        minima[j] = low
        maxima[j] = high
        for i in 0..<n where !column[i].isNaN && weights[i] > 0 {
          standardized[j * n + i] = (column[i] - mean) / deviations[j]
        }
      }
    }
    self.means = means
    self.deviations = deviations
    self.minima = minima
    self.maxima = maxima
    regression =
      anyMissing
      ? Self.regression(of: standardized, table: table, weights: weights, shrinkage: shrinkage) : []
  }

  private static func regression(
    of standardized: [Double], table: AnswerTable, weights: [Double], shrinkage: Double
  ) -> [Double] {
    let n = table.rowCount
    let p = table.columns.count
    let total = weights.reduce(0, +)
    guard total > 0, p > 1 else { return [] }
    var scaled = standardized
    for j in 0..<p {
      var observed = 0.0
      for i in 0..<n where !table.values.elements[j * n + i].isNaN { observed += weights[i] }
      // Pairwise counts would not give a positive definite matrix; scaling each item to unit variance over all rows
      // does, and is exact when the gaps of two items fall independently.
      let scale = observed > 0 ? 1 / (observed).squareRoot() : 0
      for i in 0..<n { scaled[j * n + i] *= scale * weights[i].squareRoot() }
    }
    let gram = LinearAlgebra.gram(Matrix(rowCount: n, columnCount: p, elements: scaled))
    var shrunken = gram
    let ridge = shrinkage + Double(p) / total
    for j in 0..<p { shrunken[j, j] = gram[j, j] + ridge }
    guard let precision = LinearAlgebra.cholesky(shrunken)?.inverse() else { return [] }
    var regression = [Double](repeating: 0, count: p * p)
    for j in 0..<p {
      let pivot = precision[j, j]
      for k in 0..<p where k != j { regression[j * p + k] = -precision[j, k] / pivot }
    }
    return regression
  }

  /// The table's values with the gaps of quantities and ordered answers filled: *n* × *p*, column-major. Nominal items
  /// keep `NaN`.
  public func filled(_ table: AnswerTable) -> Matrix {
    let n = table.rowCount
    let p = itemCount
    precondition(table.columns.count == p, "\(table.columns.count) items for \(p)")
    var result = table.values
    for i in 0..<n {
      var standardized: [Double]?
      for j in 0..<p where table.values.elements[j * n + i].isNaN {
        if case .categorical = table.columns[j].feature.kind { continue }
        guard !regression.isEmpty else {
          result[i, j] = means[j]
          continue
        }
        if standardized == nil {
          standardized = (0..<p).map { k in
            let value = table.values.elements[k * n + i]
            if case .categorical = table.columns[k].feature.kind { return 0 }
            return value.isNaN ? 0 : (value - means[k]) / deviations[k]
          }
        }
        var sum = 0.0
        for k in 0..<p { sum += regression[j * p + k] * standardized![k] }
        result[i, j] = min(max(means[j] + deviations[j] * sum, minima[j]), maxima[j])
      }
    }
    return result
  }
}

import Foundation
import StatisticalLearning

/// The correlation of two latent normal variables of which ordered answers show only the level.
///
/// Two steps (Olsson 1979, *Maximum likelihood estimation of the polychoric correlation coefficient*): thresholds from
/// the margins, `τ_k = Φ⁻¹(share of answers up to level k)`, then the correlation that maximises
/// `Σ n_ab log P(level a, level b; ρ)`, with the probabilities of rectangles under the bivariate normal distribution.
public enum PolychoricCorrelation {
  /// - Parameters:
  ///   - first: Levels as numbers, in order; `NaN` is missing, and the pair is left out.
  ///   - second: Likewise.
  ///   - weights: `nil` is 1 everywhere.
  ///   - near: Where ρ is known to lie, as an estimate of the same pair from another sample: searched from there, and to
  ///     three digits only.
  /// - Returns: ρ in −0.999…0.999; `nil` when one of the two has a single level among the complete pairs.
  public static func estimate(
    _ first: [Double], _ second: [Double], weights: [Double]? = nil, near: Double? = nil
  ) -> Double? {
    precondition(
      first.count == second.count && (weights?.count ?? first.count) == first.count, "answers of different lengths")
    return table(Levels(first), Levels(second), weights: weights).map { estimate(table: $0, near: near) }
  }

  /// A column as places in its own order of levels; −1 is missing.
  private struct Levels {
    let codes: [Int]
    let count: Int

    init(_ column: [Double]) {
      let levels = Set(column.filter { !$0.isNaN }).sorted()
      let place = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
      codes = column.map { $0.isNaN ? -1 : place[$0]! }
      count = levels.count
    }
  }

  /// The weights of pairs of levels, without levels that no complete pair shows; `nil` when one side has a single level.
  private static func table(_ first: Levels, _ second: Levels, weights: [Double]?) -> [[Double]]? {
    var cells = [Double](repeating: 0, count: first.count * second.count)
    for i in first.codes.indices where first.codes[i] >= 0 && second.codes[i] >= 0 {
      cells[first.codes[i] * second.count + second.codes[i]] += weights?[i] ?? 1
    }
    let rows = (0..<first.count).filter { row in (0..<second.count).contains { cells[row * second.count + $0] > 0 } }
    let columns = (0..<second.count).filter { c in (0..<first.count).contains { cells[$0 * second.count + c] > 0 } }
    guard rows.count > 1, columns.count > 1 else { return nil }
    return rows.map { row in columns.map { cells[row * second.count + $0] } }
  }

  /// The same from a table of counts, every row and column of which has a count.
  static func estimate(table: [[Double]], near: Double? = nil) -> Double {
    let total = table.reduce(0) { $0 + $1.reduce(0, +) }
    func thresholds(_ margins: [Double]) -> [Double] {
      var sum = 0.0
      return [-Double.infinity]
        + margins.dropLast().map { count in
          sum += count
          return StandardNormal.quantile(sum / total)
        } + [.infinity]
    }
    let rows = thresholds(table.map { $0.reduce(0, +) })
    let columns = thresholds(table[0].indices.map { c in table.reduce(0) { $0 + $1[c] } })
    func logLikelihood(_ angle: Double) -> Double {
      let rho = tanh(angle)
      let corners = rows.map { x in columns.map { BivariateNormal.cumulative(x, $0, correlation: rho) } }
      var sum = 0.0
      for a in table.indices {
        for b in table[a].indices where table[a][b] > 0 {
          let cell = corners[a + 1][b + 1] - corners[a][b + 1] - corners[a + 1][b] + corners[a][b]
          // A difference of four probabilities is rounding below 1e-15.
          sum += table[a][b] * log(max(cell, 1e-15))
        }
      }
      return sum
    }
    let limit = atanh(0.999)
    if let near {
      let middle = atanh(min(max(near, -0.999), 0.999))
      let (low, high) = (max(-limit, middle - 0.8), min(limit, middle + 0.8))
      let found = UnivariateSearch.maximum(on: low, high, gridCount: 7, tolerance: 1e-3, logLikelihood).argument
      // At an end that is none of the range's own, it lies elsewhere.
      if found > low + 2e-3 || low == -limit, found < high - 2e-3 || high == limit { return tanh(found) }
    }
    return tanh(
      UnivariateSearch.maximum(on: -limit, limit, gridCount: 21, tolerance: 1e-7, logLikelihood).argument)
  }

  /// The correlation matrix of columns, made positive semi-definite.
  ///
  /// Pairs estimated one by one need not fit together: negative eigenvalues are raised to a small positive one, and the
  /// matrix is scaled back to ones on the diagonal (Knol and Berger 1991). A pair that can't be estimated counts as 0.
  ///
  /// - Parameter near: The matrix of another sample of the same columns, to search from.
  /// - Returns: The matrix, and the least eigenvalue that it had before.
  public static func matrix(
    _ columns: [[Double]], weights: [Double]? = nil, near: Matrix? = nil,
    threadCount: Int = Parallel.defaultThreadCount
  ) -> (correlations: Matrix, leastEigenvalue: Double) {
    let p = columns.count
    let pairs = (0..<p).flatMap { i in (0..<i).map { (i, $0) } }
    let levels = columns.map { Levels($0) }
    let values = Parallel.map(count: pairs.count, threadCount: threadCount) { k in
      let (i, j) = pairs[k]
      let table = table(levels[i], levels[j], weights: weights)
      return table.map { estimate(table: $0, near: near.map { $0[i, j] }) } ?? 0
    }
    var result = Matrix(rowCount: p, columnCount: p)
    for i in 0..<p { result[i, i] = 1 }
    for (k, (i, j)) in pairs.enumerated() {
      result[i, j] = values[k]
      result[j, i] = values[k]
    }
    guard let (eigenvalues, vectors) = LinearAlgebra.symmetricEigen(result), let least = eigenvalues.first, least < 1e-8
    else { return (result, LinearAlgebra.symmetricEigen(result)?.values.first ?? 1) }
    var smooth = Matrix(rowCount: p, columnCount: p)
    for i in 0..<p {
      for j in 0..<p {
        smooth[i, j] = (0..<p).reduce(0) { $0 + max(eigenvalues[$1], 1e-8) * vectors[i, $1] * vectors[j, $1] }
      }
    }
    var scaled = smooth
    for i in 0..<p {
      for j in 0..<p { scaled[i, j] = i == j ? 1 : smooth[i, j] / (smooth[i, i] * smooth[j, j]).squareRoot() }
    }
    return (scaled, least)
  }
}

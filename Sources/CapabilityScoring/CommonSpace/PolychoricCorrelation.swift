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
  /// - Returns: ρ in −0.999…0.999; `nil` when one of the two has a single level among the complete pairs.
  public static func estimate(_ first: [Double], _ second: [Double], weights: [Double]? = nil) -> Double? {
    precondition(
      first.count == second.count && (weights?.count ?? first.count) == first.count, "answers of different lengths")
    let pairs = first.indices.filter { !first[$0].isNaN && !second[$0].isNaN && (weights?[$0] ?? 1) > 0 }
    let rowLevels = Set(pairs.map { first[$0] }).sorted()
    let columnLevels = Set(pairs.map { second[$0] }).sorted()
    guard rowLevels.count > 1, columnLevels.count > 1 else { return nil }
    let rowIndex = Dictionary(uniqueKeysWithValues: rowLevels.enumerated().map { ($1, $0) })
    let columnIndex = Dictionary(uniqueKeysWithValues: columnLevels.enumerated().map { ($1, $0) })
    var table = [[Double]](repeating: [Double](repeating: 0, count: columnLevels.count), count: rowLevels.count)
    for i in pairs { table[rowIndex[first[i]]!][columnIndex[second[i]]!] += weights?[i] ?? 1 }
    return estimate(table: table)
  }

  /// The same from a table of counts, every row and column of which has a count.
  static func estimate(table: [[Double]]) -> Double {
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
    return tanh(
      UnivariateSearch.maximum(on: -limit, limit, gridCount: 21, tolerance: 1e-7, logLikelihood).argument)
  }

  /// The correlation matrix of columns, made positive semi-definite.
  ///
  /// Pairs estimated one by one need not fit together: negative eigenvalues are raised to a small positive one, and the
  /// matrix is scaled back to ones on the diagonal (Knol and Berger 1991). A pair that can't be estimated counts as 0.
  ///
  /// - Returns: The matrix, and the least eigenvalue that it had before.
  public static func matrix(
    _ columns: [[Double]], weights: [Double]? = nil, threadCount: Int = Parallel.defaultThreadCount
  ) -> (correlations: Matrix, leastEigenvalue: Double) {
    let p = columns.count
    let pairs = (0..<p).flatMap { i in (0..<i).map { (i, $0) } }
    let values = Parallel.map(count: pairs.count, threadCount: threadCount) { k in
      estimate(columns[pairs[k].0], columns[pairs[k].1], weights: weights) ?? 0
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

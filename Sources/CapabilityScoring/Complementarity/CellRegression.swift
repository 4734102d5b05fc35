import StatisticalLearning

/// The outcome's mean in each combination of practices, as it would be in firms of average context.
///
/// Least squares of the outcome on one indicator per combination and on centred context columns:
///
/// ```
/// y_i = Σ_s θ_s 1[i in s] + γ · (z_i − z̄) + e_i
/// ```
///
/// with the heteroscedasticity-consistent covariance HC3 (MacKinnon and White 1985), as for the linear probability model
/// that a binary outcome makes. Context columns that the others determine (the last level of a nominal answer) are left
/// out. Without context it gives the combinations' own means.
struct CellRegression {
  /// θ, one per combination.
  let means: [Double]
  let covariance: Matrix
  /// Context columns in use.
  let contextColumnCount: Int

  /// - Parameters:
  ///   - cells: Per firm, its combination, all of which occur.
  ///   - context: Columns, one value per firm.
  ///   - weights: One per firm, positive: how often it counts.
  init?(targets: [Double], cells: [Int], cellCount: Int, context: [[Double]], weights: [Double]) {
    let n = targets.count
    let total = weights.reduce(0, +)
    let roots = weights.map { $0.squareRoot() }
    // The cells' indicators are orthogonal; context is made orthogonal to them and to the context before it, so that θ
    // of centred context falls out of the cells' means of residuals.
    var cellWeights = [Double](repeating: 0, count: cellCount)
    for i in 0..<n { cellWeights[cells[i]] += weights[i] }
    guard cellWeights.allSatisfy({ $0 > 0 }) else { return nil }
    func cellMeans(_ values: [Double]) -> [Double] {
      var sums = [Double](repeating: 0, count: cellCount)
      for i in 0..<n { sums[cells[i]] += weights[i] * values[i] }
      return zip(sums, cellWeights).map { $0 / $1 }
    }
    /// Orthonormal within cells (in the weights' product), the column that it came from centred, and its cell means.
    var basis: [[Double]] = []
    var accepted: [[Double]] = []
    for column in context {
      let mean = (0..<n).reduce(0) { $0 + weights[$1] * column[$1] } / total
      let centred = column.map { $0 - mean }
      let size = (0..<n).reduce(0) { $0 + weights[$1] * centred[$1] * centred[$1] }
      guard size > 1e-12 * total, size.isFinite else { continue }
      let means = cellMeans(centred)
      var rest = (0..<n).map { roots[$0] * (centred[$0] - means[cells[$0]]) }
      for _ in 0..<2 {
        for direction in basis {
          let along = zip(direction, rest).reduce(0) { $0 + $1.0 * $1.1 }
          for i in 0..<n { rest[i] -= along * direction[i] }
        }
      }
      let norm = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm * norm > 1e-8 * size else { continue }
      basis.append(rest.map { $0 / norm })
      accepted.append(centred)
    }
    contextColumnCount = basis.count
    // y within cells along the basis; then back to the accepted columns by the triangle that made them.
    let p = basis.count
    let outcomeMeans = cellMeans(targets)
    let within = (0..<n).map { roots[$0] * (targets[$0] - outcomeMeans[cells[$0]]) }
    let along = basis.map { direction in zip(direction, within).reduce(0) { $0 + $1.0 * $1.1 } }
    // R[a][k]: accepted column k within cells along basis a (upper triangle); γ solves R γ = along.
    let columnMeans = accepted.map(cellMeans)
    var triangle = Matrix(rowCount: p, columnCount: p)
    for k in 0..<p {
      for a in 0...k {
        triangle[a, k] = (0..<n).reduce(0) {
          $0 + basis[a][$1] * roots[$1] * (accepted[k][$1] - columnMeans[k][cells[$1]])
        }
      }
    }
    func solved(_ right: [Double]) -> [Double] {
      var x = right
      for k in stride(from: p - 1, through: 0, by: -1) {
        for j in (k + 1)..<max(p, k + 1) { x[k] -= triangle[k, j] * x[j] }
        x[k] /= triangle[k, k]
      }
      return x
    }
    let slopes = solved(along)
    means = (0..<cellCount).map { cell in
      outcomeMeans[cell] - (0..<p).reduce(0) { $0 + slopes[$1] * columnMeans[$1][cell] }
    }
    // θ = L y with row s: 1[i in s] w_i / W_s − Σ_k m_ks (R⁻¹ basisᵀ √w)_k, m the cells' means of context.
    // c_s = R⁻ᵀ m_s, so that the second part of firm i is √w_i Σ_a c_sa basis_a(i).
    let loads = (0..<cellCount).map { cell -> [Double] in
      var x = (0..<p).map { columnMeans[$0][cell] }
      for k in 0..<p {
        for j in 0..<k { x[k] -= triangle[j, k] * x[j] }
        x[k] /= triangle[k, k]
      }
      return x
    }
    var residuals = [Double](repeating: 0, count: n)
    var leverages = residuals
    for i in 0..<n {
      var fitted = 0.0
      var leverage = weights[i] / cellWeights[cells[i]]
      for a in 0..<p {
        fitted += along[a] * basis[a][i]
        leverage += basis[a][i] * basis[a][i]
      }
      residuals[i] = (within[i] - fitted) / roots[i]
      // Of one of the firms that the weight stands for.
      leverages[i] = min(leverage / weights[i], 0.999)
    }
    let variances = Self.variances(
      residuals: residuals, leverages: leverages, targets: targets, cells: cells, cellCount: cellCount,
      weights: weights)
    var covariance = Matrix(rowCount: cellCount, columnCount: cellCount)
    for i in 0..<n {
      let row = (0..<cellCount).map { cell -> Double in
        var value = cells[i] == cell ? weights[i] / cellWeights[cell] : 0
        for a in 0..<p { value -= loads[cell][a] * basis[a][i] * roots[i] }
        return value
      }
      // w_i firms of variance v: the row's part of each is row / w_i.
      let scale = variances[i] / weights[i]
      for s in 0..<cellCount where row[s] != 0 {
        for t in 0..<cellCount { covariance[s, t] += scale * row[s] * row[t] }
      }
    }
    self.covariance = covariance
  }

  /// `(e / (1 − h))²`, at least, over a combination, what its share of a binary outcome implies: one in which all or none
  /// have the outcome is not known without error (Agresti and Coull 1998).
  private static func variances(
    residuals: [Double], leverages: [Double], targets: [Double], cells: [Int], cellCount: Int, weights: [Double]
  ) -> [Double] {
    var variances = zip(residuals, leverages).map { ($0 / (1 - $1)) * ($0 / (1 - $1)) }
    guard targets.allSatisfy({ $0 == 0 || $0 == 1 }) else { return variances }
    for cell in 0..<cellCount {
      let rows = cells.indices.filter { cells[$0] == cell }
      let count = rows.reduce(0) { $0 + weights[$1] }
      let events = rows.reduce(0) { $0 + weights[$1] * targets[$1] }
      guard events == 0 || events == count else { continue }
      let share = (events + 1) / (count + 2)
      for row in rows { variances[row] = max(variances[row], share * (1 - share)) }
    }
    return variances
  }
}

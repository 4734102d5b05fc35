import Foundation
import LinearModels
import StatisticalLearning

/// One draw of a penalised linear model: a bootstrap sample of firms, with the penalty centred at a draw from what the
/// penalty assumes.
///
/// Resampling firms alone gives the spread of the *shrunken* coefficients, which is too narrow by the shrinkage: the
/// interval of a true effect must also hold what the penalty took away. A ridge penalty of strength λ on standardised
/// coefficients says that they are normal around 0 with variance `1 / (λ Σs)` (times the residual variance for a
/// squared loss). Minimising
///
/// ```
/// (1 / Σs) Σ sᵢ loss(xᵢ·β) + (λ / 2) ‖β − β₀‖²,   s a bootstrap sample,  β₀ a draw of that distribution
/// ```
///
/// gives draws whose spread is that of the posterior in the normal case (*randomise, then optimise*: Bardsley et al.
/// 2014), so that intervals cover the truth on average over capabilities (Nychka 1988). Where signs are imposed, β₀ is
/// folded to the allowed side.
struct PosteriorDraw {
  let kind: OutcomeModel.Kind
  let l1Ratio: Double
  let strength: Double
  var bounds: (lower: [Double], upper: [Double])?
  /// The variance of the residuals of a squared loss; 1 for a binary outcome.
  let residualVariance: Double
  /// Per column; 0 where there is no penalty, and nothing that it assumes. `nil` penalises all alike.
  var penaltyFactors: [Double]?

  /// - Parameter normal: A standard normal number for each column of the design.
  func fit(design: Matrix, features: [Feature], targets: [Double], weights: [Double], normal: (Int) -> Double) throws
    -> LinearPart
  {
    let n = design.rowCount
    let q = design.columnCount
    let centres = centres(of: design, weights: weights, normal: normal)
    let offsets = LinearAlgebra.product(design, centres)
    let dataset = try Dataset(
      features: features, matrix: design, targets: targets, weights: weights,
      offsets: kind == .binary ? offsets : nil)
    let penalty = ElasticNetPenalty(
      strength: strength, l1Ratio: l1Ratio, penaltyFactors: penaltyFactors,
      lowerBounds: bounds.map { b in (0..<q).map { b.lower[$0] - centres[$0] } },
      upperBounds: bounds.map { b in (0..<q).map { b.upper[$0] - centres[$0] } })
    switch kind {
    case .binary:
      let model = try LogisticRegression(penalty: penalty, tolerance: 1e-7).fit(dataset)
      return LinearPart(
        intercept: model.intercept, coefficients: zip(model.coefficients, centres).map { $0 + $1 })
    case .continuous:
      let residuals = try Dataset(
        features: features, matrix: design, targets: (0..<n).map { targets[$0] - offsets[$0] }, weights: weights)
      let model = try LinearRegression(penalty: penalty, tolerance: 1e-7).fit(residuals)
      return LinearPart(
        intercept: model.intercept, coefficients: zip(model.coefficients, centres).map { $0 + $1 })
    }
  }

  /// β₀ in the units of the columns; 0 for a column that does not vary in the sample.
  private func centres(of design: Matrix, weights: [Double], normal: (Int) -> Double) -> [Double] {
    let n = design.rowCount
    let total = weights.reduce(0, +)
    let precision = total * strength * (1 - l1Ratio)
    guard precision > 0 else { return [Double](repeating: 0, count: design.columnCount) }
    let spread = (residualVariance / precision).squareRoot()
    return design.withUnsafeElements { elements in
      (0..<design.columnCount).map { column in
        guard penaltyFactors?[column] != 0 else { return 0 }
        let values = elements.baseAddress! + column * n
        var sum = 0.0
        for i in 0..<n { sum += weights[i] * values[i] }
        let mean = sum / total
        var squares = 0.0
        for i in 0..<n { squares += weights[i] * (values[i] - mean) * (values[i] - mean) }
        let deviation = (squares / total).squareRoot()
        guard deviation > 1e-9 * (1 + abs(mean)) else { return 0 }
        // An all but absent penalty would draw from an all but flat distribution, which says nothing.
        let draw = min(spread, 3) * normal(column) / deviation
        guard let bounds else { return draw }
        if bounds.lower[column] == 0 { return abs(draw) }
        if bounds.upper[column] == 0 { return -abs(draw) }
        return draw
      }
    }
  }
}

import LinearModels
import ModelEvaluation
import StatisticalLearning

/// The chance of each level of an ordered outcome by proportional odds on a predicted quantity:
/// `P(y ≤ k) = σ(τₖ − β · prediction)` with `β ≥ 0`, by maximum likelihood.
enum LevelThresholds {
  /// - Returns: `nil` where there is no certified fit.
  ///
  /// Half a row of every level at the mean prediction keeps thresholds apart and finite when a level does not occur, or
  /// predictions separate the levels.
  static func distribution(_ held: BenchmarkLevels.HeldOut) -> BenchmarkLevels.Distribution? {
    let total = held.weights.reduce(0, +)
    let mean = zip(held.predictions, held.weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let predictions = held.predictions + [Double](repeating: mean, count: held.levelCount)
    let dataset = try? Dataset(
      features: [Feature("prediction")], matrix: Matrix(columns: [predictions]),
      targets: (held.levels + Array(0..<held.levelCount)).map { Double($0) },
      weights: held.weights + [Double](repeating: 0.5, count: held.levelCount))
    let penalty = ElasticNetPenalty(strength: 0, shape: PenaltyShape(l1Ratio: 0, lowerBounds: [0]))
    guard let dataset, let model = try? OrdinalRegression(penalty: penalty, tolerance: 1e-9).fit(dataset),
      model.thresholds.allSatisfy(\.isFinite), model.coefficients[0].isFinite
    else { return nil }
    return { prediction in
      var below = 0.0
      var chances: [Double] = []
      for threshold in model.thresholds {
        let cumulative = max(sigmoid(threshold - model.coefficients[0] * prediction), below)
        chances.append(cumulative - below)
        below = cumulative
      }
      return chances + [1 - below]
    }
  }
}

import StatisticalLearning

/// Predictions of a continuous outcome beside what happened, row by row.
///
/// A row of weight 2 counts as two rows, a row of weight 0 as none.
public struct ContinuousPredictions: Sendable, Equatable {
  public let values: [Double]
  public let outcomes: [Double]
  public let weights: [Double]

  public var rowCount: Int { outcomes.count }

  /// - Throws: ``EvaluationError`` when lengths differ, a number is not finite, a weight is negative or not finite,
  ///   or no row has a positive weight.
  public init(values: [Double], outcomes: [Double], weights: [Double]? = nil) throws(EvaluationError) {
    guard outcomes.count == values.count else {
      throw .countMismatch("outcomes", got: outcomes.count, expected: values.count)
    }
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      throw .invalidPrediction(row: row, expected: "a finite number")
    }
    if let row = outcomes.firstIndex(where: { !$0.isFinite }) {
      throw .invalidOutcome(row: row, expected: "a finite number")
    }
    self.weights = try checkedWeights(weights, rowCount: values.count)
    self.values = values
    self.outcomes = outcomes
  }

  private init(unchecked values: [Double], _ outcomes: [Double], _ weights: [Double]) {
    self.values = values
    self.outcomes = outcomes
    self.weights = weights
  }

  /// The rows at `indices`, in that order, repetitions allowed.
  public func selectingRows(_ indices: [Int]) -> ContinuousPredictions {
    ContinuousPredictions(
      unchecked: indices.map { values[$0] }, indices.map { outcomes[$0] }, indices.map { weights[$0] })
  }

  public var totalWeight: Double { weights.reduce(0, +) }

  public var meanOutcome: Double { weightedMean { outcomes[$0] } }

  public var meanSquaredError: Double {
    weightedMean { row in
      let residual = outcomes[row] - values[row]
      return residual * residual
    }
  }

  public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }

  public var meanAbsoluteError: Double { weightedMean { abs(outcomes[$0] - values[$0]) } }

  /// The deviance of the normal model: `Σ wᵢ (yᵢ − fᵢ)²`.
  public var deviance: Double { totalWeight * meanSquaredError }

  /// `1 − Σ wᵢ (yᵢ − fᵢ)² / Σ wᵢ (yᵢ − ȳ)²` with ȳ the weighted mean of these rows; `nil` when the outcome is constant.
  ///
  /// Negative when the predictions are worse than that mean.
  public var rSquared: Double? {
    let mean = meanOutcome
    // Rows of weight 0 do not make the outcome vary.
    guard let first = outcomes.indices.first(where: { weights[$0] > 0 }),
      outcomes.indices.contains(where: { weights[$0] > 0 && outcomes[$0] != outcomes[first] })
    else { return nil }
    let variance = weightedMean { row in
      let difference = outcomes[row] - mean
      return difference * difference
    }
    return 1 - meanSquaredError / variance
  }

  /// The line `outcome = intercept + slope · prediction` by weighted least squares; 0 and 1 for perfect calibration,
  /// a slope below 1 for predictions that are too far apart. `nil` when the predictions are constant.
  public var calibrationLine: (intercept: Double, slope: Double)? {
    let meanValue = weightedMean { values[$0] }
    let mean = meanOutcome
    let variance = weightedMean { (values[$0] - meanValue) * (values[$0] - meanValue) }
    guard variance > 0 else { return nil }
    let slope = weightedMean { (values[$0] - meanValue) * (outcomes[$0] - mean) } / variance
    return (mean - slope * meanValue, slope)
  }

  func weightedMean(_ value: (Int) -> Double) -> Double {
    var sum = CompensatedSum()
    var total = CompensatedSum()
    for row in 0..<rowCount where weights[row] > 0 {
      sum.add(weights[row] * value(row))
      total.add(weights[row])
    }
    return sum.value / total.value
  }
}

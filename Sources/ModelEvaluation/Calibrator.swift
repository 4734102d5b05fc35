import Foundation
import StatisticalLearning

/// A map from predicted log-odds to calibrated log-odds that does not decrease. A value: store it with the model.
public enum Calibrator: Sendable, Equatable, Codable {
  /// `f`.
  case identity
  /// `slope · f + intercept`, slope at least 0: temperature scaling has the intercept 0 and the temperature `1 / slope`.
  case affine(slope: Double, intercept: Double)
  /// `a · log p − b · log(1 − p) + c` with `p` the predicted probability, a and b at least 0.
  case beta(a: Double, b: Double, c: Double)
  /// Probabilities interpolated between `positions` (ascending log-odds), constant beyond them, and kept inside
  /// `bound...1 − bound`.
  case isotonic(positions: [Double], probabilities: [Double], bound: Double)

  /// The calibrated log-odds of one row.
  public func logOdds(_ f: Double) -> Double {
    switch self {
    case .identity: return f
    case .affine(let slope, let intercept):
      // 0 · ∞ is 0 here: a slope of 0 means that predictions carry nothing.
      return slope == 0 ? intercept : slope * f + intercept
    case .beta(let a, let b, let c):
      return (a == 0 ? 0 : -a * logOnePlusExp(-f)) + (b == 0 ? 0 : b * logOnePlusExp(f)) + c
    case .isotonic(let positions, let probabilities, let bound):
      return logit(min(max(Self.interpolated(f, positions, probabilities), bound), 1 - bound))
    }
  }

  /// The calibrated log-odds of each row.
  public func logOdds(_ values: [Double]) -> [Double] { values.map { logOdds($0) } }

  private static func interpolated(_ x: Double, _ positions: [Double], _ values: [Double]) -> Double {
    guard let first = positions.first, let last = positions.last else { return .nan }
    if x <= first { return values[0] }
    if x >= last { return values[values.count - 1] }
    var low = 0
    var high = positions.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if positions[middle] <= x { low = middle } else { high = middle }
    }
    let share = (x - positions[low]) / (positions[high] - positions[low])
    return share.isFinite ? values[low] + share * (values[high] - values[low]) : values[low]
  }
}

/// How predictions are recalibrated. Fit it on predictions of rows that the model has not seen.
public enum CalibrationMethod: String, Sendable, Codable, CaseIterable {
  case none
  /// One parameter: the slope. For models that are too sure, or not sure enough, of a base rate that is right.
  case temperature
  /// Slope and intercept (Platt 1999), with his smoothed targets `(N₊ + 1)/(N₊ + 2)` and `1/(N₋ + 2)`, so that a fit exists
  /// when the classes are separated.
  case platt
  /// Three parameters (Kull, Silva Filho, Flach 2017): also mends a different error at each end.
  case beta
  /// Any non-decreasing map (Zadrozny, Elkan 2002). For thousands of rows; probabilities are kept inside
  /// `1/(2(N + 1))` from 0 and 1, with N the sum of the weights, so that the log-odds are finite.
  case isotonic

  /// - Throws: ``EvaluationError/undefined(_:)`` when only one class occurs, when a log-odds is infinite, or when the
  ///   predictions separate the classes and the method has no finite fit.
  public func fit(_ predictions: BinaryPredictions) throws(EvaluationError) -> Calibrator {
    if self == .none { return .identity }
    guard predictions.hasBothClasses else { throw .undefined("calibration needs rows with and without the outcome") }
    let active = (0..<predictions.rowCount).filter { predictions.weights[$0] > 0 }
    guard active.allSatisfy({ predictions.logOdds[$0].isFinite }) else {
      throw .undefined("calibration needs finite log-odds; some predictions are exactly 0 or 1")
    }
    let f = active.map { predictions.logOdds[$0] }
    let outcomes = active.map { predictions.outcomes[$0] }
    let weights = active.map { predictions.weights[$0] }
    switch self {
    case .none: return .identity
    case .temperature: return try Self.fitTemperature(f, outcomes, weights)
    case .platt: return Self.fitPlatt(f, outcomes, weights)
    case .beta: return try Self.fitBeta(f, outcomes, weights)
    case .isotonic: return Self.fitIsotonic(f, outcomes, weights)
    }
  }

  private static func fitTemperature(
    _ f: [Double], _ outcomes: [Double], _ weights: [Double]
  ) throws(EvaluationError) -> Calibrator {
    let scale = f.reduce(0) { max($0, abs($1)) }
    if scale == 0 { return .identity }
    // The loss is convex in the slope: where it does not fall at 0, the best slope that does not reverse the order is 0.
    var descent = 0.0
    for row in f.indices { descent += weights[row] * f[row] * (outcomes[row] - 0.5) }
    if descent <= 0 { return .affine(slope: 0, intercept: 0) }
    guard let fit = LogisticFit(columns: [f.map { $0 / scale }], outcomes: outcomes, weights: weights) else {
      throw .undefined("the predictions separate the classes: no temperature is best")
    }
    return .affine(slope: max(fit.coefficients[0] / scale, 0), intercept: 0)
  }

  private static func fitPlatt(_ f: [Double], _ outcomes: [Double], _ weights: [Double]) -> Calibrator {
    let total = weights.reduce(0, +)
    let positive = zip(weights, outcomes).reduce(0) { $0 + $1.0 * $1.1 }
    let high = (positive + 1) / (positive + 2)
    let low = 1 / (total - positive + 2)
    let targets = outcomes.map { $0 == 1 ? high : low }
    let centre = zip(f, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let spread = (zip(f, weights).reduce(0) { $0 + $1.1 * ($1.0 - centre) * ($1.0 - centre) } / total).squareRoot()
    let ones = [Double](repeating: 1, count: f.count)
    if spread > 0,
      let fit = LogisticFit(
        columns: [ones, f.map { ($0 - centre) / spread }], outcomes: targets, weights: weights),
      fit.coefficients[1] >= 0
    {
      let slope = fit.coefficients[1] / spread
      return .affine(slope: slope, intercept: fit.coefficients[0] - slope * centre)
    }
    // Predictions that carry nothing, or rank the wrong way round: the best map that does not decrease is constant.
    let rate = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    return .affine(slope: 0, intercept: logit(rate))
  }

  private static func fitBeta(
    _ f: [Double], _ outcomes: [Double], _ weights: [Double]
  ) throws(EvaluationError) -> Calibrator {
    let ones = [Double](repeating: 1, count: f.count)
    let sides = [f.map { -logOnePlusExp(-$0) }, f.map { logOnePlusExp($0) }]
    func fit(_ used: [Int]) -> [Double]? {
      LogisticFit(columns: used.map { sides[$0] } + [ones], outcomes: outcomes, weights: weights)?.coefficients
    }
    if let both = fit([0, 1]), both[0] >= 0, both[1] >= 0 { return .beta(a: both[0], b: both[1], c: both[2]) }
    // One side alone, when both together would decrease somewhere; the likelier of the two.
    var best: (loss: Double, calibrator: Calibrator)?
    for side in 0...1 {
      guard let one = fit([side]), one[0] >= 0 else { continue }
      let calibrator = Calibrator.beta(a: side == 0 ? one[0] : 0, b: side == 1 ? one[0] : 0, c: one[1])
      var loss = 0.0
      for row in f.indices {
        let value = calibrator.logOdds(f[row])
        loss += weights[row] * logOnePlusExp(outcomes[row] == 1 ? -value : value)
      }
      if loss < best?.loss ?? .infinity { best = (loss, calibrator) }
    }
    if let best { return best.calibrator }
    let positive = zip(weights, outcomes).reduce(0) { $0 + $1.0 * $1.1 }
    let rate = positive / weights.reduce(0, +)
    let order = IsotonicFit(positions: f, targets: outcomes, weights: weights)
    guard let low = order.values.first, let high = order.values.last, low > 0 || high < 1 else {
      throw .undefined("the predictions separate the classes: beta calibration has no finite fit")
    }
    return .affine(slope: 0, intercept: logit(rate))
  }

  private static func fitIsotonic(_ f: [Double], _ outcomes: [Double], _ weights: [Double]) -> Calibrator {
    let fit = IsotonicFit(positions: f, targets: outcomes, weights: weights)
    let bound = 1 / (2 * (weights.reduce(0, +) + 1))
    // Only the two ends of each flat piece are needed to interpolate.
    let kept = fit.values.indices.filter { index in
      index == 0 || index == fit.values.count - 1 || fit.values[index] != fit.values[index - 1]
        || fit.values[index] != fit.values[index + 1]
    }
    return .isotonic(
      positions: kept.map { fit.positions[$0] }, probabilities: kept.map { fit.values[$0] }, bound: bound)
  }
}

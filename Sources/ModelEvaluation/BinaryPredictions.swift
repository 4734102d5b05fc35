import StatisticalLearning

/// Predictions of a binary outcome beside what happened, row by row: what every metric of a classifier is computed
/// from.
///
/// A row of weight 2 counts as two rows, a row of weight 0 as none. Metrics that a sample can't define (the area
/// under the ROC curve of one class) are `nil`, never a number that looks like one.
public struct BinaryPredictions: Sendable, Equatable {
  /// `log(p / (1 − p))`, one per row; −∞ and +∞ for a probability of exactly 0 and 1.
  public let logOdds: [Double]

  /// The probabilities that go with `logOdds`.
  public let probabilities: [Double]

  /// 0 or 1, one per row.
  public let outcomes: [Double]

  /// Finite and not negative, one per row; 1 unless told otherwise.
  public let weights: [Double]

  /// Whether the rows were given as probabilities: ranks then follow them, so that probabilities which differ in their
  /// last bit stay in order.
  private let ranksFollowProbabilities: Bool

  /// What the rows are ranked by.
  var scores: [Double] { ranksFollowProbabilities ? probabilities : logOdds }

  public var rowCount: Int { outcomes.count }

  /// - Throws: ``EvaluationError`` when lengths differ, a log-odds is `NaN`, an outcome is not 0 or 1, a weight is
  ///   negative or not finite, or no row has a positive weight.
  public init(logOdds: [Double], outcomes: [Double], weights: [Double]? = nil) throws(EvaluationError) {
    if let row = logOdds.firstIndex(where: { $0.isNaN }) {
      throw .invalidPrediction(row: row, expected: "a number")
    }
    self.weights = try Self.checked(logOdds.count, outcomes, weights)
    self.logOdds = logOdds
    self.probabilities = logOdds.map(sigmoid)
    self.outcomes = outcomes
    ranksFollowProbabilities = false
  }

  /// - Parameters:
  ///   - probabilities: One per row, in `0...1`.
  ///   - clipping: Probabilities are moved into `clipping...1 − clipping`. 0, the default, leaves them as they are: a
  ///     firm prediction of 0 or 1 that is wrong then has an infinite log-loss. scikit-learn clips by 2⁻⁵².
  /// - Throws: ``EvaluationError``, as for log-odds; also for a probability outside `0...1`.
  public init(
    probabilities: [Double], outcomes: [Double], weights: [Double]? = nil, clipping: Double = 0
  ) throws(EvaluationError) {
    guard clipping >= 0, clipping < 0.5 else {
      throw .invalidParameter(name: "clipping", value: "\(clipping)", expected: "a number from 0 to below 0.5")
    }
    if let row = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw .invalidPrediction(row: row, expected: "a probability from 0 to 1")
    }
    self.weights = try Self.checked(probabilities.count, outcomes, weights)
    self.probabilities = clipping > 0 ? probabilities.map { min(max($0, clipping), 1 - clipping) } : probabilities
    self.logOdds = self.probabilities.map(logit)
    self.outcomes = outcomes
    ranksFollowProbabilities = true
  }

  private init(
    unchecked logOdds: [Double], _ probabilities: [Double], _ outcomes: [Double], _ weights: [Double], _ flag: Bool
  ) {
    self.logOdds = logOdds
    self.probabilities = probabilities
    self.outcomes = outcomes
    self.weights = weights
    ranksFollowProbabilities = flag
  }

  private static func checked(
    _ rowCount: Int, _ outcomes: [Double], _ weights: [Double]?
  ) throws(EvaluationError) -> [Double] {
    guard outcomes.count == rowCount else {
      throw .countMismatch("outcomes", got: outcomes.count, expected: rowCount)
    }
    if let row = outcomes.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .invalidOutcome(row: row, expected: "0 or 1")
    }
    return try checkedWeights(weights, rowCount: rowCount)
  }

  /// The rows at `indices`, in that order, repetitions allowed.
  public func selectingRows(_ indices: [Int]) -> BinaryPredictions {
    BinaryPredictions(
      unchecked: indices.map { logOdds[$0] }, indices.map { probabilities[$0] }, indices.map { outcomes[$0] },
      indices.map { weights[$0] }, ranksFollowProbabilities)
  }

  /// The sum of the weights.
  public var totalWeight: Double { weights.reduce(0, +) }

  /// The weighted share of outcomes that are 1.
  public var baseRate: Double { weightedMean { outcomes[$0] } }

  /// Whether both outcomes occur with positive weight.
  public var hasBothClasses: Bool {
    var seen = (false, false)
    for row in 0..<rowCount where weights[row] > 0 {
      if outcomes[row] == 1 { seen.1 = true } else { seen.0 = true }
      if seen.0 && seen.1 { return true }
    }
    return false
  }

  /// `Σ wᵢ f(i) / Σ wᵢ` over rows of positive weight, so that 0 · ∞ never arises.
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

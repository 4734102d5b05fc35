import Foundation
import StatisticalLearning

/// Probabilities of the classes of one outcome beside what happened, row by row.
///
/// A row of weight 2 counts as two rows, a row of weight 0 as none. The order of the classes matters to
/// ``rankedProbabilityScore`` only.
public struct ClassPredictions: Sendable, Equatable {
  /// *n* × *K*, row-major; each row sums to 1.
  public let probabilities: Matrix
  /// The class of each row, in `0..<K`.
  public let outcomes: [Int]
  public let weights: [Double]

  public var rowCount: Int { outcomes.count }
  public var classCount: Int { probabilities.columnCount }

  /// - Throws: ``EvaluationError`` when lengths differ, a row is not a distribution (to 1e-6), an outcome is not a class,
  ///   a weight is negative or not finite, or no row has a positive weight.
  public init(probabilities: Matrix, outcomes: [Int], weights: [Double]? = nil) throws(EvaluationError) {
    let rows = probabilities.converted(to: .rowMajor)
    guard outcomes.count == rows.rowCount else {
      throw .countMismatch("outcomes", got: outcomes.count, expected: rows.rowCount)
    }
    for row in 0..<rows.rowCount {
      let values = rows.row(row)
      guard values.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(values.reduce(0, +) - 1) <= 1e-6 else {
        throw .invalidPrediction(row: row, expected: "a distribution over the classes")
      }
    }
    if let row = outcomes.firstIndex(where: { $0 < 0 || $0 >= rows.columnCount }) {
      throw .invalidOutcome(row: row, expected: "a class from 0 to \(rows.columnCount - 1)")
    }
    self.weights = try checkedWeights(weights, rowCount: rows.rowCount)
    self.probabilities = rows
    self.outcomes = outcomes
  }

  /// The mean of `−log` of the probability given to what happened; +∞ when that was 0.
  public var logLoss: Double { weightedMean(logLosses) }

  /// The log-loss of each row.
  var logLosses: [Double] { outcomes.indices.map { -log(probabilities[$0, outcomes[$0]]) } }

  /// The weighted share of rows whose most probable class (the first, when tied) is what happened.
  public var accuracy: Double {
    weightedMean(
      outcomes.indices.map { row in
        let values = probabilities.row(row)
        return values.firstIndex(of: values.max()!) == outcomes[row] ? 1 : 0
      })
  }

  /// The ranked probability score of an ordered outcome: the mean over rows of `Σₖ (Fₖ − [y ≤ k])² / (K − 1)` for
  /// `k = 0 … K − 2`, with `F` the predicted cumulative probabilities. The Brier score when K = 2; 0 at best.
  ///
  /// Source: Epstein (1969); normalised as in Murphy (1971).
  public var rankedProbabilityScore: Double { weightedMean(rankedProbabilityScores) }

  /// The ranked probability score of each row.
  var rankedProbabilityScores: [Double] {
    outcomes.indices.map { row in
      guard classCount > 1 else { return 0 }
      var cumulative = 0.0
      var sum = 0.0
      for k in 0..<classCount - 1 {
        cumulative += probabilities[row, k]
        let difference = cumulative - (outcomes[row] <= k ? 1 : 0)
        sum += difference * difference
      }
      return sum / Double(classCount - 1)
    }
  }

  /// The rows at `indices`, in that order, repetitions allowed.
  func selectingRows(_ indices: [Int]) -> ClassPredictions {
    ClassPredictions(
      unchecked: probabilities.selectingRows(indices), indices.map { outcomes[$0] }, indices.map { weights[$0] })
  }

  private init(unchecked probabilities: Matrix, _ outcomes: [Int], _ weights: [Double]) {
    self.probabilities = probabilities
    self.outcomes = outcomes
    self.weights = weights
  }

  private func weightedMean(_ values: [Double]) -> Double {
    var sum = CompensatedSum()
    var total = CompensatedSum()
    for row in 0..<rowCount where weights[row] > 0 {
      sum.add(weights[row] * values[row])
      total.add(weights[row])
    }
    return sum.value / total.value
  }
}

extension ClassPredictions {
  /// Two binary outcomes at once, as the four states neither, first only, second only, both (0, 1, 2, 3).
  ///
  /// - Parameters:
  ///   - first, second: The probability of each outcome.
  ///   - both: The probability of both; between `max(0, first + second − 1)` and `min(first, second)`, to rounding.
  /// - Throws: ``EvaluationError``, also when `both` is outside its bounds by more than 1e-9.
  public init(
    first: [Double], second: [Double], both: [Double], firstOutcomes: [Double], secondOutcomes: [Double],
    weights: [Double]? = nil
  ) throws(EvaluationError) {
    let count = first.count
    for (name, array) in [
      ("probabilities", second), ("probabilities", both), ("outcomes", firstOutcomes), ("outcomes", secondOutcomes),
    ] where array.count != count {
      throw .countMismatch(name, got: array.count, expected: count)
    }
    var elements: [Double] = []
    elements.reserveCapacity(4 * count)
    for row in 0..<count {
      let states = [
        1 - first[row] - second[row] + both[row], first[row] - both[row], second[row] - both[row], both[row],
      ]
      guard states.allSatisfy({ $0 >= -1e-9 }) else {
        throw .invalidPrediction(row: row, expected: "a probability of both that the two others allow")
      }
      elements += states.map { min(max($0, 0), 1) }
    }
    for outcomes in [firstOutcomes, secondOutcomes] {
      if let row = outcomes.firstIndex(where: { $0 != 0 && $0 != 1 }) {
        throw .invalidOutcome(row: row, expected: "0 or 1")
      }
    }
    try self.init(
      probabilities: Matrix(rowCount: count, columnCount: 4, layout: .rowMajor, elements: elements),
      outcomes: zip(firstOutcomes, secondOutcomes).map { Int($0) + 2 * Int($1) }, weights: weights)
  }
}

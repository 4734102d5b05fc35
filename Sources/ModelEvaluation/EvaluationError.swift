/// Why predictions can't be evaluated. Rows are counted from 0.
public enum EvaluationError: Error, Equatable, Sendable {
  /// Two arrays that go row by row differ in length.
  case countMismatch(String, got: Int, expected: Int)
  /// A prediction that is `NaN`, or infinite where a finite number is needed.
  case invalidPrediction(row: Int, expected: String)
  /// An outcome that the metric can't take.
  case invalidOutcome(row: Int, expected: String)
  /// A weight that is negative or not finite.
  case invalidWeight(row: Int)
  /// No row has a positive weight.
  case noRows
  /// A setting out of its range.
  case invalidParameter(name: String, value: String, expected: String)
  /// What was asked for does not exist for these rows.
  case undefined(String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .countMismatch(let part, let got, let expected): "\(got) \(part) where \(expected) are expected"
    case .invalidPrediction(let row, let expected): "the prediction of row \(row + 1) is not \(expected)"
    case .invalidOutcome(let row, let expected): "the outcome of row \(row + 1) is not \(expected)"
    case .invalidWeight(let row): "the weight of row \(row + 1) is negative or not finite"
    case .noRows: "there is no row of positive weight to evaluate"
    case .invalidParameter(let name, let value, let expected): "\(name) is \(value); expected \(expected)"
    case .undefined(let what): what
    }
  }
}

/// Checks weights once, at the door.
func checkedWeights(_ weights: [Double]?, rowCount: Int) throws(EvaluationError) -> [Double] {
  guard let weights else {
    if rowCount == 0 { throw .noRows }
    return [Double](repeating: 1, count: rowCount)
  }
  guard weights.count == rowCount else { throw .countMismatch("weights", got: weights.count, expected: rowCount) }
  if let row = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) { throw .invalidWeight(row: row) }
  guard weights.contains(where: { $0 > 0 }) else { throw .noRows }
  return weights
}

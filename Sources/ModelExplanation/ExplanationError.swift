/// Why a model can't be explained as asked.
public enum ExplanationError: Error, Equatable, Sendable {
  /// A tree does not say how many training rows reached its nodes; use a background sample instead.
  case unknownCovers(tree: Int)
  /// The background sample has no row of positive weight.
  case emptyBackground
  /// A weight that is negative or not finite, by row from 0.
  case invalidWeight(row: Int)
  /// A number of rows, columns or weights that does not fit.
  case countMismatch(what: String, got: Int, expected: Int)
  /// A missing value where the model takes none.
  case missingValue(feature: String, row: Int)
  /// A feature that is in two groups, or that does not exist.
  case invalidGroup(name: String, feature: Int)
}

extension ExplanationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownCovers(let tree):
      "tree \(tree + 1) does not say how many training rows reached its nodes; give a background sample instead"
    case .emptyBackground: "the background sample has no row of positive weight"
    case .invalidWeight(let row): "the weight of row \(row + 1) is not a finite number ≥ 0"
    case .countMismatch(let what, let got, let expected): "\(got) \(what); expected \(expected)"
    case .missingValue(let feature, let row):
      "feature '\(feature)', row \(row + 1): missing; impute it first, as for training"
    case .invalidGroup(let name, let feature): "group '\(name)': feature \(feature) is unknown or in another group"
    }
  }
}

/// The weights, 1 each when there are none, once they are known to be usable.
func checkedWeights(_ weights: [Double]?, rowCount: Int) throws(ExplanationError) -> [Double] {
  guard let weights else {
    guard rowCount > 0 else { throw .emptyBackground }
    return [Double](repeating: 1, count: rowCount)
  }
  guard weights.count == rowCount else {
    throw .countMismatch(what: "weights", got: weights.count, expected: rowCount)
  }
  if let row = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) { throw .invalidWeight(row: row) }
  guard weights.contains(where: { $0 > 0 }) else { throw .emptyBackground }
  return weights
}

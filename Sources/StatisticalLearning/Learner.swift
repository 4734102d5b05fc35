/// A value of hyperparameters that learns from a dataset.
///
/// `fit` returns a complete, immutable model; there is no "not fitted yet". The same dataset and the same learner
/// (its seed included) give the same model, bit for bit, whatever the number of threads.
public protocol Learner<Model>: Sendable {
  associatedtype Model: Predictor

  /// - Throws: ``TrainingError`` when the dataset can't be learned from.
  func fit(_ dataset: Dataset) throws -> Model
}

/// A model that maps features to raw scores: log-odds for a binary outcome, the value itself for a continuous one.
public protocol Predictor: Sendable {
  /// The features it was trained on, in the order of the columns that it expects.
  var features: [Feature] { get }

  /// One raw score per row of `matrix`, which has the columns of `features` in any layout.
  func rawScores(for matrix: Matrix) -> [Double]
}

/// A model of a binary outcome.
public protocol BinaryClassifier: Predictor {
  /// One log-odds per row.
  func logOdds(for matrix: Matrix) -> [Double]

  /// One probability of the outcome 1 per row, in `0...1`.
  func probabilities(for matrix: Matrix) -> [Double]
}

extension BinaryClassifier {
  public func rawScores(for matrix: Matrix) -> [Double] { logOdds(for: matrix) }

  public func probabilities(for matrix: Matrix) -> [Double] { logOdds(for: matrix).map(sigmoid) }
}

/// Why a dataset can't be learned from.
public enum TrainingError: Error, Equatable, Sendable {
  case noRows
  case noFeatures
  /// Every target of positive weight is the same.
  case singleClass
  /// A target that the loss can't take, by row from 0: not 0 or 1, not a class, negative where a count is expected.
  case invalidTarget(row: Int, expected: String)
  /// A missing value where the learner takes none.
  case missingValue(feature: String, row: Int)
  /// A hyperparameter out of its range, checked once at the door.
  case invalidParameter(name: String, value: String, expected: String)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noRows: "there is no row of positive weight to learn from"
    case .noFeatures: "there is no feature to learn from"
    case .singleClass: "every row has the same outcome; both values are needed to learn"
    case .invalidTarget(let row, let expected): "the outcome of row \(row + 1) is not \(expected)"
    case .missingValue(let feature, let row):
      "feature '\(feature)', row \(row + 1): missing; impute it first, or use a learner that takes missing values"
    case .invalidParameter(let name, let value, let expected): "\(name) is \(value); expected \(expected)"
    }
  }
}

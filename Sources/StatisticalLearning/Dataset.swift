/// What a learner is given: *n* rows of *p* features, and for each row a target, a weight and an offset.
///
/// `NaN` in `matrix` is a missing value. A row of weight 2 counts as two rows, a row of weight 0 as none.
public struct Dataset: Sendable, Equatable {
  /// The *p* features, in the order of the columns of `matrix`.
  public let features: [Feature]

  /// *n* × *p*, column-major. `NaN` is missing; infinities are refused.
  public let matrix: Matrix

  /// One per row: 0 or 1 for a binary outcome, `0 ..< classCount` for classes (in order, when they have one),
  /// a finite value otherwise.
  public let targets: [Double]

  /// One per row, finite and not negative.
  public let weights: [Double]

  /// One per row, on the scale of the raw score (log-odds for a binary outcome); `nil` is 0 everywhere.
  public let offsets: [Double]?

  /// - Parameters:
  ///   - features: Names and kinds; `nil` names the columns `x1`, `x2`, … and calls them numeric.
  ///   - matrix: *n* × *p* in any layout.
  ///   - weights: `nil` is 1 everywhere.
  /// - Throws: ``DatasetError``, by cause and place.
  public init(
    features: [Feature]? = nil, matrix: Matrix, targets: [Double], weights: [Double]? = nil,
    offsets: [Double]? = nil
  ) throws(DatasetError) {
    let features = features ?? (0..<matrix.columnCount).map { Feature("x\($0 + 1)") }
    let rowCount = matrix.rowCount
    guard features.count == matrix.columnCount else {
      throw .countMismatch(.features, got: features.count, expected: matrix.columnCount)
    }
    guard targets.count == rowCount else {
      throw .countMismatch(.targets, got: targets.count, expected: rowCount)
    }
    if let weights, weights.count != rowCount {
      throw .countMismatch(.weights, got: weights.count, expected: rowCount)
    }
    if let offsets, offsets.count != rowCount {
      throw .countMismatch(.offsets, got: offsets.count, expected: rowCount)
    }
    var seen = Set<String>()
    for feature in features where !seen.insert(feature.name).inserted {
      throw .duplicateFeature(feature.name)
    }
    if let row = targets.firstIndex(where: { !$0.isFinite }) { throw .notFinite(.targets, row: row) }
    if let row = weights?.firstIndex(where: { !$0.isFinite || $0 < 0 }) { throw .invalidWeight(row: row) }
    if let row = offsets?.firstIndex(where: { !$0.isFinite }) { throw .notFinite(.offsets, row: row) }
    let columns = matrix.converted(to: .columnMajor)
    if let index = columns.elements.firstIndex(where: { $0.isInfinite }) {
      throw .infiniteFeature(features[index / rowCount].name, row: index % rowCount)
    }
    self.features = features
    self.matrix = columns
    self.targets = targets
    self.weights = weights ?? [Double](repeating: 1, count: rowCount)
    self.offsets = offsets
  }

  private init(
    unchecked features: [Feature], _ matrix: Matrix, _ targets: [Double], _ weights: [Double], _ offsets: [Double]?
  ) {
    self.features = features
    self.matrix = matrix
    self.targets = targets
    self.weights = weights
    self.offsets = offsets
  }

  public var rowCount: Int { matrix.rowCount }
  public var featureCount: Int { matrix.columnCount }

  /// The rows at `indices`, in that order, repetitions allowed.
  public func selectingRows(_ indices: [Int]) -> Dataset {
    Dataset(
      unchecked: features, matrix.selectingRows(indices), indices.map { targets[$0] },
      indices.map { weights[$0] }, offsets.map { offsets in indices.map { offsets[$0] } })
  }

  /// The same rows with other weights.
  ///
  /// - Throws: ``DatasetError``, when a weight is negative or not finite, or their number is wrong.
  public func weighted(by weights: [Double]) throws(DatasetError) -> Dataset {
    guard weights.count == rowCount else {
      throw .countMismatch(.weights, got: weights.count, expected: rowCount)
    }
    if let row = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) { throw .invalidWeight(row: row) }
    return Dataset(unchecked: features, matrix, targets, weights, offsets)
  }
}

/// Why a dataset can't be made. Rows are counted from 0.
public enum DatasetError: Error, Equatable, Sendable {
  public enum Part: String, Sendable { case features, targets, weights, offsets, codes }

  case countMismatch(Part, got: Int, expected: Int)
  case duplicateFeature(String)
  case notFinite(Part, row: Int)
  case infiniteFeature(String, row: Int)
  case invalidWeight(row: Int)
  /// A code of an ``IndicatorBlock`` outside `-1 ..< levelCount`.
  case invalidCode(block: String, row: Int, levelCount: Int)
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .countMismatch(let part, let got, let expected): "\(got) \(part.rawValue) where \(expected) are expected"
    case .duplicateFeature(let name): "two features are named '\(name)'; names must differ"
    case .notFinite(let part, let row): "row \(row + 1) of the \(part.rawValue) is not a finite number"
    case .infiniteFeature(let name, let row):
      "feature '\(name)', row \(row + 1): infinite; expected a finite number or a missing value"
    case .invalidWeight(let row): "the weight of row \(row + 1) is negative or not finite"
    case .invalidCode(let block, let row, let levelCount):
      "block '\(block)', row \(row + 1): a code outside −1 ..< \(levelCount); expected the index of a level, or −1 for none"
    }
  }
}

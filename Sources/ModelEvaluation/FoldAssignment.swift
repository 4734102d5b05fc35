/// Which rows are tested together, for each repeat of a cross-validation.
///
/// One assignment is shared by all that is compared, so that differences are paired. It can be written and read (see
/// ``FoldAssignment/csv(rowIDs:)``), so that other tools are scored on the same folds.
public struct FoldAssignment: Sendable, Equatable, Codable {
  /// Which rows a fold is trained on.
  public enum TrainingRule: String, Sendable, Codable {
    /// All rows of the other folds.
    case otherFolds
    /// Only the rows of folds with a smaller number: the past. Fold 0 is never tested.
    case earlierFolds
  }

  /// The fold of each row, in `0..<foldCount`, for each repeat: `foldIDs[repeat][row]`.
  public let foldIDs: [[Int]]

  public let foldCount: Int

  public let trainingRule: TrainingRule

  /// What each fold stands for, when it has a name (the country left out); otherwise empty.
  public let foldNames: [String]

  public var rowCount: Int { foldIDs.first?.count ?? 0 }
  public var repeatCount: Int { foldIDs.count }

  /// - Precondition: Every repeat has the same rows, and every fold is in `0..<foldCount`.
  public init(
    foldIDs: [[Int]], foldCount: Int, trainingRule: TrainingRule = .otherFolds, foldNames: [String] = []
  ) {
    let rowCount = foldIDs.first?.count ?? 0
    precondition(foldIDs.allSatisfy { $0.count == rowCount }, "repeats of different lengths")
    precondition(
      foldIDs.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 < foldCount } }, "a fold outside 0..<\(foldCount)")
    precondition(foldNames.isEmpty || foldNames.count == foldCount, "\(foldNames.count) names, \(foldCount) folds")
    self.foldIDs = foldIDs
    self.foldCount = foldCount
    self.trainingRule = trainingRule
    self.foldNames = foldNames
  }

  /// One fit: what it learns from and what it is tested on, rows in ascending order.
  public struct Split: Sendable, Equatable {
    public let repeatIndex: Int
    public let fold: Int
    public let trainingRows: [Int]
    public let testRows: [Int]
    /// How often each training row counts (a bootstrap sample), in the order of `trainingRows`; `nil` is once each.
    public let trainingCounts: [Int]?

    /// - Precondition: As many counts as training rows.
    public init(
      repeatIndex: Int = 0, fold: Int = 0, trainingRows: [Int], testRows: [Int], trainingCounts: [Int]? = nil
    ) {
      precondition(trainingCounts == nil || trainingCounts!.count == trainingRows.count, "counts of other rows")
      self.repeatIndex = repeatIndex
      self.fold = fold
      self.trainingRows = trainingRows
      self.testRows = testRows
      self.trainingCounts = trainingCounts
    }

    /// How often the training row at a place of `trainingRows` counts.
    public func count(at place: Int) -> Int { trainingCounts?[place] ?? 1 }
  }

  /// All fits, repeat by repeat. Folds without a row to train on or to test are left out.
  public var splits: [Split] {
    (0..<repeatCount).flatMap { repeatIndex in
      (0..<foldCount).compactMap { fold in
        let split = split(repeatIndex: repeatIndex, fold: fold)
        return split.trainingRows.isEmpty || split.testRows.isEmpty ? nil : split
      }
    }
  }

  public func split(repeatIndex: Int, fold: Int) -> Split {
    var training: [Int] = []
    var test: [Int] = []
    for (row, id) in foldIDs[repeatIndex].enumerated() {
      if id == fold {
        test.append(row)
      } else if trainingRule == .otherFolds || id < fold {
        training.append(row)
      }
    }
    return Split(repeatIndex: repeatIndex, fold: fold, trainingRows: training, testRows: test)
  }
}

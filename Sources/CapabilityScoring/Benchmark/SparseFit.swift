import StatisticalLearning

/// The mean of a spike-and-slab posterior on the training firms of a split.
struct SparseFit {
  let part: LinearPart
  private let learning: SparseLearning
  private let rows: LearningRows
  private let foldCount: Int
  private let seed: UInt64

  init(learning: SparseLearning, rows: LearningRows, foldCount: Int, seed: UInt64) throws {
    self.learning = learning
    self.rows = rows
    self.foldCount = foldCount
    self.seed = seed
    part = try Self.part(learning, rows)
  }

  /// The score of each training row by a posterior without its inner fold.
  func outOfFold() throws -> [Double] {
    try rows.outOfFold(rows.innerFolds(kind: learning.kind, count: foldCount, seed: seed)) {
      try Self.part(learning, $0)
    }
  }

  private static func part(_ learning: SparseLearning, _ rows: LearningRows) throws -> LinearPart {
    try learning.fit(matrix: rows.matrix, features: rows.features, targets: rows.targets, weights: rows.weights).part
  }
}

import StatisticalLearning
import Synchronization

/// Rows of a survey as the learners of one split see them, made once for the rows that are asked for again and again.
final class ScoredRows: Sendable {
  private let answers: AnswerTable
  private let design: DesignEncoding
  /// The columns of the design that are wanted; `nil` is all of them.
  private let columns: [Int]?
  private let last = Mutex<(rows: [Int], design: Matrix?, trees: Matrix?)>(([], nil, nil))

  init(answers: AnswerTable, design: DesignEncoding, columns: [Int]?) {
    self.answers = answers
    self.design = design
    self.columns = columns
  }

  func designMatrix(_ rows: [Int]) -> Matrix {
    last.withLock { last in
      if last.rows == rows, let matrix = last.design { return matrix }
      if last.rows != rows { last = (rows, nil, nil) }
      let whole = design.design(for: answers.selectingRows(rows))
      let matrix = columns.map { whole.selectingColumns($0) } ?? whole
      last.design = matrix
      return matrix
    }
  }

  func treeMatrix(_ rows: [Int]) -> Matrix {
    last.withLock { last in
      if last.rows == rows, let matrix = last.trees { return matrix }
      if last.rows != rows { last = (rows, nil, nil) }
      let matrix = TreeRows.matrix(answers: answers.selectingRows(rows), design: design)
      last.trees = matrix
      return matrix
    }
  }
}

import BoostedTrees
import StatisticalLearning

/// What trees see of the answers: every item as it is, `NaN` where missing, then the design's marks for why.
enum TreeRows {
  static func features(columns: [AnswerColumn], design: DesignEncoding) -> [Feature] {
    columns.map(\.feature)
      + marks(of: design).map { Feature("\(columns[$0.item].feature.name):missing-\($0.reason)", .ordinal) }
  }

  /// *n* × (*p* + marks), column-major.
  static func matrix(answers: AnswerTable, design: DesignEncoding) -> Matrix {
    let n = answers.rowCount
    var elements = answers.values.elements
    let marks = marks(of: design)
    elements.reserveCapacity(elements.count + n * marks.count)
    for mark in marks {
      for i in 0..<n { elements.append(answers.reasons[mark.item * n + i] == mark.reason ? 1 : 0) }
    }
    return Matrix(rowCount: n, columnCount: answers.columns.count + marks.count, elements: elements)
  }

  static func rawScores(of ensemble: TreeEnsemble, answers: AnswerTable, design: DesignEncoding) -> [Double] {
    let rows = matrix(answers: answers, design: design)
    let n = rows.rowCount
    return rows.withUnsafeElements { elements in
      (0..<n).map { row in ensemble.rawScore { elements[$0 * n + row] } }
    }
  }

  private static func marks(of design: DesignEncoding) -> [(item: Int, reason: UInt8)] {
    design.columns.compactMap { column in
      if case .missing(let item, let reason) = column { (item, reason) } else { nil }
    }
  }
}

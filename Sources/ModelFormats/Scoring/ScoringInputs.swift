import CapabilityScoring
import StatisticalLearning

/// The columns that a scoring model's graph takes: every item as it was answered, `NaN` where missing, then a mark (1 or
/// 0) for each reason of missing that the model tells apart.
struct ScoringInputs: Sendable, Equatable {
  struct Mark: Sendable, Hashable, Codable {
    let item: Int
    let reason: UInt8
  }

  let names: [String]
  let itemCount: Int
  let marks: [Mark]

  init(columns: [AnswerColumn], design: DesignEncoding) {
    itemCount = columns.count
    marks = design.columns.compactMap { column in
      if case .missing(let item, let reason) = column { Mark(item: item, reason: reason) } else { nil }
    }
    names =
      columns.map(\.feature.name)
      + marks.map { "\(columns[$0.item].feature.name):missing-\($0.reason)" }
  }

  /// *n* × (items + marks), in rows.
  func matrix(for table: AnswerTable) -> Matrix {
    let n = table.rowCount
    var elements = table.values.elements
    for mark in marks {
      for row in 0..<n { elements.append(table.reasons[mark.item * n + row] == mark.reason ? 1 : 0) }
    }
    return Matrix(rowCount: n, columnCount: names.count, elements: elements).converted(to: .rowMajor)
  }
}

import BoostedTrees
import Foundation
import StatisticalLearning

extension BoostedTreesBenchmark {
  /// Seconds to score a table on one thread, and one row at a time, the medians of `repeats`.
  static func predict(_ train: Dataset, test: Dataset, _ settings: Settings) throws {
    let model = try settings.learner(train).fit(train)
    let rows = (0..<min(1000, test.rowCount)).map { test.matrix.row($0) }
    var batches: [Double] = []
    var singles: [Double] = []
    var sum = 0.0
    for _ in 0..<settings.number("repeats", 5) {
      var clock = Clock()
      let scores = model.logOdds(for: test.matrix)
      batches.append(clock.elapsed.processor)
      sum += scores[0]
      clock = Clock()
      for row in rows { row.withUnsafeBufferPointer { sum += model.logOdds(row: $0) } }
      singles.append(clock.elapsed.processor / Double(rows.count))
    }
    report([
      ("batch_seconds", median(batches)), ("row_seconds", median(singles)), ("rows", Double(test.rowCount)),
      ("sum", sum),
    ])
  }
}

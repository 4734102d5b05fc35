import BoostedTrees
import Foundation
import StatisticalLearning

/// How often the truly best capability is among the first three by the product of both probabilities, one step up.
func upliftHits(train: Table, best: [Int], learner: BoostedTrees) throws -> (top3: Double, top1: Double, zero: Double) {
  let innovation = try learner.fit(train.dataset(target: "innovation", ignoring: ["id", "export"]))
  let export = try learner.fit(train.dataset(target: "export", ignoring: ["id", "innovation"]))
  let matrix = try train.dataset(target: "innovation", ignoring: ["id", "export"]).matrix
  func joint(_ matrix: Matrix) -> [Double] {
    zip(innovation.probabilities(for: matrix), export.probabilities(for: matrix)).map { $0 * $1 }
  }
  let now = joint(matrix)
  var uplifts = [[Double]](repeating: [], count: matrix.rowCount)
  for column in 0..<matrix.columnCount {
    var raised = matrix
    for row in 0..<matrix.rowCount { raised[row, column] = matrix[row, column] + 1 }
    for (row, value) in joint(raised).enumerated() {
      uplifts[row].append(matrix[row, column] < 5 ? value - now[row] : -.infinity)
    }
  }
  var top3 = 0
  var top1 = 0
  var zero = 0
  var steps = 0
  for row in uplifts.indices {
    let value = uplifts[row][best[row]]
    let above = uplifts[row].indices.count { uplifts[row][$0] > value || (uplifts[row][$0] == value && $0 < best[row]) }
    if above < 3 { top3 += 1 }
    if above < 1 { top1 += 1 }
    for uplift in uplifts[row] where uplift.isFinite {
      steps += 1
      if uplift == 0 { zero += 1 }
    }
  }
  let count = Double(uplifts.count)
  return (Double(top3) / count, Double(top1) / count, Double(zero) / Double(steps))
}

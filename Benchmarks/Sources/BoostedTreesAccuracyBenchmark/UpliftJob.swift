import BoostedTrees
import Foundation
import StatisticalLearning

/// A simulated survey whose true uplifts are known: how well the uplifts of a fitted model rank them.
///
/// `train` holds the capabilities (whole levels), then the outcomes `innovation` and `export`; `truth` the true uplift of
/// the product of both probabilities for one level more of each capability, `NaN` at the highest level.
struct UpliftJob: Decodable {
  var train: String
  var truth: String
  var rows: Int
  var capabilities: Int
  var settings: [String: FitJob.Setting]?
  /// Whether every capability may only raise the probabilities.
  var monotone: Bool?
  /// Whether trees may split on one capability only.
  var additive: Bool?
  /// Whether a step in log-odds is averaged with those below and above it on the scale of 1 to 5 (weights 1, 2, 1, where
  /// they exist).
  var smooth: Bool?
  var seed: UInt64?

  struct Answer: Encodable {
    /// The share of firms whose truly best capability is among the first three.
    var top3 = 0.0
    /// The same for the first alone.
    var top1 = 0.0
    /// The share of possible steps whose uplift is exactly zero.
    var zero = 0.0
    /// Spearman's correlation of the uplifts with the true ones within a firm, mean over firms.
    var correlation = 0.0
    /// The true uplift of the first recommendation as a share of the best one's.
    var captured = 0.0
    var seconds = 0.0
  }

  func run() throws -> Answer {
    let table = try NumberFile.read(train, rowCount: rows)
    let truth = try NumberFile.read(truth, rowCount: rows)
    let matrix = Matrix(columns: Array(table[..<capabilities]))
    let start = cpuSeconds()
    let models = try (0..<2).map { outcome in
      var learner = BoostedTrees(seed: seed ?? 0, threadCount: 1)
      let data = try Dataset(matrix: matrix, targets: table[capabilities + outcome])
      learner.parameters = try FitJob.parameters(
        .preset(rowCount: rows, featureCount: capabilities), replacing: settings ?? [:])
      if monotone == true {
        for feature in data.features { learner.monotone[feature.name] = .increasing }
      }
      if additive == true { learner.interactionGroups = data.features.map { [$0.name] } }
      return try learner.fit(data)
    }
    let fitted = cpuSeconds()
    let now = models.map { $0.logOdds(for: matrix) }
    var uplifts: [[Double]] = []
    for column in 0..<capabilities {
      let steps = models.indices.map { outcome -> [Double] in
        if smooth == true { return smoothedSteps(models[outcome], column, matrix) }
        var raised = matrix
        for row in 0..<rows { raised[row, column] += 1 }
        return zip(models[outcome].logOdds(for: raised), now[outcome]).map { $0 - $1 }
      }
      uplifts.append(
        (0..<rows).map { row in
          sigmoid(now[0][row] + steps[0][row]) * sigmoid(now[1][row] + steps[1][row])
            - sigmoid(now[0][row]) * sigmoid(now[1][row])
        })
    }
    var answer = score(uplifts: uplifts, truth: truth)
    answer.seconds = fitted - start
    return answer
  }

  private func smoothedSteps(_ model: BoostedTreesModel, _ column: Int, _ matrix: Matrix) -> [Double] {
    let scores = [-1.0, 0, 1, 2].map { shift -> [Double] in
      var shifted = matrix
      for row in 0..<rows { shifted[row, column] += shift }
      return model.logOdds(for: shifted)
    }
    return (0..<rows).map { row in
      let answer = matrix[row, column]
      var (sum, weight) = (2 * (scores[2][row] - scores[1][row]), 2.0)
      for (step, exists) in [(0, answer > 1), (2, answer < 4)] where exists {
        sum += scores[step + 1][row] - scores[step][row]
        weight += 1
      }
      return sum / weight
    }
  }

  private func score(uplifts: [[Double]], truth: [[Double]]) -> Answer {
    var answer = Answer()
    var firms = 0.0
    var steps = 0.0
    for row in 0..<rows {
      let possible = (0..<capabilities).filter { !truth[$0][row].isNaN }
      guard possible.count > 3 else { continue }
      firms += 1
      let estimated = possible.map { uplifts[$0][row] }
      let actual = possible.map { truth[$0][row] }
      let best = actual.indices.max { actual[$0] < actual[$1] }!
      // Ties are broken at random: the chance of being among the first.
      let above = estimated.count { $0 > estimated[best] }
      let tied = estimated.count { $0 == estimated[best] }
      answer.top1 += min(1, max(0, Double(1 - above) / Double(tied)))
      answer.top3 += min(1, max(0, Double(3 - above) / Double(tied)))
      answer.zero += Double(estimated.count { $0 == 0 })
      steps += Double(possible.count)
      answer.correlation += correlation(ranks(estimated), ranks(actual))
      let first = estimated.max()!
      let chosen = estimated.indices.filter { estimated[$0] == first }
      let gained = chosen.reduce(0) { $0 + actual[$1] } / Double(chosen.count)
      if actual[best] > 0 { answer.captured += gained / actual[best] }
    }
    answer.top1 /= firms
    answer.top3 /= firms
    answer.correlation /= firms
    answer.captured /= firms
    answer.zero /= steps
    return answer
  }

  /// Mean ranks.
  private func ranks(_ values: [Double]) -> [Double] {
    values.map { value in Double(values.count { $0 < value }) + Double(values.count { $0 == value } - 1) / 2 }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
  }
}

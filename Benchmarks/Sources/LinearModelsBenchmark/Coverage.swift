import Foundation
import LinearModels
import StatisticalLearning

/// How often nominal 95 % intervals hold the truth, over simulated surveys of correlated ordinal answers.
struct Coverage: Encodable {
  let surveys: Int
  let rows: Int
  /// Share of (survey, coefficient) pairs whose interval holds the truth, by kind of interval.
  let shares: [String: Double]

  init(surveys: Int, rows: Int, seed: UInt64, threadCount: Int) throws {
    let truth = [0.5, -0.3, 0, 0.2, 0]
    let hits = try Parallel.map(count: surveys, threadCount: threadCount) { survey throws -> [String: Int] in
      var generator = CounterBasedGenerator(seed: seed, purpose: "coverage", index: survey)
      var cells: [[Double]] = []
      var targets: [Double] = []
      var clusters: [Int] = []
      for row in 0..<rows {
        let common = generator.normal()
        let answers = truth.map { _ in
          min(max((2 + 0.6 * common + 0.8 * generator.normal()).rounded(), 0), 4)
        }
        var score = -0.8
        for (w, x) in zip(truth, answers) { score += w * x }
        cells.append(answers)
        targets.append(generator.uniform() < sigmoid(score) ? 1 : 0)
        clusters.append(row % 60)
      }
      let dataset = try Dataset(matrix: Matrix(rows: cells), targets: targets)
      let plain = try LogisticInference().fit(dataset)
      let firth = try LogisticInference(estimator: .firth).fit(dataset)
      let clustered = try LogisticInference(variance: .sample(clusters: clusters)).fit(dataset)
      var count: [String: Int] = [:]
      for (j, value) in truth.enumerated() {
        if plain.terms[j + 1].interval.contains(value) { count["wald", default: 0] += 1 }
        if plain.profileInterval(j + 1).contains(value) { count["profile", default: 0] += 1 }
        if firth.profileInterval(j + 1).contains(value) { count["firthProfile", default: 0] += 1 }
        if clustered.terms[j + 1].interval.contains(value) { count["clustered", default: 0] += 1 }
      }
      return count
    }
    var shares: [String: Double] = [:]
    for key in ["wald", "profile", "firthProfile", "clustered"] {
      shares[key] = Double(hits.reduce(0) { $0 + ($1[key] ?? 0) }) / Double(surveys * truth.count)
    }
    self.surveys = surveys
    self.rows = rows
    self.shares = shares
  }
}

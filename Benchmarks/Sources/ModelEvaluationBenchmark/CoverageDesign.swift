import Foundation
import ModelEvaluation
import StatisticalLearning

/// A kind of study whose truth is known, and the intervals that it is given.
struct CoverageDesign: Sendable {
  struct Count: Sendable {
    var covered = 0
    var defined = 0
  }

  let name: String
  /// The intervals of one study and the truths that they are about.
  let study: @Sendable (inout CounterBasedGenerator) -> [(name: String, interval: IntervalEstimate?, truth: Double)]

  func run(studyCount: Int, seed: UInt64) -> [String: Count] {
    let studies = Parallel.map(count: studyCount) { index -> [(String, Bool?)] in
      var generator = CounterBasedGenerator(seed: seed, purpose: "coverage", name: name, index: index)
      return study(&generator).map { ($0.name, $0.interval?.contains($0.truth)) }
    }
    var counts: [String: Count] = [:]
    for (name, isCovered) in studies.joined() {
      guard let isCovered else { continue }
      counts[name, default: Count()].defined += 1
      counts[name, default: Count()].covered += isCovered ? 1 : 0
    }
    return counts
  }

  static var all: [CoverageDesign] {
    [
      fixedModel(rowCount: 100), fixedModel(rowCount: 400), weighted(rowCount: 400), clustered(clusterCount: 150),
      crossValidated(rowCount: 150), crossValidated(rowCount: 500),
    ]
  }

  /// A model that is too sure of itself, tested on new rows: f ~ N(0, 1), P(y = 1) = σ(0.9 f − 0.3).
  private static func rows(_ count: Int, _ generator: inout CounterBasedGenerator) -> ([Double], [Double]) {
    let f = (0..<count).map { _ in generator.normal() }
    return (f, f.map { generator.uniform() < sigmoid(0.9 * $0 - 0.3) ? 1.0 : 0 })
  }

  /// The truths of that population, from four million rows.
  private static let truth:
    (area: Double, areaOfSecond: Double, loss: Double, brier: Double, accuracy: Double, benefit: Double) = {
      let parts = Parallel.map(count: 40) { part in
        var generator = CounterBasedGenerator(seed: 0, purpose: "truth", index: part)
        let (f, y) = rows(100_000, &generator)
        let second = f.map { 0.5 * $0 + generator.normal() }
        // Finite numbers, two outcomes: nothing to refuse.
        let p = try! BinaryPredictions(logOdds: f, outcomes: y)
        return [
          p.areaUnderROC!, try! BinaryPredictions(logOdds: second, outcomes: y).areaUnderROC!, p.logLoss, p.brierScore,
          p.metrics(atThreshold: 0.5).accuracy, p.metrics(atThreshold: 0.4).netBenefit,
        ]
      }
      let mean = (0..<6).map { column in parts.reduce(0) { $0 + $1[column] } / 40 }
      return (mean[0], mean[1], mean[2], mean[3], mean[4], mean[5])
    }()

  private static func fixedModel(rowCount: Int) -> CoverageDesign {
    CoverageDesign(name: "fixed model, \(rowCount) firms") { generator in
      let (f, y) = rows(rowCount, &generator)
      let second = f.map { 0.5 * $0 + generator.normal() }
      guard let p = try? BinaryPredictions(logOdds: f, outcomes: y),
        let q = try? BinaryPredictions(logOdds: second, outcomes: y), let a = p.areaUnderROCInfluence(),
        let b = q.areaUnderROCInfluence()
      else { return [] }
      let line = p.calibrationLine()
      return [
        ("AUC, DeLong on the logit scale", p.areaUnderROCInterval(), truth.area),
        ("AUC, DeLong", p.areaUnderROCInterval(isLogit: false), truth.area),
        ("AUC difference, paired DeLong", a.minus(b).interval(), truth.area - truth.areaOfSecond),
        ("log-loss", p.logLossInfluence().interval(), truth.loss),
        ("Brier score", p.brierScoreInfluence().interval(), truth.brier),
        ("accuracy", p.accuracyInfluence().interval(), truth.accuracy),
        ("net benefit at 0.4", p.netBenefitInfluence(threshold: 0.4).interval(), truth.benefit),
        (
          "calibration slope",
          line.map { IntervalEstimate(value: $0.slope, standardError: $0.slopeStandardError) }, 0.9
        ),
        (
          "calibration intercept",
          line.map { IntervalEstimate(value: $0.intercept, standardError: $0.interceptStandardError) }, -0.3
        ),
      ]
    }
  }

  /// Firms of high scores are sampled a quarter as often, and weighted four times as much.
  private static func weighted(rowCount: Int) -> CoverageDesign {
    CoverageDesign(name: "sampling weights, \(rowCount) firms") { generator in
      var f: [Double] = []
      var y: [Double] = []
      var weights: [Double] = []
      while f.count < rowCount {
        let one = rows(1, &generator)
        let weight = one.0[0] > 0.5 ? 4.0 : 1
        guard generator.uniform() < 1 / weight else { continue }
        f += one.0
        y += one.1
        weights.append(weight)
      }
      guard let p = try? BinaryPredictions(logOdds: f, outcomes: y, weights: weights) else { return [] }
      return [
        ("AUC, DeLong on the logit scale", p.areaUnderROCInterval(), truth.area),
        ("log-loss", p.logLossInfluence().interval(), truth.loss),
        (
          "calibration slope",
          p.calibrationLine().map { IntervalEstimate(value: $0.slope, standardError: $0.slopeStandardError) }, 0.9
        ),
      ]
    }
  }

  /// Each firm answers one to four times with the same score, and mostly the same outcome.
  private static func clustered(clusterCount: Int) -> CoverageDesign {
    CoverageDesign(name: "clusters, \(clusterCount) firms of 1 to 4 answers") { generator in
      var f: [Double] = []
      var y: [Double] = []
      var clusters: [Int] = []
      for cluster in 0..<clusterCount {
        let one = rows(1, &generator)
        for _ in 0...generator.index(below: 4) {
          f += one.0
          // The marginal chance of the outcome is that of the population all the same.
          y.append(generator.uniform() < 0.8 ? one.1[0] : generator.uniform() < sigmoid(0.9 * one.0[0] - 0.3) ? 1 : 0)
          clusters.append(cluster)
        }
      }
      guard let p = try? BinaryPredictions(logOdds: f, outcomes: y) else { return [] }
      return [
        ("AUC, clustered DeLong", p.areaUnderROCInterval(clusters: clusters), truth.area),
        ("AUC, clusters ignored", p.areaUnderROCInterval(), truth.area),
        ("log-loss, clustered", p.logLossInfluence().interval(clusters: clusters), truth.loss),
      ]
    }
  }
}

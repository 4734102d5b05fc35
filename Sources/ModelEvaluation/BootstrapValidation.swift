import Foundation
import StatisticalLearning

/// The accuracy of a way of learning, by refitting it on bootstrap samples of the same firms: uses every row for learning,
/// where cross-validation sets some aside.
public struct BootstrapValidation: Sendable, Equatable, Codable {
  /// The metric of the model fitted on all rows, on those rows: optimistic.
  public let apparent: Double
  /// The mean over replicates of (metric on the replicate − metric on all rows), Harrell (2015, §5.3.4).
  public let optimism: Double
  /// The mean metric on rows that a replicate did not draw: slightly pessimistic.
  public let outOfBag: Double
  /// The metric when predictions and outcomes are unrelated.
  public let noInformation: Double
  /// Replicates whose metrics were defined, of those asked for.
  public let replicateCount: Int

  /// `apparent − optimism`.
  public var optimismCorrected: Double { apparent - optimism }

  /// `0.368 · apparent + 0.632 · out-of-bag` (Efron 1983).
  public var estimate632: Double { 0.368 * apparent + 0.632 * outOfBag }

  /// The .632+ estimate (Efron and Tibshirani 1997): the more a model overfits, the more weight the out-of-bag value has.
  ///
  /// `w = 0.632 / (1 − 0.368 R)`, `R = (out-of-bag − apparent) / (no information − apparent)` cut to `0...1`, and the
  /// out-of-bag value is not taken to be worse than no information.
  public var estimate632Plus: Double {
    let gap = noInformation - apparent
    // Between apparent and no information, whichever of the two is larger.
    let bounded =
      gap >= 0 ? min(outOfBag, max(noInformation, apparent)) : max(outOfBag, min(noInformation, apparent))
    let rate = gap == 0 ? 0 : min(max((bounded - apparent) / gap, 0), 1)
    let weight = 0.632 / (1 - 0.368 * rate)
    return (1 - weight) * apparent + weight * bounded
  }

  init(apparent: Double, optimism: Double, outOfBag: Double, noInformation: Double, replicateCount: Int) {
    self.apparent = apparent
    self.optimism = optimism
    self.outOfBag = outOfBag
    self.noInformation = noInformation
    self.replicateCount = replicateCount
  }

  /// A metric of predictions for some rows, with their weights; `nil` where the rows don't define it.
  public typealias Metric = @Sendable (_ rows: [Int], _ predictions: [Double], _ weights: [Double]) -> Double?

  /// Learns from rows with these weights (a bootstrap count times the row's own weight), and returns what predicts rows.
  public typealias Fit = @Sendable (_ weights: [Double]) throws -> @Sendable (_ rows: [Int]) throws -> [Double]

  /// - Parameters:
  ///   - strata, clusters: See ``BootstrapSample``.
  ///   - metric: Additive or not; for the no-information value it is averaged over shifts of the predictions.
  /// - Throws: What `fit` throws, and ``EvaluationError/undefined(_:)`` when the metric is not defined on all rows, or in no
  ///   replicate.
  public init(
    rowCount: Int, weights: [Double]? = nil, strata: [Int]? = nil, clusters: [Int]? = nil, replicateCount: Int = 200,
    seed: UInt64, threadCount: Int = Parallel.defaultThreadCount, metric: Metric, fit: Fit
  ) throws {
    let own = try checkedWeights(weights, rowCount: rowCount)
    let rows = (0..<rowCount).filter { own[$0] > 0 }
    let rowWeights = rows.map { own[$0] }
    let predictions = try fit(own)(rows)
    guard let apparent = metric(rows, predictions, rowWeights) else {
      throw EvaluationError.undefined("the metric is not defined on all rows")
    }
    let parts = try Parallel.map(count: replicateCount, threadCount: threadCount) {
      replicate throws -> (optimism: Double, outOfBag: Double)? in
      let counts = BootstrapSample.counts(
        rowCount: rowCount, strata: strata, clusters: clusters, weights: own, replicate: replicate, seed: seed)
      let weighted = zip(own, counts).map { $0 * Double($1) }
      let scorer = try fit(weighted)
      let values = try scorer(rows)
      let out = rows.indices.filter { counts[rows[$0]] == 0 }
      guard let onReplicate = metric(rows, values, rows.map { weighted[$0] }),
        let onAll = metric(rows, values, rowWeights),
        !out.isEmpty,
        let outside = metric(out.map { rows[$0] }, out.map { values[$0] }, out.map { rowWeights[$0] })
      else { return nil }
      return (onReplicate - onAll, outside)
    }
    let defined = parts.compactMap { $0 }
    guard !defined.isEmpty else { throw EvaluationError.undefined("the metric is not defined in any replicate") }
    let count = Double(defined.count)
    self.apparent = apparent
    optimism = defined.reduce(0) { $0 + $1.optimism } / count
    outOfBag = defined.reduce(0) { $0 + $1.outOfBag } / count
    self.replicateCount = defined.count
    // Every pair of a prediction and an outcome, by shifting one against the other; evenly chosen shifts when many.
    let shiftCount = min(rows.count, 200)
    let shifted = (0..<shiftCount).compactMap { index -> Double? in
      let shift = index * rows.count / shiftCount
      return metric(rows, rows.indices.map { predictions[($0 + shift) % rows.count] }, rowWeights)
    }
    noInformation = shifted.reduce(0, +) / Double(max(shifted.count, 1))
  }
}

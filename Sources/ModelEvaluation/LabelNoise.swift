import Foundation

/// How accurate any model could be, given that answers are not.
public enum LabelNoise {
  /// The area under the ROC curve of a model that knows the true state exactly, when the reported outcome is wrong at
  /// known rates.
  ///
  /// With t the true and y the reported state, the perfect score t has the area
  /// `½ + ½ (P(t = 1 | y = 1) − P(t = 1 | y = 0))` against y.
  ///
  /// - Parameters:
  ///   - reportedRate: The share that reports the outcome.
  ///   - falsePositiveRate: `P(y = 1 | t = 0)`.
  ///   - falseNegativeRate: `P(y = 0 | t = 1)`.
  /// - Returns: `nil` when the rates can't give the reported share: it has to lie between `falsePositiveRate` and
  ///   `1 − falseNegativeRate`, strictly inside 0 and 1.
  public static func areaCeiling(
    reportedRate: Double, falsePositiveRate: Double, falseNegativeRate: Double
  ) -> Double? {
    let discrimination = 1 - falsePositiveRate - falseNegativeRate
    guard discrimination > 0, reportedRate > 0, reportedRate < 1 else { return nil }
    let trueRate = (reportedRate - falsePositiveRate) / discrimination
    guard trueRate >= 0, trueRate <= 1 else { return nil }
    let amongPositive = trueRate * (1 - falseNegativeRate) / reportedRate
    let amongNegative = trueRate * falseNegativeRate / (1 - reportedRate)
    return 0.5 + 0.5 * (amongPositive - amongNegative)
  }

  /// What firms with the same answers and different outcomes say about the best that any model of those answers can do.
  public struct ReplicateFloor: Sendable, Equatable {
    /// An unbiased estimate of the smallest Brier score that is possible, among the firms that have a twin.
    public let brierFloor: Double
    /// The weight of firms with a twin, as a share of all.
    public let twinShare: Double
    /// The number of pairs of twins.
    public let pairCount: Int
  }

  /// Two firms with the same features and true probability p disagree with probability `2 p (1 − p)`; half of the observed
  /// rate of disagreement estimates `E[p (1 − p)]`, below which no Brier score can fall.
  ///
  /// Each profile counts by the weight of its firms. `nil` when no two firms have the same profile.
  ///
  /// - Parameter profiles: A number that is the same for two rows exactly when all their features are.
  public static func replicateFloor(
    profiles: [Int], outcomes: [Double], weights: [Double]? = nil
  ) -> ReplicateFloor? {
    precondition(profiles.count == outcomes.count, "\(profiles.count) profiles, \(outcomes.count) outcomes")
    let weights = weights ?? outcomes.map { _ in 1 }
    let rows = outcomes.indices.filter { weights[$0] > 0 }
    var disagreement = 0.0
    var twinWeight = 0.0
    var pairCount = 0
    for (_, members) in Dictionary(grouping: rows, by: { profiles[$0] }).sorted(by: { $0.key < $1.key })
    where members.count > 1 {
      let n = Double(members.count)
      let positive = members.reduce(0) { $0 + outcomes[$1] }
      let weight = members.reduce(0) { $0 + weights[$1] }
      disagreement += weight * 2 * positive * (n - positive) / (n * (n - 1))
      twinWeight += weight
      pairCount += members.count * (members.count - 1) / 2
    }
    guard twinWeight > 0 else { return nil }
    let total = rows.reduce(0) { $0 + weights[$1] }
    return ReplicateFloor(
      brierFloor: disagreement / twinWeight / 2, twinShare: twinWeight / total, pairCount: pairCount)
  }
}

extension BinaryPredictions {
  /// The area under the ROC curve that these probabilities would have if they were the true ones (the model-based
  /// concordance of van Klaveren et al. 2016): what the spread of predictions allows, whatever the outcomes. `nil` when all
  /// are 0 or all are 1.
  ///
  /// - Complexity: O(*n* log *n*).
  public var modelBasedArea: Double? {
    // A row is positive with weight p and negative with weight 1 − p; a pair of a row with itself does not count.
    var concordant = 0.0
    var positive = 0.0
    var below = 0.0
    forEachTieGroup { group in
      var here = (positive: 0.0, negative: 0.0, own: 0.0)
      for row in group {
        let (p, w) = (probabilities[row], weights[row])
        here.positive += w * p
        here.negative += w * (1 - p)
        here.own += w * p * (1 - p)
      }
      concordant += here.positive * below + (here.positive * here.negative - here.own) / 2
      below += here.negative
      positive += here.positive
    }
    var own = 0.0
    for row in 0..<rowCount {
      own += weights[row] * probabilities[row] * (1 - probabilities[row])
    }
    let pairs = positive * below - own
    return pairs > 0 ? concordant / pairs : nil
  }
}

import Foundation

/// An estimate written as a sum over rows, from which variances, covariances and differences follow.
///
/// To first order the error of the estimate is `Σ cᵢ`, where `cᵢ` is the row's contribution, of mean 0. The variance
/// is the sum of their squares, or of the squares of their sums by cluster; two estimates on the same rows differ by the
/// difference of their contributions. For the area under the ROC curve this is the method of DeLong et al. (1988); for
/// means it is the usual standard error.
public struct InfluenceEstimate: Sendable, Equatable {
  public let value: Double
  /// One per row: 0 for a row of weight 0.
  public let contributions: [Double]
  /// One per row.
  let weights: [Double]

  init(value: Double, contributions: [Double], weights: [Double]) {
    self.value = value
    self.contributions = contributions
    self.weights = weights
  }

  /// A weighted mean of one value per row.
  init(meanOf values: [Double], weights: [Double], weightMeaning: WeightMeaning) {
    var sum = CompensatedSum()
    var total = CompensatedSum()
    for row in values.indices where weights[row] > 0 {
      sum.add(weights[row] * values[row])
      total.add(weights[row])
    }
    let mean = sum.value / total.value
    let count = Self.observationCount(weights, weightMeaning)
    let correction = (count / (count - 1)).squareRoot()
    self.init(
      value: mean,
      contributions: values.indices.map {
        weights[$0] > 0 ? correction * weights[$0] * (values[$0] - mean) / total.value : 0
      }, weights: weights)
  }

  /// How many observations the weights are: their sum when they are frequencies, the rows otherwise.
  static func observationCount(_ weights: some Sequence<Double>, _ meaning: WeightMeaning) -> Double {
    meaning == .frequency ? weights.reduce(0, +) : weights.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
  }

  /// The variance of the estimate.
  ///
  /// - Parameter clusters: The cluster of each row; rows of a cluster may depend on each other in any way. `nil` makes
  ///   each row its own.
  public func variance(clusters: [Int]? = nil, weightMeaning: WeightMeaning = .sampling) -> Double {
    guard let clusters else {
      var sum = 0.0
      for row in contributions.indices where weights[row] > 0 {
        let square = contributions[row] * contributions[row]
        // w copies of one observation, each with a share 1/w of the contribution.
        sum += weightMeaning == .frequency ? square / weights[row] : square
      }
      return sum
    }
    precondition(clusters.count == contributions.count, "\(clusters.count) clusters")
    let numbers = ClusterNumbers(clusters, where: { weights[$0] > 0 })
    var totals = [Double](repeating: 0, count: numbers.count)
    for row in contributions.indices where weights[row] > 0 { totals[numbers.ofRow[row]] += contributions[row] }
    let count = Double(totals.count)
    guard count > 1 else { return .nan }
    return totals.reduce(0) { $0 + $1 * $1 } * count / (count - 1)
  }

  /// This estimate minus another on the same rows.
  public func minus(_ other: InfluenceEstimate) -> InfluenceEstimate {
    precondition(other.contributions.count == contributions.count, "estimates on different rows")
    return InfluenceEstimate(
      value: value - other.value, contributions: zip(contributions, other.contributions).map { $0 - $1 },
      weights: weights)
  }

  /// A normal interval.
  public func interval(
    level: Double = 0.95, clusters: [Int]? = nil, weightMeaning: WeightMeaning = .sampling,
    within bounds: ClosedRange<Double> = -.infinity ... .infinity
  ) -> IntervalEstimate {
    IntervalEstimate(
      value: value,
      standardError: variance(clusters: clusters, weightMeaning: weightMeaning).squareRoot(), level: level,
      within: bounds)
  }
}

/// Clusters numbered from 0 in order of their first row.
struct ClusterNumbers {
  /// The number of each row's cluster; −1 for a row that was left out.
  var ofRow: [Int]
  var count: Int

  init(_ clusters: [Int], where isUsed: (Int) -> Bool) {
    ofRow = [Int](repeating: -1, count: clusters.count)
    count = 0
    // Row numbers, the usual clusters, need no hashing.
    if let low = clusters.min(), let high = clusters.max(), high.subtractingReportingOverflow(low).overflow == false,
      high - low < 8 * clusters.count
    {
      var number = [Int](repeating: -1, count: high - low + 1)
      for row in clusters.indices where isUsed(row) {
        if number[clusters[row] - low] < 0 {
          number[clusters[row] - low] = count
          count += 1
        }
        ofRow[row] = number[clusters[row] - low]
      }
      return
    }
    var number: [Int: Int] = [:]
    for row in clusters.indices where isUsed(row) {
      let own = number[clusters[row], default: count]
      if own == count {
        number[clusters[row]] = own
        count += 1
      }
      ofRow[row] = own
    }
  }
}

import Foundation

/// A learning curve `value(n) = asymptote + scale · n^(−rate)`.
public struct InversePowerLaw: Sendable, Equatable, Codable {
  public let asymptote: Double
  /// Negative when the value grows with *n*.
  public let scale: Double
  /// In `0.1...2`.
  public let rate: Double
  /// The weighted residual sum of squares.
  public let residualSumOfSquares: Double

  public func value(at n: Double) -> Double { asymptote + scale * pow(n, -rate) }

  /// The *n* at which the value reaches `target`; `nil` when the curve never does.
  public func count(reaching target: Double) -> Double? {
    let ratio = scale / (target - asymptote)
    guard scale != 0, ratio > 0, ratio.isFinite else { return nil }
    return pow(ratio, 1 / rate)
  }

  /// Least squares with weights; linear in asymptote and scale for each rate, and a golden-section search over the rate
  /// after a grid, so that the best of several valleys is found.
  ///
  /// - Parameters:
  ///   - counts: At least three distinct, positive.
  ///   - weights: Usually one over the squared standard errors; `nil` is 1.
  /// - Returns: `nil` with fewer than three distinct counts.
  public init?(counts: [Double], values: [Double], weights: [Double]? = nil) {
    precondition(counts.count == values.count, "\(counts.count) counts, \(values.count) values")
    let weights = weights ?? counts.map { _ in 1 }
    guard Set(counts).count >= 3, counts.allSatisfy({ $0 > 0 }),
      weights.allSatisfy({ $0 > 0 && $0.isFinite }), values.allSatisfy({ $0.isFinite })
    else { return nil }
    let centre = counts.max()!
    func solve(_ rate: Double) -> (asymptote: Double, scale: Double, error: Double) {
      let x = counts.map { pow($0 / centre, -rate) }
      let total = weights.reduce(0, +)
      let meanX = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / total
      let meanY = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
      var xx = 0.0
      var xy = 0.0
      for i in x.indices {
        xx += weights[i] * (x[i] - meanX) * (x[i] - meanX)
        xy += weights[i] * (x[i] - meanX) * (values[i] - meanY)
      }
      let slope = xy / xx
      var error = 0.0
      for i in x.indices {
        let residual = values[i] - meanY - slope * (x[i] - meanX)
        error += weights[i] * residual * residual
      }
      return (meanY - slope * meanX, slope, error)
    }
    let bounds = (log(0.1), log(2.0))
    let grid = (0...40).map { bounds.0 + (bounds.1 - bounds.0) * Double($0) / 40 }
    let errors = grid.map { solve(exp($0)).error }
    let best = errors.indices.min { errors[$0] < errors[$1] }!
    var low = grid[max(best - 1, 0)]
    var high = grid[min(best + 1, grid.count - 1)]
    let golden = (5.0.squareRoot() - 1) / 2
    for _ in 0..<80 {
      let left = high - golden * (high - low)
      let right = low + golden * (high - low)
      if solve(exp(left)).error <= solve(exp(right)).error { high = right } else { low = left }
    }
    let rate = exp((low + high) / 2)
    let solution = solve(rate)
    asymptote = solution.asymptote
    scale = solution.scale * pow(centre, rate)
    self.rate = rate
    residualSumOfSquares = solution.error
  }
}

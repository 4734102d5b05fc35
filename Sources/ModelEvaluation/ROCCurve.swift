/// One point of a receiver operating characteristic.
public struct ROCPoint: Sendable, Equatable, Codable {
  public let falsePositiveRate: Double
  public let truePositiveRate: Double
}

extension BinaryPredictions {
  /// The ROC curve from (0, 0) to (1, 1), one point per distinct score; empty when only one class occurs.
  ///
  /// - Parameter maximumCount: Above this, points are thinned evenly along the curve's length (in the sum of both rates).
  public func rocCurve(maximumCount: Int = .max) -> [ROCPoint] {
    precondition(maximumCount >= 2, "\(maximumCount) points")
    guard hasBothClasses else { return [] }
    var totals = [0.0, 0.0]
    for row in 0..<rowCount { totals[Int(outcomes[row])] += weights[row] }
    var below = [0.0, 0.0]
    var points = [ROCPoint(falsePositiveRate: 1, truePositiveRate: 1)]
    forEachTieGroup { group in
      var here = [0.0, 0.0]
      for row in group { here[Int(outcomes[row])] += weights[row] }
      guard here[0] + here[1] > 0 else { return }
      below[0] += here[0]
      below[1] += here[1]
      // Rounding must not leave the last point short of the corner.
      let rates = (0...1).map { max(0, 1 - below[$0] / totals[$0]) }
      points.append(ROCPoint(falsePositiveRate: rates[0], truePositiveRate: rates[1]))
    }
    points[points.count - 1] = ROCPoint(falsePositiveRate: 0, truePositiveRate: 0)
    points.reverse()
    guard points.count > maximumCount else { return points }
    var kept = [points[0]]
    for point in points.dropFirst().dropLast() {
      let length = point.falsePositiveRate + point.truePositiveRate
      if length * Double(maximumCount - 1) / 2 >= Double(kept.count) { kept.append(point) }
    }
    return kept + [points[points.count - 1]]
  }
}

import Foundation
import StatisticalLearning

/// Points in the plane whose distances come as near as may be to given dissimilarities.
///
/// Minimises `σ(X) = Σ_{i<j} w_ij (δ_ij − d_ij(X))²` by majorisation (SMACOF: de Leeuw 1977; Borg and Groenen 2005,
/// *Modern multidimensional scaling*, ch. 8), which never goes up, from the classical solution (Torgerson 1952), so that
/// the same dissimilarities give the same map. The map's axes have no meaning of their own; only distances do.
public struct CapabilityMap: Sendable, Equatable {
  /// *n* × 2, centred on 0, the direction of greatest spread first.
  public let points: Matrix
  /// Kruskal's stress-1, `√(Σ (δ − d)² / Σ d²)`: below 0.1 good, above 0.2 poor.
  public let stress: Double
  public let iterationCount: Int
  public let isConverged: Bool

  /// - Parameters:
  ///   - dissimilarities: *n* × *n*, symmetric, finite, not negative, 0 on the diagonal.
  ///   - start: *n* × 2, points to begin with in place of the classical solution: those of another sample, so that maps
  ///     do not differ by which of several minima they fall into.
  public init(dissimilarities: Matrix, start: Matrix? = nil, iterationLimit: Int = 1_000, tolerance: Double = 1e-10) {
    let n = dissimilarities.rowCount
    precondition(dissimilarities.columnCount == n, "a \(n) × \(dissimilarities.columnCount) dissimilarity matrix")
    for i in 0..<n {
      precondition(dissimilarities[i, i] == 0, "\(i) differs from itself")
      for j in 0..<i {
        let value = dissimilarities[i, j]
        precondition(
          value >= 0 && value.isFinite && value == dissimilarities[j, i],
          "the dissimilarity of \(i) and \(j) is \(value)")
      }
    }
    precondition(start.map { $0.rowCount == n && $0.columnCount == 2 } ?? true, "points to begin with of another size")
    var x = start?.converted(to: .rowMajor).elements ?? Self.classical(dissimilarities)
    var raw = Self.rawStress(x, dissimilarities)
    var iterations = 0
    var converged = n < 2
    while !converged, iterations < iterationLimit {
      iterations += 1
      // Guttman's transform: x_i ← (1/n) Σ_j (δ_ij/d_ij)(x_i − x_j).
      var next = x
      for i in 0..<n {
        var sums = (0.0, 0.0)
        for j in 0..<n where j != i {
          let (a, b) = (x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])
          let distance = (a * a + b * b).squareRoot()
          guard distance > 1e-300 else { continue }
          let ratio = dissimilarities[i, j] / distance
          sums.0 += ratio * a
          sums.1 += ratio * b
        }
        next[2 * i] = sums.0 / Double(n)
        next[2 * i + 1] = sums.1 / Double(n)
      }
      let value = Self.rawStress(next, dissimilarities)
      converged = raw - value <= tolerance * max(raw, 1e-30)
      if value <= raw { (x, raw) = (next, value) }
    }
    let oriented = Self.oriented(x)
    var squares = 0.0
    for i in 0..<n {
      for j in 0..<i {
        let (a, b) = (x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])
        squares += a * a + b * b
      }
    }
    points = Matrix(rowCount: n, columnCount: 2, layout: .rowMajor, elements: oriented)
    stress = squares > 0 ? (raw / squares).squareRoot() : 0
    iterationCount = iterations
    isConverged = converged
  }

  /// Dissimilarities from correlations: `√(2(1 − ρ))`, the distance of standardised variables.
  public static func dissimilarities(correlations: Matrix) -> Matrix {
    let n = correlations.rowCount
    var result = Matrix(rowCount: n, columnCount: n)
    for i in 0..<n {
      for j in 0..<i {
        let value = max(0, 2 * (1 - 0.5 * (correlations[i, j] + correlations[j, i]))).squareRoot()
        result[i, j] = value
        result[j, i] = value
      }
    }
    return result
  }

  private static func rawStress(_ x: [Double], _ delta: Matrix) -> Double {
    var sum = 0.0
    for i in 0..<delta.rowCount {
      for j in 0..<i {
        let (a, b) = (x[2 * i] - x[2 * j], x[2 * i + 1] - x[2 * j + 1])
        let gap = delta[i, j] - (a * a + b * b).squareRoot()
        sum += gap * gap
      }
    }
    return sum
  }

  /// The two leading coordinates of the doubly centred squares.
  private static func classical(_ delta: Matrix) -> [Double] {
    let n = delta.rowCount
    var result = [Double](repeating: 0, count: 2 * n)
    guard n > 1 else { return result }
    let means = (0..<n).map { i in (0..<n).reduce(0) { $0 + delta[i, $1] * delta[i, $1] } / Double(n) }
    let grand = means.reduce(0, +) / Double(n)
    var centred = Matrix(rowCount: n, columnCount: n)
    for i in 0..<n {
      for j in 0..<n { centred[i, j] = -0.5 * (delta[i, j] * delta[i, j] - means[i] - means[j] + grand) }
    }
    if let (values, vectors) = LinearAlgebra.symmetricEigen(centred) {
      for axis in 0..<min(2, n) {
        let column = n - 1 - axis
        let scale = max(values[column], 0).squareRoot()
        for i in 0..<n { result[2 * i + axis] = scale * vectors[i, column] }
      }
    }
    // Points that coincide would never part; a turn of tiny steps separates them, the same every time.
    let spread = max(grand.squareRoot(), 1e-12)
    for i in 0..<n {
      let angle = 2.399963229728653 * Double(i)
      result[2 * i] += 1e-6 * spread * cos(angle)
      result[2 * i + 1] += 1e-6 * spread * sin(angle)
    }
    return result
  }

  /// Centred, turned to its principal axes, and mirrored so that the farthest point on each axis is positive.
  private static func oriented(_ x: [Double]) -> [Double] {
    let n = x.count / 2
    guard n > 0 else { return x }
    var centre = (0.0, 0.0)
    for i in 0..<n {
      centre.0 += x[2 * i] / Double(n)
      centre.1 += x[2 * i + 1] / Double(n)
    }
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for i in 0..<n {
      let (a, b) = (x[2 * i] - centre.0, x[2 * i + 1] - centre.1)
      xx += a * a
      xy += a * b
      yy += b * b
    }
    let angle = 0.5 * atan2(2 * xy, xx - yy)
    var result = x
    for i in 0..<n {
      let (a, b) = (x[2 * i] - centre.0, x[2 * i + 1] - centre.1)
      result[2 * i] = cos(angle) * a + sin(angle) * b
      result[2 * i + 1] = -sin(angle) * a + cos(angle) * b
    }
    for axis in 0..<2 {
      let far = (0..<n).max { abs(result[2 * $0 + axis]) < abs(result[2 * $1 + axis]) - 1e-12 }!
      if result[2 * far + axis] < 0 { for i in 0..<n { result[2 * i + axis] = -result[2 * i + axis] } }
    }
    return result
  }
}

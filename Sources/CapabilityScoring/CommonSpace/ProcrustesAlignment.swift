import Foundation
import StatisticalLearning

/// Turns, mirrors and shifts one map onto another, so that replicates of a map can be laid over it.
public enum ProcrustesAlignment {
  /// The rigid motion of `points` that brings it nearest to `reference`, in least squares; sizes are kept.
  ///
  /// In the plane both candidates are in closed form: with centred points `x`, `y`, the best rotation has the angle of
  /// `Σ (x_1 y_1 + x_2 y_2, x_1 y_2 − x_2 y_1)`, and the best mirrored one that of the mirrored points.
  ///
  /// - Parameters:
  ///   - points: *n* × 2.
  ///   - reference: *n* × 2.
  /// - Returns: The moved points, and the root mean square distance that is left.
  public static func align(_ points: Matrix, to reference: Matrix) -> (points: Matrix, deviation: Double) {
    let n = points.rowCount
    precondition(
      points.columnCount == 2 && reference.columnCount == 2 && reference.rowCount == n,
      "maps of \(n) × \(points.columnCount) and \(reference.rowCount) × \(reference.columnCount)")
    guard n > 0 else { return (points, 0) }
    func centre(_ m: Matrix) -> (Double, Double) {
      (m.column(0).reduce(0, +) / Double(n), m.column(1).reduce(0, +) / Double(n))
    }
    let (from, to) = (centre(points), centre(reference))
    var best: (elements: [Double], squares: Double) = ([], .infinity)
    for mirror in [1.0, -1] {
      var cosine = 0.0
      var sine = 0.0
      for i in 0..<n {
        let (a, b) = (points[i, 0] - from.0, mirror * (points[i, 1] - from.1))
        let (c, d) = (reference[i, 0] - to.0, reference[i, 1] - to.1)
        cosine += a * c + b * d
        sine += a * d - b * c
      }
      let angle = atan2(sine, cosine)
      var elements: [Double] = []
      var squares = 0.0
      for i in 0..<n {
        let (a, b) = (points[i, 0] - from.0, mirror * (points[i, 1] - from.1))
        let moved = (cos(angle) * a - sin(angle) * b + to.0, sin(angle) * a + cos(angle) * b + to.1)
        elements += [moved.0, moved.1]
        squares += pow(moved.0 - reference[i, 0], 2) + pow(moved.1 - reference[i, 1], 2)
      }
      if squares < best.squares { best = (elements, squares) }
    }
    return (
      Matrix(rowCount: n, columnCount: 2, layout: .rowMajor, elements: best.elements),
      (best.squares / Double(n)).squareRoot()
    )
  }
}

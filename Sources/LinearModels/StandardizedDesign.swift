import Foundation
import StatisticalLearning

/// The rows of positive weight with every column centred and scaled by its weighted mean and standard deviation.
///
/// Coefficients inside the solvers are those of these columns: `w̃ⱼ = wⱼ sdⱼ`. Rows of weight 0 are not copied, so they
/// cannot influence a single bit.
final class StandardizedDesign: @unchecked Sendable {  // Written in `init` only.
  let rowCount: Int
  let columnCount: Int
  /// `rowCount` × `columnCount`, column-major; a constant column is all zeros.
  let columns: UnsafeMutablePointer<Double>
  /// Sum to 1.
  let weights: [Double]
  /// The sum of the weights before they were normalised.
  let totalWeight: Double
  /// Where each kept row stood in the dataset.
  let sourceRows: [Int]
  let offsets: [Double]?
  let means: [Double]
  /// 0 for a column that does not vary.
  let scales: [Double]

  deinit { columns.deallocate() }

  /// - Parameters:
  ///   - rowOrder: A permutation of the rows; `nil` keeps them as they are.
  ///   - isScaling: Whether columns are divided by their standard deviations; `scales` is 1 where they vary if not.
  /// - Throws: `TrainingError.noRows`, `.missingValue`.
  init(
    _ dataset: Dataset, weights: [Double], rowOrder: [Int]? = nil, isScaling: Bool = true
  ) throws(TrainingError) {
    let sourceRows = (rowOrder ?? Array(weights.indices)).filter { weights[$0] > 0 }
    guard !sourceRows.isEmpty else { throw .noRows }
    let n = sourceRows.count
    let p = dataset.featureCount
    let total = sourceRows.reduce(0) { $0 + weights[$1] }
    let normalized = sourceRows.map { weights[$0] / total }
    var means = [Double](repeating: 0, count: p)
    var scales = [Double](repeating: 0, count: p)
    let target = UnsafeMutablePointer<Double>.allocate(capacity: max(n * p, 1))
    var missing: (feature: Int, row: Int)?
    dataset.matrix.withUnsafeElements { source in
      for j in 0..<p {
        let column = target + j * n
        let from = source.baseAddress! + j * dataset.rowCount
        var mean = 0.0
        var largest = -Double.infinity
        var smallest = Double.infinity
        for i in 0..<n {
          let value = from[sourceRows[i]]
          if value.isNaN, missing == nil { missing = (j, sourceRows[i]) }
          column[i] = value
          mean += normalized[i] * value
          largest = max(largest, value)
          smallest = min(smallest, value)
        }
        var correction = 0.0
        for i in 0..<n { correction += normalized[i] * (column[i] - mean) }
        mean += correction
        var variance = 0.0
        for i in 0..<n {
          column[i] -= mean
          variance += normalized[i] * column[i] * column[i]
        }
        means[j] = mean
        // Differences of the size of rounding are noise, not a feature.
        let noise = 1e-13 * max(abs(largest), abs(smallest))
        if largest - smallest > noise, variance > 0 {
          scales[j] = isScaling ? variance.squareRoot() : 1
          let inverse = 1 / scales[j]
          for i in 0..<n { column[i] *= inverse }
        } else {
          column.update(repeating: 0, count: n)
        }
      }
    }
    self.rowCount = n
    self.columnCount = p
    self.columns = target
    self.weights = normalized
    self.totalWeight = total
    self.sourceRows = sourceRows
    self.offsets = dataset.offsets.map { offsets in sourceRows.map { offsets[$0] } }
    self.means = means
    self.scales = scales
    if let missing { throw .missingValue(feature: dataset.features[missing.feature].name, row: missing.row) }
  }

  /// The coefficients and intercept on the original scale.
  func unstandardized(_ standardized: [Double], intercept: Double) -> (coefficients: [Double], intercept: Double) {
    var coefficients = [Double](repeating: 0, count: columnCount)
    var intercept = intercept
    for j in 0..<columnCount where scales[j] > 0 && standardized[j] != 0 {
      coefficients[j] = standardized[j] / scales[j]
      intercept -= coefficients[j] * means[j]
    }
    return (coefficients, intercept)
  }
}

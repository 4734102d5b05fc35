import Foundation
import StatisticalLearning

/// The rows of positive weight with every column centred and scaled by its weighted mean and standard deviation.
///
/// Coefficients inside the solvers are those of these columns: `w̃ⱼ = wⱼ sdⱼ`. Rows of weight 0 are not copied, so they
/// cannot influence a single bit.
final class StandardizedDesign: @unchecked Sendable {  // Written in `init` only.
  let rowCount: Int
  let columnCount: Int
  /// How many of the columns, the first ones, are dense.
  let denseCount: Int
  /// `rowCount` × `denseCount`, column-major; a constant column is all zeros.
  let columns: UnsafeMutablePointer<Double>
  /// The columns after the dense ones.
  let blocks: [StandardizedBlock]
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
  /// `√Σ sᵢ x̃ᵢⱼ²`: 1 for a scaled column, 0 for one that does not vary.
  let norms: [Double]

  deinit { columns.deallocate() }

  /// - Parameters:
  ///   - rowOrder: A permutation of the rows; `nil` keeps them as they are.
  ///   - isScaling: Whether columns are divided by their standard deviations; `scales` is 1 where they vary if not.
  /// - Throws: `TrainingError.noRows`, `.missingValue`.
  init(
    _ dataset: OneHotDataset, weights: [Double], rowOrder: [Int]? = nil, isScaling: Bool = true
  ) throws(TrainingError) {
    let sourceRows = (rowOrder ?? Array(weights.indices)).filter { weights[$0] > 0 }
    guard !sourceRows.isEmpty else { throw .noRows }
    let n = sourceRows.count
    let p = dataset.featureCount
    let dense = dataset.matrix.dense
    let total = sourceRows.reduce(0) { $0 + weights[$1] }
    let normalized = sourceRows.map { weights[$0] / total }
    var means = [Double](repeating: 0, count: p)
    var scales = [Double](repeating: 0, count: p)
    var norms = scales
    let target = UnsafeMutablePointer<Double>.allocate(capacity: max(n * dense.columnCount, 1))
    var missing: (feature: Int, row: Int)?
    dense.withUnsafeElements { source in
      for j in 0..<dense.columnCount {
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
          norms[j] = isScaling ? 1 : variance.squareRoot()
          let inverse = 1 / scales[j]
          for i in 0..<n { column[i] *= inverse }
        } else {
          column.update(repeating: 0, count: n)
        }
      }
    }
    var blocks: [StandardizedBlock] = []
    var first = dense.columnCount
    for block in dataset.matrix.blocks {
      let codes = sourceRows.map { block.codes[$0] }
      for (level, share) in shares(codes, normalized, levelCount: block.levels.count).enumerated() {
        means[first + level] = share.inside
        let deviation = (share.inside * share.outside).squareRoot()
        scales[first + level] = deviation > 0 && !isScaling ? 1 : deviation
        norms[first + level] = deviation > 0 && isScaling ? 1 : deviation
      }
      blocks.append(StandardizedBlock(first: first, levelCount: block.levels.count, codes: codes))
      first += block.levels.count
    }
    self.rowCount = n
    self.columnCount = p
    denseCount = dense.columnCount
    self.blocks = blocks
    self.norms = norms
    self.columns = target
    self.weights = normalized
    self.totalWeight = total
    self.sourceRows = sourceRows
    self.offsets = dataset.offsets.map { offsets in sourceRows.map { offsets[$0] } }
    self.means = means
    self.scales = scales
    if let missing { throw .missingValue(feature: dataset.features[missing.feature].name, row: missing.row) }
  }

  /// The rows of a dataset without blocks.
  convenience init(
    _ dataset: Dataset, weights: [Double], rowOrder: [Int]? = nil, isScaling: Bool = true
  ) throws(TrainingError) {
    try self.init(OneHotDataset(dataset), weights: weights, rowOrder: rowOrder, isScaling: isScaling)
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

/// The columns of an indicator block: `x̃ᵢⱼ = ([codeᵢ = j − first] − meanⱼ) / scaleⱼ`.
struct StandardizedBlock {
  /// The feature of level 0.
  let first: Int
  let levelCount: Int
  /// One per kept row, −1 for none of the levels.
  let codes: [Int32]

  var features: Range<Int> { first..<first + levelCount }
}

/// The weight of the rows at each level and of all others, each summed on its own so that a level that every row has
/// leaves exactly nothing.
private func shares(
  _ codes: [Int32], _ weights: [Double], levelCount: Int
) -> [(inside: Double, outside: Double)] {
  var inside = [Double](repeating: 0, count: levelCount + 1)
  var counts = [Int](repeating: 0, count: levelCount + 1)
  for (row, code) in codes.enumerated() {
    let level = code < 0 ? levelCount : Int(code)
    inside[level] += weights[row]
    counts[level] += 1
  }
  return (0..<levelCount).map { (inside[$0], counts[$0] == codes.count ? 0 : 1 - inside[$0]) }
}

import StatisticalLearning

/// `b + X w`, skipping features whose coefficient is 0, so that what they hold does not matter.
///
/// The order of the additions is that of the features whatever the layout or the number of rows: one row scored alone
/// gives the same bits as in a batch.
func linearScores(of matrix: Matrix, intercept: Double, coefficients: [Double]) -> [Double] {
  precondition(
    matrix.columnCount == coefficients.count,
    "\(matrix.columnCount) columns for a model of \(coefficients.count) features")
  let n = matrix.rowCount
  let rowStride = matrix.layout == .rowMajor ? matrix.columnCount : 1
  let columnStride = matrix.layout == .rowMajor ? 1 : matrix.rowCount
  var scores = [Double](repeating: intercept, count: n)
  matrix.withUnsafeElements { elements in
    scores.withUnsafeMutableBufferPointer { scores in
      for (j, coefficient) in coefficients.enumerated() where coefficient != 0 {
        for i in 0..<n { scores[i] += coefficient * elements[i &* rowStride &+ j &* columnStride] }
      }
    }
  }
  return scores
}

/// The same of a matrix with indicator blocks, one addition per row and block.
func linearScores(of matrix: OneHotMatrix, intercept: Double, coefficients: [Double]) -> [Double] {
  precondition(
    matrix.columnCount == coefficients.count,
    "\(matrix.columnCount) columns for a model of \(coefficients.count) features")
  var first = matrix.dense.columnCount
  var scores = linearScores(
    of: matrix.dense, intercept: intercept, coefficients: Array(coefficients.prefix(first)))
  for block in matrix.blocks {
    for (i, code) in block.codes.enumerated() where code >= 0 { scores[i] += coefficients[first + Int(code)] }
    first += block.levels.count
  }
  return scores
}

extension LogisticRegressionModel {
  /// One log-odds per row; the columns are those of `features`.
  public func logOdds(for matrix: OneHotMatrix) -> [Double] {
    linearScores(of: matrix, intercept: intercept, coefficients: coefficients)
  }

  /// One probability of the outcome 1 per row, in `0...1`.
  public func probabilities(for matrix: OneHotMatrix) -> [Double] { logOdds(for: matrix).map(sigmoid) }
}

extension LinearRegressionModel {
  /// The predicted value per row; the columns are those of `features`.
  public func rawScores(for matrix: OneHotMatrix) -> [Double] {
    linearScores(of: matrix, intercept: intercept, coefficients: coefficients)
  }
}

import StatisticalLearning

extension TreeEnsemble {
  public var outputCount: Int { baseScores.count }

  /// The raw scores of rows, output by output: output `k` of row `i` is at `k * matrix.rowCount + i`.
  public func rawScores(for matrix: Matrix) -> [Double] {
    precondition(matrix.columnCount == features.count, "\(matrix.columnCount) columns for \(features.count) features")
    let rows = matrix.converted(to: .rowMajor)
    let rowCount = matrix.rowCount
    var scores = baseScores.flatMap { [Double](repeating: $0, count: rowCount) }
    rows.withUnsafeElements { elements in
      for (tree, output) in zip(trees, outputs) {
        for row in 0..<rowCount {
          let start = row * matrix.columnCount
          scores[output * rowCount + row] += tree.nodes[tree.leafIndex { elements[start + $0] }].value
        }
      }
    }
    return scores
  }
}

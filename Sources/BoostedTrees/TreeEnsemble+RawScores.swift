import StatisticalLearning

extension TreeEnsemble {
  public var outputCount: Int { baseScores.count }

  /// The raw scores of rows, output by output: output `k` of row `i` is at `k * matrix.rowCount + i`.
  ///
  /// The nodes are laid out anew at each call; a model keeps that layout.
  public func rawScores(for matrix: Matrix) -> [Double] {
    rawScores(for: matrix, CompiledEnsemble(self, rowCount: matrix.rowCount))
  }

  func rawScores(for matrix: Matrix, _ compiled: CompiledEnsemble) -> [Double] {
    precondition(matrix.columnCount == features.count, "\(matrix.columnCount) columns for \(features.count) features")
    let rowCount = matrix.rowCount
    var scores: [Double] = []
    scores.reserveCapacity(rowCount * baseScores.count)
    for base in baseScores { scores.append(contentsOf: repeatElement(base, count: rowCount)) }
    guard rowCount > 0 else { return scores }
    guard !features.isEmpty else {
      // Without features every tree is one leaf, which still counts.
      return baseScores.indices.flatMap { repeatElement(rawScore(output: $0) { _ in .nan }, count: rowCount) }
    }
    let isRowMajor = matrix.layout == .rowMajor
    matrix.withUnsafeElements { elements in
      scores.withUnsafeMutableBufferPointer { scores in
        compiled.addScores(
          elements.baseAddress!, rowCount: rowCount, rowStride: isRowMajor ? features.count : 1,
          featureStride: isRowMajor ? 1 : rowCount, to: scores.baseAddress!)
      }
    }
    return scores
  }
}

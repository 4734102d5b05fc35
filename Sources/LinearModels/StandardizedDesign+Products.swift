import StatisticalLearning

/// Products with all columns, or with one of them.
extension StandardizedDesign {
  /// `X̃ᵀ r`.
  func correlate(_ rows: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      columns, rowCount: rowCount, columnCount: denseCount, leading: rowCount, transposed: true, rows, into: target)
    guard !blocks.isEmpty else { return }
    var total = 0.0
    for i in 0..<rowCount { total += rows[i] }
    for block in blocks {
      let sums = target + block.first
      sums.update(repeating: 0, count: block.levelCount)
      block.codes.withUnsafeBufferPointer { codes in
        for i in 0..<codes.count where codes[i] >= 0 { sums[Int(codes[i])] += rows[i] }
      }
      for j in block.features { target[j] = scales[j] > 0 ? (target[j] - means[j] * total) / scales[j] : 0 }
    }
  }

  /// `y += X̃ v`.
  func multiply(_ v: UnsafePointer<Double>, addingTo y: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      columns, rowCount: rowCount, columnCount: denseCount, leading: rowCount, transposed: false, v, beta: 1, into: y)
    for block in blocks {
      var table = [Double](repeating: 0, count: block.levelCount + 1)
      var constant = 0.0
      for j in block.features where v[j] != 0 && scales[j] > 0 {
        table[j - block.first + 1] = v[j] / scales[j]
        constant -= v[j] * means[j] / scales[j]
      }
      for i in 0..<rowCount { y[i] += constant + table[Int(block.codes[i]) + 1] }
    }
  }

  /// `x̃ⱼᵀ r`.
  func dot(_ j: Int, _ rows: UnsafePointer<Double>) -> Double {
    if j < denseCount { return DenseKernels.dot(rowCount, columns + j * rowCount, rows) }
    guard scales[j] > 0, let block = blocks.last(where: { $0.first <= j }) else { return 0 }
    let level = Int32(j - block.first)
    var (inside, total) = (0.0, 0.0)
    for i in 0..<rowCount {
      total += rows[i]
      if block.codes[i] == level { inside += rows[i] }
    }
    return (inside - means[j] * total) / scales[j]
  }

  /// `x̃ⱼᵀ r` of some features, by whichever way reads less.
  ///
  /// - Parameters:
  ///   - features: In increasing order.
  ///   - target: One per feature of the design; other features may be given theirs too.
  func correlate(
    only features: [Int], _ rows: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>
  ) {
    // A level costs as much as its whole block.
    let levels = features.count { $0 >= denseCount }
    if features.count * 3 > columnCount || levels > 8 {
      correlate(rows, into: target)
    } else {
      for j in features { target[j] = dot(j, rows) }
    }
  }
}

import StatisticalLearning

/// The levels of an indicator block that are features of a model.
///
/// With `x̃ = ([code = a] − mₐ) / sₐ`, every product is a sum per level over the rows, corrected for the means.
struct ModelBlock {
  let source: StandardizedBlock
  /// The levels that are features, and the coordinate of each.
  private(set) var levels: [Int] = []
  private(set) var coordinates: [Int] = []
  /// At `code + 1`.
  private var table: [Double]
  private var sums: [Double]

  init(_ source: StandardizedBlock) {
    self.source = source
    table = [Double](repeating: 0, count: source.levelCount + 1)
    sums = table
  }

  var isEmpty: Bool { levels.isEmpty }
  var largestCoordinate: Int { coordinates.last ?? -1 }

  mutating func removeAll() {
    levels.removeAll(keepingCapacity: true)
    coordinates.removeAll(keepingCapacity: true)
  }

  mutating func append(level: Int, coordinate: Int) {
    levels.append(level)
    coordinates.append(coordinate)
  }

  private func inverseScale(_ level: Int, _ design: StandardizedDesign) -> Double {
    let scale = design.scales[source.first + level]
    return scale > 0 ? 1 / scale : 0
  }

  // MARK: Products

  /// Takes factors for `addPredictor`, and returns what is to be added to every row.
  mutating func load(_ factors: UnsafePointer<Double>, _ design: StandardizedDesign) -> Double {
    for index in table.indices { table[index] = 0 }
    var constant = 0.0
    for (level, coordinate) in zip(levels, coordinates) where factors[coordinate] != 0 {
      let value = factors[coordinate] * inverseScale(level, design)
      table[level + 1] = value
      constant -= value * design.means[source.first + level]
    }
    return constant
  }

  func addPredictor(_ rows: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    source.codes.withUnsafeBufferPointer { codes in
      table.withUnsafeBufferPointer { table in
        for i in rows { target[i] += table[Int(codes[i]) &+ 1] }
      }
    }
  }

  mutating func clearSums() {
    for index in sums.indices { sums[index] = 0 }
  }

  mutating func addSums(_ rows: Range<Int>, _ values: UnsafePointer<Double>) {
    source.codes.withUnsafeBufferPointer { codes in
      sums.withUnsafeMutableBufferPointer { sums in
        for i in rows { sums[Int(codes[i]) &+ 1] += values[i] }
      }
    }
  }

  func store(into target: UnsafeMutablePointer<Double>, total: Double, _ design: StandardizedDesign) {
    for (level, coordinate) in zip(levels, coordinates) {
      target[coordinate] =
        (sums[level + 1] - design.means[source.first + level] * total) * inverseScale(level, design)
    }
  }

  // MARK: Gram matrices

  /// The sum of `values` over the rows at each level, at `code + 1`.
  func levelSums(_ values: UnsafePointer<Double>) -> [Double] {
    var result = [Double](repeating: 0, count: source.levelCount + 1)
    source.codes.withUnsafeBufferPointer { codes in
      result.withUnsafeMutableBufferPointer { result in
        for i in 0..<codes.count { result[Int(codes[i]) &+ 1] += values[i] }
      }
    }
    return result
  }

  /// The products of the levels among themselves, of which no two hold a row in common.
  ///
  /// - Parameters:
  ///   - sums: `levelSums` of the weights.
  ///   - total: The sum of the weights.
  ///   - first: Products of two coordinates before this one are there already.
  func addOwnGram(
    _ sums: [Double], total: Double, from first: Int, _ design: StandardizedDesign,
    into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    addProducts(of: self, sums, self, sums, total: total, from: first, design, into: hessian, leading: leading) {
      $0 == $1 ? sums[$0 + 1] : 0
    }
  }

  /// The products of the levels with those of another block: the table of both, weighted.
  func addGram(
    with other: ModelBlock, _ sums: [Double], _ otherSums: [Double], curvature: UnsafePointer<Double>, total: Double,
    from first: Int, _ design: StandardizedDesign, into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    guard max(largestCoordinate, other.largestCoordinate) >= first else { return }
    let width = source.levelCount + 1
    var counts = [Double](repeating: 0, count: width * (other.source.levelCount + 1))
    source.codes.withUnsafeBufferPointer { own in
      other.source.codes.withUnsafeBufferPointer { others in
        counts.withUnsafeMutableBufferPointer { counts in
          for i in 0..<own.count { counts[(Int(others[i]) &+ 1) &* width &+ Int(own[i]) &+ 1] += curvature[i] }
        }
      }
    }
    addProducts(
      of: self, sums, other, otherSums, total: total, from: first, design, into: hessian, leading: leading
    ) { counts[($1 + 1) * width + $0 + 1] }
  }

  /// The products of the levels with a dense column.
  func addGram(
    withColumn column: UnsafePointer<Double>, coordinate: Int, curvature: UnsafePointer<Double>, from first: Int,
    _ design: StandardizedDesign, into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    var sums = [Double](repeating: 0, count: source.levelCount + 1)
    var total = 0.0
    source.codes.withUnsafeBufferPointer { codes in
      sums.withUnsafeMutableBufferPointer { sums in
        for i in 0..<codes.count {
          let value = curvature[i] * column[i]
          sums[Int(codes[i]) &+ 1] += value
          total += value
        }
      }
    }
    for (level, own) in zip(levels, coordinates) where max(own, coordinate) >= first {
      let value = (sums[level + 1] - design.means[source.first + level] * total) * inverseScale(level, design)
      hessian[min(own, coordinate) * leading + max(own, coordinate)] = value
    }
  }

  /// `(common − mₐ Wᵦ − mᵦ Wₐ + mₐ mᵦ W) / (sₐ sᵦ)` for every level `a` of one block and `b` of the other.
  private func addProducts(
    of one: ModelBlock, _ oneSums: [Double], _ other: ModelBlock, _ otherSums: [Double], total: Double,
    from first: Int, _ design: StandardizedDesign, into hessian: UnsafeMutablePointer<Double>, leading: Int,
    common: (Int, Int) -> Double
  ) {
    for (b, column) in zip(other.levels, other.coordinates) {
      let (meanB, sumB, scaleB) = (
        design.means[other.source.first + b], otherSums[b + 1], other.inverseScale(b, design)
      )
      for (a, row) in zip(one.levels, one.coordinates) where max(row, column) >= first {
        let meanA = design.means[one.source.first + a]
        let value = common(a, b) - meanA * sumB - meanB * oneSums[a + 1] + meanA * meanB * total
        hessian[min(row, column) * leading + max(row, column)] = value * one.inverseScale(a, design) * scaleB
      }
    }
  }
}

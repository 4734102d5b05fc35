import StatisticalLearning

/// The columns of a model's features in the order of its coordinates, for products that go through the rows run by run:
/// what is read for the predictor of a run is still in the cache for its gradient, or when its weights change.
final class ModelColumns {
  /// A multiple of four.
  static let runLength = 512

  let design: StandardizedDesign
  private(set) var features: [Int] = []
  private(set) var isStored: [Bool]
  /// The dense columns side by side, and the coordinate of each.
  private let columns: UnsafeMutablePointer<Double>
  private(set) var denseCoordinates: [Int] = []
  private(set) var blocks: [ModelBlock]
  /// One value per dense column: factors, then sums.
  private var values: [Double] = []
  private var sums: [Double] = []
  private var blockTotal = 0.0
  private var blockConstant = 0.0
  /// A run of the dense columns times weights.
  private var weighted = UnsafeMutablePointer<Double>.allocate(capacity: 1)
  private var weightedCapacity = 0

  init(design: StandardizedDesign) {
    self.design = design
    isStored = [Bool](repeating: false, count: design.columnCount)
    blocks = design.blocks.map { ModelBlock($0) }
    // Room for all: pages that are never written cost nothing.
    columns = .allocate(capacity: max(design.rowCount * design.denseCount, 1))
  }

  deinit {
    columns.deallocate()
    weighted.deallocate()
  }

  private var n: Int { design.rowCount }

  /// The rows in runs.
  var runs: some Sequence<Range<Int>> {
    stride(from: 0, to: n, by: Self.runLength).lazy.map { [n] in $0..<min($0 + Self.runLength, n) }
  }

  /// Forgets all features but some of those stored; what is kept stays in order, and in place as far as possible.
  func keep(_ isKept: (Int) -> Bool) {
    let old = features
    let oldDense = denseCoordinates
    features.removeAll(keepingCapacity: true)
    denseCoordinates.removeAll(keepingCapacity: true)
    for index in blocks.indices { blocks[index].removeAll() }
    var place = 0
    for (coordinate, j) in old.enumerated() {
      let from = place
      if place < oldDense.count, oldDense[place] == coordinate { place += 1 }
      guard isKept(j) else {
        isStored[j] = false
        continue
      }
      if j < design.denseCount {
        let to = denseCoordinates.count
        if to != from { (columns + to * n).update(from: columns + from * n, count: n) }
        denseCoordinates.append(features.count)
      } else {
        addLevel(j)
      }
      features.append(j)
    }
  }

  /// Adds features that are not stored yet.
  func append(_ new: [Int]) {
    for j in new {
      isStored[j] = true
      if j < design.denseCount {
        (columns + denseCoordinates.count * n).update(from: design.columns + j * n, count: n)
        denseCoordinates.append(features.count)
      } else {
        addLevel(j)
      }
      features.append(j)
    }
    values = [Double](repeating: 0, count: denseCoordinates.count)
    sums = values
  }

  private func addLevel(_ j: Int) {
    let index = blocks.lastIndex { $0.source.first <= j }!
    blocks[index].append(level: j - blocks[index].source.first, coordinate: features.count)
  }

  // MARK: Products

  /// Takes one factor per coordinate, for `addPredictor`.
  func load(_ factors: UnsafePointer<Double>) {
    for (place, coordinate) in denseCoordinates.enumerated() { values[place] = factors[coordinate] }
    blockConstant = 0
    for index in blocks.indices { blockConstant += blocks[index].load(factors, design) }
  }

  /// Adds to the predictor of a run of rows the columns times the factors of `load`.
  func addPredictor(_ rows: Range<Int>, to target: UnsafeMutablePointer<Double>) {
    DenseKernels.multiply(
      columns + rows.lowerBound, rowCount: rows.count, columnCount: values.count, leading: n, transposed: false,
      values, beta: 1, into: target + rows.lowerBound)
    guard blocks.contains(where: { !$0.isEmpty }) else { return }
    for i in rows { target[i] += blockConstant }
    for block in blocks where !block.isEmpty { block.addPredictor(rows, to: target) }
  }

  /// Starts sums of columns times one value per row.
  func clearCorrelation() {
    for place in sums.indices { sums[place] = 0 }
    blockTotal = 0
    for index in blocks.indices { blocks[index].clearSums() }
  }

  /// Adds a run of rows to the sums.
  func correlate(_ rows: Range<Int>, _ source: UnsafePointer<Double>) {
    sums.withUnsafeMutableBufferPointer {
      guard let target = $0.baseAddress, !$0.isEmpty else { return }
      DenseKernels.multiply(
        columns + rows.lowerBound, rowCount: rows.count, columnCount: $0.count, leading: n, transposed: true,
        source + rows.lowerBound, beta: 1, into: target)
    }
    guard blocks.contains(where: { !$0.isEmpty }) else { return }
    for i in rows { blockTotal += source[i] }
    for index in blocks.indices where !blocks[index].isEmpty { blocks[index].addSums(rows, source) }
  }

  /// Hands out the sums, one per coordinate.
  func store(into target: UnsafeMutablePointer<Double>) {
    for (place, coordinate) in denseCoordinates.enumerated() { target[coordinate] = sums[place] }
    for block in blocks where !block.isEmpty { block.store(into: target, total: blockTotal, design) }
  }

  /// The columns of the coordinates from `first` on times one value per row.
  ///
  /// - Parameter target: One per coordinate; those before `first` are not defined.
  func correlateAll(from first: Int, _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    let old = denseCoordinates.firstIndex { $0 >= first } ?? denseCoordinates.count
    for place in old..<denseCoordinates.count {
      target[denseCoordinates[place]] = DenseKernels.dot(n, columns + place * n, source)
    }
    guard blocks.contains(where: { $0.largestCoordinate >= first }) else { return }
    var total = 0.0
    for i in 0..<n { total += source[i] }
    for index in blocks.indices where blocks[index].largestCoordinate >= first {
      blocks[index].clearSums()
      blocks[index].addSums(0..<n, source)
      blocks[index].store(into: target, total: total, design)
    }
  }

  // MARK: Gram matrices

  /// The rows and columns of `X̃ᵀ D X̃` from coordinate `first` on, lower triangle.
  ///
  /// - Parameters:
  ///   - roots: √D, one per row.
  ///   - curvature: D.
  func gram(
    from first: Int, roots: UnsafePointer<Double>, curvature: UnsafePointer<Double>,
    into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    let oldDense = denseCoordinates.firstIndex { $0 >= first } ?? denseCoordinates.count
    if oldDense < denseCoordinates.count {
      denseGram(from: oldDense, roots: roots, into: hessian, leading: leading)
    }
    guard blocks.contains(where: { !$0.isEmpty }) else { return }
    var total = 0.0
    for i in 0..<n { total += curvature[i] }
    for a in blocks.indices where !blocks[a].isEmpty {
      let sums = blocks[a].levelSums(curvature)
      blocks[a].addOwnGram(sums, total: total, from: first, design, into: hessian, leading: leading)
      for b in 0..<a where !blocks[b].isEmpty {
        blocks[a].addGram(
          with: blocks[b], sums, blocks[b].levelSums(curvature), curvature: curvature, total: total, from: first,
          design, into: hessian, leading: leading)
      }
      for (place, coordinate) in denseCoordinates.enumerated()
      where coordinate >= first || blocks[a].largestCoordinate >= first {
        blocks[a].addGram(
          withColumn: columns + place * n, coordinate: coordinate, curvature: curvature, from: first, design,
          into: hessian, leading: leading)
      }
    }
  }

  private func denseGram(
    from old: Int, roots: UnsafePointer<Double>, into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    let count = denseCoordinates.count
    let new = count - old
    let length = min(Self.runLength, n)
    if length * new > weightedCapacity {
      weighted.deallocate()
      weightedCapacity = length * max(new, min(2 * new, design.denseCount))
      weighted = .allocate(capacity: weightedCapacity)
    }
    // Few columns beside many: a matrix product would spend most of its time on arranging the old ones.
    if new < 4, old > new {
      for place in old..<count { gramColumn(place, roots: roots, into: hessian, leading: leading) }
      return
    }
    // Products of the old columns with the new ones, then of the new ones among themselves.
    var cross = [Double](unsafeUninitializedCapacity: old * new) { $1 = old * new }
    var own = [Double](unsafeUninitializedCapacity: new * new) { $1 = new * new }
    for rows in runs {
      let beta = rows.lowerBound == 0 ? 0.0 : 1
      let start = rows.lowerBound
      for place in 0..<new {
        multiply(
          columns + (old + place) * n + start, by: roots + start, rows.count, into: weighted + place * length)
      }
      own.withUnsafeMutableBufferPointer {
        DenseKernels.gram(
          weighted, rowCount: rows.count, columnCount: new, leading: length, beta: beta, into: $0.baseAddress!,
          leadingC: new)
      }
      guard old > 0 else { continue }
      for place in 0..<new {
        let column = weighted + place * length
        multiply(column, by: roots + start, rows.count, into: column)
      }
      cross.withUnsafeMutableBufferPointer {
        DenseKernels.multiply(
          columns + start, leadingA: n, transposedA: true, weighted, leadingB: length, transposedB: false,
          rowCount: old, columnCount: new, innerCount: rows.count, beta: beta, into: $0.baseAddress!, leadingC: old)
      }
    }
    for place in 0..<new {
      let a = denseCoordinates[old + place]
      for other in 0..<old {
        let b = denseCoordinates[other]
        hessian[min(a, b) * leading + max(a, b)] = cross[place * old + other]
      }
      for other in place..<new { hessian[a * leading + denseCoordinates[old + other]] = own[place * new + other] }
    }
  }

  /// The products of one column with those before it and with itself.
  private func gramColumn(
    _ place: Int, roots: UnsafePointer<Double>, into hessian: UnsafeMutablePointer<Double>, leading: Int
  ) {
    let a = denseCoordinates[place]
    var products = [Double](repeating: 0, count: place + 1)
    for rows in runs {
      let start = rows.lowerBound
      multiply(columns + place * n + start, by: roots + start, rows.count, into: weighted)
      multiply(weighted, by: roots + start, rows.count, into: weighted)
      DenseKernels.multiply(
        columns + start, rowCount: rows.count, columnCount: place + 1, leading: n, transposed: true, weighted, beta: 1,
        into: &products)
    }
    for other in 0...place {
      let b = denseCoordinates[other]
      hessian[min(a, b) * leading + max(a, b)] = products[other]
    }
  }
}

/// `zᵢ = xᵢ yᵢ`; `z` may be `x`.
@inline(__always)
private func multiply(
  _ x: UnsafePointer<Double>, by y: UnsafePointer<Double>, _ count: Int, into z: UnsafeMutablePointer<Double>
) {
  let (a, b, c) = (UnsafeRawPointer(x), UnsafeRawPointer(y), UnsafeMutableRawPointer(z))
  var i = 0
  while i &+ 4 <= count {
    let product =
      a.loadUnaligned(fromByteOffset: i &* 8, as: SIMD4<Double>.self)
      * b.loadUnaligned(fromByteOffset: i &* 8, as: SIMD4<Double>.self)
    c.storeBytes(of: product, toByteOffset: i &* 8, as: SIMD4<Double>.self)
    i &+= 4
  }
  while i < count {
    z[i] = x[i] * y[i]
    i &+= 1
  }
}

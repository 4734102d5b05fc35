import StatisticalLearning

/// An ensemble of small trees laid out by feature: for each interval of a feature's values, which leaves of every tree
/// can still be reached.
///
/// A tree of up to 64 leaves is a word with a bit per leaf, from left to right. A split that sends a value right rules out
/// the leaves on its left. All splits of a feature depend on its value alone, so their words are combined beforehand
/// into one per tree and interval between the feature's thresholds; a row is scored by one `and` per feature over all
/// trees, and its leaf in each is the lowest bit left. No branch depends on the data.
///
/// After Lucchese et al. (2015), *QuickScorer*, who combine words split by split while scoring.
struct LeafMasks: Sendable {
  private struct Column: Sendable {
    var feature: Int
    /// The number, among the intervals of all columns, of the first one.
    var firstInterval: Int
    /// Of a numeric feature, where its thresholds start, padded with infinities to two to the power of `depth`; 0 for a
    /// categorical one.
    var firstThreshold: Int
    var depth: Int
    /// Of a feature of few whole numbers, where their intervals start, and how many there are; 0 where it has none.
    var firstLevel: Int
    var levelLimit: Double
    /// Intervals between thresholds, or levels and one for all others; missing values come after these.
    var intervalCount: Int
  }

  private let columns: [Column]
  private let thresholds: [Double]
  /// Intervals of whole numbers from 0.
  private let levels: [UInt8]
  /// The words of a few hundred trees (a *block*), for every interval of every column; then the next block. What many rows
  /// read of a block stays in cache.
  private let masks: [SIMD8<UInt64>]
  private let intervalCount: Int
  /// Vectors of 64 bytes that an interval has in each block.
  private let tileCount: Int
  /// Of leaf `l` of tree `t`, at `t * wordBits + l`.
  private let values: [Double]
  private let outputs: [Int]
  private let outputCount: Int
  private let wordBits: Int

  private static let tileBytes = 64
  private static let greatestTileCount = 8
  private static let blockSize = 64
  private static let greatestByteCount = 1 << 24

  /// `nil` when a tree has more than 64 leaves, when a feature has more than 192 levels or is split both by thresholds
  /// and by sets, or when walking the trees takes less.
  init?(_ ensemble: TreeEnsemble) {
    let trees = ensemble.trees
    let leafCount = trees.reduce(0) { max($0, $1.leafCount) }
    guard !trees.isEmpty, leafCount <= 64 else { return nil }
    wordBits = leafCount <= 8 ? 8 : leafCount <= 16 ? 16 : leafCount <= 32 ? 32 : 64
    outputs = ensemble.outputs
    outputCount = ensemble.outputCount

    let byteCount = trees.count * wordBits / 8
    let allTiles = (byteCount + Self.tileBytes - 1) / Self.tileBytes
    tileCount = min(allTiles, Self.greatestTileCount)
    let blockBytes = tileCount * Self.tileBytes
    let blockCount = (byteCount + blockBytes - 1) / blockBytes
    guard let splits = FeatureSplits.all(of: ensemble) else { return nil }
    // A step down a tree costs as much as about three vectors of sixteen bytes.
    let steps = trees.reduce(0) { $0 + $1.nodes.count.bitWidth - $1.nodes.count.leadingZeroBitCount }
    guard splits.count * allTiles * 4 <= 3 * steps + 64 else { return nil }
    let intervalCount = splits.reduce(0) { $0 + $1.intervalCount + 1 }
    guard intervalCount * blockCount * blockBytes <= Self.greatestByteCount else { return nil }
    self.intervalCount = intervalCount

    var columns: [Column] = []
    var thresholds: [Double] = []
    var levels: [UInt8] = []
    var firstInterval = 0
    for split in splits {
      let own = split.intervalsOfWholeNumbers
      let first = thresholds.count
      let depth = split.isCategorical ? 0 : Int.bitWidth - split.thresholds.count.leadingZeroBitCount
      if depth > 0 {
        thresholds += split.thresholds
        thresholds += [Double](repeating: .infinity, count: (1 << depth) - split.thresholds.count)
      }
      columns.append(
        Column(
          feature: split.feature, firstInterval: firstInterval, firstThreshold: first, depth: depth,
          firstLevel: levels.count, levelLimit: Double(own.count), intervalCount: split.intervalCount))
      levels += own
      firstInterval += split.intervalCount + 1
    }
    self.columns = columns
    self.thresholds = thresholds
    self.levels = levels

    var values = [Double](repeating: 0, count: trees.count * wordBits)
    var masks = [SIMD8<UInt64>](repeating: SIMD8(repeating: ~0), count: intervalCount * blockCount * tileCount)
    var columnOfFeature = [Int](repeating: -1, count: ensemble.features.count)
    for (index, split) in splits.enumerated() { columnOfFeature[split.feature] = index }
    let bits = wordBits
    masks.withUnsafeMutableBytes { masks in
      for (index, tree) in trees.enumerated() {
        let leaves = LeafRanges(tree)
        for (node, range) in zip(tree.nodes, leaves.ranges) {
          guard !node.isLeaf else {
            values[index * bits + range.lowerBound] = node.value
            continue
          }
          let column = columnOfFeature[Int(node.feature)]
          let left = leaves.ranges[Int(node.left)]
          let word = ~(((1 << UInt64(left.count)) &- 1) << UInt64(left.lowerBound))
          splits[column].forEachInterval(goingRightAt: node, tree) { interval in
            let byte = index * bits / 8
            let row = byte / blockBytes * intervalCount + columns[column].firstInterval + interval
            let place = row * blockBytes + byte % blockBytes
            // Byte by byte, the lowest first, as words of any width are stored.
            for byte in 0..<bits / 8 { masks[place + byte] &= UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
          }
        }
      }
    }
    self.masks = masks
    self.values = values
  }

  // MARK: Scoring

  /// Adds the trees to `scores`, output by output: see ``CompiledEnsemble``.
  func addScores(
    _ elements: UnsafePointer<Double>, rowCount: Int, rowStride: Int, featureStride: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    switch wordBits {
    case 8: addScores(UInt8.self, elements, rowCount, rowStride, featureStride, scores)
    case 16: addScores(UInt16.self, elements, rowCount, rowStride, featureStride, scores)
    case 32: addScores(UInt32.self, elements, rowCount, rowStride, featureStride, scores)
    default: addScores(UInt64.self, elements, rowCount, rowStride, featureStride, scores)
    }
  }

  private func addScores<Word: FixedWidthInteger>(
    _: Word.Type, _ elements: UnsafePointer<Double>, _ rowCount: Int, _ rowStride: Int, _ featureStride: Int,
    _ scores: UnsafeMutablePointer<Double>
  ) {
    let size = min(rowCount, Self.blockSize)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(size &* columns.count, 1)) { offsets in
      let offsets = offsets.baseAddress!
      var start = 0
      while start < rowCount {
        let count = min(size, rowCount &- start)
        for row in 0..<count {
          locate(elements + (start &+ row) &* rowStride, featureStride, offsets + row &* columns.count)
        }
        addLeaves(Word.self, offsets, count, scores + start, rowCount)
        start &+= count
      }
    }
  }

  /// Finds where the words of a row's interval in each column are, in bytes from the start of a block.
  @inline(__always)
  private func locate(_ row: UnsafePointer<Double>, _ featureStride: Int, _ offsets: UnsafeMutablePointer<UInt32>) {
    let blockBytes = tileCount &* Self.tileBytes
    columns.withUnsafeBufferPointer { columns in
      thresholds.withUnsafeBufferPointer { thresholds in
        levels.withUnsafeBufferPointer { levels in
          for index in 0..<columns.count {
            let column = columns[index]
            let interval = Self.interval(
              of: row[column.feature &* featureStride], column, thresholds.baseAddress, levels.baseAddress)
            offsets[index] = UInt32(truncatingIfNeeded: (column.firstInterval &+ interval) &* blockBytes)
          }
        }
      }
    }
  }

  /// Adds the leaf that is left in each tree to the score of its output, block by block.
  @inline(__always)
  private func addLeaves<Word: FixedWidthInteger>(
    _: Word.Type, _ offsets: UnsafePointer<UInt32>, _ rowCount: Int, _ scores: UnsafeMutablePointer<Double>,
    _ outputStride: Int
  ) {
    let perTile = Self.tileBytes / MemoryLayout<Word>.size
    let perBlock = tileCount &* perTile
    let columnCount = columns.count
    masks.withUnsafeBytes { masks in
      values.withUnsafeBufferPointer { values in
        outputs.withUnsafeBufferPointer { outputs in
          var block = masks.baseAddress!
          for start in stride(from: 0, to: outputs.count, by: perBlock) {
            let end = min(start &+ perBlock, outputs.count)
            for row in 0..<rowCount {
              let own = offsets + row &* columnCount
              var tile = block
              var first = start
              while first < end {
                let trees = first..<min(first &+ perTile, end)
                let values = values.baseAddress! + first &* Word.bitWidth
                if trees.count &* MemoryLayout<Word>.size <= 16 {
                  let words = Self.words(SIMD2<UInt64>.self, tile, own, columnCount)
                  addLeaves(Word.self, words, trees, values, outputs, scores + row, outputStride)
                } else {
                  let words = Self.words(SIMD8<UInt64>.self, tile, own, columnCount)
                  addLeaves(Word.self, words, trees, values, outputs, scores + row, outputStride)
                }
                first &+= perTile
                tile += Self.tileBytes
              }
            }
            block += intervalCount &* tileCount &* Self.tileBytes
          }
        }
      }
    }
  }

  /// What the intervals of a row leave of the leaves of a tile's trees, or of as many as the vector holds.
  @inline(__always)
  private static func words<Vector: SIMD>(
    _: Vector.Type, _ tile: UnsafeRawPointer, _ offsets: UnsafePointer<UInt32>, _ columnCount: Int
  ) -> Vector where Vector.Scalar == UInt64 {
    var words = Vector(repeating: ~0)
    for index in 0..<columnCount {
      words = words & tile.load(fromByteOffset: Int(offsets[index]), as: Vector.self)
    }
    return words
  }

  @inline(__always)
  private func addLeaves<Word: FixedWidthInteger, Vector>(
    _: Word.Type, _ words: Vector, _ trees: Range<Int>, _ values: UnsafePointer<Double>,
    _ outputs: UnsafeBufferPointer<Int>, _ scores: UnsafeMutablePointer<Double>, _ outputStride: Int
  ) {
    withUnsafeBytes(of: words) { words in
      let words = words.baseAddress!.assumingMemoryBound(to: Word.self)
      if outputCount == 1 {
        var sum = scores[0]
        for tree in 0..<trees.count { sum += values[tree &* Word.bitWidth &+ words[tree].trailingZeroBitCount] }
        scores[0] = sum
      } else {
        for tree in 0..<trees.count {
          scores[outputs[trees.lowerBound &+ tree] &* outputStride] +=
            values[tree &* Word.bitWidth &+ words[tree].trailingZeroBitCount]
        }
      }
    }
  }

  @inline(__always)
  private static func interval(
    of value: Double, _ column: Column, _ thresholds: UnsafePointer<Double>?, _ levels: UnsafePointer<UInt8>?
  ) -> Int {
    if value >= 0, value < column.levelLimit {
      let level = Int(value)
      if Double(level) == value { return Int(levels![column.firstLevel &+ level]) }
    }
    if value.isNaN { return column.intervalCount }
    // The last interval of a categorical feature is of all that is no level.
    guard column.depth > 0 else { return column.intervalCount &- 1 }
    // How many thresholds are below the value: a binary search without branches.
    let thresholds = thresholds! + column.firstThreshold
    var below = 0
    var level = column.depth
    while level > 0 {
      level &-= 1
      let isAbove = unsafeBitCast(value > thresholds[below &+ (1 &<< level) &- 1], to: UInt8.self)
      below &+= Int(isAbove) &<< level
    }
    return below
  }
}

/// The splits of an ensemble on one feature.
private struct FeatureSplits {
  var feature: Int
  /// Of a numeric feature, ascending, each once.
  var thresholds: [Double] = []
  /// Of a categorical feature: one more than the highest level in a set.
  var levelCount = 0
  var isCategorical = false

  var intervalCount: Int { isCategorical ? levelCount + 1 : thresholds.count + 1 }

  /// Of a feature of levels, or whose thresholds lie among the first 64 whole numbers or half-way between them: the
  /// interval of each of these, as far as the last that differs from its neighbour.
  var intervalsOfWholeNumbers: [UInt8] {
    if isCategorical { return (0..<UInt8(levelCount)).map { $0 } }
    guard let last = thresholds.last, (0..<64).contains(last), thresholds.count < 256,
      thresholds.allSatisfy({ ($0 * 2).rounded() == $0 * 2 })
    else {
      return []
    }
    return (0..<Int(last) + 2).map { level in UInt8(thresholds.count { $0 < Double(level) }) }
  }

  private static let greatestLevelCount = 192

  /// Of every feature that is used, in order; `nil` when one has many levels or is split both by thresholds and by sets.
  static func all(of ensemble: TreeEnsemble) -> [FeatureSplits]? {
    var splits = ensemble.features.indices.map { FeatureSplits(feature: $0) }
    for tree in ensemble.trees {
      for node in tree.nodes where !node.isLeaf {
        let feature = Int(node.feature)
        if node.categorySet >= 0 {
          splits[feature].isCategorical = true
          let words = tree.categorySets[Int(node.categorySet)].words
          splits[feature].levelCount = max(splits[feature].levelCount, words.count * 64)
        } else {
          splits[feature].thresholds.append(node.threshold)
        }
      }
    }
    guard splits.allSatisfy({ !$0.isCategorical || $0.thresholds.isEmpty && $0.levelCount <= greatestLevelCount })
    else { return nil }
    splits.removeAll { !$0.isCategorical && $0.thresholds.isEmpty }
    for index in splits.indices where !splits[index].isCategorical {
      let sorted = splits[index].thresholds.sorted()
      splits[index].thresholds = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
    }
    return splits
  }

  /// The intervals, the missing values' included, whose values a split sends right.
  func forEachInterval(goingRightAt node: DecisionTree.Node, _ tree: DecisionTree, _ body: (Int) -> Void) {
    if isCategorical {
      let set = tree.categorySets[Int(node.categorySet)]
      for level in 0..<levelCount where !set.contains(Double(level)) { body(level) }
      body(levelCount)
    } else {
      // The first interval above the threshold.
      var low = 0
      var high = thresholds.count
      while low < high {
        let middle = (low + high) / 2
        if thresholds[middle] <= node.threshold { low = middle + 1 } else { high = middle }
      }
      for interval in low..<intervalCount { body(interval) }
    }
    if !node.missingGoesLeft { body(intervalCount) }
  }
}

/// Which leaves, counted from the left, are below each node.
private struct LeafRanges {
  let ranges: [Range<Int>]

  init(_ tree: DecisionTree) {
    // Children come after their parents.
    var counts = [Int](repeating: 1, count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated().reversed() where !node.isLeaf {
      counts[index] = counts[Int(node.left)] + counts[Int(node.right)]
    }
    var ranges = counts.map { 0..<$0 }
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      let start = ranges[index].lowerBound
      let middle = start + counts[Int(node.left)]
      ranges[Int(node.left)] = start..<middle
      ranges[Int(node.right)] = middle..<middle + counts[Int(node.right)]
    }
    self.ranges = ranges
  }
}

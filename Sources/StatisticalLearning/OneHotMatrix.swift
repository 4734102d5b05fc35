/// A column of categories that stands for one 0/1 column per level, without the zeros.
public struct IndicatorBlock: Sendable, Equatable {
  public let name: String

  /// One per column of the block.
  public let levels: [String]

  /// One per row: the index of its level, or −1 for none of them (the reference level, or a question not asked).
  public let codes: [Int32]

  /// - Throws: ``DatasetError/invalidCode(block:row:levelCount:)`` for a code outside `-1 ..< levels.count`.
  public init(name: String, levels: [String], codes: [Int]) throws(DatasetError) {
    if let row = codes.firstIndex(where: { $0 < -1 || $0 >= levels.count }) {
      throw .invalidCode(block: name, row: row, levelCount: levels.count)
    }
    self.init(unchecked: name, levels, codes.map(Int32.init))
  }

  private init(unchecked name: String, _ levels: [String], _ codes: [Int32]) {
    self.name = name
    self.levels = levels
    self.codes = codes
  }

  /// The rows at `indices`, in that order, repetitions allowed.
  public func selectingRows(_ indices: [Int]) -> IndicatorBlock {
    IndicatorBlock(unchecked: name, levels, indices.map { codes[$0] })
  }
}

/// A matrix whose first columns are dense and whose last ones are those of indicator blocks, one after the other.
///
/// A block of any number of levels takes four bytes per row, and learners that take this type spend one operation per
/// row and block where a dense matrix costs one per row and level.
public struct OneHotMatrix: Sendable, Equatable {
  /// *n* × *q*, column-major.
  public let dense: Matrix

  public let blocks: [IndicatorBlock]

  /// - Throws: ``DatasetError/countMismatch(_:got:expected:)`` for a block with another number of rows.
  public init(dense: Matrix, blocks: [IndicatorBlock]) throws(DatasetError) {
    for block in blocks where block.codes.count != dense.rowCount {
      throw .countMismatch(.codes, got: block.codes.count, expected: dense.rowCount)
    }
    self.init(unchecked: dense.converted(to: .columnMajor), blocks)
  }

  private init(unchecked dense: Matrix, _ blocks: [IndicatorBlock]) {
    self.dense = dense
    self.blocks = blocks
  }

  /// The matrix without blocks.
  public init(_ dense: Matrix) { self.init(unchecked: dense.converted(to: .columnMajor), []) }

  public var rowCount: Int { dense.rowCount }
  public var columnCount: Int { blocks.reduce(dense.columnCount) { $0 + $1.levels.count } }

  /// The rows at `indices`, in that order, repetitions allowed.
  public func selectingRows(_ indices: [Int]) -> OneHotMatrix {
    OneHotMatrix(unchecked: dense.selectingRows(indices), blocks.map { $0.selectingRows(indices) })
  }

  /// The same columns with every zero written out.
  public func expanded() -> Matrix {
    let n = rowCount
    var elements = dense.elements
    elements.reserveCapacity(n * columnCount)
    for block in blocks {
      let start = elements.count
      elements.append(contentsOf: repeatElement(0, count: n * block.levels.count))
      for (row, code) in block.codes.enumerated() where code >= 0 { elements[start + Int(code) * n + row] = 1 }
    }
    return Matrix(rowCount: n, columnCount: columnCount, elements: elements)
  }
}

/// A ``Dataset`` whose features are the columns of a ``OneHotMatrix``.
public struct OneHotDataset: Sendable, Equatable {
  /// The features of the dense columns, then `block=level` for every level of every block.
  public let features: [Feature]
  public let matrix: OneHotMatrix
  public let targets: [Double]
  public let weights: [Double]
  public let offsets: [Double]?

  /// - Parameters:
  ///   - denseFeatures: Those of the dense columns; `nil` names them `x1`, `x2`, ….
  ///   - weights: `nil` is 1 everywhere.
  /// - Throws: ``DatasetError``, by cause and place.
  public init(
    denseFeatures: [Feature]? = nil, matrix: OneHotMatrix, targets: [Double], weights: [Double]? = nil,
    offsets: [Double]? = nil
  ) throws(DatasetError) {
    let checked = try Dataset(
      features: denseFeatures, matrix: matrix.dense, targets: targets, weights: weights, offsets: offsets)
    let features =
      checked.features
      + matrix.blocks.flatMap { block in block.levels.map { Feature("\(block.name)=\($0)") } }
    var seen = Set<String>()
    for feature in features where !seen.insert(feature.name).inserted { throw .duplicateFeature(feature.name) }
    self.init(features, matrix, checked)
  }

  /// The dataset without blocks; nothing is copied.
  public init(_ dataset: Dataset) { self.init(dataset.features, OneHotMatrix(dataset.matrix), dataset) }

  private init(_ features: [Feature], _ matrix: OneHotMatrix, _ dataset: Dataset) {
    self.features = features
    self.matrix = matrix
    targets = dataset.targets
    weights = dataset.weights
    offsets = dataset.offsets
  }

  public var rowCount: Int { matrix.rowCount }
  public var featureCount: Int { features.count }

  /// The same dataset with every zero written out.
  public func expanded() throws(DatasetError) -> Dataset {
    try Dataset(features: features, matrix: matrix.expanded(), targets: targets, weights: weights, offsets: offsets)
  }
}

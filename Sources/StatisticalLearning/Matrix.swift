/// A dense matrix of `Double` in one contiguous buffer.
///
/// The layout is a property of the value, not of the type: learners that sweep over features ask for
/// `.columnMajor`, those that score one row at a time for `.rowMajor`; `converted(to:)` copies when
/// they differ. `NaN` stands for a missing value where the documentation of the consumer says so.
public struct Matrix: Sendable, Equatable {
  /// Which index runs fastest in `elements`.
  public enum Layout: Sendable, Hashable {
    /// `elements[row * columnCount + column]`
    case rowMajor
    /// `elements[column * rowCount + row]`
    case columnMajor
  }

  public let rowCount: Int
  public let columnCount: Int
  public let layout: Layout

  /// The `rowCount * columnCount` values, in the order that `layout` names.
  public internal(set) var elements: [Double]

  /// Wraps a buffer of exactly `rowCount * columnCount` values.
  public init(rowCount: Int, columnCount: Int, layout: Layout = .columnMajor, elements: [Double]) {
    precondition(rowCount >= 0 && columnCount >= 0, "a matrix of \(rowCount) rows × \(columnCount) columns")
    precondition(
      elements.count == rowCount * columnCount,
      "\(elements.count) elements for \(rowCount) rows × \(columnCount) columns")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.layout = layout
    self.elements = elements
  }

  /// A matrix whose elements all have the same value.
  public init(rowCount: Int, columnCount: Int, layout: Layout = .columnMajor, repeating value: Double = 0) {
    self.init(
      rowCount: rowCount, columnCount: columnCount, layout: layout,
      elements: [Double](repeating: value, count: rowCount * columnCount))
  }

  /// A column-major matrix from its columns, all of the same length.
  ///
  /// - Parameter rowCount: The length of the columns; needed only when there are none.
  public init(columns: [[Double]], rowCount: Int? = nil) {
    let rowCount = rowCount ?? columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
    self.init(
      rowCount: rowCount, columnCount: columns.count, layout: .columnMajor, elements: Array(columns.joined()))
  }

  /// A row-major matrix from its rows, all of the same length.
  public init(rows: [[Double]]) {
    let columnCount = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columnCount }, "rows of different lengths")
    self.init(
      rowCount: rows.count, columnCount: columnCount, layout: .rowMajor, elements: Array(rows.joined()))
  }

  @inlinable
  func offset(_ row: Int, _ column: Int) -> Int {
    layout == .rowMajor ? row * columnCount + column : column * rowCount + row
  }

  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "[\(row), \(column)]")
      return elements[offset(row, column)]
    }
    set {
      precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "[\(row), \(column)]")
      elements[offset(row, column)] = newValue
    }
  }

  /// The values of one row.
  public func row(_ row: Int) -> [Double] {
    layout == .rowMajor
      ? Array(elements[row * columnCount..<(row + 1) * columnCount])
      : (0..<columnCount).map { elements[$0 * rowCount + row] }
  }

  /// The values of one column.
  public func column(_ column: Int) -> [Double] {
    layout == .columnMajor
      ? Array(elements[column * rowCount..<(column + 1) * rowCount])
      : (0..<rowCount).map { elements[$0 * columnCount + column] }
  }

  /// The same matrix in the named layout; a copy only when the layout differs.
  public func converted(to target: Layout) -> Matrix {
    guard target != layout else { return self }
    // Tiles keep both the source and the destination lines in cache.
    let (outer, inner) = layout == .rowMajor ? (rowCount, columnCount) : (columnCount, rowCount)
    let tile = 32
    let transposed = [Double](unsafeUninitializedCapacity: elements.count) { target, count in
      elements.withUnsafeBufferPointer { source in
        for outerStart in stride(from: 0, to: outer, by: tile) {
          for innerStart in stride(from: 0, to: inner, by: tile) {
            for i in outerStart..<min(outerStart + tile, outer) {
              for j in innerStart..<min(innerStart + tile, inner) {
                target.initializeElement(at: j &* outer &+ i, to: source[i &* inner &+ j])
              }
            }
          }
        }
      }
      count = elements.count
    }
    return Matrix(rowCount: rowCount, columnCount: columnCount, layout: target, elements: transposed)
  }

  /// The rows at `indices`, in that order, repetitions allowed; same layout.
  public func selectingRows(_ indices: [Int]) -> Matrix {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < rowCount }, "a row outside 0..<\(rowCount)")
    let selected = [Double](unsafeUninitializedCapacity: indices.count * columnCount) { target, count in
      var next = 0
      switch layout {
      case .rowMajor:
        for row in indices {
          for column in 0..<columnCount {
            target.initializeElement(at: next, to: elements[row * columnCount + column])
            next += 1
          }
        }
      case .columnMajor:
        for column in 0..<columnCount {
          for row in indices {
            target.initializeElement(at: next, to: elements[column * rowCount + row])
            next += 1
          }
        }
      }
      count = next
    }
    return Matrix(rowCount: indices.count, columnCount: columnCount, layout: layout, elements: selected)
  }

  /// The columns at `indices`, in that order; same layout.
  public func selectingColumns(_ indices: [Int]) -> Matrix {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < columnCount }, "a column outside 0..<\(columnCount)")
    var result = Matrix(rowCount: rowCount, columnCount: indices.count, layout: layout)
    for (target, source) in indices.enumerated() {
      for row in 0..<rowCount { result.elements[result.offset(row, target)] = elements[offset(row, source)] }
    }
    return result
  }

  /// Calls `body` with the elements, in the order that `layout` names.
  public func withUnsafeElements<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try elements.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements for writing, in the order that `layout` names.
  public mutating func withUnsafeMutableElements<Result, Failure: Error>(
    _ body: (inout UnsafeMutableBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try elements.withUnsafeMutableBufferPointer(body)
  }
}

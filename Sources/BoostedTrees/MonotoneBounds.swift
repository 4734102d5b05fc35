/// Keeps the values of a growing tree monotone.
///
/// Each leaf is a box: an interval of value bins per column, and whether missing values reach it. Two leaves that are
/// separated in one monotone column and overlap in all others bound each other: the lower one must not be above the
/// other. (Rows that differ in several monotone columns are linked by steps of one column at a time.) A leaf's children
/// keep within the bounds that the *values* of the other leaves set at that moment, which is less strict than halving the
/// range at each split, and no split can break an order that holds before it.
struct MonotoneBounds {
  private struct Box {
    /// `low > high` when only missing values come here.
    var low: [Int32]
    var high: [Int32]
    var hasMissing: [Bool]
  }

  private let constraints: ColumnConstraints
  private let binCounts: [Int32]
  private var boxes: [Box] = []
  /// Numeric columns split on so far: two leaves overlap in all others. A categorical column counts as overlapping,
  /// which is safe.
  private var usedColumns: [Int] = []

  init(_ data: BinnedDataset, _ constraints: ColumnConstraints) {
    self.constraints = constraints
    binCounts = data.bins.map { Int32($0.valueBinCount) }
  }

  mutating func addRoot() {
    boxes = [
      Box(
        low: [Int32](repeating: 0, count: binCounts.count), high: binCounts.map { $0 - 1 },
        hasMissing: [Bool](repeating: true, count: binCounts.count))
    ]
  }

  /// Records that `leaf` was split: its left half keeps its index, the right one is the last leaf.
  ///
  /// - Returns: The other leaves whose bounds may have changed.
  @discardableResult
  mutating func split(leaf: Int, node: GrownTree.Node) -> [Int] {
    let neighbours = boxes.indices.filter { $0 != leaf && order($0, leaf) != 0 }
    var left = boxes[leaf]
    var right = left
    let column = Int(node.column)
    if node.set < 0 {
      left.high[column] = min(left.high[column], node.boundary)
      right.low[column] = max(right.low[column], node.boundary + 1)
      left.hasMissing[column] = left.hasMissing[column] && node.missingGoesLeft
      right.hasMissing[column] = right.hasMissing[column] && !node.missingGoesLeft
      if !usedColumns.contains(column) { usedColumns.append(column) }
    }
    boxes[leaf] = left
    boxes.append(right)
    return neighbours
  }

  /// The range that the other leaves leave to one.
  func bounds(of leaf: Int, _ value: (Int) -> Double) -> ValueBounds {
    var result = ValueBounds()
    for other in boxes.indices where other != leaf {
      switch order(other, leaf) {
      case -1: result.lower = max(result.lower, value(other))
      case 1: result.upper = min(result.upper, value(other))
      default: break
      }
    }
    return result
  }

  /// −1 when the value of leaf `a` must not exceed that of leaf `b`, 1 when it must not be below, 0 when neither.
  func order(_ a: Int, _ b: Int) -> Int {
    var separating = -1
    for column in usedColumns where !overlap(a, b, column) {
      if separating >= 0 { return 0 }
      separating = column
    }
    guard separating >= 0, constraints.directions[separating] != 0 else { return 0 }
    let lowA = boxes[a].low[separating]
    let highA = boxes[a].high[separating]
    let lowB = boxes[b].low[separating]
    let highB = boxes[b].high[separating]
    guard lowA <= highA, lowB <= highB else { return 0 }
    return highA < lowB ? -constraints.directions[separating] : constraints.directions[separating]
  }

  private func overlap(_ a: Int, _ b: Int, _ column: Int) -> Bool {
    if boxes[a].hasMissing[column] && boxes[b].hasMissing[column] { return true }
    return max(boxes[a].low[column], boxes[b].low[column]) <= min(boxes[a].high[column], boxes[b].high[column])
  }
}

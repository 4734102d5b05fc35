/// A leaf while its tree grows.
struct GrowingLeaf: Sendable {
  var node: Int
  /// The units that grow the tree, and those that only get its values.
  var rows: RowRun
  var others: RowRun
  var depth: Int
  var sums: Sums
  /// Columns that it may be split on.
  var slots: [Int32]
  /// −1 when it needs none.
  var histogram = -1
  var value = 0.0
  var bounds = ValueBounds()
  /// Columns split on above it; kept only under interaction constraints.
  var path: [Int] = []
  var best = SplitCandidate()
  /// What becomes of it, once that is worked out; its own rows and histogram are its children's then.
  var expansion: Expansion?

  init(node: Int, rows: RowRun, others: RowRun, depth: Int, sums: Sums, slots: [Int32]) {
    self.node = node
    self.rows = rows
    self.others = others
    self.depth = depth
    self.sums = sums
    self.slots = slots
  }

  mutating func set<Cell>(_ expansion: Expansion, _ pool: HistogramPool<Cell>) {
    self.expansion = expansion
    rows = expansion.rows
    others = expansion.others
    histogram = -1
    pool.give(expansion.unused.0)
    pool.give(expansion.unused.1)
  }

  /// Frees the histogram of a leaf that can't be split.
  mutating func releaseUseless<Cell>(_ pool: HistogramPool<Cell>) {
    guard !best.isValid else { return }
    pool.give(histogram)
    histogram = -1
  }
}

/// The two children of a leaf, before they are in the tree.
final class Expansion: Sendable {
  let left: GrowingLeaf
  let right: GrowingLeaf
  let split: GrownTree.Node
  let leftSet: [Bool]?
  /// Where the rows are now.
  let rows: RowRun
  let others: RowRun
  /// Histograms that are free again; −1 for none.
  let unused: (Int, Int)

  init(
    left: GrowingLeaf, right: GrowingLeaf, split: GrownTree.Node, leftSet: [Bool]?, rows: RowRun, others: RowRun,
    unused: (Int, Int)
  ) {
    self.left = left
    self.right = right
    self.split = split
    self.leftSet = leftSet
    self.rows = rows
    self.others = others
    self.unused = unused
  }
}

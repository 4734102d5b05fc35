/// One binary tree in flat arrays: node 0 is the root, and children come after their parents.
///
/// A row goes left at a numeric split when `value <= threshold`, at a categorical split when its level is in the
/// split's set; a missing value (`NaN`) goes where `missingGoesLeft` says. A level outside the set, seen in training or
/// not, goes right.
public struct DecisionTree: Sendable, Equatable {
  /// One node: a split, or a leaf.
  public struct Node: Sendable, Equatable {
    /// Index of the feature that the node splits on; −1 for a leaf.
    public var feature: Int32
    /// Index of the left child, then of the right one; 0 for a leaf.
    public var left: Int32
    public var right: Int32
    /// Where a missing value goes.
    public var missingGoesLeft: Bool
    /// Index into ``DecisionTree/categorySets`` for a categorical split; −1 for a numeric one or a leaf.
    public var categorySet: Int32
    /// A numeric split sends `value <= threshold` to the left.
    public var threshold: Double
    /// The raw score that a leaf adds; for a split, the value that it would add if it were a leaf (0 when unknown).
    public var value: Double
    /// The total weight of the training rows that reached the node (0 when unknown).
    public var cover: Double
    /// The reduction of the training loss that the split brought; 0 for a leaf.
    public var gain: Double

    public var isLeaf: Bool { feature < 0 }

    /// A leaf that adds `value`.
    public static func leaf(value: Double, cover: Double = 0) -> Node {
      Node(
        feature: -1, left: 0, right: 0, missingGoesLeft: false, categorySet: -1, threshold: 0, value: value,
        cover: cover, gain: 0)
    }

    /// A numeric split.
    public static func split(
      feature: Int, threshold: Double, missingGoesLeft: Bool, left: Int, right: Int, value: Double = 0,
      cover: Double = 0, gain: Double = 0
    ) -> Node {
      Node(
        feature: Int32(feature), left: Int32(left), right: Int32(right), missingGoesLeft: missingGoesLeft,
        categorySet: -1, threshold: threshold, value: value, cover: cover, gain: gain)
    }

    /// A categorical split on the set of index `categorySet`.
    public static func split(
      feature: Int, categorySet: Int, missingGoesLeft: Bool, left: Int, right: Int, value: Double = 0,
      cover: Double = 0, gain: Double = 0
    ) -> Node {
      Node(
        feature: Int32(feature), left: Int32(left), right: Int32(right), missingGoesLeft: missingGoesLeft,
        categorySet: Int32(categorySet), threshold: 0, value: value, cover: cover, gain: gain)
    }
  }

  public let nodes: [Node]
  /// The sets of levels of the categorical splits.
  public let categorySets: [CategorySet]

  /// - Throws: ``TreeError`` unless every reference is in range, children come after their parents, every node but the
  ///   root has one parent, and all numbers are finite.
  public init(nodes: [Node], categorySets: [CategorySet] = []) throws(TreeError) {
    guard !nodes.isEmpty else { throw .empty }
    var parentCounts = [UInt8](repeating: 0, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      guard node.value.isFinite, node.cover.isFinite, node.cover >= 0, node.gain.isFinite else {
        throw .notFinite(node: index)
      }
      if node.isLeaf { continue }
      if node.categorySet >= 0 {
        guard node.categorySet < categorySets.count else { throw .unknownCategorySet(node: index) }
      } else if node.threshold.isNaN {
        throw .notFinite(node: index)
      }
      for child in [Int(node.left), Int(node.right)] {
        guard child > index, child < nodes.count, parentCounts[child] == 0 else { throw .invalidChild(node: index) }
        parentCounts[child] = 1
      }
    }
    if let orphan = parentCounts.dropFirst().firstIndex(of: 0) { throw .unreachable(node: orphan) }
    self.nodes = nodes
    self.categorySets = categorySets
  }

  public var leafCount: Int { nodes.count / 2 + 1 }

  /// The index of the leaf that a row reaches. `value(feature)` is the row's value of a feature.
  @inlinable
  public func leafIndex(_ value: (Int) -> Double) -> Int {
    var index = 0
    while true {
      let node = nodes[index]
      if node.feature < 0 { return index }
      let x = value(Int(node.feature))
      let goesLeft: Bool
      if x.isNaN {
        goesLeft = node.missingGoesLeft
      } else if node.categorySet >= 0 {
        goesLeft = categorySets[Int(node.categorySet)].contains(x)
      } else {
        goesLeft = x <= node.threshold
      }
      index = Int(goesLeft ? node.left : node.right)
    }
  }
}

/// A set of levels `0, 1, 2, …` as bits.
public struct CategorySet: Sendable, Hashable, Codable {
  public private(set) var words: [UInt64]

  public init(_ levels: some Sequence<Int>) {
    words = []
    for level in levels {
      precondition(level >= 0 && level < 1 << 24, "level \(level)")
      while words.count <= level >> 6 { words.append(0) }
      words[level >> 6] |= 1 << UInt64(level & 63)
    }
  }

  /// The set whose level `l` is bit `l % 64` of word `l / 64`.
  public init(words: [UInt64]) { self.words = words }

  /// Whether a value is one of the levels. A value that is not a whole number ≥ 0 is in no set.
  @inlinable
  public func contains(_ value: Double) -> Bool {
    guard value >= 0, value < Double(words.count << 6) else { return false }
    let level = Int(value)
    return Double(level) == value && words[level >> 6] & (1 << UInt64(level & 63)) != 0
  }

  /// In ascending order.
  public var levels: [Int] {
    words.indices.flatMap { word in (0..<64).filter { words[word] >> UInt64($0) & 1 == 1 }.map { word * 64 + $0 } }
  }
}

/// Why nodes do not make a tree.
public enum TreeError: Error, Equatable, Sendable {
  case empty
  case notFinite(node: Int)
  case invalidChild(node: Int)
  case unreachable(node: Int)
  case unknownCategorySet(node: Int)
  case unknownFeature(tree: Int, node: Int)
  case outputCount(got: Int, expected: Int)
}

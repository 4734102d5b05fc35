import StatisticalLearning

/// In which order leaves are split.
public enum TreeGrowth: String, Sendable, Hashable, Codable, CaseIterable {
  /// The leaf whose split lowers the loss most, wherever it is.
  case leafWise
  /// All leaves of a depth before any of the next; the most useful first where the leaf count ends it.
  case depthWise
}

/// Whether the raw score may only rise or only fall with a feature, all others equal.
public enum MonotoneDirection: Int, Sendable, Hashable, Codable {
  case decreasing = -1
  case increasing = 1
}

/// What shapes the trees and their number. The values of `init` are those that large-table tools use; the preset for a
/// size of data is ``preset(rowCount:featureCount:version:)``.
public struct BoostingParameters: Sendable, Hashable, Codable {
  /// By how much each tree's values are shrunk, in `(0, 1]`.
  public var learningRate: Double
  /// The number of boosting rounds, or the largest number when `stopsEarly`.
  public var treeCount: Int
  /// The largest number of leaves of a tree, at least 2.
  public var leafCount: Int
  /// The largest number of splits between root and leaf; `nil` is no limit.
  public var maximumDepth: Int?
  public var growth: TreeGrowth
  /// Weight of the absolute leaf values in the objective, on the scale of sums over rows.
  public var l1: Double
  /// Weight of half the squared leaf values in the objective, on the scale of sums over rows.
  public var l2: Double
  /// A split must lower the regularised training loss (a sum over rows) by more than this.
  public var minimumGain: Double
  /// The smallest total weight of a leaf.
  public var minimumRowsPerLeaf: Int
  /// The smallest sum of second derivatives of a leaf.
  public var minimumHessianPerLeaf: Double
  /// The share of rows drawn for each tree, without replacement, in `(0, 1]`.
  public var rowShare: Double
  /// The share of columns drawn for each tree, in `(0, 1]`; at least one is drawn.
  public var columnShare: Double
  /// The largest number of bins of a numeric column, in `2...65_000`; `nil` is one per 32 rows, but not below 32 nor above
  /// 255. A column with fewer distinct values has as many bins as values.
  public var maximumBinCount: Int?
  /// Added to the sum of second derivatives of a level before levels are ordered by their ratio of sums, so that rare
  /// levels stay near the middle; also the additional `l2` of a split into two sets of several levels.
  public var categorySmoothing: Double
  /// Number of bags: each leaves out one of as many folds, and the model is their mean on the raw scale. 1 trains once
  /// on all rows, and keeps no out-of-fold scores.
  public var bagCount: Int
  /// Whether a row of weight 2, or two equal rows, are left out by the same bag, as the weights of a bootstrap sample call
  /// for. Copies are dealt one by one all the same where one row has more than a quarter of a fold.
  public var keepsCopiesTogether: Bool
  /// Whether the number of rounds is chosen by the loss on the left-out folds, all bags together (needs two bags).
  public var stopsEarly: Bool
  /// Whether the raw score is a blend of the trees and of a ridge regression on the ranks of the columns, its penalty and
  /// both shares chosen on the left-out folds. The linear part carries what is nearly linear, smoothly from one answer
  /// level to the next; it is held as trees too, one per column. With one bag its penalty is 64 over the total weight,
  /// within the range that is tried otherwise, and either share a half. Only for losses of one output whose second
  /// derivative is bounded: logistic, squared.
  public var blendsLinear: Bool
  /// Whether leaf values are estimated again on all rows, structure kept, once bags are grown.
  public var refitsLeaves: Bool

  public init(
    learningRate: Double = 0.1, treeCount: Int = 100, leafCount: Int = 31, maximumDepth: Int? = nil,
    growth: TreeGrowth = .leafWise, l1: Double = 0, l2: Double = 0, minimumGain: Double = 0,
    minimumRowsPerLeaf: Int = 20, minimumHessianPerLeaf: Double = 1e-3, rowShare: Double = 1,
    columnShare: Double = 1, maximumBinCount: Int? = nil, categorySmoothing: Double = 10, bagCount: Int = 1,
    keepsCopiesTogether: Bool = false, stopsEarly: Bool = false, blendsLinear: Bool = false, refitsLeaves: Bool = false
  ) {
    self.learningRate = learningRate
    self.treeCount = treeCount
    self.leafCount = leafCount
    self.maximumDepth = maximumDepth
    self.growth = growth
    self.l1 = l1
    self.l2 = l2
    self.minimumGain = minimumGain
    self.minimumRowsPerLeaf = minimumRowsPerLeaf
    self.minimumHessianPerLeaf = minimumHessianPerLeaf
    self.rowShare = rowShare
    self.columnShare = columnShare
    self.maximumBinCount = maximumBinCount
    self.categorySmoothing = categorySmoothing
    self.bagCount = bagCount
    self.keepsCopiesTogether = keepsCopiesTogether
    self.stopsEarly = stopsEarly
    self.blendsLinear = blendsLinear
    self.refitsLeaves = refitsLeaves
  }

  /// - Throws: ``TrainingError/invalidParameter(name:value:expected:)`` for the first value out of its range.
  public func validate() throws(TrainingError) {
    func check(_ isValid: Bool, _ name: String, _ value: some Any, _ expected: String) throws(TrainingError) {
      if !isValid { throw .invalidParameter(name: name, value: "\(value)", expected: expected) }
    }
    try check(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "a number in (0, 1]")
    try check(treeCount >= 0 && treeCount <= 1_000_000, "treeCount", treeCount, "a whole number in 0...1000000")
    try check(leafCount >= 2 && leafCount <= 65_536, "leafCount", leafCount, "a whole number in 2...65536")
    if let maximumDepth {
      try check(maximumDepth >= 1, "maximumDepth", maximumDepth, "a whole number ≥ 1, or none")
    }
    try check(l1 >= 0 && l1.isFinite, "l1", l1, "a finite number ≥ 0")
    try check(l2 >= 0 && l2.isFinite, "l2", l2, "a finite number ≥ 0")
    try check(minimumGain >= 0 && minimumGain.isFinite, "minimumGain", minimumGain, "a finite number ≥ 0")
    try check(minimumRowsPerLeaf >= 0, "minimumRowsPerLeaf", minimumRowsPerLeaf, "a whole number ≥ 0")
    try check(
      minimumHessianPerLeaf >= 0 && minimumHessianPerLeaf.isFinite, "minimumHessianPerLeaf", minimumHessianPerLeaf,
      "a finite number ≥ 0")
    try check(rowShare > 0 && rowShare <= 1, "rowShare", rowShare, "a number in (0, 1]")
    try check(columnShare > 0 && columnShare <= 1, "columnShare", columnShare, "a number in (0, 1]")
    if let maximumBinCount {
      try check(
        maximumBinCount >= 2 && maximumBinCount <= 65_000, "maximumBinCount", maximumBinCount,
        "a whole number in 2...65000, or none")
    }
    try check(
      categorySmoothing >= 0 && categorySmoothing.isFinite, "categorySmoothing", categorySmoothing,
      "a finite number ≥ 0")
    try check(bagCount >= 1 && bagCount <= 1000, "bagCount", bagCount, "a whole number in 1...1000")
    try check(!stopsEarly || bagCount > 1, "stopsEarly", stopsEarly, "at least two bags")
  }
}

extension BoostingParameters {
  /// Parameters that were written before one of them existed keep what was done then.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys) throws -> T { try values.decode(T.self, forKey: key) }
    self.init(
      learningRate: try value(.learningRate), treeCount: try value(.treeCount), leafCount: try value(.leafCount),
      maximumDepth: try values.decodeIfPresent(Int.self, forKey: .maximumDepth), growth: try value(.growth),
      l1: try value(.l1), l2: try value(.l2), minimumGain: try value(.minimumGain),
      minimumRowsPerLeaf: try value(.minimumRowsPerLeaf), minimumHessianPerLeaf: try value(.minimumHessianPerLeaf),
      rowShare: try value(.rowShare), columnShare: try value(.columnShare),
      maximumBinCount: try values.decodeIfPresent(Int.self, forKey: .maximumBinCount),
      categorySmoothing: try value(.categorySmoothing), bagCount: try value(.bagCount),
      keepsCopiesTogether: try values.decodeIfPresent(Bool.self, forKey: .keepsCopiesTogether) ?? false,
      stopsEarly: try value(.stopsEarly), blendsLinear: try value(.blendsLinear),
      refitsLeaves: try value(.refitsLeaves))
  }
}

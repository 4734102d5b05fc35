import BoostedTrees
import Foundation
import StatisticalLearning

/// A model in the text form of LightGBM's `save_model`, scored as LightGBM scores it.
///
/// A row goes left at a numeric split when `value <= threshold`; what a missing value does depends on the split: it may
/// count as 0, or 0 itself may count as missing. At a categorical split a row goes left when its level, cut to a whole
/// number, is in the split's set. Linear trees are not read.
public struct LightGBMModel: Sendable {
  /// One split. Children are indices of splits, or `~index` of leaves.
  struct Split: Sendable, Equatable {
    enum Missing: UInt8, Sendable { case never, zero, notANumber }

    var threshold: Double
    /// The levels of a categorical split, as words of 32 bits.
    var levels: [UInt32] = []
    var gain: Double
    var value: Double
    var count: Double
    private let featureIndex: Int32
    private let leftIndex: Int32
    private let rightIndex: Int32
    var isCategorical: Bool
    var defaultsLeft: Bool
    var missing: Missing

    var feature: Int { Int(featureIndex) }
    var left: Int { Int(leftIndex) }
    var right: Int { Int(rightIndex) }

    init(
      feature: Int, threshold: Double, isCategorical: Bool, defaultsLeft: Bool, missing: Missing, left: Int,
      right: Int, levels: [UInt32], gain: Double, value: Double, count: Double
    ) {
      self.threshold = threshold
      self.levels = levels
      self.gain = gain
      self.value = value
      self.count = count
      featureIndex = Int32(feature)
      leftIndex = Int32(left)
      rightIndex = Int32(right)
      self.isCategorical = isCategorical
      self.defaultsLeft = defaultsLeft
      self.missing = missing
    }
  }

  struct Tree: Sendable, Equatable {
    var splits: [Split]
    var leafValues: [Double]
    var leafCounts: [Double]

    /// The index of the leaf that a row reaches.
    func leaf(_ row: UnsafePointer<Double>) -> Int {
      if splits.isEmpty { return 0 }
      var index = 0
      while index >= 0 {
        let split = splits[index]
        index = Self.goesLeft(split, row[split.feature]) ? split.left : split.right
      }
      return ~index
    }

    static func goesLeft(_ split: Split, _ value: Double) -> Bool {
      if split.isCategorical {
        guard value > -1, value < 0x1p31 else { return false }
        let level = Int(value)
        return level >> 5 < split.levels.count && split.levels[level >> 5] >> UInt32(level & 31) & 1 == 1
      }
      var x = value
      if x.isNaN && split.missing != .notANumber { x = 0 }
      if split.missing == .zero && abs(x) <= Self.zeroThreshold { return split.defaultsLeft }
      if split.missing == .notANumber && x.isNaN { return split.defaultsLeft }
      return x <= split.threshold
    }

    /// LightGBM's bound below which a value counts as zero: 1e-35 in single precision.
    static let zeroThreshold = Double(Float(1e-35))
  }

  /// `binary sigmoid:1`, `regression`, `multiclass num_class:3`, …
  public let objective: String
  public let featureNames: [String]
  /// Scores per row: trees take turns.
  public let outputCount: Int
  /// Whether scores are means over iterations (random forests) and not sums.
  public let averages: Bool
  let trees: [Tree]
  let link: PredictionLink

  init(
    objective: String, featureNames: [String], outputCount: Int, averages: Bool, trees: [Tree]
  ) throws {
    self.objective = objective
    self.featureNames = featureNames
    self.outputCount = outputCount
    self.averages = averages
    self.trees = trees
    link = PredictionLink(lightGBM: objective)
  }

  /// Raw scores of each row: rows × outputs.
  func rawScores(_ rows: Matrix) -> [Double] {
    let rows = rows.converted(to: .rowMajor)
    var scores = [Double](repeating: 0, count: rows.rowCount * outputCount)
    rows.withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      for row in 0..<rows.rowCount {
        for (index, tree) in trees.enumerated() {
          scores[row * outputCount + index % outputCount] +=
            tree.leafValues[tree.leaf(base + row * rows.columnCount)]
        }
      }
    }
    if averages {
      let iterations = Double(max(1, trees.count / outputCount))
      for index in scores.indices { scores[index] /= iterations }
    }
    return scores
  }

  /// The same function as trees of this package; `nil` when 0 counts as missing in a way that one threshold can't say.
  /// Levels must be whole numbers: LightGBM cuts 1.5 to 1, trees of this package find it in no set.
  func ensemble() -> TreeEnsemble? {
    let iterations = averages ? Double(max(1, trees.count / outputCount)) : 1
    let converted = trees.map { $0.decisionTree(divisor: iterations) }
    guard converted.allSatisfy({ $0 != nil }) else { return nil }
    return try? TreeEnsemble(
      trees: converted.map { $0! }, baseScores: [Double](repeating: 0, count: outputCount),
      features: featureNames.map { Feature($0) })
  }
}

extension LightGBMModel.Tree {
  func decisionTree(divisor: Double) -> DecisionTree? {
    var nodes: [DecisionTree.Node] = []
    var sets: [CategorySet] = []
    var pending: [(index: Int, parent: Int, isLeft: Bool)] = [(splits.isEmpty ? ~0 : 0, -1, false)]
    while let (index, parent, isLeft) = pending.popLast() {
      let position = nodes.count
      if parent >= 0 {
        if isLeft { nodes[parent].left = Int32(position) } else { nodes[parent].right = Int32(position) }
      }
      guard index >= 0 else {
        nodes.append(.leaf(value: leafValues[~index] / divisor, cover: leafCounts[~index]))
        continue
      }
      let split = splits[index]
      if split.isCategorical {
        var levels: [Int] = []
        for (word, bits) in split.levels.enumerated() {
          for bit in 0..<32 where bits >> UInt32(bit) & 1 == 1 { levels.append(word * 32 + bit) }
        }
        guard (levels.last ?? 0) < 1 << 20 else { return nil }
        nodes.append(
          .split(
            feature: split.feature, categorySet: sets.count, missingGoesLeft: false, left: 0, right: 0,
            value: split.value, cover: split.count, gain: split.gain))
        sets.append(CategorySet(levels))
      } else {
        let missingGoesLeft: Bool
        switch split.missing {
        case .never: missingGoesLeft = 0 <= split.threshold
        case .notANumber: missingGoesLeft = split.defaultsLeft
        case .zero:
          // Zeros go the default way; one threshold says so only when they would go there anyway.
          let bound = Self.zeroThreshold
          guard split.defaultsLeft ? split.threshold >= bound : split.threshold < -bound else { return nil }
          missingGoesLeft = split.defaultsLeft
        }
        nodes.append(
          .split(
            feature: split.feature, threshold: split.threshold, missingGoesLeft: missingGoesLeft, left: 0, right: 0,
            value: split.value, cover: split.count, gain: split.gain))
      }
      pending.append((split.right, position, false))
      pending.append((split.left, position, true))
    }
    return try? DecisionTree(nodes: nodes, categorySets: sets)
  }
}

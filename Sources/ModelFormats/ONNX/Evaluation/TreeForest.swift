import Foundation

/// Trees as the ONNX operators define them: six comparisons and membership in a set, leaves that add to any targets.
///
/// Every child index is checked when it is made, no split has two parents, so that a walk always ends at a leaf.
struct TreeForest: Sendable {
  enum Mode: UInt8, Sendable {
    case lessOrEqual, less, greaterOrEqual, greater, equal, notEqual, member
  }

  struct Split: Sendable {
    var feature: Int32
    var mode: Mode
    var missingTracksTrue: Bool
    /// Index into `sets`; −1 but for membership.
    var set: Int32 = -1
    /// Index of the next split, or `~index` of a leaf.
    var trueChild: Int32
    var falseChild: Int32
    var threshold: Double
  }

  let splits: [Split]
  let sets: [Set<Double>]
  /// Like children: `~index` when a tree is one leaf.
  let roots: [Int32]
  /// Leaf *i* adds entries `leafStarts[i] ..< leafStarts[i + 1]`.
  let leafStarts: [Int32]
  let targets: [Int32]
  let weights: [Double]
  let targetCount: Int
  /// One more than the largest feature index.
  let featureCount: Int

  /// - Throws: ``OperatorFailure`` unless all references are in range and form trees, and all weights are finite.
  init(
    splits: [Split], sets: [Set<Double>] = [], roots: [Int32], leafStarts: [Int32], targets: [Int32],
    weights: [Double], targetCount: Int
  ) throws {
    guard targetCount >= 1, targetCount <= 1 << 20 else { throw OperatorFailure("\(targetCount) targets") }
    guard weights.allSatisfy({ $0.isFinite }) else { throw OperatorFailure("a leaf weight that is not finite") }
    guard targets.allSatisfy({ $0 >= 0 && $0 < targetCount }) else { throw OperatorFailure("a target out of range") }
    let leafCount = leafStarts.count - 1
    var isReached = [Bool](repeating: false, count: splits.count)
    var pending: [Int32] = []
    for root in roots {
      pending.append(root)
      while let index = pending.popLast() {
        if index < 0 {
          guard Int(~index) < leafCount else { throw OperatorFailure("leaf \(~index) of \(leafCount)") }
          continue
        }
        guard Int(index) < splits.count else { throw OperatorFailure("node \(index) of \(splits.count)") }
        guard !isReached[Int(index)] else { throw OperatorFailure("node \(index) is reached twice: not a tree") }
        isReached[Int(index)] = true
        let split = splits[Int(index)]
        guard split.feature >= 0, split.feature < 1 << 24 else { throw OperatorFailure("feature \(split.feature)") }
        guard split.mode == .member || !split.threshold.isNaN else { throw OperatorFailure("a threshold is NaN") }
        guard split.mode != .member || (split.set >= 0 && split.set < sets.count) else {
          throw OperatorFailure("a set of levels that is not there")
        }
        pending.append(split.falseChild)
        pending.append(split.trueChild)
      }
    }
    self.splits = splits
    self.sets = sets
    self.roots = roots
    self.leafStarts = leafStarts
    self.targets = targets
    self.weights = weights
    self.targetCount = targetCount
    // What no row reaches asks for no feature.
    featureCount = splits.indices.reduce(0) { isReached[$1] ? max($0, Int(splits[$1].feature) + 1) : $0 }
  }

  /// The leaf that a row reaches from a root.
  @inline(__always)
  func leaf(from root: Int32, _ row: UnsafePointer<Double>) -> Int {
    splits.withUnsafeBufferPointer { splits in
      var index = root
      while index >= 0 {
        let split = splits[Int(index)]
        let x = row[Int(split.feature)]
        let isTrue: Bool
        switch split.mode {
        case .lessOrEqual: isTrue = x <= split.threshold
        case .less: isTrue = x < split.threshold
        case .greaterOrEqual: isTrue = x >= split.threshold
        case .greater: isTrue = x > split.threshold
        case .equal: isTrue = x == split.threshold
        case .notEqual: isTrue = x != split.threshold
        case .member: isTrue = sets[Int(split.set)].contains(x)
        }
        index = isTrue || (split.missingTracksTrue && x.isNaN) ? split.trueChild : split.falseChild
      }
      return Int(~index)
    }
  }

  enum Aggregation: String, Sendable {
    case sum = "SUM"
    case average = "AVERAGE"
    case min = "MIN"
    case max = "MAX"
  }

  /// Rows × targets: the leaves' weights, aggregated. Targets that no leaf adds to are 0.
  func scores(_ rows: [Double], rowCount: Int, columnCount: Int, aggregation: Aggregation) -> [Double] {
    var scores = [Double](repeating: 0, count: rowCount * targetCount)
    guard columnCount >= featureCount, rowCount > 0 else { return scores }
    var isFirst = aggregation == .min || aggregation == .max ? [Bool](repeating: true, count: scores.count) : []
    rows.withUnsafeBufferPointer { rows in
      for row in 0..<rowCount {
        guard let base = rows.baseAddress.map({ $0 + row * columnCount }) ?? Self.noFeatures else { continue }
        for root in roots {
          let leaf = leaf(from: root, base)
          for entry in Int(leafStarts[leaf])..<Int(leafStarts[leaf + 1]) {
            let target = row * targetCount + Int(targets[entry])
            switch aggregation {
            case .sum, .average: scores[target] += weights[entry]
            case .min:
              scores[target] = isFirst[target] ? weights[entry] : Swift.min(scores[target], weights[entry])
              isFirst[target] = false
            case .max:
              scores[target] = isFirst[target] ? weights[entry] : Swift.max(scores[target], weights[entry])
              isFirst[target] = false
            }
          }
        }
      }
    }
    if aggregation == .average, !roots.isEmpty {
      for index in scores.indices { scores[index] /= Double(roots.count) }
    }
    return scores
  }

  /// Something to point at when rows have no column; no split reads it.
  nonisolated(unsafe) private static let noFeatures: UnsafePointer<Double>? = {
    let pointer = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    pointer.initialize(to: 0)
    return UnsafePointer(pointer)
  }()

  /// Steps that scoring one row takes at most.
  var work: Int { splits.count + roots.count + weights.count }
}

import BoostedTrees
import StatisticalLearning

/// Which way each row goes at each split of a tree, whether it comes there or not.
struct TreeDecisions {
  let rowCount: Int
  /// 1 for left; the decision of row `i` at node `n` is at `n * rowCount + i`.
  private let goesLeft: [UInt8]

  /// - Parameter matrix: Column-major.
  init(_ tree: DecisionTree, matrix: Matrix) {
    let rowCount = matrix.rowCount
    var goesLeft = [UInt8](repeating: 0, count: tree.nodes.count * rowCount)
    matrix.withUnsafeElements { elements in
      goesLeft.withUnsafeMutableBufferPointer { goesLeft in
        for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
          let column = Int(node.feature) * rowCount
          let place = index * rowCount
          let missing: UInt8 = node.missingGoesLeft ? 1 : 0
          if node.categorySet >= 0 {
            let set = tree.categorySets[Int(node.categorySet)]
            for row in 0..<rowCount {
              let x = elements[column &+ row]
              goesLeft[place &+ row] = x.isNaN ? missing : set.contains(x) ? 1 : 0
            }
          } else {
            let threshold = node.threshold
            for row in 0..<rowCount {
              let x = elements[column &+ row]
              goesLeft[place &+ row] = x.isNaN ? missing : x <= threshold ? 1 : 0
            }
          }
        }
      }
    }
    self.rowCount = rowCount
    self.goesLeft = goesLeft
  }

  /// The distinct patterns of players on a path whose conditions the rows meet.
  func patterns(on path: LeafPath) -> LeafPatterns {
    let wordCount = (path.players.count + 63) / 64
    var indices = [Int32](repeating: 0, count: rowCount)
    var distinct: [[UInt64]] = [[]]
    var masks = [UInt64](repeating: 0, count: rowCount)
    for word in 0..<wordCount {
      let slotCount = min(64, path.players.count - 64 * word)
      let full = UInt64.max >> UInt64(64 - slotCount)
      goesLeft.withUnsafeBufferPointer { goesLeft in
        masks.withUnsafeMutableBufferPointer { masks in
          for row in 0..<rowCount { masks[row] = full }
          for condition in path.conditions where condition.slot >> 6 == word {
            let expected: UInt8 = condition.goesLeft ? 1 : 0
            let shift = UInt64(condition.slot & 63)
            let place = condition.node * rowCount
            for row in 0..<rowCount { masks[row] &= ~(UInt64(goesLeft[place &+ row] ^ expected) &<< shift) }
          }
        }
      }
      if wordCount == 1 && slotCount <= 12 {
        Self.numberDensely(masks, slotCount: slotCount, &indices, &distinct)
      } else {
        Self.refine(masks, &indices, &distinct)
      }
    }
    return LeafPatterns(indices: indices, distinct: distinct)
  }

  private static func numberDensely(
    _ masks: [UInt64], slotCount: Int, _ indices: inout [Int32], _ distinct: inout [[UInt64]]
  ) {
    var numbers = [Int32](repeating: -1, count: 1 << slotCount)
    distinct.removeAll(keepingCapacity: true)
    for row in masks.indices {
      let mask = Int(masks[row])
      if numbers[mask] < 0 {
        numbers[mask] = Int32(distinct.count)
        distinct.append([masks[row]])
      }
      indices[row] = numbers[mask]
    }
  }

  /// Splits the patterns known so far by one more word.
  private static func refine(_ masks: [UInt64], _ indices: inout [Int32], _ distinct: inout [[UInt64]]) {
    struct Key: Hashable {
      let index: Int32
      let mask: UInt64
    }
    var numbers: [Key: Int32] = [:]
    var refined: [[UInt64]] = []
    for row in masks.indices {
      let key = Key(index: indices[row], mask: masks[row])
      if let number = numbers[key] {
        indices[row] = number
      } else {
        let number = Int32(refined.count)
        numbers[key] = number
        refined.append(distinct[Int(key.index)] + [key.mask])
        indices[row] = number
      }
    }
    distinct = refined
  }
}

/// What a path's players look like to a set of rows. What a leaf gives to its players depends on the pattern alone, so
/// it is computed once per pattern, not once per row.
struct LeafPatterns: Sendable {
  /// The pattern of each row, an index into ``distinct``.
  let indices: [Int32]
  /// Bit `s % 64` of word `s / 64` says whether the player of slot `s` meets all of its conditions.
  let distinct: [[UInt64]]
}

import StatisticalLearning

/// The rows and columns that each round of a bag may use: drawn by what rows hold and what columns are called, so that
/// their order means nothing.
struct RoundDraw {
  private let data: BinnedDataset
  private let parameters: BoostingParameters
  private let bag: Int
  private let seed: UInt64
  private let nameHashes: [UInt64]
  /// The copies of units in this bag, where rows are drawn.
  private var copies: [Copy] = []

  private struct Copy {
    let key: UInt64
    let weight: Int64
    let unit: Int
  }

  init(_ data: BinnedDataset, _ parameters: BoostingParameters, bag: Int, folds: FoldAssignment?, seed: UInt64) {
    self.data = data
    self.parameters = parameters
    self.bag = bag
    self.seed = seed
    nameHashes = data.columnOrder.map { stableHash(data.features[$0].name) }
    guard parameters.rowShare < 1 else { return }
    copies.reserveCapacity(data.unitCount)
    for unit in 0..<data.unitCount {
      let key = data.keys[unit] &+ UInt64(data.firstCopies[unit])
      for copy in 0..<data.copyCount(unit) where folds?.fold(unit, Int(copy)) != bag {
        copies.append(Copy(key: key &+ UInt64(copy), weight: data.copyWeight(unit, copy), unit: unit))
      }
    }
  }

  private func key(_ purpose: String, _ round: Int) -> UInt64 {
    mixed(seed ^ stableHash(purpose)) &+ UInt64(bag) << 32 &+ UInt64(round)
  }

  /// Draws the rows of a round, copies one by one.
  ///
  /// - Parameters:
  ///   - multipliers: How often each unit counts in the bag.
  ///   - drawn: Receives how often each unit counts in the round.
  ///   - partition: Receives the units that count, and the others.
  func rows(_ round: Int, _ multipliers: [Int64], into drawn: inout [Int64], _ partition: BagPartition) {
    if parameters.rowShare < 1 {
      let key = mixed(self.key("rows", round))
      // A number in [0, 1) of 53 bits is below the share.
      let limit = UInt64((parameters.rowShare * 0x1p53).rounded(.up))
      var isEmpty = true
      drawn.withUnsafeMutableBufferPointer { drawn in
        drawn.update(repeating: 0)
        for copy in copies {
          let isDrawn = mixed(copy.key ^ key) &>> 11 < limit
          drawn[copy.unit] &+= isDrawn ? copy.weight : 0
          isEmpty = isEmpty && !isDrawn
        }
      }
      if isEmpty { drawn = multipliers }
    } else if round == 0 {
      drawn = multipliers
    }
    let unitCount = data.unitCount
    drawn.withUnsafeBufferPointer { drawn in
      partition.rows.set { rows in
        var count = 0
        partition.others.set { others in
          for unit in 0..<unitCount {
            let counts = drawn[unit] > 0 ? 1 : 0
            // Both places are free: what is written to the wrong one is written over.
            rows[count] = UInt32(truncatingIfNeeded: unit)
            others[unit &- count] = UInt32(truncatingIfNeeded: unit)
            count &+= counts
          }
          return unitCount - count
        }
        return count
      }
    }
  }

  /// The columns of a round, ascending: those with the smallest numbers drawn by name.
  func columns(_ round: Int) -> [Int] {
    guard parameters.columnShare < 1 else { return Array(0..<data.columnCount) }
    let count = max(1, Int((parameters.columnShare * Double(data.columnCount)).rounded()))
    let key = mixed(self.key("columns", round))
    let draws = nameHashes.map { mixed($0 ^ key) &>> 11 }
    let largest = draws.sorted()[count - 1]
    var columns: [Int] = []
    columns.reserveCapacity(count)
    var equal = count - draws.count { $0 < largest }
    for column in draws.indices {
      if draws[column] < largest {
        columns.append(column)
      } else if draws[column] == largest, equal > 0 {
        columns.append(column)
        equal -= 1
      }
    }
    return columns
  }
}

/// Which fold each copy of each unit belongs to: balanced within each stratum, and a function of content and seed only.
struct FoldAssignment: Sendable {
  let foldCount: Int
  private let firstIndex: [Int]
  private let folds: [Int32]

  /// - Parameters:
  ///   - isStratified: Whether targets are few classes whose shares should be equal in all folds.
  ///   - keepsCopiesTogether: Whether all copies of a unit share a fold, where no unit is so large that folds would
  ///     become uneven.
  init(
    _ data: BinnedDataset, foldCount: Int, isStratified: Bool, keepsCopiesTogether: Bool = false, seed: UInt64
  ) {
    var first: [Int] = []
    var count = 0
    var largest = 0
    for unit in 0..<data.unitCount {
      first.append(count)
      count += Int(data.copyCount(unit))
      largest = max(largest, Int(data.copyCount(unit)))
    }
    let isTogether = keepsCopiesTogether && 4 * foldCount * largest <= count
    let key = mixed(seed ^ stableHash("folds"))
    let draws = (0..<data.unitCount).map { mixed(data.keys[$0] &+ UInt64(data.firstCopies[$0]) ^ key) }
    let order = (0..<data.unitCount).sorted {
      if isStratified, data.targets[$0] != data.targets[$1] { return data.targets[$0] < data.targets[$1] }
      return (draws[$0], $0) < (draws[$1], $1)
    }
    var folds = [Int32](repeating: 0, count: count)
    var next = 0
    for (position, unit) in order.enumerated() {
      if isStratified, position > 0, data.targets[unit] != data.targets[order[position - 1]] { next = 0 }
      for copy in 0..<Int(data.copyCount(unit)) {
        folds[first[unit] + copy] = Int32(next % foldCount)
        if !isTogether { next += 1 }
      }
      if isTogether { next += 1 }
    }
    self.foldCount = foldCount
    self.folds = folds
    firstIndex = first
  }

  @inline(__always)
  func fold(_ unit: Int, _ copy: Int) -> Int { Int(folds[firstIndex[unit] + copy]) }

  /// How often each unit counts inside the bag that leaves `fold` out, and outside of it.
  func multipliers(_ data: BinnedDataset, leavingOut fold: Int) -> (inside: [Int64], outside: [Int64]) {
    var inside = [Int64](repeating: 0, count: data.unitCount)
    var outside = inside
    for unit in 0..<data.unitCount {
      for copy in 0..<Int(data.copyCount(unit)) {
        let weight = data.copyWeight(unit, Int64(copy))
        if self.fold(unit, copy) == fold { outside[unit] += weight } else { inside[unit] += weight }
      }
    }
    return (inside, outside)
  }
}

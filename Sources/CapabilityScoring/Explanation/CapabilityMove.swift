import StatisticalLearning

/// Setting a capability to a level: every ordered answer of it to the same share of its range.
struct CapabilityMove: Sendable {
  let items: [Int]
  let tops: [Double]
  let weights: [Double]

  /// - Returns: `nil` for a capability without ordered answers.
  init?(_ capability: Int, columns: [AnswerColumn]) {
    items = columns.indices.filter { index in
      if case .categorical = columns[index].feature.kind { return false }
      return columns[index].capability == capability && (columns[index].topLevel ?? 0) > 0
    }
    guard !items.isEmpty else { return nil }
    tops = items.map { columns[$0].topLevel! }
    weights = items.map { columns[$0].weight }
  }

  /// Each firm's level: the weighted mean of its answers as a share of their range.
  func levels(_ firms: FirmSet) -> [Double] {
    let total = weights.reduce(0, +)
    return (0..<firms.count).map { row in
      items.indices.reduce(0) { sum, k in
        sum + weights[k] * firms.filled.elements[items[k] * firms.count + row] / tops[k]
      } / max(total, 1e-12)
    }
  }

  /// All firms at one level.
  func values(at level: Double, _ firms: FirmSet) -> [(item: Int, values: [Double])] {
    items.indices.map { (items[$0], [Double](repeating: level * tops[$0], count: firms.count)) }
  }

  /// Each firm at a level of its own, its answers raised or lowered together and kept within their ranges.
  func values(
    from levels: [Double], to targets: [Double], _ firms: FirmSet
  ) -> [(item: Int, values: [Double])] {
    items.indices.map { k in
      (
        items[k],
        (0..<firms.count).map { row in
          let share = firms.filled.elements[items[k] * firms.count + row] / tops[k]
          return min(max(share + targets[row] - levels[row], 0), 1) * tops[k]
        }
      )
    }
  }
}

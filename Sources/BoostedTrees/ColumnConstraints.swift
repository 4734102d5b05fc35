import StatisticalLearning

/// Monotone directions and interaction groups, by column in the order of the names.
struct ColumnConstraints: Sendable {
  /// +1, −1, or 0 for none.
  let directions: [Int]
  let hasMonotone: Bool
  /// Each sorted. Empty when everything may interact.
  let groups: [Set<Int>]

  var hasGroups: Bool { !groups.isEmpty }

  /// - Throws: ``TrainingError/invalidParameter(name:value:expected:)`` when a name is no feature, or when a direction is
  ///   asked of a categorical one.
  init(
    _ features: [Feature], order: [Int], monotone: [String: MonotoneDirection], groups: [[String]]
  ) throws(TrainingError) {
    var column: [String: Int] = [:]
    for (index, feature) in order.enumerated() { column[features[feature].name] = index }
    var directions = [Int](repeating: 0, count: order.count)
    for (name, direction) in monotone.sorted(by: { $0.key < $1.key }) {
      guard let index = column[name] else {
        throw .invalidParameter(name: "monotone", value: name, expected: "the name of a feature")
      }
      if case .categorical = features[order[index]].kind {
        throw .invalidParameter(name: "monotone", value: name, expected: "a numeric or ordinal feature")
      }
      directions[index] = direction.rawValue
    }
    var sets: [Set<Int>] = []
    for group in groups {
      var set = Set<Int>()
      for name in group {
        guard let index = column[name] else {
          throw .invalidParameter(name: "interactionGroups", value: name, expected: "the name of a feature")
        }
        set.insert(index)
      }
      if !set.isEmpty { sets.append(set) }
    }
    if !sets.isEmpty {
      let named = sets.reduce(into: Set<Int>()) { $0.formUnion($1) }
      for index in order.indices where !named.contains(index) { sets.append([index]) }
    }
    self.directions = directions
    hasMonotone = directions.contains { $0 != 0 }
    self.groups = sets
  }

  /// The slots that may be split on below splits on `path`: those of the groups that hold all of the path.
  func slots(_ layout: HistogramLayout, after path: [Int], from slots: [Int32]) -> [Int32] {
    let possible = groups.filter { group in path.allSatisfy { group.contains($0) } }
    return slots.filter { slot in possible.contains { $0.contains(layout.slots[Int(slot)].column) } }
  }
}

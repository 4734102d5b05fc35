import StatisticalLearning

/// The order in which rows take a player's values when it is shuffled.
public enum RowShuffle {
  /// - Parameters:
  ///   - groups: One per row: each row takes the values of a row of its own group; of any row when `nil`.
  ///   - player: Its name; with the seed and the repeat it decides the order.
  /// - Returns: For each row, the row whose values it takes.
  public static func order(
    rowCount: Int, groups: [Int]? = nil, seed: UInt64, player: String, repeat index: Int
  ) -> [Int] {
    precondition(groups.map { $0.count == rowCount } ?? true, "groups for another number of rows")
    var generator = CounterBasedGenerator(
      seed: seed, purpose: "permutation importance", name: player, index: index)
    guard let groups else { return (0..<rowCount).shuffled(using: &generator) }
    var members: [[Int]] = []
    var places: [Int: Int] = [:]
    for (row, group) in groups.enumerated() {
      if let place = places[group] {
        members[place].append(row)
      } else {
        places[group] = members.count
        members.append([row])
      }
    }
    var order = [Int](repeating: 0, count: rowCount)
    for rows in members {
      for (row, source) in zip(rows, rows.shuffled(using: &generator)) { order[row] = source }
    }
    return order
  }
}

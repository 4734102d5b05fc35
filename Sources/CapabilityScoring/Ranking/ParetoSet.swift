/// What no other candidate beats on one outcome without losing on the other: no exchange rate is imposed.
public enum ParetoSet {
  /// The positions of candidates for which no other is at least as good on both outcomes and better on one, ascending.
  /// Equal candidates are in or out together. Values must not be `NaN`.
  public static func indices(innovation: [Double], export: [Double]) -> [Int] {
    precondition(innovation.count == export.count, "\(innovation.count) and \(export.count) values")
    var order = Array(innovation.indices)
    var found: [Int] = []
    forEach(innovation: innovation, export: export, order: &order) { found.append($0) }
    return found.sorted()
  }

  /// Calls `body` for each member. `order` is any permutation of the positions; it comes back sorted, so that a
  /// similar problem is quick.
  static func forEach(innovation: [Double], export: [Double], order: inout [Int], _ body: (Int) -> Void) {
    let count = innovation.count
    guard count > 0 else { return }
    innovation.withUnsafeBufferPointer { innovation in
      export.withUnsafeBufferPointer { export in
        for i in 1..<max(count, 1) {
          let item = order[i]
          var j = i
          while j > 0 {
            let other = order[j &- 1]
            let before =
              innovation[other] > innovation[item]
              || (innovation[other] == innovation[item] && export[other] >= export[item])
            if before { break }
            order[j] = other
            j &-= 1
          }
          order[j] = item
        }
        // From the best on innovation down, a member exports more than all before it, or equals the last member.
        var best = -Double.infinity
        var bestInnovation = Double.nan
        for item in order {
          if export[item] > best {
            best = export[item]
            bestInnovation = innovation[item]
            body(item)
          } else if export[item] == best, innovation[item] == bestInnovation {
            body(item)
          }
        }
      }
    }
  }
}

/// Agreement of orders.
public enum RankAgreement {
  /// Kendall's τ_b of two lists of values of the same things; `nil` when one of them is constant.
  ///
  /// `(concordant − discordant) / √((n₀ − n₁)(n₀ − n₂))` with `n₀` pairs, of which `n₁`, `n₂` are tied in a list.
  /// Pairs with a `NaN` are left out. Source: Kendall (1945), *The treatment of ties in ranking problems*.
  ///
  /// - Complexity: O(*n²*): the lists are of capabilities.
  public static func kendallTau(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "\(first.count) and \(second.count) values")
    let known = first.indices.filter { !first[$0].isNaN && !second[$0].isNaN }
    var balance = 0
    var untiedFirst = 0
    var untiedSecond = 0
    for (position, i) in known.enumerated() {
      for j in known[..<position] {
        let a = first[i] == first[j] ? 0 : (first[i] > first[j] ? 1 : -1)
        let b = second[i] == second[j] ? 0 : (second[i] > second[j] ? 1 : -1)
        balance += a * b
        untiedFirst += a * a
        untiedSecond += b * b
      }
    }
    guard untiedFirst > 0, untiedSecond > 0 else { return nil }
    return Double(balance) / (Double(untiedFirst) * Double(untiedSecond)).squareRoot()
  }

  /// Kendall's coefficient of concordance W of several orders of the same things, corrected for ties, in `0...1`.
  ///
  /// `W = (12 Σ R_i² − 3 m² n (n + 1)²) / (m² n (n² − 1) − m Σ T)`, with `R_i` the sum of the *m* mid-ranks of thing
  /// *i* and `T = Σ (t³ − t)` over the ties of an order. `nil` for fewer than two orders or things, or when nothing
  /// is ordered. Source: Kendall and Babington Smith (1939), *The problem of m rankings*.
  ///
  /// - Parameter orders: One list of finite values per order; larger is better, equal is tied.
  public static func concordance(_ orders: [[Double]]) -> Double? {
    guard let n = orders.first?.count, n > 1, orders.count > 1 else { return nil }
    precondition(orders.allSatisfy { $0.count == n }, "orders of different numbers of things")
    var sums = [Double](repeating: 0, count: n)
    var tieSum = 0.0
    for values in orders {
      let (ranks, ties) = midRanks(values)
      for i in 0..<n { sums[i] += ranks[i] }
      tieSum += ties
    }
    let m = Double(orders.count)
    let count = Double(n)
    let denominator = m * m * count * (count * count - 1) - m * tieSum
    guard denominator > 0 else { return nil }
    let squares = sums.reduce(0) { $0 + $1 * $1 }
    return min(max((12 * squares - 3 * m * m * count * (count + 1) * (count + 1)) / denominator, 0), 1)
  }

  /// Ranks from 1 (largest), ties at their mean, and `Σ (t³ − t)` over ties.
  static func midRanks(_ values: [Double]) -> (ranks: [Double], ties: Double) {
    let order = values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var ties = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for k in start..<end { ranks[order[k]] = 0.5 * Double(start + 1 + end) }
      let t = Double(end - start)
      ties += t * t * t - t
      start = end
    }
    return (ranks, ties)
  }
}

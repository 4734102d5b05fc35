/// Weighted least-squares regression that does not decrease, by pooling adjacent violators.
///
/// Minimises `Σ wᵢ (yᵢ − g(xᵢ))²` over non-decreasing `g`; equal `x` get one value. Source: Ayer et al. (1955).
struct IsotonicFit: Sendable, Equatable {
  /// Distinct `x` in ascending order.
  var positions: [Double]
  /// The fitted value at each.
  var values: [Double]

  /// - Complexity: O(*n* log *n*).
  init(positions x: [Double], targets: [Double], weights: [Double]) {
    var distinct: [Double] = []
    var blocks: [(sum: Double, weight: Double, count: Int)] = []
    let order = ascendingOrder(of: x).filter { weights[$0] > 0 }
    var start = 0
    while start < order.count {
      var end = start
      var sum = 0.0
      var weight = 0.0
      while end < order.count, x[order[end]] == x[order[start]] {
        sum += weights[order[end]] * targets[order[end]]
        weight += weights[order[end]]
        end += 1
      }
      distinct.append(x[order[start]])
      blocks.append((sum, weight, 1))
      start = end
      while blocks.count > 1 {
        let last = blocks[blocks.count - 1]
        let before = blocks[blocks.count - 2]
        guard before.sum * last.weight >= last.sum * before.weight else { break }
        blocks.removeLast()
        blocks[blocks.count - 1] = (before.sum + last.sum, before.weight + last.weight, before.count + last.count)
      }
    }
    positions = distinct
    values = blocks.flatMap { [Double](repeating: $0.sum / $0.weight, count: $0.count) }
  }
}

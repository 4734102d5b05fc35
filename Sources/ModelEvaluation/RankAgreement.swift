import Foundation

/// How far two orders of the same things agree.
public enum RankAgreement {
  /// Kendall's τ-b, from −1 to 1, ties corrected: `(C − D) / √((N − T₁)(N − T₂))` with C concordant and D discordant pairs,
  /// N all pairs, T those tied in each. `nil` when one of the two is constant, or there are fewer than two.
  ///
  /// - Complexity: O(*n* log *n*) (Knight 1966).
  public static func kendallTauB(_ a: [Double], _ b: [Double]) -> Double? {
    precondition(a.count == b.count, "\(a.count) and \(b.count) values")
    let n = a.count
    let order = (0..<n).sorted { (a[$0], b[$0], $0) < (a[$1], b[$1], $1) }
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    func tiedPairs(_ isTied: (Int, Int) -> Bool, _ order: [Int]) -> Double {
      var total = 0.0
      var start = 0
      for end in 1...max(n, 1) where end >= n || !isTied(order[end - 1], order[end]) {
        total += pairs(end - start)
        start = end
      }
      return total
    }
    guard n >= 2 else { return nil }
    let tiedInA = tiedPairs({ a[$0] == a[$1] }, order)
    let tiedInBoth = tiedPairs({ a[$0] == a[$1] && b[$0] == b[$1] }, order)
    let tiedInB = tiedPairs({ b[$0] == b[$1] }, ascendingOrder(of: b))
    var sequence = order.map { b[$0] }
    let discordant = Double(inversionCount(&sequence))
    let all = pairs(n)
    let denominator = ((all - tiedInA) * (all - tiedInB)).squareRoot()
    guard denominator > 0 else { return nil }
    return (all - tiedInA - tiedInB + tiedInBoth - 2 * discordant) / denominator
  }

  /// The number of pairs in the wrong order, by merge sort; sorts its argument.
  private static func inversionCount(_ values: inout [Double]) -> Int {
    var count = 0
    var source = values
    var target = values
    var width = 1
    while width < source.count {
      for start in stride(from: 0, to: source.count, by: 2 * width) {
        let middle = min(start + width, source.count)
        let end = min(start + 2 * width, source.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if left < middle && (right >= end || source[left] <= source[right]) {
            target[place] = source[left]
            left += 1
          } else {
            target[place] = source[right]
            right += 1
            count += middle - left
          }
        }
      }
      swap(&source, &target)
      width *= 2
    }
    values = source
    return count
  }

  /// Spearman's ρ: the correlation of average ranks. `nil` when one of the two is constant, or there are fewer than two.
  public static func spearman(_ a: [Double], _ b: [Double]) -> Double? {
    precondition(a.count == b.count, "\(a.count) and \(b.count) values")
    let ranks = (averageRanks(of: a), averageRanks(of: b))
    let mean = Double(a.count + 1) / 2
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(ranks.0, ranks.1) {
      xx += (x - mean) * (x - mean)
      yy += (y - mean) * (y - mean)
      xy += (x - mean) * (y - mean)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : nil
  }
}

import Foundation

extension RandomNumberGenerator {
  /// Uniform on the open interval (0, 1): never 0, never 1.
  @inlinable
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// An index in `0..<bound`, without bias (Lemire 2019).
  @inlinable
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0, "an index below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Standard normal, by the Box–Muller transform (the cosine half: one draw costs two uniforms, and keeps no state).
  @inlinable
  public mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// Shuffles in place (Fisher–Yates), with a documented number of draws.
  @inlinable
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    for i in stride(from: array.count - 1, to: 0, by: -1) {
      let j = index(below: i + 1)
      if i != j { array.swapAt(i, j) }
    }
  }

  /// The number of times that each of `count` rows is drawn in a bootstrap sample of `count` draws.
  @inlinable
  public mutating func bootstrapCounts(_ count: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for _ in 0..<count { counts[index(below: count)] += 1 }
    return counts
  }
}

import StatisticalLearning

/// What one leaf gives to the players on its path when a row shows a pattern.
///
/// Knowing the players `S`, the leaf is worth `v(S) = value · Π_{k∈S} o_k · (what the rest is worth, unknown)`, where
/// `o_k` is 1 when player `k` meets its conditions. With `D` players, Shapley's weight of `S` for `j ∉ S` is
/// `|S|! (D − 1 − |S|)! / D! = ∫₀¹ t^|S| (1 − t)^(D−1−|S|) dt`.
protocol LeafGame: Sendable {
  /// Adds to `main[slot]` the Shapley value of each slot and, unless `pairs` is empty, to `pairs[i * D + j]`, `i < j`,
  /// half of the interaction of two.
  func add(
    _ path: LeafPath, pattern: [UInt64], main: UnsafeMutableBufferPointer<Double>,
    pairs: UnsafeMutableBufferPointer<Double>)
}

/// Unknown players split rows as the training rows did.
///
/// `v(S) = value Π_{k∈S} o_k Π_{k∉S} z_k`, with `z_k` the share of training rows that met player `k`'s conditions. The
/// sum over subsets factorises under the integral:
///
/// ```
/// φ_j  = value (o_j − z_j) ∫₀¹ Π_{k≠j} (t o_k + (1 − t) z_k) dt
/// Φ_ij = ½ value (o_i − z_i)(o_j − z_j) ∫₀¹ Π_{k≠i,j} (t o_k + (1 − t) z_k) dt
/// ```
///
/// The integrands are polynomials of degree `D − 1` and `D − 2`, for which `⌈D/2⌉` Gauss–Legendre nodes are exact. No
/// division, so a share of 0 is no special case.
/// The game is that of Lundberg et al. (2020), *Nature Machine Intelligence* 2, algorithm 1.
struct CoverGame: LeafGame {
  /// The rule of index `n` has `n + 1` nodes.
  let rules: [GaussLegendreRule]

  init(maximumPlayerCount: Int) {
    rules = (0..<max(1, (maximumPlayerCount + 1) / 2)).map { GaussLegendreRule(count: $0 + 1) }
  }

  func add(
    _ path: LeafPath, pattern: [UInt64], main: UnsafeMutableBufferPointer<Double>,
    pairs: UnsafeMutableBufferPointer<Double>
  ) {
    let count = path.players.count
    let rule = rules[(count + 1) / 2 - 1]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * count + 1) { space in
      let known = UnsafeMutableBufferPointer(rebasing: space[0..<count])
      let change = UnsafeMutableBufferPointer(rebasing: space[count..<2 * count])
      let factors = UnsafeMutableBufferPointer(rebasing: space[2 * count..<3 * count])
      // suffix[k] is the product of the factors from k on.
      let suffix = UnsafeMutableBufferPointer(rebasing: space[3 * count..<4 * count + 1])
      for slot in 0..<count {
        known[slot] = Double(pattern[slot >> 6] >> UInt64(slot & 63) & 1)
        change[slot] = known[slot] - path.coverShares[slot]
      }
      for (node, weight) in zip(rule.nodes, rule.weights) {
        suffix[count] = weight * path.value
        for slot in stride(from: count - 1, through: 0, by: -1) {
          factors[slot] = node * known[slot] + (1 - node) * path.coverShares[slot]
          suffix[slot] = suffix[slot + 1] * factors[slot]
        }
        var prefix = 1.0
        for i in 0..<count {
          main[i] += change[i] * prefix * suffix[i + 1]
          if !pairs.isEmpty {
            var without = 0.5 * change[i] * prefix
            for j in i + 1..<max(count, i + 1) {
              pairs[i * count + j] += change[j] * without * suffix[j + 1]
              without *= factors[j]
            }
          }
          prefix *= factors[i]
        }
      }
    }
  }
}

/// Unknown players take the values of a background row; the mean over the rows of the background.
///
/// For one background row, let `A` be the players that only the explained row's values let through, and `B` those that
/// only the background row's do (`a` and `b` of them); a leaf that one player closes to both gives nothing. Then
/// `v(S) = value` when `A ⊆ S` and `S ∩ B = ∅`, else 0, whence
///
/// ```
/// φ_j  =  value (a − 1)! b! / (a + b)!  for j ∈ A,   −value a! (b − 1)! / (a + b)!  for j ∈ B
/// Φ_ij = ½ value s!(n − s)! / (n + 1)!  with n = a + b − 2, and s the players of A other than i and j;
///        negative when one is in A and the other in B
/// ```
///
/// Source of the game: Lundberg et al. (2020), *Nature Machine Intelligence* 2, independent TreeSHAP.
struct BackgroundGame: LeafGame {
  /// The distinct patterns of the background rows on this path, and each one's share of the weight.
  let patterns: [[UInt64]]
  let shares: [Double]
  /// `orders[n][s] = s! (n − s)! / (n + 1)!`
  let orders: ShapleyOrders

  func add(
    _ path: LeafPath, pattern: [UInt64], main: UnsafeMutableBufferPointer<Double>,
    pairs: UnsafeMutableBufferPointer<Double>
  ) {
    let count = path.players.count
    next: for (other, share) in zip(patterns, shares) {
      var onlyRow = 0
      var onlyBackground = 0
      for word in pattern.indices {
        let full = UInt64.max >> UInt64(max(0, 64 * (word + 1) - count))
        guard pattern[word] | other[word] == full else { continue next }
        onlyRow += (pattern[word] & ~other[word]).nonzeroBitCount
        onlyBackground += (other[word] & ~pattern[word]).nonzeroBitCount
      }
      let total = onlyRow + onlyBackground
      guard total > 0 else { continue }
      let value = share * path.value
      let forRow = onlyRow > 0 ? value * orders[total - 1, onlyRow - 1] : 0
      let forBackground = onlyBackground > 0 ? -value * orders[total - 1, onlyRow] : 0
      for slot in 0..<count {
        let mask: UInt64 = 1 << UInt64(slot & 63)
        let isKnown = pattern[slot >> 6] & mask != 0
        let isOther = other[slot >> 6] & mask != 0
        guard isKnown != isOther else { continue }
        main[slot] += isKnown ? forRow : forBackground
        guard !pairs.isEmpty else { continue }
        for second in slot + 1..<max(count, slot + 1) {
          let secondMask: UInt64 = 1 << UInt64(second & 63)
          let secondKnown = pattern[second >> 6] & secondMask != 0
          guard secondKnown != (other[second >> 6] & secondMask != 0) else { continue }
          let rest = onlyRow - (isKnown ? 1 : 0) - (secondKnown ? 1 : 0)
          let half = 0.5 * value * orders[total - 2, rest]
          pairs[slot * count + second] += isKnown == secondKnown ? half : -half
        }
      }
    }
  }
}

/// `s! (n − s)! / (n + 1)! = 1 / ((n + 1) C(n, s))`, the weight of a coalition of `s` among `n` others.
struct ShapleyOrders: Sendable {
  private let weights: [[Double]]

  init(maximum: Int) {
    weights = (0...max(maximum, 0)).map { n in
      var binomial = 1.0
      return (0...n).map { s in
        if s > 0 { binomial = binomial * Double(n - s + 1) / Double(s) }
        return 1 / (Double(n + 1) * binomial)
      }
    }
  }

  subscript(n: Int, s: Int) -> Double { weights[n][s] }
}

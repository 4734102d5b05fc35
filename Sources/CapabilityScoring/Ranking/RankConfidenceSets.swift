/// Confidence sets for ranks, from bootstrap comparisons of every pair.
///
/// With estimates `θ̂_j`, differences `D_jk = θ̂_j − θ̂_k` and their bootstrap standard errors `s_jk`, the critical value
/// is the level-quantile over replicates of `max |D*_jk − D_jk| / s_jk` over the pairs compared. `j` is surely better
/// than `k` when `D_jk` exceeds it by `s_jk`; pairs so decided are taken out and the rest compared again (step-down).
/// The rank of `j` then lies between 1 + the number surely better and *n* − the number surely worse. With scope
/// `.marginal` the pairs are those of one `j`, and each rank's set holds its true rank with the level's probability;
/// with `.simultaneous` they are all pairs, and all sets hold at once.
///
/// Sources: Mogstad, Romano, Shaikh and Wilhelm (2024), *Inference for ranks with applications to mobility across
/// neighbourhoods and academic achievement across countries*, Rev. Econ. Stud. 91; Romano and Wolf (2005),
/// *Stepwise multiple testing as formalized data snooping*, Econometrica 73.
///
/// - Complexity: O(*n² R*) per step, few steps.
public struct RankConfidenceSets: Sendable, Equatable, Codable {
  public enum Scope: String, Sendable, Hashable, Codable { case marginal, simultaneous }

  public let scope: Scope
  public let level: Double
  /// One set of ranks per estimate; rank 1 is the largest.
  public let ranks: [ClosedRange<Int>]
  /// *n* × *n*, from the row's own comparison: 1 where its estimate is surely larger than the column's, −1 where it is
  /// surely smaller.
  let decisions: [Int8]
  /// One number per estimate, from 1, in the order of the estimates given (which must be descending for the groups to
  /// mean anything): a group begins at the first estimate surely worse than the group's leader.
  public let tieGroups: [Int]

  public var count: Int { ranks.count }

  /// Whether `i` is surely larger than `j`, in the comparison of `i` with all others.
  public func isSurelyBetter(_ i: Int, than j: Int) -> Bool { decisions[i * count + j] > 0 }

  /// The estimates that can't be told from the `i`-th, in its comparison with all others.
  public func indistinguishable(from i: Int) -> [Int] {
    (0..<count).filter { $0 != i && decisions[i * count + $0] == 0 }
  }

  /// All that may be among the first `firstCount`: with scope `.simultaneous`, a set that holds the true first
  /// `firstCount` with at least the level's probability.
  public func possiblyAmongFirst(_ firstCount: Int) -> [Int] {
    (0..<count).filter { ranks[$0].lowerBound <= firstCount }
  }

  /// - Parameters:
  ///   - estimates: *n* finite values.
  ///   - replicates: *R* × *n*, one replicate after the other, finite.
  public init(estimates: [Double], replicates: [Double], level: Double = 0.9, scope: Scope = .marginal) {
    let n = estimates.count
    precondition(level > 0 && level < 1, "a level of \(level)")
    precondition(
      n > 0 ? replicates.count.isMultiple(of: n) : replicates.isEmpty, "replicates that are not rows of \(n)")
    let decisions = Self.decide(estimates, replicates, level: level, scope: scope)
    var ranks: [ClosedRange<Int>] = []
    var groups: [Int] = []
    var leader = 0
    for i in 0..<n {
      var above = 0
      var below = 0
      for j in 0..<n {
        if decisions[i * n + j] < 0 { above += 1 }
        if decisions[i * n + j] > 0 { below += 1 }
      }
      ranks.append(1 + above...n - below)
      if i > 0, decisions[leader * n + i] > 0 { leader = i }
      groups.append(leader == i ? (groups.last ?? 0) + 1 : groups.last!)
    }
    self.scope = scope
    self.level = level
    self.ranks = ranks
    self.decisions = decisions
    tieGroups = groups
  }

  private static func decide(_ estimates: [Double], _ replicates: [Double], level: Double, scope: Scope) -> [Int8] {
    let n = estimates.count
    let count = n > 0 ? replicates.count / n : 0
    var decisions = [Int8](repeating: 0, count: n * n)
    guard n > 1, count > 1 else { return decisions }
    // Standardised deviations of each pair j < k, one pair after the other.
    let pairCount = n * (n - 1) / 2
    var deviations = [Double](repeating: 0, count: pairCount * count)
    var statistics = [Double](repeating: 0, count: pairCount)
    var pairs: [(Int, Int)] = []
    pairs.reserveCapacity(pairCount)
    replicates.withUnsafeBufferPointer { replicates in
      deviations.withUnsafeMutableBufferPointer { deviations in
        for j in 0..<n {
          for k in (j + 1)..<max(n, j + 1) {
            let pair = pairs.count
            let difference = estimates[j] - estimates[k]
            let base = pair &* count
            var sum = 0.0
            for r in 0..<count {
              let d = replicates[r &* n &+ j] - replicates[r &* n &+ k]
              deviations[base &+ r] = d
              sum += d
            }
            let mean = sum / Double(count)
            var squares = 0.0
            for r in 0..<count { squares += (deviations[base &+ r] - mean) * (deviations[base &+ r] - mean) }
            let error = (squares / Double(count - 1)).squareRoot()
            if error > 0 {
              statistics[pair] = difference / error
              let scale = 1 / error
              for r in 0..<count { deviations[base &+ r] = abs(deviations[base &+ r] - difference) * scale }
            } else {
              // A difference that never varies is what it is.
              statistics[pair] = difference == 0 ? 0 : (difference > 0 ? .infinity : -.infinity)
              for r in 0..<count { deviations[base &+ r] = 0 }
            }
            pairs.append((j, k))
          }
        }
      }
    }
    var largest = [Double](repeating: 0, count: count)
    func decideAmong(_ candidates: [Int], _ accept: (Int, Bool) -> Void) {
      var active = candidates
      while !active.isEmpty {
        let critical = largest.withUnsafeMutableBufferPointer { largest in
          deviations.withUnsafeBufferPointer { deviations in
            largest.update(repeating: 0)
            for pair in active {
              let base = pair &* count
              for r in 0..<count { largest[r] = max(largest[r], deviations[base &+ r]) }
            }
            return ReplicateIntervalKind.quantile(largest, level)
          }
        }
        let remaining = active.filter { abs(statistics[$0]) <= critical }
        if remaining.count == active.count { break }
        for pair in active where abs(statistics[pair]) > critical { accept(pair, statistics[pair] > 0) }
        active = remaining
      }
    }
    switch scope {
    case .simultaneous:
      decideAmong(Array(0..<pairCount)) { pair, first in
        let (j, k) = pairs[pair]
        decisions[j * n + k] = first ? 1 : -1
        decisions[k * n + j] = first ? -1 : 1
      }
    case .marginal:
      for i in 0..<n {
        let own = (0..<pairCount).filter { pairs[$0].0 == i || pairs[$0].1 == i }
        decideAmong(own) { pair, first in
          let (j, k) = pairs[pair]
          let isFirst = j == i
          decisions[i * n + (isFirst ? k : j)] = first == isFirst ? 1 : -1
        }
      }
    }
    return decisions
  }
}

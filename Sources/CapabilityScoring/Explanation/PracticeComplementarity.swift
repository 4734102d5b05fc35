import StatisticalLearning

/// Whether the leading capabilities complement each other in what firms report, by the multiple-restriction test.
///
/// A capability counts as *in use* where its level is above the firms' median. The outcome's mean in each combination of
/// the practices is that of firms of average context (``CellRegression``: size, sector, whatever the codebook names), not
/// adjusted for other capabilities. See ``ComplementarityTest`` for what "undecided" means.
public struct PracticeComplementarity: Sendable, Equatable, Codable {
  public struct Pair: Sendable, Equatable, Codable {
    public var outcome: String
    public var first: String
    public var second: String
    public var test: ComplementarityTest
  }

  /// The practices whose combinations are told apart: the leading ones of which every combination has enough firms.
  public var practices: [String]
  /// Firms in the rarest combination, of those whose outcomes are known.
  public var rarestCombination: Int
  public var pairs: [Pair]
  /// Columns of context that means are adjusted for; 0 when there is none, or too few firms for it.
  public var contextColumnCount: Int

  /// Fewer firms in a combination than this tell nothing about it.
  public static let smallestCell = 8
  /// Context is adjusted for when there are so many firms to one of its columns.
  public static let firmsPerContextColumn = 10

  /// - Parameters:
  ///   - candidates: Capabilities, the leading one first.
  ///   - levels: Per capability, the firms' levels.
  ///   - outcomes: Per outcome its id and the firms' targets, `NaN` where unknown.
  ///   - context: Columns of what a firm can't choose, one value per firm, without gaps.
  ///   - weights: One per firm, positive; 1 each when `nil`.
  /// - Returns: `nil` when not even two practices have enough firms in all four combinations.
  init?(
    candidates: [(index: Int, id: String)], levels: [[Double]], outcomes: [(id: String, targets: [Double])],
    context: [[Double]] = [], weights: [Double]? = nil, seed: UInt64
  ) {
    let known = (levels.first?.indices ?? 0..<0).filter { row in outcomes.allSatisfy { !$0.targets[row].isNaN } }
    guard !known.isEmpty, !outcomes.isEmpty else { return nil }
    let isUsed = candidates.map { candidate -> [Bool] in
      let own = known.map { levels[candidate.index][$0] }
      let median = own.sorted()[own.count / 2]
      // Where half of the firms are at the top, "above the median" would be nobody.
      let isTop = own.allSatisfy { $0 <= median }
      return own.map { isTop ? $0 >= median : $0 > median }
    }
    func cells(_ chosen: [Int]) -> [[Int]] {
      var cells = [[Int]](repeating: [], count: 1 << chosen.count)
      for row in known.indices {
        var state = 0
        for (bit, practice) in chosen.enumerated() where isUsed[practice][row] { state |= 1 << bit }
        cells[state].append(row)
      }
      return cells
    }
    // Candidates join in their order as long as every combination keeps enough firms.
    var chosen: [Int] = []
    for candidate in candidates.indices where chosen.count < 4 {
      let next = chosen + [candidate]
      if cells(next).allSatisfy({ $0.count >= Self.smallestCell }) { chosen = next }
    }
    guard chosen.count >= 2 else { return nil }
    let members = cells(chosen)
    practices = chosen.map { candidates[$0].id }
    rarestCombination = members.map(\.count).min()!
    pairs = []
    contextColumnCount = 0
    let varying = context.map { column in known.map { column[$0] } }.filter { column in
      column.contains { $0 != column[0] }
    }
    let used = varying.count * Self.firmsPerContextColumn <= known.count ? varying : []
    var states = [Int](repeating: 0, count: known.count)
    for (state, rows) in members.enumerated() { for row in rows { states[row] = state } }
    for outcome in outcomes {
      guard
        let regression = CellRegression(
          targets: known.map { outcome.targets[$0] }, cells: states, cellCount: members.count, context: used,
          weights: known.map { weights?[$0] ?? 1 })
      else { continue }
      contextColumnCount = regression.contextColumnCount
      let (means, covariance) = (regression.means, regression.covariance)
      for first in chosen.indices {
        for second in chosen.indices where second > first {
          guard
            let test = ComplementarityTest(
              means: means, covariance: covariance, first: first, second: second, seed: seed)
          else { continue }
          pairs.append(
            Pair(outcome: outcome.id, first: practices[first], second: practices[second], test: test))
        }
      }
    }
  }
}

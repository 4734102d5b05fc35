import ModelExplanation
import StatisticalLearning

/// What each player adds to the calibrated raw score of each firm, against a reference firm.
///
/// The linear part's share is exact by itself: what its columns add, that of a weakest link by Shapley's formula for two. The trees' is their exact interventional Shapley
/// value against the reference, the items of a player as one. `reference + Σ changes` is the firm's score.
struct ScoreChanges: Sendable {
  let playerCount: Int
  let firmCount: Int
  /// The reference firm's calibrated raw score.
  let reference: Double
  /// Of player `j` and firm `i`, at `j * firmCount + i`.
  let changes: [Double]

  init(
    _ scorer: ReplicateScorer, players: ExplanationPlayers, firms: FirmSet, reference: FirmSet
  ) throws(ExplanationError) {
    precondition(reference.count == 1, "\(reference.count) reference firms")
    let n = firms.count
    var changes = [Double](repeating: 0, count: players.count * n)
    if let linear = scorer.linear {
      for (column, coefficient) in linear.coefficients.enumerated() where coefficient != 0 {
        let owners = players.ofDesignColumn[column]
        let slope = scorer.linearWeight * coefficient
        if case .weakest(let first, let second) = scorer.design.columns[column] {
          // Two players, one reference: each is credited with the mean of what it adds first and what it adds last.
          let (a, b) = (scorer.design.levels(of: first, firms.filled), scorer.design.levels(of: second, firms.filled))
          let (a0, b0) = (
            scorer.design.levels(of: first, reference.filled)[0], scorer.design.levels(of: second, reference.filled)[0]
          )
          for row in 0..<n {
            let (both, none) = (min(a[row], b[row]), min(a0, b0))
            let (onlyFirst, onlySecond) = (min(a[row], b0), min(a0, b[row]))
            changes[owners[0] * n + row] += slope * 0.5 * (onlyFirst - none + both - onlySecond)
            changes[owners[1] * n + row] += slope * 0.5 * (onlySecond - none + both - onlyFirst)
          }
          continue
        }
        let place = owners[0] * n
        let start = reference.design.elements[column]
        for row in 0..<n { changes[place + row] += slope * (firms.design.elements[column * n + row] - start) }
      }
    }
    if let trees = scorer.trees {
      let grouping = try players.grouping(of: trees)
      let explainer = try TreeExplainer(trees, reference: .background(reference.treeRows), grouping: grouping)
      let values = explainer.values(for: firms.treeRows, threadCount: 1).values
      for index in changes.indices { changes[index] += scorer.treeWeight * values[index] }
    }
    playerCount = players.count
    firmCount = n
    self.changes = changes
    self.reference = scorer.rawScores(reference)[0]
  }

  /// What each player moves each firm's prediction by, against the reference: laid out as ``changes``.
  ///
  /// For a probability these are the Shapley values of the probability itself when log-odds are the sum of the
  /// players' parts, as with a linear part alone; where trees join players, their parts are the Shapley values of the
  /// log-odds first.
  func predictionChanges(isProbability: Bool, using shapley: inout LogisticShapley) -> [Double] {
    guard isProbability else { return changes }
    var result = changes
    for firm in 0..<firmCount {
      let values = shapley.values(base: reference, changes: (0..<playerCount).map { changes[$0 * firmCount + firm] })
      for player in 0..<playerCount { result[player * firmCount + firm] = values[player] }
    }
    return result
  }
}

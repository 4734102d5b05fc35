import BoostedTrees
import ModelEvaluation
import ModelExplanation
import StatisticalLearning

/// What predictions are judged by when a player's answers are shuffled among firms.
public enum ImportanceMetric: String, Sendable, Codable, CaseIterable {
  /// The area under the ROC curve.
  case areaUnderROC = "auc"
  case logLoss = "log-loss"
  case brier

  /// Larger is better: losses are negated. R² for a continuous outcome, whatever the metric.
  func value(scores: [Double], targets: [Double], weights: [Double], kind: OutcomeModel.Kind) throws -> Double? {
    guard kind == .binary else {
      return try ContinuousPredictions(values: scores, outcomes: targets, weights: weights).rSquared
    }
    let predictions = try BinaryPredictions(logOdds: scores, outcomes: targets, weights: weights)
    switch self {
    case .areaUnderROC: return predictions.areaUnderROC
    case .logLoss: return -predictions.logLoss
    case .brier: return -predictions.brierScore
    }
  }
}

/// How much worse firms are told apart when one player's answers are shuffled among them, its items together.
///
/// Gaps are filled and marked before the shuffle, so that what a firm's other answers suggest does not move with it. The
/// linear part's share of a player moves as a whole; of the trees only those that use the player are run again.
/// Source: Breiman (2001), *Machine Learning* 45, §10; Fisher, Rudin, Dominici (2019), *JMLR* 20(177).
struct PermutationStudy: Sendable {
  /// The metric before any shuffle; `nil` when it can't be had, as with one class.
  let reference: Double?
  /// `[player][repeat]`
  let drops: [[Double]]

  init(reference: Double?, drops: [[Double]]) {
    self.reference = reference
    self.drops = drops
  }

  init(
    _ scorer: ReplicateScorer, players: ExplanationPlayers, firms: FirmSet, targets: [Double], weights: [Double],
    groups: [Int]?, metric: ImportanceMetric, repeatCount: Int, seed: UInt64, threadCount: Int
  ) throws {
    let n = firms.count
    let kind = scorer.outcome.kind
    let base = scorer.rawScores(firms)
    guard
      let reference = try metric.value(scores: base, targets: targets, weights: weights, kind: kind)
    else {
      self.reference = nil
      drops = players.players.map { _ in [] }
      return
    }
    let shuffled = try scorer.trees.map { trees in
      try ShuffledScores(trees, matrix: firms.treeRows, grouping: players.grouping(of: trees))
    }
    drops = try Parallel.map(count: players.count, threadCount: threadCount) { player throws in
      var linear = [Double](repeating: 0, count: n)
      var links: [(slope: Double, own: [Double], other: [Double])] = []
      if let part = scorer.linear {
        for (column, coefficient) in part.coefficients.enumerated()
        where coefficient != 0 && players.ofDesignColumn[column].contains(player) {
          let slope = scorer.linearWeight * coefficient
          if case .weakest(let first, let second) = scorer.design.columns[column] {
            let levels = [first, second].map { scorer.design.levels(of: $0, firms.filled) }
            let own = players.ofDesignColumn[column][0] == player ? 0 : 1
            links.append((slope, levels[own], levels[1 - own]))
            continue
          }
          for row in 0..<n { linear[row] += slope * firms.design.elements[column * n + row] }
        }
      }
      let orders = (0..<repeatCount).map { index in
        RowShuffle.order(rowCount: n, groups: groups, seed: seed, player: players.players[player].id, repeat: index)
      }
      let changes = shuffled?.changes(shuffling: player, orders: orders)
      return try orders.enumerated().map { index, order throws in
        var scores = base
        for row in 0..<n { scores[row] += linear[order[row]] - linear[row] }
        for link in links {
          for row in 0..<n {
            scores[row] +=
              link.slope * (min(link.own[order[row]], link.other[row]) - min(link.own[row], link.other[row]))
          }
        }
        if let own = changes?[index] {
          for row in 0..<n { scores[row] += scorer.treeWeight * own[row] }
        }
        return reference - (try metric.value(scores: scores, targets: targets, weights: weights, kind: kind) ?? .nan)
      }
    }
    self.reference = reference
  }
}

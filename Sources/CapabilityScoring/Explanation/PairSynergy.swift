import BoostedTrees
import ModelExplanation
import StatisticalLearning

/// Two capabilities together, as a model has learned them.
///
/// `synergy = mean of p(↑↑) − p(↑↓) − p(↓↑) + p(↓↓)` over firms that stay as they are in all else, `↑` and `↓` being the
/// upper and the lower quartile of a capability's level: the productivity test of complements (Milgrom and Roberts 1990)
/// put to the model. A linear model has no interactions in log-odds; its synergies come from the bend of the curve that
/// turns log-odds into probabilities.
public struct PairSynergy: Sendable, Equatable, Codable {
  public var first: String
  public var second: String
  /// One per outcome, in probability (or value).
  public var synergies: [FirmDiagnosis.Estimate]
  /// Friedman's H, the root of the share of the pair's joint variation that is not the sum of its parts, one per outcome.
  public var strengths: [Double]
  /// The mean absolute Shapley interaction in log-odds, both halves together, one per outcome; empty without trees.
  public var treeInteractions: [Double]
}

/// Finds the strongest pairs, and how sure they are.
struct PairStudy {
  let model: ScoringModel
  let players: ExplanationPlayers
  let firms: FirmSet
  let weights: [Double]
  let quartiles: [(lower: Double, upper: Double)]
  let level: Double
  let threadCount: Int
  /// Firms that Friedman's H is computed on.
  var strengthFirmCount = 60

  private struct Pair {
    let first: Int
    let second: Int
  }

  /// The pairs with the largest synergy in any outcome; the intervals do not allow for having been picked.
  func strongest(_ count: Int) throws -> [PairSynergy] {
    let moves = model.capabilities.indices.map { CapabilityMove($0, columns: model.columns) }
    let usable = model.capabilities.indices.filter { moves[$0] != nil && quartiles[$0].upper > quartiles[$0].lower }
    let pairs = usable.flatMap { first in usable.filter { $0 > first }.map { Pair(first: first, second: $0) } }
    guard !pairs.isEmpty else { return [] }
    let estimates = model.outcomes.indices.map { synergies(pairs, moves: moves, outcome: $0, replicate: 0) }
    // Outcomes on another scale than probability count by their own largest synergy.
    let scales = estimates.map { values in max(values.reduce(0) { max($0, abs($1)) }, 1e-300) }
    let isProbability = model.outcomes.map { $0.kind == .binary }
    func size(_ pair: Int) -> Double {
      model.outcomes.indices.reduce(0) { largest, outcome in
        max(largest, abs(estimates[outcome][pair]) / (isProbability[outcome] ? 1 : scales[outcome]))
      }
    }
    let sizes = pairs.indices.map(size)
    let chosen = pairs.indices.sorted { sizes[$0] == sizes[$1] ? $0 < $1 : sizes[$0] > sizes[$1] }.prefix(count)
    let kept = chosen.map { pairs[$0] }
    let replicateCount = model.replicateCount
    let outcomeCount = model.outcomes.count
    let replicates = Parallel.map(count: replicateCount * outcomeCount, threadCount: threadCount) { task in
      synergies(kept, moves: moves, outcome: task % outcomeCount, replicate: task / outcomeCount + 1)
    }
    let interactions = try model.outcomes.indices.compactMap { try treeInteractions(kept, outcome: $0) }
    let strengths = try Parallel.map(count: kept.count, threadCount: threadCount) { index throws in
      try model.outcomes.indices.map { try strength(kept[index], outcome: $0) }
    }
    return kept.indices.map { index in
      PairSynergy(
        first: model.capabilities[kept[index].first].id, second: model.capabilities[kept[index].second].id,
        synergies: model.outcomes.indices.map { outcome in
          .init(
            replicates: [estimates[outcome][chosen[index]]]
              + (0..<replicateCount).map { replicates[$0 * outcomeCount + outcome][index] }, level: level,
            kind: FirmScorer.ranker(for: model).intervalKind)
        }, strengths: strengths[index],
        treeInteractions: interactions.count == outcomeCount ? interactions.map { $0[index] } : [])
    }
  }

  private func synergies(_ pairs: [Pair], moves: [CapabilityMove?], outcome: Int, replicate: Int) -> [Double] {
    let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: replicate)
    let base = scorer.rawScores(firms)
    let total = weights.reduce(0, +)
    return pairs.map { pair in
      func mean(_ first: Double, _ second: Double) -> Double {
        let items =
          moves[pair.first]!.values(at: first, firms) + moves[pair.second]!.values(at: second, firms)
        let changes = scorer.changes(firms, items: items)
        var sum = 0.0
        for row in base.indices { sum += weights[row] * scorer.prediction(base[row] + changes[row]) }
        return sum / total
      }
      let (a, b) = (quartiles[pair.first], quartiles[pair.second])
      return mean(a.upper, b.upper) - mean(a.upper, b.lower) - mean(a.lower, b.upper) + mean(a.lower, b.lower)
    }
  }

  /// `nil` without trees.
  private func treeInteractions(_ pairs: [Pair], outcome: Int) throws -> [Double]? {
    let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: 0)
    guard let trees = scorer.trees else { return nil }
    let grouping = try players.grouping(of: trees)
    let interactions = try TreeExplainer(trees, reference: .covers, grouping: grouping)
      .interactions(for: firms.treeRows, threadCount: threadCount)
    let total = weights.reduce(0, +)
    return pairs.map { pair in
      let (i, j) = (players.player(ofCapability: pair.first), players.player(ofCapability: pair.second))
      var sum = 0.0
      for row in 0..<firms.count { sum += weights[row] * abs(2 * interactions[row, i, j]) }
      return scorer.treeWeight * sum / total
    }
  }

  private func strength(_ pair: Pair, outcome: Int) throws -> Double {
    let scorer = ReplicateScorer(model: model, outcome: outcome, replicate: 0)
    let rows = Self.evenly(firms.count, strengthFirmCount)
    let answers = firms.answers.selectingRows(rows)
    let filled = firms.filled.selectingRows(rows)
    let items = [pair.first, pair.second].map { capability in
      players.players[players.player(ofCapability: capability)].items
    }
    let strength = try InteractionStrength(
      items[0], items[1], over: filled, weights: rows.map { weights[$0] }
    ) { values in
      let table = AnswerTable(columns: model.columns, values: values, reasons: answers.reasons)
      return scorer.rawScores(FirmSet(table, design: model.design)).map { scorer.prediction($0) }
    }
    return min(strength.shareOfVariance, 1).squareRoot()
  }

  /// `count` of `total` indices, evenly spread.
  static func evenly(_ total: Int, _ count: Int) -> [Int] {
    total <= count ? Array(0..<total) : (0..<count).map { $0 * total / count }
  }
}

extension ExplanationPlayers {
  func player(ofCapability capability: Int) -> Int { players.firstIndex { $0.capability == capability }! }

  /// The features of an ensemble of the model, grouped by player, in the players' order.
  func grouping(of trees: TreeEnsemble) throws(ExplanationError) -> FeatureGrouping {
    var groups = players.map { (name: $0.id, features: [Int]()) }
    for (feature, player) in ofTreeFeature.enumerated() { groups[player].features.append(feature) }
    return try FeatureGrouping(trees.features, groups: groups)
  }
}

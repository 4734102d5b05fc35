import BoostedTrees
import StatisticalLearning

/// What each player's splits brought to the training of a tree ensemble, and how many rows they split.
///
/// Both are measured on the training rows, so a column of many levels, which offers more places to split, collects gain
/// from noise alone (Strobl et al. 2007, *BMC Bioinformatics* 8:25): see ``NullCorrectedGain``.
public struct GainImportance: Sendable, Equatable, Codable {
  public let players: [String]
  /// The sum of the gains of the player's splits.
  public let gains: [Double]
  /// The sum of the weights of the rows that the player's splits were made for.
  public let covers: [Double]

  /// - Throws: ``ExplanationError`` for a grouping of another number of features.
  public init(_ ensemble: TreeEnsemble, grouping: FeatureGrouping? = nil) throws(ExplanationError) {
    let grouping = grouping ?? FeatureGrouping(ensemble.features)
    guard grouping.playerOfFeature.count == ensemble.features.count else {
      throw .countMismatch(
        what: "features in the grouping", got: grouping.playerOfFeature.count, expected: ensemble.features.count)
    }
    var gains = [Double](repeating: 0, count: grouping.playerCount)
    var covers = gains
    for tree in ensemble.trees {
      for node in tree.nodes where !node.isLeaf {
        let player = grouping.playerOfFeature[Int(node.feature)]
        gains[player] += node.gain
        covers[player] += node.cover
      }
    }
    players = grouping.names
    self.gains = gains
    self.covers = covers
  }

  /// Each player's share of all gain; 0 when there is none.
  public var gainShares: [Double] { Self.shares(gains) }
  public var coverShares: [Double] { Self.shares(covers) }

  private static func shares(_ values: [Double]) -> [Double] {
    let total = values.reduce(0, +)
    return values.map { total > 0 ? $0 / total : 0 }
  }
}

/// Gains against those of ensembles that were trained alike on shuffled targets, where nothing is to be found.
///
/// `excess = gain − mean of the null gains`, and `p = (1 + number of null gains ≥ gain) / (1 + R)` for *R* shuffles.
/// Source: Altmann, Toloşi, Sander and Lengauer (2010), *Bioinformatics* 26(10).
public struct NullCorrectedGain: Sendable, Equatable, Codable {
  public let players: [String]
  public let gains: [Double]
  /// The mean gain without any association.
  public let nullMeans: [Double]
  public let pValues: [Double]

  /// - Parameter null: At least one, of the same players.
  public init(_ observed: GainImportance, null: [GainImportance]) {
    precondition(!null.isEmpty && null.allSatisfy { $0.players == observed.players }, "null gains of other players")
    players = observed.players
    gains = observed.gains
    let count = Double(null.count)
    nullMeans = gains.indices.map { player in null.reduce(0) { $0 + $1.gains[player] } / count }
    pValues = gains.indices.map { player in
      Double(1 + null.filter { $0.gains[player] >= observed.gains[player] }.count) / (count + 1)
    }
  }

  /// Never below 0: less than noise is nothing.
  public var excess: [Double] { zip(gains, nullMeans).map { max($0 - $1, 0) } }

  /// Each player's share of the excess of all; 0 when there is none.
  public var excessShares: [Double] {
    let total = excess.reduce(0, +)
    return excess.map { total > 0 ? $0 / total : 0 }
  }
}

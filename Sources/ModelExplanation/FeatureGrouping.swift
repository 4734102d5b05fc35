import StatisticalLearning

/// Which features act as one player: the items of one capability, the indicator columns of one question.
///
/// A group is known or unknown as a whole. Its Shapley value is that of the game whose players are the groups, which
/// differs from the sum of its features' values where groups interact.
public struct FeatureGrouping: Sendable, Equatable {
  /// The names of the players.
  public let names: [String]
  /// The player of each feature.
  public let playerOfFeature: [Int]

  public var playerCount: Int { names.count }

  /// Each feature its own player.
  public init(_ features: [Feature]) {
    names = features.map(\.name)
    playerOfFeature = Array(features.indices)
  }

  /// The groups in the order given, then each feature that is in none as its own player.
  ///
  /// - Throws: ``ExplanationError/invalidGroup(name:feature:)`` for a feature out of range or in two groups.
  public init(
    _ features: [Feature], groups: [(name: String, features: [Int])]
  ) throws(ExplanationError) {
    var names: [String] = []
    var players = [Int](repeating: -1, count: features.count)
    for group in groups where !group.features.isEmpty {
      for feature in group.features {
        guard features.indices.contains(feature), players[feature] < 0 else {
          throw .invalidGroup(name: group.name, feature: feature)
        }
        players[feature] = names.count
      }
      names.append(group.name)
    }
    for feature in features.indices where players[feature] < 0 {
      players[feature] = names.count
      names.append(features[feature].name)
    }
    self.names = names
    playerOfFeature = players
  }

  /// The features of a player, ascending.
  public func features(of player: Int) -> [Int] { playerOfFeature.indices.filter { playerOfFeature[$0] == player } }
}

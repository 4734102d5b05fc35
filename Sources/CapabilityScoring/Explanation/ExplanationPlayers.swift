/// Who shares the credit: each capability as a whole, and each column that measures none (context, or an item of a file
/// without capabilities).
public struct ExplanationPlayers: Sendable, Equatable {
  public struct Player: Sendable, Equatable, Codable {
    /// Of the capability, or of the column.
    public var id: String
    /// Index of the capability; `nil` for a column that measures none.
    public var capability: Int?
    public var items: [Int]
  }

  /// Capabilities in the model's order, then the other columns in theirs.
  public let players: [Player]
  /// The player of each item, and of each feature that trees see.
  public let ofItem: [Int]
  /// Of each column of the design: one player, or the two of a weakest link.
  public let ofDesignColumn: [[Int]]
  public let ofTreeFeature: [Int]

  public init(_ model: ScoringModel) {
    var players: [Player] = []
    var ofItem = [Int](repeating: -1, count: model.columns.count)
    var ofCapability = [Int](repeating: -1, count: model.capabilities.count)
    for (index, capability) in model.capabilities.enumerated() {
      let items = model.columns.indices.filter { model.columns[$0].capability == index }
      guard !items.isEmpty else { continue }
      ofCapability[index] = players.count
      for item in items { ofItem[item] = players.count }
      players.append(Player(id: capability.id, capability: index, items: items))
    }
    for item in model.columns.indices where ofItem[item] < 0 {
      ofItem[item] = players.count
      players.append(Player(id: model.columns[item].feature.name, capability: nil, items: [item]))
    }
    ofDesignColumn = model.design.columns.map { column in
      switch column {
      case .item(let item), .level(let item, _), .missing(let item, _), .step(let item, _): [ofItem[item]]
      case .score(let capability): [ofCapability[capability]]
      case .weakest(let first, let second): [ofCapability[first], ofCapability[second]]
      }
    }
    // Trees see the items, then the design's marks, in the design's order.
    ofTreeFeature =
      ofItem
      + model.design.columns.compactMap { column in
        if case .missing(let item, _) = column { ofItem[item] } else { nil }
      }
    self.players = players
    self.ofItem = ofItem
  }

  public var count: Int { players.count }
}

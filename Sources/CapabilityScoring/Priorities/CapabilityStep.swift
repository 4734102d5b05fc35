import StatisticalLearning

/// What one step of a capability changes in a firm's answers.
///
/// Every answer on a scale of three levels or more rises by one level, at most to the top. Of yes/no practices one more
/// is put in place: with `dᵢ` the part of practice *i* that is not in place (1 for *no*, less where a filled gap says
/// *perhaps*), each rises by `min(1, D) dᵢ / D`, `D = Σ dᵢ`, so that the figure is the mean over the practices that
/// could be the one. Quantities rise by the step of their column. Nominal answers stay.
public struct CapabilityStep: Sendable, Equatable {
  /// Items that change, and by how much (in units of the item, never negative).
  public let changes: [Change]

  public struct Change: Sendable, Equatable {
    public var item: Int
    public var amount: Double
  }

  /// Nothing is left to raise.
  public var isEmpty: Bool { changes.isEmpty }

  /// - Parameters:
  ///   - items: The items of the capability.
  ///   - filled: The firm's answers, gaps filled, one per column.
  public init(items: [Int], columns: [AnswerColumn], filled: [Double], direction: Int = 1) {
    var changes: [Change] = []
    var practices: [(item: Int, deficit: Double)] = []
    for item in items {
      let column = columns[item]
      if case .categorical = column.feature.kind { continue }
      guard let top = column.topLevel else {
        changes.append(Change(item: item, amount: direction < 0 ? -column.step : column.step))
        continue
      }
      let room = direction < 0 ? filled[item] : top - filled[item]
      guard room > 1e-9 else { continue }
      if top == 1 {
        practices.append((item, room))
      } else {
        let amount = min(column.step, room)
        changes.append(Change(item: item, amount: direction < 0 ? -amount : amount))
      }
    }
    let deficit = practices.reduce(0) { $0 + $1.deficit }
    if deficit > 0 {
      for practice in practices {
        let amount = min(1, deficit) * practice.deficit / deficit
        changes.append(Change(item: practice.item, amount: direction < 0 ? -amount : amount))
      }
    }
    self.changes = changes
  }
}

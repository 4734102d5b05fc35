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

  public init(changes: [Change]) { self.changes = changes }

  /// - Parameters:
  ///   - items: The items of the capability.
  ///   - filled: The firm's answers, gaps filled, one per column.
  ///   - count: How many steps are taken one after the other, at least 1: so many levels on scales, so many practices.
  public init(items: [Int], columns: [AnswerColumn], filled: [Double], direction: Int = 1, count: Int = 1) {
    precondition(count >= 1, "\(count) steps")
    let steps = Double(count)
    var changes: [Change] = []
    var practices: [(item: Int, deficit: Double)] = []
    for item in items {
      let column = columns[item]
      if case .categorical = column.feature.kind { continue }
      guard let top = column.topLevel else {
        changes.append(Change(item: item, amount: (direction < 0 ? -steps : steps) * column.step))
        continue
      }
      let room = direction < 0 ? filled[item] : top - filled[item]
      guard room > 1e-9 else { continue }
      if top == 1 {
        practices.append((item, room))
      } else {
        let amount = min(steps * column.step, room)
        changes.append(Change(item: item, amount: direction < 0 ? -amount : amount))
      }
    }
    let deficit = practices.reduce(0) { $0 + $1.deficit }
    if deficit > 0 {
      for practice in practices {
        let amount = min(steps, deficit) * practice.deficit / deficit
        changes.append(Change(item: practice.item, amount: direction < 0 ? -amount : amount))
      }
    }
    self.changes = changes
  }
}

extension CapabilityStep {
  /// Raises a capability to a level: every answer on a scale, and every practice, by the same share of what is left above
  /// it, so that the weighted mean of the answers, as shares of their ranges, is `target`.
  ///
  /// A capability of direction −1 is lowered to it likewise. Empty when the level is reached already; one step where
  /// nothing has a level (quantities).
  ///
  /// - Parameter target: In `0...1`.
  public init(items: [Int], columns: [AnswerColumn], filled: [Double], direction: Int = 1, reaching target: Double) {
    guard let now = Self.level(items: items, columns: columns, filled: filled) else {
      self.init(items: items, columns: columns, filled: filled, direction: direction)
      return
    }
    let room = direction < 0 ? now : 1 - now
    let distance = direction < 0 ? now - target : target - now
    guard distance > 1e-9, room > 1e-9 else {
      self.init(changes: [])
      return
    }
    let share = min(distance / room, 1)
    self.init(
      changes: items.compactMap { item in
        guard let top = columns[item].topLevel, top > 0 else { return nil }
        if case .categorical = columns[item].feature.kind { return nil }
        let amount = share * (direction < 0 ? filled[item] : top - filled[item])
        return amount > 1e-9 ? Change(item: item, amount: direction < 0 ? -amount : amount) : nil
      })
  }

  /// The weighted mean of a capability's answers as shares of their ranges, in `0...1`, after `changes`; `nil` when none
  /// of its items has levels.
  public static func level(
    items: [Int], columns: [AnswerColumn], filled: [Double], after changes: [Change] = []
  ) -> Double? {
    var total = 0.0
    var sum = 0.0
    for item in items {
      guard let top = columns[item].topLevel, top > 0 else { continue }
      if case .categorical = columns[item].feature.kind { continue }
      let weight = columns[item].weight
      total += weight
      sum += weight * (filled[item] + (changes.first { $0.item == item }?.amount ?? 0)) / top
    }
    return total > 0 ? sum / total : nil
  }
}

/// Upper bounds on what a change of a capability adds to the linear part's score, whatever else a plan may change.
///
/// Items, their steps and scores add what they add beside anything. Of a weakest link `c min(a, b)` with `c ≥ 0` the rise
/// of `a` adds the more the higher `b` is, and at most `c (min(a′, B) − min(a, B))` with `B` the highest level that the
/// plan can bring `b` to; with `c < 0`, at `b` as it is.
struct LinearGainBounds {
  private let design: DesignEncoding
  private let coefficients: [Double]
  private let filled: [Double]
  private let columnsByItem: [[Int]]
  /// Of each capability that may be linked: now, and at most.
  private let levels: [(now: Double, most: Double)]

  init(_ firm: PlannedFirm, outcome: OutcomeModel) {
    design = firm.planner.model.design
    coefficients = outcome.linear?.coefficients ?? []
    filled = firm.filled.row(0)
    columnsByItem = design.columnsByItem(itemCount: firm.planner.model.columns.count)
    let (design, filled) = (design, filled)
    levels = firm.changes.indices.map { capability in
      let now = design.level(of: capability) { filled[$0] }
      let most = firm.changes[capability].map { step in
        let raised = Self.raised(filled, by: step)
        return design.level(of: capability) { raised[$0] }
      }
      return (now, max(now, most.max() ?? now))
    }
  }

  func greatestGain(of capability: Int, _ step: CapabilityStep) -> Double {
    let raised = Self.raised(filled, by: step)
    var sum = 0.0
    var seen = Set<Int>()
    for change in step.changes {
      for column in columnsByItem[change.item] where coefficients[column] != 0 && seen.insert(column).inserted {
        let kind = design.columns[column]
        if case .weakest(let first, let second) = kind {
          let other = levels[first == capability ? second : first]
          let reach = coefficients[column] > 0 ? other.most : other.now
          let after = design.level(of: capability) { raised[$0] }
          sum += coefficients[column] * (min(after, reach) - min(levels[capability].now, reach))
        } else {
          let difference = design.value(of: kind) { raised[$0] } - design.value(of: kind) { filled[$0] }
          sum += coefficients[column] * difference
        }
      }
    }
    return sum
  }

  private static func raised(_ filled: [Double], by step: CapabilityStep) -> [Double] {
    var raised = filled
    for change in step.changes { raised[change.item] += change.amount }
    return raised
  }
}

import StatisticalLearning

/// The signs that actionable capabilities of known direction impose on a model: advice to do less of what helps is no
/// advice.
struct Monotonicity {
  let columns: [AnswerColumn]
  let capabilities: [CapabilityDescription]

  /// +1 or −1 for an item of an actionable capability whose direction is known, otherwise 0.
  func sign(ofItem item: Int) -> Int {
    guard let capability = columns[item].capability, capabilities[capability].isActionable else { return 0 }
    if case .categorical = columns[item].feature.kind { return 0 }
    return capabilities[capability].direction
  }

  /// Bounds of the coefficients of a design.
  func bounds(for design: DesignEncoding) -> (lower: [Double], upper: [Double]) {
    var lower = [Double](repeating: -.infinity, count: design.columns.count)
    var upper = [Double](repeating: .infinity, count: design.columns.count)
    for (index, column) in design.columns.enumerated() {
      let sign =
        switch column {
        case .item(let item), .step(let item, _): self.sign(ofItem: item)
        case .weakest: 1
        case .score(let capability): capabilities[capability].isActionable ? capabilities[capability].direction : 0
        case .level, .missing: 0
        }
      if sign > 0 { lower[index] = 0 }
      if sign < 0 { upper[index] = 0 }
    }
    return (lower, upper)
  }

  /// The capabilities that a weakest link may be between: firms can act on them, and more is expected to be better.
  var linkable: [Int] {
    capabilities.indices.filter { capabilities[$0].isActionable && capabilities[$0].direction > 0 }
  }
}

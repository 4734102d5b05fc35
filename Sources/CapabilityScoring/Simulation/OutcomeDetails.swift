import StatisticalLearning

/// What a questionnaire would record of a firm's two outcomes.
struct OutcomeDetails: Sendable {
  private var values: [String: Double] = [:]

  func value(of column: String) -> Double { values[column]! }

  init(firm: SimulatedFirm, seed: UInt64) {
    func uniform(_ name: String) -> Double {
      var generator = CounterBasedGenerator(seed: seed, purpose: "detail", name: name, index: firm.number)
      return generator.uniform()
    }
    values["innovation"] = firm.isInnovative ? 1 : 0
    values["export"] = firm.isExporter ? 1 : 0

    // An innovative firm has a product (4 of 10), a process (2) or both (4) new to the market; what is not new to the
    // market may be new to the firm.
    let which = uniform("what is new")
    func novelty(_ name: String, isNewToMarket: Bool) -> Double {
      firm.isInnovative && isNewToMarket ? 2 : uniform(name) < 0.35 ? 1 : 0
    }
    let product = novelty("new_product", isNewToMarket: which < 0.8)
    let process = novelty("new_process", isNewToMarket: which >= 0.4)
    values["new_product"] = product
    values["new_process"] = process
    let sales = (product == 2 ? 45 : 20) * uniform("new_sales")
    values["new_sales"] = product > 0 ? max(1, sales.rounded()) : SimulatedCode.notAsked

    let share = uniform("export_share")
    values["export_share"] = firm.isExporter ? max(1, (95 * share * share).rounded()) : 0
    let destinations = (1 + 14 * share * uniform("destinations")).rounded()
    values["destinations"] = firm.isExporter ? destinations : SimulatedCode.notAsked
  }
}

extension SurveySimulation.OutcomeForm {
  /// The columns that are written, in order.
  var columns: [String] {
    switch self {
    case .plain: ["innovation", "export"]
    case .questionnaire: ["new_product", "new_process", "new_sales", "export_share", "destinations"]
    }
  }

  /// Those that were asked of some firms only, and give an outcome away.
  var leaks: [String] {
    switch self {
    case .plain: []
    case .questionnaire: ["new_sales", "destinations"]
    }
  }
}

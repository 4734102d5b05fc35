import Foundation
import StatisticalLearning
import SurveyData

extension SurveySimulation {
  /// Makes the survey.
  ///
  /// - Throws: ``SimulationError`` when a setting or the questionnaire can't be used.
  /// - Complexity: O(*firms* · (*items* + *capabilities*²)).
  public func simulated() throws(SimulationError) -> SimulatedSurvey {
    let plan = try SimulationPlan(self)
    let firms = (0..<firmCount).map { SimulatedFirm(number: $0, plan: plan) }
    return SimulatedSurvey(
      table: table(firms, plan), codebook: simulatedCodebook(plan), truth: truth(firms, plan))
  }

  private func table(_ firms: [SimulatedFirm], _ plan: SimulationPlan) -> SurveyTable {
    var columns = [Self.texts("id", firms.map(\.id))]
    if !countries.isEmpty { columns.append(Self.texts("country", firms.map { countries[$0.country] })) }
    if includesContext {
      columns.append(Self.numbers("size", firms.map { Double($0.size) }))
      columns.append(Self.numbers("age", firms.map(\.age)))
    }
    for (i, item) in plan.items.enumerated() {
      columns.append(Self.numbers(item.column, firms.map { $0.answers[i] }))
    }
    let details = firms.map { OutcomeDetails(firm: $0, seed: seed) }
    columns += outcomeForm.columns.map { name in Self.numbers(name, details.map { $0.value(of: name) }) }
    var source = SurveySource()
    source.name = "simulated survey, seed \(seed)"
    source.remarks = ["simulated: the firms are invented"]
    return SurveyTable(columns: columns, rowCount: firmCount, source: source)
  }

  private static func numbers(_ name: String, _ values: [Double]) -> SurveyColumn {
    SurveyColumn(name: name, values: .numbers(values))
  }

  private static func texts(_ name: String, _ values: [String]) -> SurveyColumn {
    var codes: [String: Int32] = [:]
    var levels: [String] = []
    let indices = values.map { value -> Int32 in
      if let code = codes[value] { return code }
      codes[value] = Int32(levels.count)
      levels.append(value)
      return Int32(levels.count - 1)
    }
    return SurveyColumn(name: name, values: .texts(indices, levels: levels))
  }

  private func truth(_ firms: [SimulatedFirm], _ plan: SimulationPlan) -> SimulatedTruth {
    let shifts = countries.enumerated().map { ($1, plan.countryOutcomes[$0]) }
    return SimulatedTruth(
      seed: seed, kind: truthKind, capabilities: plan.capabilityIDs, effects: plan.effects, intercept: intercept,
      sizeEffect: includesContext ? sizeEffect : Effect(), countryShifts: Dictionary(uniqueKeysWithValues: shifts),
      crossRatio: dependence.value, leaks: outcomeForm.leaks,
      firms: firms.map { plan.truth(of: $0) })
  }
}

import StatisticalLearning
import SurveyData

/// What all firms of a simulation share: checked settings, thresholds, country shifts.
struct SimulationPlan: Sendable {
  struct Item: Sendable {
    var column: String
    var dimension: Int
    /// Of the latent practice; ascending, one fewer than levels.
    var thresholds: [Double]
    /// What the file holds for each level index, from the least practice to the most.
    var codes: [Double]
  }

  struct Capability: Sendable {
    /// Indices of items and their shares, which sum to 1.
    var items: [(index: Int, share: Double)]
  }

  let simulation: SurveySimulation
  let items: [Item]
  let capabilities: [Capability]
  let capabilityIDs: [String]
  let dimensions: [String]
  let effects: [SurveySimulation.Effect]
  let innovation: TruthFunction
  let export: TruthFunction
  /// By country, then dimension.
  let countryPractices: [[Double]]
  let countryOutcomes: [SurveySimulation.Effect]

  init(_ simulation: SurveySimulation) throws(SimulationError) {
    try simulation.check()
    self.simulation = simulation
    let questionnaire = simulation.questionnaire
    let usedItems = questionnaire.items.filter { questionnaire.capability(ofItem: $0.id) != nil }
    let capabilities = questionnaire.capabilities
    var dimensions: [String] = []
    var dimensionOfItem: [String: Int] = [:]
    for capability in capabilities {
      let name = capability.dimension ?? capability.id
      if !dimensions.contains(name) { dimensions.append(name) }
      for item in capability.items { dimensionOfItem[item.item] = dimensions.firstIndex(of: name)! }
    }

    items = usedItems.map { variable in
      let top = Double(variable.levels.count - 1)
      var generator = CounterBasedGenerator(seed: simulation.seed, purpose: "difficulty", name: variable.id)
      let difficulty = simulation.difficultySpread * generator.normal()
      let codes = variable.levels.map { $0.codes[0].number! }
      return Item(
        column: variable.column, dimension: dimensionOfItem[variable.id]!,
        thresholds: (0..<variable.levels.count - 1).map {
          (Double($0) + 0.5 - simulation.centre * top) / (simulation.spread * top / 4) + difficulty
        },
        codes: variable.isReversed ? codes.reversed() : codes)
    }
    let indexOfItem = Dictionary(uniqueKeysWithValues: usedItems.enumerated().map { ($1.id, $0) })
    self.capabilities = capabilities.map { capability in
      let total = capability.items.reduce(0) { $0 + $1.weight }
      return Capability(items: capability.items.map { (indexOfItem[$0.item]!, $0.weight / total) })
    }
    capabilityIDs = capabilities.map(\.id)
    let effects = capabilities.map { simulation.effects[$0.id] ?? SurveySimulation.Effect() }
    self.effects = effects
    self.dimensions = dimensions
    innovation = TruthFunction(
      kind: simulation.truthKind, intercept: simulation.intercept.innovation,
      coefficients: effects.map(\.innovation))
    export = TruthFunction(
      kind: simulation.truthKind, intercept: simulation.intercept.export, coefficients: effects.map(\.export))

    func shift(_ purpose: String, _ name: String) -> Double {
      var generator = CounterBasedGenerator(seed: simulation.seed, purpose: purpose, name: name)
      return generator.normal()
    }
    countryPractices = simulation.countries.map { country in
      dimensions.map { simulation.countryPracticeShift * shift("country practice", "\(country)/\($0)") }
    }
    countryOutcomes = simulation.countries.map { country in
      SurveySimulation.Effect(
        innovation: simulation.countryOutcomeShift * shift("country outcome", "\(country)/innovation"),
        export: simulation.countryOutcomeShift * shift("country outcome", "\(country)/export"))
    }
  }

  /// Each capability's score from the items' level indices.
  func scores(levels: [Int]) -> [Double] {
    capabilities.map { capability in
      capability.items.reduce(0) { sum, item in
        let top = Double(items[item.index].thresholds.count)
        return sum + item.share * (Double(levels[item.index]) - simulation.centre * top)
      }
    }
  }

  /// What the context adds to the log-odds.
  func context(country: Int, size: Int) -> SurveySimulation.Effect {
    let shift = countryOutcomes.isEmpty ? SurveySimulation.Effect() : countryOutcomes[country]
    let classes = simulation.includesContext ? Double(size - 2) : 0
    return SurveySimulation.Effect(
      innovation: shift.innovation + simulation.sizeEffect.innovation * classes,
      export: shift.export + simulation.sizeEffect.export * classes)
  }

  func probabilities(scores: [Double], context: SurveySimulation.Effect) -> (innovation: Double, export: Double) {
    (
      sigmoid(innovation.logOdds(scores: scores, context: context.innovation)),
      sigmoid(export.logOdds(scores: scores, context: context.export))
    )
  }
}

extension SurveySimulation {
  /// Checks the settings once, at the door.
  fileprivate func check() throws(SimulationError) {
    guard firmCount >= 1 else { throw .noFirms(firmCount) }
    guard !questionnaire.capabilities.isEmpty else { throw .noCapabilities }
    for item in questionnaire.items where questionnaire.capability(ofItem: item.id) != nil {
      guard item.kind.isOrdered, item.kind != .numeric, item.levels.count >= 2 else {
        throw .itemWithoutLevels(item.id)
      }
      for level in item.levels where level.codes[0].number == nil {
        throw .levelWithoutNumber(item: item.id, code: level.codes[0].text)
      }
      for level in item.levels where SimulatedCode.all.contains(level.codes[0].number!) {
        throw .levelIsMissingCode(item: item.id, code: level.codes[0].text)
      }
    }
    let known = questionnaire.capabilities.map(\.id)
    for id in effects.keys.sorted() where !known.contains(id) { throw .unknownCapability(id, known: known) }
    for (index, country) in countries.enumerated() where countries[..<index].contains(country) {
      throw .repeatedCountry(country)
    }
    let shares = [
      ("the rate of don't know", missing.dontKnow), ("the rate of refused", missing.refused),
      ("the rate of not applicable", missing.notApplicable), ("the centre", centre),
      ("the sum of the missing rates", missing.dontKnow + missing.refused + missing.notApplicable),
    ]
    for (name, value) in shares where !(0...1).contains(value) {
      throw .setting(name, value: value, expected: "0 to 1")
    }
    guard spread > 0, spread.isFinite else { throw .setting("the spread", value: spread, expected: "more than 0") }
    let finite = [
      ("the common loading", commonLoading), ("the dimension loading", dimensionLoading),
      ("the item loading", itemLoading), ("the spread of difficulties", difficultySpread),
      ("the countries' practice shift", countryPracticeShift), ("the countries' outcome shift", countryOutcomeShift),
      ("the innovation intercept", intercept.innovation), ("the export intercept", intercept.export),
      ("the size effect on innovation", sizeEffect.innovation), ("the size effect on export", sizeEffect.export),
    ]
    for (name, value) in finite where !value.isFinite { throw .setting(name, value: value, expected: "a number") }
    for (id, effect) in effects.sorted(by: { $0.key < $1.key }) {
      for value in [effect.innovation, effect.export] where !value.isFinite {
        throw .setting("the effect of '\(id)'", value: value, expected: "a number")
      }
    }
  }
}

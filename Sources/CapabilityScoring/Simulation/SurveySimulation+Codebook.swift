import SurveyData

extension SurveySimulation {
  /// The questionnaire's items and capabilities, with the context and outcomes that were simulated; marked as simulated.
  func simulatedCodebook(_ plan: SimulationPlan) -> Codebook {
    var codebook = questionnaire
    codebook.isSimulated = true
    let title = questionnaire.title
    codebook.title = LocalizedText(
      "Simulated, invented firms: \(title.en)", fr: "Simulation, entreprises inventées : \(title[.fr])",
      es: "Simulación, empresas inventadas: \(title[.es])")
    codebook.items = questionnaire.items.filter { questionnaire.capability(ofItem: $0.id) != nil }
    codebook.missing = Self.missingCodes
    codebook.context = contextVariables
    codebook.outcomes = outcomeForm == .plain ? Self.plainOutcomes : Self.questionnaireOutcomes
    codebook.leaks = outcomeForm.leaks
    codebook.design = Codebook.Design(id: "id", groups: countries.isEmpty ? [] : ["country"])
    let used = Set(codebook.items.compactMap(\.scale))
    codebook.scales = questionnaire.scales.filter { used.contains($0.name) }
    return codebook
  }

  private static let missingCodes = [
    Codebook.MissingCodes(codes: [AnswerCode(SimulatedCode.notAsked)], reason: .notAsked),
    Codebook.MissingCodes(codes: [AnswerCode(SimulatedCode.refused)], reason: .refused),
    Codebook.MissingCodes(codes: [AnswerCode(SimulatedCode.notApplicable)], reason: .notApplicable),
    Codebook.MissingCodes(codes: [AnswerCode(SimulatedCode.dontKnow)], reason: .dontKnow),
  ]

  private var contextVariables: [Codebook.Variable] {
    var context: [Codebook.Variable] = []
    if !countries.isEmpty {
      let levels = countries.sorted().map { Codebook.Level(codes: [AnswerCode($0)], label: Self.countryNames[$0]) }
      context.append(
        Codebook.Variable(
          column: "country", text: LocalizedText("Country", fr: "Pays", es: "País"), kind: .nominal, levels: levels,
          role: .country))
    }
    if includesContext {
      let classes = [
        LocalizedText("Under 10", fr: "Moins de 10", es: "Menos de 10"), LocalizedText("10–49"),
        LocalizedText("50–249"),
      ]
      context.append(
        Codebook.Variable(
          column: "size",
          text: LocalizedText("Permanent employees", fr: "Salariés permanents", es: "Empleados permanentes"),
          kind: .ordinal,
          levels: classes.enumerated().map { Codebook.Level(codes: [AnswerCode(Double($0 + 1))], label: $1) },
          role: .size))
      context.append(
        Codebook.Variable(
          column: "age",
          text: LocalizedText(
            "Age of the firm in years", fr: "Âge de l'entreprise en années", es: "Antigüedad de la empresa en años"),
          kind: .numeric, role: .age))
    }
    return context
  }

  private static let countryNames: [String: LocalizedText] = [
    "AR": LocalizedText("Argentina", fr: "Argentine", es: "Argentina"),
    "CL": LocalizedText("Chile", fr: "Chili", es: "Chile"),
    "FR": LocalizedText("France", fr: "France", es: "Francia"),
  ]

  private static func condition(
    _ column: String, _ comparison: OutcomeRule.Comparison, _ value: Double
  ) -> Codebook.Definition {
    .condition(Codebook.OutcomeColumn(column), .comparison(comparison, AnswerCode(value)))
  }

  private static let innovationName = LocalizedText("Innovates", fr: "Innove", es: "Innova")
  private static let exportName = LocalizedText("Exports", fr: "Exporte", es: "Exporta")

  private static var plainOutcomes: [Codebook.Outcome] {
    [
      Codebook.Outcome(id: "innovation", name: innovationName, definition: condition("innovation", .equal, 1)),
      Codebook.Outcome(id: "export", name: exportName, definition: condition("export", .equal, 1)),
    ]
  }

  private static var questionnaireOutcomes: [Codebook.Outcome] {
    let newness: (Double) -> Codebook.Definition = { level in
      .anyOf([condition("new_product", .atLeast, level), condition("new_process", .atLeast, level)])
    }
    return [
      Codebook.Outcome(
        id: "innovation",
        name: LocalizedText(
          "Product or process new to the market in the last three years",
          fr: "Produit ou procédé nouveau pour le marché sur trois ans",
          es: "Producto o proceso nuevo para el mercado en los últimos tres años"), definition: newness(2)),
      Codebook.Outcome(id: "export", name: exportName, definition: condition("export_share", .greater, 0)),
      Codebook.Outcome(
        id: "innovation-any",
        name: LocalizedText(
          "New or improved product or process, if only for the firm",
          fr: "Produit ou procédé nouveau ou amélioré, ne serait-ce que pour l'entreprise",
          es: "Producto o proceso nuevo o mejorado, aunque solo para la empresa"), definition: newness(1),
        isDefault: false),
      Codebook.Outcome(
        id: "export-share",
        name: LocalizedText(
          "Share of exports in sales, %", fr: "Part des exportations dans les ventes, %",
          es: "Exportaciones sobre ventas, %"),
        definition: .continuous(Codebook.OutcomeColumn("export_share")), isDefault: false),
    ]
  }
}

import SurveyData

extension SurveySimulation {
  /// Wine firms that answer the short form of the wine questionnaire: 22 items on a scale of 0…4, 14 capabilities, of
  /// which strategy, customer and network lift both outcomes most, and others one of them or none.
  ///
  /// About 45 % innovate and 60 % export before the countries' shifts. Some answers are missing (don't know 3 %, refused
  /// 1 %, does not apply 2 %), don't-knows more often where practice is poor.
  public static func wine(
    firms: Int, countries: [String] = ["FR", "CL", "AR"], seed: UInt64 = 1, truthKind: TruthKind = .linear
  ) -> SurveySimulation {
    SurveySimulation(
      firmCount: firms, seed: seed, questionnaire: wineShortForm, effects: wineEffects,
      intercept: Effect(innovation: 0, export: 0.55), truthKind: truthKind, dependence: CrossRatio(1.8),
      countries: countries, countryPracticeShift: 0.25, countryOutcomeShift: 0.4, includesContext: true,
      sizeEffect: Effect(innovation: 0.25, export: 0.5), commonLoading: 0.5, dimensionLoading: 0.4,
      itemLoading: 0.75, centre: 0.4, difficultySpread: 0.3,
      missing: MissingRates(dontKnow: 0.03, refused: 0.01, notApplicable: 0.02, isInformative: true),
      outcomeForm: .questionnaire)
  }

  /// The effects of ``wine(firms:countries:seed:truthKind:)``, by the capabilities of the wine questionnaire.
  public static let wineEffects: [String: Effect] = [
    "network": Effect(innovation: 0.25, export: 0.25),
    "customer": Effect(innovation: 0.3, export: 0.4),
    "information": Effect(innovation: 0.1, export: 0.15),
    "skills": Effect(innovation: 0.15, export: 0.05),
    "knowledge": Effect(innovation: 0.15, export: 0.1),
    "strategy": Effect(innovation: 0.4, export: 0.35),
    "projects": Effect(innovation: 0.4),
    "intellectual-property": Effect(export: 0.2),
    "culture": Effect(innovation: 0.2),
    "creativity": Effect(innovation: 0.2),
    "experimentation": Effect(innovation: 0.4),
    "languages": Effect(export: 0.5),
    "compliance": Effect(export: 0.35),
    "export-finance": Effect(export: 0.2),
  ]

  /// The short form of the wine questionnaire.
  public static let wineShortForm: Codebook = {
    do { return try Codebook(yaml: WineQuestionnaire.shortForm, name: "the short wine questionnaire") } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// The reference truth on which rankers are compared: 18 capabilities of one item each,
  ///
  /// ```
  /// xⱼ = clip(round(3 + 1.1 (0.55 g + 0.85 eⱼ)), 1, 5)                g, eⱼ standard normal
  /// log-odds of innovation = −0.3 + 0.7 (x₃−3) + 0.6 (x₄−3) + 0.3 (x₅−3) + 0.4 (x₈−3) + 0.35 (x₉−3)
  /// log-odds of export     = −0.5 + 0.8 (x₁₁−3) + 0.5 (x₁₂−3) + 0.35 (x₁₄−3) + 0.5 (x₈−3) + 0.35 (x₉−3)
  /// ```
  ///
  /// outcomes independent given the answers, nothing missing, no context. The truly best capability of a firm is the
  /// first of ``SimulatedTruth/Firm/orderByProduct``.
  public static func referenceTruth(
    firms: Int, seed: UInt64, truthKind: TruthKind = .linear
  ) -> SurveySimulation {
    let names = (1...18).map { "c\($0)" }
    let levels = (1...5).map { Codebook.Level(codes: [AnswerCode(Double($0))]) }
    let questionnaire = Codebook(
      title: "Reference truth of 18 capabilities", scales: [Codebook.Scale(name: "level", levels: levels)],
      items: names.map { Codebook.Variable(column: $0, kind: .likert, scale: "level", levels: levels) },
      capabilities: names.map { Codebook.Capability(id: $0, items: [Codebook.Capability.WeightedItem($0)]) })
    return SurveySimulation(
      firmCount: firms, seed: seed, questionnaire: questionnaire,
      effects: [
        "c3": Effect(innovation: 0.7), "c4": Effect(innovation: 0.6), "c5": Effect(innovation: 0.3),
        "c8": Effect(innovation: 0.4, export: 0.5), "c9": Effect(innovation: 0.35, export: 0.35),
        "c11": Effect(export: 0.8), "c12": Effect(export: 0.5), "c14": Effect(export: 0.35),
      ], intercept: Effect(innovation: -0.3, export: -0.5), truthKind: truthKind)
  }
}

import CapabilityScoring
import SurveyData

/// Assessments of firms as a person reads them, in one language.
struct DiagnosisRendering {
  let predictor: SurveyPredictor
  let assessments: [FirmAssessment]
  let phrases: Phrases
  let objective: PriorityObjective
  let target: PriorityTarget
  /// How many priorities are shown.
  let top: Int
  /// Of the intervals.
  let level: Double

  init(
    predictor: SurveyPredictor, assessments: [FirmAssessment], language: Language, objective: PriorityObjective,
    target: PriorityTarget, top: Int, level: Double = 0.9
  ) {
    self.predictor = predictor
    self.assessments = assessments
    phrases = Phrases(language)
    self.objective = objective
    self.target = target
    self.top = top
    self.level = level
  }

  var codebook: Codebook { predictor.encoding.codebook }

  /// Whether the firms that were trained on are too few for an order.
  var showsGroups: Bool { predictor.scoring.sampleSizeGate.effectiveCount < SampleSizeGate.smallestOrderedCount }

  // MARK: Names

  func capabilityName(_ id: String) -> String {
    codebook.capabilities.first { $0.id == id }?.name[phrases.language] ?? id
  }

  func capabilityNames(_ ids: [String]) -> String { phrases.list(ids.map(capabilityName)) }

  /// The wording of a question without the full stop at its end, or the name of a context variable.
  func itemName(_ id: String) -> String {
    let text = (codebook.items + codebook.context).first { $0.id == id }?.text[phrases.language] ?? id
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// A word for an outcome: the language's own for innovation and export, else its name where that is short.
  func outcomeWord(_ id: String) -> String {
    if id == "innovation" { return phrases.text(.innovation) }
    if id == "export" { return phrases.text(.export) }
    let name = outcomeName(id)
    return name.count <= 14 ? name : id
  }

  func outcomeName(_ id: String) -> String {
    codebook.outcomes.first { $0.id == id }?.name[phrases.language] ?? id
  }

  /// What a group of firms has in common: `Small · Wine`.
  func groupName(_ traits: [PeerSummaries.Trait]) -> String {
    guard !traits.isEmpty else { return phrases.text(.allFirms) }
    return traits.map { trait in
      let variable = codebook.context.first { $0.id == trait.name }
      return variable?.levels.first { $0.label.en == trait.value }?.label[phrases.language] ?? trait.value
    }.joined(separator: " · ")
  }

  // MARK: The page

  /// All firms, with what concerns the model before them and how to read it after.
  func table() -> String {
    var blocks: [String] = []
    let header = header()
    if !header.isEmpty { blocks.append(header.map { TextWrap.wrapped($0) }.joined(separator: "\n")) }
    blocks += assessments.map { FirmPage(rendering: self, assessment: $0).rendered() }
    let hasPriorities = assessments.contains { !$0.diagnosis.priorities.isEmpty }
    blocks.append(reading(hasPriorities: hasPriorities).map { TextWrap.wrapped($0) }.joined(separator: "\n"))
    return blocks.joined(separator: "\n\n")
  }

  private func header() -> [String] {
    var lines: [String] = []
    if predictor.provenance.isSimulated { lines.append(phrases.text(.simulatedModel)) }
    let model = predictor.scoring
    guard model.capabilities.contains(where: \.isActionable) else { return lines }
    lines += gateLines(model.sampleSizeGate)
    if showsGroups { lines.append(phrases.text(.groupsNotOrder)) }
    if model.outcomes.allSatisfy({ $0.replicateCount == 0 }) { lines.append(phrases.text(.noReplicates)) }
    lines.append(phrases.text(.orderedBy, ["objective": objectiveText]))
    lines.append(phrases.text(.targetIs, ["target": targetText]))
    return lines
  }

  /// What the number of firms forbids. That nothing is forbidden need not be said.
  private func gateLines(_ gate: SampleSizeGate) -> [String] {
    guard gate.level != .byGroup || gate.isEnough == false else { return [] }
    var lines = gate.explanation(in: phrases, outcomeName: outcomeName)
    // The model was learned from these firms alone, so nothing is said of a mix with experts' weights.
    let count = ["count": phrases.firmCount(gate.firmCount)]
    switch gate.level {
    case .expertWeightsOnly: lines[0] = phrases.text(.tooFewFirms, count)
    case .mixed: lines[0] = phrases.text(.fewFirms, count)
    case .pooled, .byGroup: break
    }
    return lines
  }

  private var objectiveText: String {
    let outcomes = predictor.scoring.outcomes
    let first = outcomeWord(outcomes[predictor.scoring.joint?.first ?? 0].id)
    let second = outcomeWord(outcomes[predictor.scoring.joint?.second ?? 0].id)
    return switch objective {
    case _ where outcomes.count == 1: phrases.text(.objectiveOne, ["outcome": first])
    case .balanced: phrases.text(.objectiveBalanced)
    case .smaller: phrases.text(.objectiveMin)
    case .both: phrases.text(.objectiveBoth)
    case .innovation: phrases.text(.objectiveOne, ["outcome": first])
    case .export: phrases.text(.objectiveOne, ["outcome": second])
    case .weighted(let a, let b):
      phrases.text(
        .objectiveWeighted, ["weights": "\(first) × \(figure(a)), \(second) × \(figure(b))"])
    }
  }

  private var targetText: String {
    switch target {
    case .step: phrases.text(.targetStep)
    case .median: phrases.text(.targetMedian)
    case .upperQuartile: phrases.text(.targetUpperQuartile)
    }
  }

  private func reading(hasPriorities: Bool) -> [String] {
    guard hasPriorities else { return [phrases.text(.association)] }
    let model = predictor.scoring
    var goals = model.outcomes.map { outcomeWord($0.id) }
    if model.joint != nil { goals.append(phrases.text(.both)) }
    let level = phrases.percent(level)
    var lines = [
      phrases.text(.readUplifts, ["goals": phrases.list(goals), "level": level]),
      phrases.text(.readColumns, ["level": level]),
    ]
    if model.joint != nil { lines.append(phrases.text(.readPareto, ["mark": FirmPage.paretoMark])) }
    return lines + [phrases.text(.association)]
  }

  /// A number with as many decimals as it needs, at most two.
  func figure(_ value: Double) -> String {
    let decimals = (0...2).first { abs(value - (value * power($0)).rounded() / power($0)) < 1e-9 } ?? 2
    return phrases.number(value, decimals: decimals)
  }

  private func power(_ exponent: Int) -> Double { [1, 10, 100][exponent] }
}

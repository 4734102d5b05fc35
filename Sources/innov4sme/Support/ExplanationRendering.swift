import CapabilityScoring
import Foundation
import SurveyData

/// An explanation as tables, as CSV with one row per capability or column, and as JSON.
struct ExplanationRendering {
  /// What the averages and shuffles are over.
  enum Source { case modelFile, trainingSurvey, otherSurvey }

  let predictor: SurveyPredictor
  let explanation: ScoringExplanation
  let source: Source

  private var codebook: Codebook { predictor.encoding.codebook }

  /// A capability's or column's name.
  func name(_ id: String) -> String {
    if let capability = codebook.capabilities.first(where: { $0.id == id }) { return capability.name.en }
    let name = codebook.context.first { $0.id == id }?.text.en ?? ""
    return name.isEmpty ? id : name
  }

  func table() -> String {
    var blocks = [head()]
    if source == .modelFile {
      blocks += [contrastBlock()]
    } else {
      blocks += [importanceBlock()]
      if explanation.entries.contains(where: { $0.place != nil }) { blocks.append(stepBlock()) }
    }
    blocks += [agreementBlock(), mapBlock(), pairBlock(), complementarityBlock()].compactMap { $0 }
    blocks.append(reading())
    return blocks.joined(separator: "\n\n")
  }

  // MARK: Head

  private func head() -> String {
    let provenance = predictor.provenance
    var lines = ["What the model has learned" + (provenance.isSimulated ? " (from simulated firms)" : "")]
    lines.append(
      "  trained on   \(NumberText.count(provenance.firmCount)) firms of \(provenance.survey)"
        + (provenance.condition.isEmpty ? "" : " (\(provenance.condition))"))
    lines.append(
      "  learners     "
        + explanation.outcomes.map { "\($0.id): \($0.learner.rawValue)" }.joined(separator: ", ")
        + "; \(explanation.replicateCount) replicates behind intervals")
    if source == .modelFile {
      lines.append("  firms        none given: below is what the model file itself can say")
    } else {
      let some = explanation.firmCount < explanation.surveyFirmCount
      lines.append(
        "  firms        "
          + (some
            ? "\(NumberText.count(explanation.firmCount)) of the \(NumberText.count(explanation.surveyFirmCount)) given, evenly spread (--firms)"
            : "\(NumberText.count(explanation.firmCount)) given")
          + (source == .trainingSurvey ? "; the firms of the training" : ""))
    }
    lines.append("  reference    \(predictor.typicalFirmDescription):")
    for outcome in explanation.outcomes {
      let figure = outcome.kind == .binary ? Self.percent(outcome.reference) : Self.value(outcome.reference)
      let mean = outcome.meanPrediction.map {
        "; the firms' mean is " + (outcome.kind == .binary ? Self.percent($0) : Self.value($0))
      }
      lines.append("               \(outcome.id) \(figure)\(mean ?? "")")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Tables

  private func importanceBlock() -> String {
    let metric = explanation.metric
    let hasDrops = explanation.entries.contains { $0.outcomes.contains { $0.drop != nil } }
    let hasGain = explanation.entries.contains { $0.outcomes.contains { $0.gainShare != nil } }
    var columns: [(title: String, alignment: TextTable.Alignment)] = [("", .left)]
    columns += explanation.outcomes.map { ("\($0.id) ±", .right) }
    if hasDrops { columns += explanation.outcomes.map { ("\($0.id) shuffled", .right) } }
    if hasGain { columns += explanation.outcomes.map { ("\($0.id) gain", .right) } }
    var table = TextTable(columns)
    for entry in shown {
      var row = [title(entry)]
      row += zip(explanation.outcomes, entry.outcomes).map { outcome, figures in
        figures.importance.map { outcome.kind == .binary ? Self.bare($0) : Self.value($0) } ?? "–"
      }
      if hasDrops {
        // Areas, losses and shares of variance in hundredths.
        row += entry.outcomes.map { $0.drop.map { Self.interval($0, scale: 100, decimals: 1) } ?? "–" }
      }
      if hasGain { row += entry.outcomes.map(Self.gain) }
      table.append(row)
    }
    var text = "How much each counts\n" + table.rendered(indent: 2)
    text +=
      "\n  ±          points of the distance between a firm's chance and the reference's that go with it, up or down "
      + "(mean over firms)"
    if hasDrops {
      let reference = explanation.outcomes.compactMap { outcome in
        outcome.metric.map { "\(outcome.id) \(NumberText.decimal(outcome.kind == .binary ? abs($0) : $0, 3))" }
      }.joined(separator: ", ")
      text +=
        "\n  shuffled   \(Self.dropMeaning(metric)) when its answers are shuffled among firms; before: \(reference)"
        + "\n             mean of \(explanation.repeatCount) shuffles"
        + (explanation.shuffledWithin.map { " among firms of the same \($0)" } ?? "")
      if explanation.isHeldOut {
        text += " in each fold, among firms that the models behind it had not seen; interval over shuffles and folds"
      } else if source == .trainingSurvey {
        text += "; these firms were in the training, which flatters the model: --held-out 5 does not"
      }
    }
    if hasGain {
      text +=
        explanation.entries.contains { $0.outcomes.contains { $0.gainPValue != nil } }
        ? "\n  gain       share of the trees' gain beyond that on shuffled outcomes; p: how often those gain as much"
        : "\n  gain       share of the trees' gain in training; it favours answers with many levels (--null 50 corrects it)"
    }
    if shown.count < explanation.entries.count {
      text += "\n  \(explanation.entries.count - shown.count) more are in --format csv and json"
    }
    return text
  }

  private func stepBlock() -> String {
    placed(
      title: "One step more (mean over the firms that have one left)", figure: { $0.uplift }, shares: true,
      note: "points by which the chance of firms that score one step higher is higher")
  }

  private func contrastBlock() -> String {
    guard explanation.entries.contains(where: { $0.outcomes.contains { $0.contrast != nil } }) else {
      return "This model has no capabilities with ordered answers; give a survey to explain it on."
    }
    return placed(
      title: "Upper against lower quartile of one capability, all else average", figure: { $0.contrast }, shares: false,
      note: "points by which the chance differs between a firm at the upper and one at the lower quartile")
  }

  private func placed(
    title: String, figure: (ScoringExplanation.OutcomeEntry) -> FirmDiagnosis.Estimate?, shares: Bool, note: String
  ) -> String {
    let hasBoth = explanation.entries.contains { $0.both != nil }
    let order = hasBoth ? "by the chance of both" : "by \(explanation.outcomes[0].id)"
    var columns: [(title: String, alignment: TextTable.Alignment)] = [("", .left)]
    columns += explanation.outcomes.map { ($0.id, .right) }
    if hasBoth { columns.append(("both", .right)) }
    if shares { columns.append(("firms", .right)) }
    columns += [("place", .right), ("in first 3", .right), ("tied", .left), ("goes with", .left), ("agree", .right)]
    var table = TextTable(columns)
    let members = explanation.entries.filter { $0.isCapability && $0.outcomes.contains { figure($0) != nil } }
    for entry in members {
      var row = [name(entry.id)]
      row += zip(explanation.outcomes, entry.outcomes).map { outcome, figures in
        figure(figures).map {
          outcome.kind == .binary ? EstimateText.points($0) : EstimateText.difference($0)
        } ?? "–"
      }
      if hasBoth { row.append(entry.both.map(EstimateText.points) ?? "–") }
      if shares { row.append(entry.stepShare.map { NumberText.percent($0, 0) } ?? "–") }
      if let place = entry.place {
        row += [
          place.rankLower == place.rankUpper
            ? "\(place.rank)" : "\(place.rank) (\(place.rankLower)–\(place.rankUpper))",
          NumberText.percent(place.probabilityOfFirstThree, 0), Self.letter(place.tieGroup), space(place.space),
          NumberText.percent(place.spaceAgreement, 0),
        ]
      } else {
        row += ["", "", "", "", ""]
      }
      table.append(row)
    }
    return title + "\n" + table.rendered(indent: 2)
      + "\n  figures    \(note)\n  place      \(order); in brackets where 90 % of replicates put it"
      + "\n  tied       those of one letter are not told apart from the first of them"
      + "\n  goes with  goals that go with it by more than \(NumberText.decimal(FirmScorer.smallestUplift * 100, 1)) points; agree: replicates that say so too"
  }

  /// Capabilities, and as many other columns as fit on a page.
  private var shown: [ScoringExplanation.Entry] {
    let capabilities = explanation.entries.filter(\.isCapability)
    func size(_ entry: ScoringExplanation.Entry) -> Double {
      entry.outcomes.reduce(0) { max($0, $1.importance?.value ?? 0) }
    }
    let others = explanation.entries.filter { !$0.isCapability }
    let order = others.indices.sorted {
      let (a, b) = (size(others[$0]), size(others[$1]))
      return a == b ? $0 < $1 : a > b
    }
    return capabilities + order.prefix(max(30 - capabilities.count, 10)).map { others[$0] }
  }

  private func title(_ entry: ScoringExplanation.Entry) -> String {
    let isContext = predictor.encoding.features.first { $0.id == entry.id }?.isContext ?? false
    return name(entry.id) + (!entry.isCapability && isContext ? " (context)" : "")
  }

  func space(_ space: CapabilitySpace) -> String {
    let joint = predictor.scoring.joint
    let first = explanation.outcomes[joint?.first ?? 0].id
    guard explanation.outcomes.count > 1 else { return space == .neither ? "–" : first }
    let second = explanation.outcomes[joint?.second ?? min(1, explanation.outcomes.count - 1)].id
    switch space {
    case .both: return "both"
    case .innovationOnly: return first
    case .exportOnly: return second
    case .neither: return "–"
    }
  }

  private func agreementBlock() -> String? {
    guard !explanation.agreements.isEmpty else { return nil }
    let lines = explanation.outcomes.compactMap { outcome -> String? in
      let own = explanation.agreements.filter { $0.outcome == outcome.id }
      guard !own.isEmpty else { return nil }
      return "  \(outcome.id): "
        + own.map { "\($0.first)–\($0.second) \(NumberText.decimal($0.tau, 2))" }.joined(separator: ", ")
    }
    return "Do the measures agree on the order of capabilities? (Kendall's τ: 1 the same order, 0 none in common)\n"
      + lines.joined(separator: "\n")
  }

  private func mapBlock() -> String? {
    explanation.map.map { MapRendering(explanation: self, atlas: $0).clusterBlock() }
  }

  private func pairBlock() -> String? {
    guard !explanation.pairs.isEmpty else { return nil }
    let hasTrees = explanation.pairs.contains { !$0.treeInteractions.isEmpty }
    var columns: [(title: String, alignment: TextTable.Alignment)] = [("", .left), ("with", .left)]
    columns += explanation.outcomes.map { ("\($0.id)", .right) }
    columns += explanation.outcomes.map { ("\($0.id) H", .right) }
    if hasTrees { columns += explanation.outcomes.map { ("\($0.id) trees", .right) } }
    var table = TextTable(columns)
    for pair in explanation.pairs {
      var row = [name(pair.first), name(pair.second)]
      row += zip(explanation.outcomes, pair.synergies).map { outcome, synergy in
        outcome.kind == .binary ? EstimateText.points(synergy) : EstimateText.difference(synergy)
      }
      row += pair.strengths.map { NumberText.decimal($0, 2) }
      if hasTrees { row += pair.treeInteractions.map { NumberText.decimal($0, 3) } }
      table.append(row)
    }
    var text = "Pairs in the model: the \(explanation.pairs.count) strongest\n" + table.rendered(indent: 2)
    text +=
      "\n  figures    points by which raising both from lower to upper quartile adds more (+) or less (−) than "
      + "the two alone"
    text += "\n  H          the part of their joint variation that is not the sum of their own (0 to 1)"
    if hasTrees { text += "\n  trees      mean absolute interaction of the trees, in log-odds" }
    let linear = explanation.outcomes.filter { $0.learner == .logistic && $0.kind == .binary }
    if !linear.isEmpty {
      let names = linear.map(\.id).joined(separator: " and ")
      text +=
        "\n  For \(names) the model is linear in log-odds: what is shown is the bend of the probability, not a synergy"
        + "\n  that was learned from firms."
    }
    return text
  }

  private func complementarityBlock() -> String? {
    guard let study = explanation.complementarity, !study.pairs.isEmpty else { return nil }
    var table = TextTable([
      ("goal", .left), ("", .left), ("with", .left), ("verdict", .left), ("p complements", .right),
      ("p substitutes", .right),
    ])
    for pair in study.pairs {
      table.append([
        pair.outcome, name(pair.first), name(pair.second), pair.test.verdict.rawValue,
        NumberText.pValue(pair.test.complementPValue), NumberText.pValue(pair.test.substitutePValue),
      ])
    }
    let restrictions = 1 << (study.practices.count - 2)
    return "Complementarity in what firms report (a capability is in use above the firms' median)\n"
      + table.rendered(indent: 2)
      + "\n  Each test puts \(restrictions) inequalit\(restrictions == 1 ? "y" : "ies") on the \(1 << study.practices.count) combinations of \(study.practices.count) practices, the rarest with \(study.rarestCombination) firms; p is of the"
      + "\n  hypothesis named (Mohnen and Röller 2005). "
      + (study.contextColumnCount > 0
        ? "Adjusted for context, not for other capabilities." : "Not adjusted for context or other capabilities.")
      + " With more practices than"
      + "\n  two, pairwise interactions mislead, and where practices explain little no test can tell (Carree et al. 2011)."
  }

  private func reading() -> String {
    """
    How to read this: intervals in brackets are \(NumberText.percent(explanation.level, 0)), over the model's replicates. All figures are associations among the firms of
    the survey, as the model has learned them; they do not say what would happen if a firm changed.
    """
  }

  // MARK: Figures

  static func interval(_ estimate: FirmDiagnosis.Estimate, scale: Double, decimals: Int) -> String {
    NumberText.decimal(estimate.value * scale, decimals) + " [" + NumberText.decimal(estimate.lower * scale, decimals)
      + "; " + NumberText.decimal(estimate.upper * scale, decimals) + "]"
  }

  /// Points of probability, without a sign.
  static func bare(_ estimate: FirmDiagnosis.Estimate) -> String { interval(estimate, scale: 100, decimals: 1) }

  static func value(_ estimate: FirmDiagnosis.Estimate) -> String { interval(estimate, scale: 1, decimals: 2) }

  static func percent(_ estimate: FirmDiagnosis.Estimate) -> String {
    NumberText.percent(estimate.value, 0) + " [" + NumberText.decimal(estimate.lower * 100, 0) + "; "
      + NumberText.decimal(estimate.upper * 100, 0) + "]"
  }

  private static func dropMeaning(_ metric: ImportanceMetric) -> String {
    switch metric {
    case .areaUnderROC: "hundredths by which the area under the ROC curve falls"
    case .logLoss: "hundredths by which the log-loss rises"
    case .brier: "hundredths by which the Brier score rises"
    }
  }

  /// The share of gain; what is left of it when chance is taken off, where that is known.
  static func gain(_ figures: ScoringExplanation.OutcomeEntry) -> String {
    if let excess = figures.excessGainShare, let p = figures.gainPValue {
      return NumberText.percent(excess, 0) + " (p \(NumberText.decimal(p, 2)))"
    }
    return figures.gainShare.map { NumberText.percent($0, 0) } ?? "–"
  }

  /// `a`, `b`, … `z`, `27`, …
  static func letter(_ group: Int) -> String {
    (1...26).contains(group) ? String(UnicodeScalar(UInt8(96 + group))) : "\(group)"
  }
}

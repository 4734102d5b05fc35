import CapabilityScoring
import SurveyData

/// One firm's diagnosis: its chances, its priorities, and what a person should know of them.
struct FirmPage {
  let rendering: DiagnosisRendering
  let assessment: FirmAssessment

  static let paretoMark = "◆"
  private static let margin = "  "

  var phrases: Phrases { rendering.phrases }
  var diagnosis: FirmDiagnosis { assessment.diagnosis }

  func rendered() -> String {
    var blocks = [heading() + "\n" + chances()]
    if !warnings().isEmpty { blocks.append(Self.sentences(warnings())) }
    if rendering.predictor.scoring.capabilities.contains(where: \.isActionable) {
      if !diagnosis.priorities.isEmpty { blocks.append(PriorityTable(page: self).rendered(indent: Self.margin.count)) }
      let remarks = FirmRemarks(page: self).sentences()
      if !remarks.isEmpty { blocks.append(Self.sentences(remarks)) }
      if let gaps = GapTable(page: self).rendered(indent: Self.margin.count) { blocks.append(gaps) }
      if let plan = assessment.plan { blocks.append(PlanText(page: self, plan: plan).rendered()) }
    }
    return blocks.joined(separator: "\n\n")
  }

  /// Sentences, one after another, indented.
  static func sentences(_ sentences: [String]) -> String {
    sentences.map { TextWrap.wrapped($0, first: margin, indent: 4) }.joined(separator: "\n")
  }

  private func heading() -> String {
    var parts = [phrases.text(.answered, ["share": phrases.percent(1 - diagnosis.missingShare)])]
    if let peers = assessment.peers {
      let count = phrases.firmCount(peers.firmCount)
      let group = rendering.groupName(peers.traits)
      parts.append(
        peers.isWidened
          ? phrases.text(
            .comparedWidened,
            [
              "count": count, "group": group, "wanted": rendering.groupName(peers.wanted),
              "least": String(PeerSummaries.smallestGroup),
            ])
          : phrases.text(.comparedWith, ["count": count, "group": group]))
    } else {
      parts.append(phrases.text(.peersTooFew, ["count": String(PeerSummaries.smallestGroup)]))
    }
    let title = phrases.text(.diagnosisOf, ["firm": phrases.firmName(diagnosis.id)])
    return title + "\n" + TextWrap.wrapped(parts.joined(separator: phrases.semicolon), first: Self.margin, indent: 2)
  }

  // MARK: Chances

  private func chances() -> String {
    var rows: [(name: String, figure: String, meaning: String)] = diagnosis.outcomes.map { outcome in
      let word = rendering.outcomeWord(outcome.id)
      let name = rendering.outcomeName(outcome.id)
      return (word, figure(outcome.estimate, outcome.kind), name == word ? "" : name)
    }
    if let joint = diagnosis.joint { rows.append((phrases.text(.both), figure(joint, .binary), states())) }
    let names = rows.map(\.name.count).max() ?? 0
    let figures = rows.map(\.figure.count).max() ?? 0
    let lines = rows.map { row in
      let line =
        "    " + row.name.padded(to: names) + "  "
        + (row.meaning.isEmpty ? row.figure : row.figure.padded(to: figures) + "  " + row.meaning)
      return line
    }
    return Self.margin + phrases.text(.chancesToday, ["level": phrases.percent(rendering.level)]) + "\n"
      + lines.joined(separator: "\n")
  }

  /// `62% (48% to 75%)`, or a value of a continuous outcome.
  func figure(_ estimate: FirmDiagnosis.Estimate, _ kind: OutcomeModel.Kind) -> String {
    func text(_ value: Double) -> String {
      kind == .binary ? phrases.percent(min(max(value, 0), 1)) : phrases.number(value, decimals: 2)
    }
    return text(estimate.value) + " ("
      + phrases.text(.range, ["low": text(estimate.lower), "high": text(estimate.upper)]) + ")"
  }

  /// `neither 20%, innovation only 40%, export only 13%`.
  private func states() -> String {
    guard let states = diagnosis.states, let joint = rendering.predictor.scoring.joint else { return "" }
    let outcomes = diagnosis.outcomes
    func only(_ index: Int) -> String {
      switch outcomes[index].id {
      case "innovation": phrases.text(.innovationOnly)
      case "export": phrases.text(.exportOnly)
      default: phrases.text(.onlyOne, ["outcome": rendering.outcomeWord(outcomes[index].id)])
      }
    }
    return [
      only(joint.first) + " " + phrases.percent(states.innovationOnly),
      only(joint.second) + " " + phrases.percent(states.exportOnly),
      phrases.text(.neither) + " " + phrases.percent(states.neither),
    ].joined(separator: ", ")
  }

  // MARK: Warnings

  /// What should be known before any figure is read.
  private func warnings() -> [String] {
    var reasons = assessment.unfamiliar.map { answer in
      let item = rendering.itemName(answer.item)
      return switch answer.reason {
      case .unseenLevel: phrases.text(.unseenLevel, ["item": item])
      case .outOfRange: phrases.text(.outOfRange, ["item": item])
      case .unreadable: phrases.text(.unreadable, ["item": item])
      }
    }
    let shown = 4
    if reasons.count > shown {
      reasons = Array(reasons.prefix(shown)) + ["+" + phrases.number(Double(reasons.count - shown))]
    }
    if assessment.isTooIncomplete { reasons.append(phrases.text(.tooIncomplete)) }
    guard !reasons.isEmpty else { return [] }
    return [phrases.text(.outsideExperience, ["reason": reasons.joined(separator: phrases.semicolon)])]
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}

import CapabilityScoring
import Foundation
import SurveyData

/// Reports of firms as an adviser reads them aloud, in one language.
struct DiagnosisPage {
  let predictor: SurveyPredictor
  let reports: [FirmReport]
  /// One per report, or none.
  let plans: [PlanAdvisor.Advice]
  let objective: PriorityObjective
  let top: Int
  let phrases: Phrases

  private var codebook: Codebook { predictor.encoding.codebook }
  private var gate: SampleSizeGate { predictor.scoring.sampleSizeGate }
  private var joint: JointModel? { predictor.scoring.joint }
  /// Below this, groups are shown instead of an order.
  private static let smallestOrderedCount = 100

  func rendered() -> String {
    var blocks: [String] = []
    if predictor.provenance.isSimulated { blocks.append(phrases.text(.simulatedModel)) }
    if !predictor.scoring.capabilities.isEmpty {
      let sentences = gate.explanation(in: phrases) { outcomeName($0).lowercasedFirst }
      if gate.level <= .pooled || gate.isEnough == false { blocks.append(sentences.joined(separator: " ")) }
    }
    blocks += reports.indices.map(block)
    if !predictor.scoring.capabilities.isEmpty { blocks.append(phrases.text(.howToRead)) }
    return blocks.map { Self.wrapped($0) }.joined(separator: "\n\n")
  }

  // MARK: One firm

  private func block(_ index: Int) -> String {
    let report = reports[index]
    let diagnosis = report.diagnosis
    var lines = [
      phrases.text(.diagnosisOf, ["firm": diagnosis.id]) + "  ("
        + phrases.text(.answered, ["share": phrases.percent(1 - diagnosis.missingShare)]) + ")"
    ]
    for outcome in diagnosis.outcomes {
      lines.append("  " + chance(outcomeName(outcome.id), outcome.estimate, outcome.kind))
    }
    if let joint = diagnosis.joint { lines.append("  " + chance(phrases.text(.bothAtOnce), joint, .binary)) }
    if !report.outside.isEmpty {
      let reasons = report.outside.prefix(4).map(reason)
      lines.append("  " + phrases.text(.outsideExperience, ["reason": reasons.joined(separator: "; ")]))
    }
    guard !predictor.scoring.capabilities.isEmpty else { return lines.joined(separator: "\n") }
    if diagnosis.priorities.isEmpty {
      lines.append("  " + phrases.text(.everythingStrong))
      return lines.joined(separator: "\n")
    }
    lines.append("")
    lines.append("  " + phrases.text(.priorities) + " (" + order + ")")
    if isGrouped { lines.append("  " + phrases.text(.inGroups, ["firms": phrases.firmCount(gate.firmCount)])) }
    if !diagnosis.priorities.contains(where: \.isDistinguishable) {
      lines.append("  " + phrases.text(.nothingDistinguishable))
    }
    lines.append(priorityTable(report).rendered(indent: 2))
    lines += remarks(report).map { "  " + $0 }
    if plans.indices.contains(index) { lines += [""] + planLines(plans[index]).map { "  " + $0 } }
    return lines.joined(separator: "\n")
  }

  private func chance(_ name: String, _ estimate: FirmDiagnosis.Estimate, _ kind: OutcomeModel.Kind) -> String {
    guard kind == .binary else {
      return name + ": " + phrases.number(estimate.value, decimals: 2) + " ["
        + phrases.number(estimate.lower, decimals: 2) + "; " + phrases.number(estimate.upper, decimals: 2) + "]"
    }
    return phrases.text(
      .chanceOf,
      [
        "outcome": name, "share": phrases.percent(estimate.value), "low": phrases.percent(estimate.lower),
        "high": phrases.percent(estimate.upper),
      ])
  }

  private func reason(_ outside: FirmReport.Outside) -> String {
    switch outside {
    case .range(let feature): phrases.text(.outsideRange, ["features": questionName(feature)])
    case .missing(let share): phrases.text(.outsideMissing, ["share": phrases.percent(share)])
    }
  }

  private var order: String {
    switch objective {
    case .both:
      joint == nil
        ? phrases.text(.orderedBy, ["outcome": outcomeName(predictor.scoring.outcomes[0].id)])
        : phrases.text(.orderedBy, ["outcome": phrases.text(.both)])
    case .balanced: phrases.text(.orderedByBalance)
    case .smaller: phrases.text(.orderedBySmaller)
    case .weighted: phrases.text(.orderedByWeights)
    case .innovation: phrases.text(.orderedBy, ["outcome": shortName(joint?.first ?? 0)])
    case .export: phrases.text(.orderedBy, ["outcome": shortName(joint?.second ?? 0)])
    }
  }

  private var isGrouped: Bool { gate.effectiveCount < Self.smallestOrderedCount }

  // MARK: The table

  private func priorityTable(_ report: FirmReport) -> TextTable {
    let diagnosis = report.diagnosis
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      (phrases.text(.capability), .left), (phrases.text(.level), .right), (phrases.text(.target), .right),
    ]
    if report.peers != nil { columns.append((phrases.text(.abovePeers), .right)) }
    columns += diagnosis.outcomes.indices.map { (shortName($0), .right) }
    if diagnosis.joint != nil { columns.append((phrases.text(.both), .right)) }
    columns += [
      (phrases.text(isGrouped ? .group : .place), .right), (phrases.text(.inFirst, ["count": "3"]), .right),
      (phrases.text(.effort), .right),
    ]
    if joint != nil { columns.append((phrases.text(.goesWith), .left)) }
    var table = TextTable(columns)
    var group = 0
    var members: Set<String> = []
    for priority in diagnosis.priorities.prefix(top) {
      if !members.contains(priority.capability) {
        group += 1
        members = Set(priority.tiedWith + [priority.capability])
      }
      let name = capabilityName(priority.capability) + (priority.isParetoOptimal && joint != nil ? " ◆" : "")
      var row = [
        isGrouped ? name : "\(priority.rank). \(name)", phrases.percent(priority.level),
        phrases.percent(priority.target),
      ]
      if let peers = report.peers {
        let index = predictor.scoring.capabilities.firstIndex { $0.id == priority.capability }!
        row.append(peers.capabilities[index].percentile.map { phrases.percent($0) } ?? "–")
      }
      for (outcome, uplift) in zip(diagnosis.outcomes, priority.uplifts) {
        row.append(difference(uplift, isPoints: outcome.kind == .binary))
      }
      if diagnosis.joint != nil { row.append(priority.both.map { difference($0, isPoints: true) } ?? "") }
      row.append(
        isGrouped
          ? "\(group)"
          : priority.rankLower == priority.rankUpper
            ? "\(priority.rankLower)" : "\(priority.rankLower)–\(priority.rankUpper)")
      row.append(phrases.percent(priority.probabilityOfFirstThree))
      row.append(effortText(priority.effort))
      if joint != nil { row.append(spaceName(priority.space) + " (" + phrases.percent(priority.spaceConfidence) + ")") }
      table.append(row)
    }
    return table
  }

  /// `+6.9 [2.1; 11.0]`: points of probability, or units of a quantity.
  private func difference(_ uplift: FirmDiagnosis.Estimate, isPoints: Bool) -> String {
    let scale = isPoints ? 100.0 : 1
    let decimals = isPoints ? 1 : 2
    let parts = [uplift.lower, uplift.upper].map { phrases.number($0 * scale, decimals: decimals) }
    return phrases.signed(uplift.value * scale, decimals: decimals) + " [" + parts.joined(separator: "; ") + "]"
  }

  private func effortText(_ effort: Double) -> String {
    phrases.number(effort, decimals: effort == effort.rounded() ? 0 : 1)
  }

  private func spaceName(_ space: CapabilitySpace) -> String {
    switch space {
    case .both: phrases.text(.both)
    case .innovationOnly: shortName(joint?.first ?? 0)
    case .exportOnly: shortName(joint?.second ?? 1)
    case .neither: phrases.text(.neither)
    }
  }

  // MARK: Remarks

  private func remarks(_ report: FirmReport) -> [String] {
    let diagnosis = report.diagnosis
    let shown = diagnosis.priorities.prefix(top)
    var remarks: [String] = []
    if joint != nil, shown.contains(where: \.isParetoOptimal) { remarks.append(phrases.text(.paretoNote)) }
    if let first = shown.first, !first.tiedWith.isEmpty, !isGrouped {
      remarks.append(phrases.text(.firstTied, ["capabilities": listed(first.tiedWith)]))
    }
    if let peers = report.peers {
      remarks.append(
        phrases.text(
          .comparedWith, ["firms": phrases.firmCount(peers.firmCount), "group": groupName(peers.traits)]))
      if peers.isWidened {
        remarks.append(
          phrases.text(
            .peerGroupWidened,
            ["group": groupName(peers.traits), "count": phrases.number(Double(PeerSummaries.smallestGroup))]))
      }
    } else {
      remarks.append(phrases.text(.peersTooFew, ["count": phrases.number(Double(PeerSummaries.smallestGroup))]))
    }
    if let gap = report.largestGaps.first, let lever = shown.first, gap != lever.capability {
      remarks.append(
        phrases.text(
          .gapAndLever, ["gap": capabilityName(gap), "lever": capabilityName(lever.capability)])
          + (shown.contains { $0.capability == gap } ? "" : " " + phrases.text(.noLever)))
    }
    if !diagnosis.alreadyStrong.isEmpty {
      remarks.append(phrases.text(.strengths) + ": " + listed(diagnosis.alreadyStrong) + ".")
    }
    for capability in report.answersToAsk.prefix(2) {
      remarks.append(phrases.text(.missingCouldMatter, ["capability": capabilityName(capability)]))
    }
    return remarks
  }

  private func listed(_ ids: [String]) -> String {
    let names = ids.prefix(4).map(capabilityName)
    guard ids.count > 4 else { return phrases.list(names) }
    return phrases.list(names + [phrases.text(.andMore, ["count": "\(ids.count - 4)"])])
  }

  private func groupName(_ traits: [PeerSummaries.Trait]) -> String {
    guard !traits.isEmpty else { return phrases.text(.allFirms) }
    return traits.map { trait in
      let variable = codebook.context.first { $0.id == trait.name }
      return (variable?.text[phrases.language] ?? trait.name) + " = " + trait.value
    }.joined(separator: ", ")
  }

  // MARK: Names

  func capabilityName(_ id: String) -> String {
    codebook.capabilities.first { $0.id == id }?.name[phrases.language] ?? id
  }

  private func outcomeName(_ id: String) -> String {
    let name = codebook.outcomes.first { $0.id == id }?.name[phrases.language] ?? id
    return name == id ? knownName(id) : name
  }

  /// What fits over a column.
  private func shortName(_ index: Int) -> String { knownName(predictor.scoring.outcomes[index].id) }

  private func knownName(_ id: String) -> String {
    id == "innovation" ? phrases.text(.innovation) : id == "export" ? phrases.text(.export) : id
  }

  private func questionName(_ feature: String) -> String {
    (codebook.items + codebook.context).first { $0.id == feature }?.text[phrases.language] ?? feature
  }

  // MARK: Plans

  private func planLines(_ advice: PlanAdvisor.Advice) -> [String] {
    guard let joint else { return [] }
    var lines: [String] = []
    switch advice.goal {
    case .target(let first, let second):
      for (index, share, now) in [(joint.first, first, advice.now.first), (joint.second, second, advice.now.second)] {
        lines.append(
          phrases.text(
            .planTarget,
            ["outcome": shortName(index), "share": phrases.percent(share), "now": phrases.percent(now)]))
      }
    case .budget(let budget): lines.append(phrases.text(.planWithinBudget, ["budget": effortText(budget)]))
    }
    switch advice.certificate {
    case .noSuchPlan: return lines + [phrases.text(.noSuchPlan)]
    case .bounded(let bound): lines.append(phrases.text(.planBounded, ["bound": effortText(bound)]))
    case .optimal: break
    }
    guard let best = advice.plans.first else { return lines }
    if best.changes.isEmpty { return lines + [phrases.text(.planNothingNeeded)] }
    if case .target(let first, let second) = advice.goal {
      lines.append(
        phrases.text(
          .planReaches,
          [
            "innovation": phrases.percent(first), "export": phrases.percent(second), "effort": effortText(best.effort),
          ]))
    }
    lines += describe(best)
    for other in advice.plans.dropFirst() {
      let steps = other.changes.map { "\(capabilityName($0.capability)) +\($0.steps)" }
      lines.append(
        phrases.text(
          .planOther,
          [
            "plan": phrases.list(steps) + " (" + phrases.text(.effort).lowercasedFirst + " " + effortText(other.effort)
              + ")"
          ]))
    }
    if let robust = advice.robust, robust != best {
      lines.append(phrases.text(.planRobustFound, ["share": phrases.percent(robust.shareReached ?? 0)]))
      lines += describe(robust)
    } else if advice.robust == nil, let certificate = advice.robustCertificate {
      lines.append(
        phrases.text(
          certificate == .noSuchPlan ? .planRobustNone : .planRobustUnknown, ["share": phrases.percent(0.8)]))
    }
    return lines
  }

  private func describe(_ plan: PlanAdvisor.Described) -> [String] {
    var lines = plan.changes.map { change in
      "· "
        + phrases.text(
          .planStep,
          [
            "capability": capabilityName(change.capability), "steps": phrases.stepCount(change.steps),
            "effort": effortText(change.effort),
          ])
    }
    if let joint {
      lines.append(
        phrases.text(
          .planChances,
          [
            "first": shortName(joint.first) + " " + phrases.percent(plan.first),
            "second": shortName(joint.second) + " " + phrases.percent(plan.second),
            "both": phrases.text(.both) + " " + phrases.percent(plan.both),
          ]))
    }
    if let share = plan.shareReached { lines.append(phrases.text(.planRobust, ["share": phrases.percent(share)])) }
    return lines
  }

  // MARK: Lines

  /// Sentences broken before 100 columns; rows of tables stay whole.
  private static func wrapped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.count > 110, !line.contains("─"), !line.contains("[") || !line.contains("%)") else {
        return String(line)
      }
      let margin = String(line.prefix { $0 == " " })
      var lines: [String] = []
      var current = margin
      for word in line.drop(while: { $0 == " " }).split(separator: " ") {
        if current.count + word.count > 100, current.count > margin.count {
          lines.append(current)
          current = margin
        }
        current += (current.count > margin.count ? " " : "") + word
      }
      return (lines + [current]).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension String {
  /// The same with a small first letter.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

import CapabilityScoring

/// The priorities of one firm, two lines each: figures, and below them their intervals.
struct PriorityTable {
  let page: FirmPage

  private var phrases: Phrases { page.phrases }
  private var rendering: DiagnosisRendering { page.rendering }

  func rendered(indent: Int) -> String {
    let model = rendering.predictor.scoring
    let diagnosis = page.diagnosis
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      (phrases.text(rendering.showsGroups ? .columnGroup : .columnFirst), .left),
      (phrases.text(.columnLevel), .right), (phrases.text(.columnPeers), .right),
    ]
    columns += diagnosis.outcomes.map { (rendering.outcomeWord($0.id), .right) }
    if model.joint != nil { columns.append((phrases.text(.both), .right)) }
    columns += [(phrases.text(.columnPlace), .right), (phrases.text(.columnFirstThree), .right)]
    var table = TextTable(columns)
    for priority in shown { for row in rows(priority) { table.append(row) } }
    return table.rendered(indent: indent)
  }

  /// The priorities that are shown: the first, or with few firms the first groups, in the order of the codebook within.
  var shown: [FirmDiagnosis.Priority] {
    let first = Array(page.diagnosis.priorities.prefix(rendering.top))
    guard rendering.showsGroups, let last = first.last?.tieGroup else { return first }
    let order = Dictionary(
      rendering.predictor.scoring.capabilities.enumerated().map { ($1.id, $0) }
    ) { first, _ in first }
    return page.diagnosis.priorities.filter { $0.tieGroup <= last }.sorted {
      ($0.tieGroup, order[$0.capability] ?? 0) < ($1.tieGroup, order[$1.capability] ?? 0)
    }
  }

  private func rows(_ priority: FirmDiagnosis.Priority) -> [[String]] {
    let model = rendering.predictor.scoring
    let number = rendering.showsGroups ? priority.tieGroup : priority.rank
    let name = "\(number). \(rendering.capabilityName(priority.capability))"
    let mark = model.joint != nil && priority.isParetoOptimal ? " " + FirmPage.paretoMark : ""
    var first = [name + mark, levels(priority), percentile(priority.capability)]
    var second = ["   " + details(priority), "", ""]
    for (outcome, uplift) in zip(page.diagnosis.outcomes, priority.uplifts) {
      let isBinary = outcome.kind == .binary
      first.append(difference(uplift.value, isBinary))
      second.append(interval(uplift, isBinary))
    }
    if model.joint != nil {
      first.append(priority.both.map { difference($0.value, true) } ?? "")
      second.append(priority.both.map { interval($0, true) } ?? "")
    }
    first.append(
      priority.rankLower == priority.rankUpper ? "\(priority.rankLower)" : "\(priority.rankLower)–\(priority.rankUpper)"
    )
    first.append(phrases.percent(priority.probabilityOfFirstThree))
    return [first, second + ["", ""]]
  }

  private func levels(_ priority: FirmDiagnosis.Priority) -> String {
    guard priority.level.isFinite, priority.target.isFinite else { return "–" }
    return phrases.number(100 * priority.level) + " → " + phrases.percent(priority.target)
  }

  private func percentile(_ id: String) -> String {
    guard let index = rendering.predictor.scoring.capabilities.firstIndex(where: { $0.id == id }),
      let share = page.assessment.peers?.percentiles[index]
    else { return "–" }
    return phrases.percent(share)
  }

  /// `effort 1; goes with both (84%)`, with the share of replicates that agree.
  private func details(_ priority: FirmDiagnosis.Priority) -> String {
    let effort = phrases.text(.effortOf, ["effort": rendering.figure(priority.effort)])
    guard let joint = rendering.predictor.scoring.joint else { return effort }
    let (first, second) = (page.diagnosis.outcomes[joint.first].id, page.diagnosis.outcomes[joint.second].id)
    let goals =
      switch priority.space {
      case .both: phrases.text(.both)
      case .innovationOnly: rendering.outcomeWord(first)
      case .exportOnly: rendering.outcomeWord(second)
      case .neither: phrases.text(.neither)
      }
    let share = phrases.percent(priority.spaceConfidence)
    return effort + phrases.semicolon + phrases.text(.goesWith, ["goals": goals, "share": share])
  }

  private func difference(_ value: Double, _ isBinary: Bool) -> String {
    isBinary ? phrases.signed(100 * value, decimals: 1) : phrases.signed(value, decimals: 2)
  }

  private func interval(_ estimate: FirmDiagnosis.Estimate, _ isBinary: Bool) -> String {
    func text(_ value: Double) -> String {
      isBinary ? phrases.number(100 * value, decimals: 1) : phrases.number(value, decimals: 2)
    }
    return phrases.text(.range, ["low": text(estimate.lower), "high": text(estimate.upper)])
  }
}

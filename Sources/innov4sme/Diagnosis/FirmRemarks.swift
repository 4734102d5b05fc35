import CapabilityScoring

/// What is said below the priorities of one firm.
struct FirmRemarks {
  let page: FirmPage

  private var phrases: Phrases { page.phrases }
  private var rendering: DiagnosisRendering { page.rendering }
  private var diagnosis: FirmDiagnosis { page.diagnosis }

  func sentences() -> [String] {
    var sentences: [String] = []
    if diagnosis.priorities.isEmpty, diagnosis.atTarget.isEmpty { return [phrases.text(.everythingStrong)] }
    if !diagnosis.priorities.isEmpty, !diagnosis.priorities.contains(where: \.isDistinguishable) {
      sentences.append(phrases.text(.nothingDistinguishable))
    } else if let tie = sharedFirst {
      sentences.append(tie)
    }
    if !diagnosis.alreadyStrong.isEmpty {
      sentences.append(phrases.text(.atTop, ["capabilities": rendering.capabilityNames(diagnosis.alreadyStrong)]))
    }
    if !diagnosis.atTarget.isEmpty {
      sentences.append(phrases.text(.atTarget, ["capabilities": rendering.capabilityNames(diagnosis.atTarget)]))
    }
    if rendering.target != .step, assessment.peers?.successful == nil {
      sentences.append(phrases.text(.noSuccessfulPeers, ["count": String(PeerSummaries.smallestGroup)]))
    }
    return sentences + missing()
  }

  private var assessment: FirmAssessment { page.assessment }

  private var sharedFirst: String? {
    guard !rendering.showsGroups, let first = diagnosis.priorities.first, !first.tiedWith.isEmpty else { return nil }
    return phrases.text(
      .firstIsShared, ["first": rendering.capabilityName(first.capability), "others": listed(first.tiedWith)])
  }

  /// At most four names, and how many more.
  private func listed(_ ids: [String]) -> String {
    let shown = 4
    guard ids.count > shown + 1 else { return rendering.capabilityNames(ids) }
    let names = ids.prefix(shown).map(rendering.capabilityName).joined(separator: ", ")
    return phrases.text(.andMore, ["list": names, "count": String(ids.count - shown)])
  }

  /// Answers that are missing, as far as it matters.
  private func missing() -> [String] {
    var sentences: [String] = []
    if !diagnosis.filledCapabilities.isEmpty {
      sentences.append(phrases.text(.filledIn, ["capabilities": listed(diagnosis.filledCapabilities)]))
    }
    if !assessment.thinlyAnswered.isEmpty {
      sentences.append(phrases.text(.thinlyAnswered, ["capabilities": listed(assessment.thinlyAnswered)]))
    }
    for answer in assessment.decisive.prefix(2) {
      sentences.append(
        phrases.text(
          answer.changesFirst ? .decisiveFirst : .decisiveThree,
          ["question": rendering.itemName(answer.item), "capability": rendering.capabilityName(answer.rising)]))
    }
    return sentences
  }
}

import CapabilityScoring

/// The largest gaps and the best levers side by side, where they differ.
struct GapTable {
  let page: FirmPage

  private static let rowCount = 3

  /// `nil` where the largest gap is the best lever, or nothing is known of firms that do both.
  func rendered(indent: Int) -> String? {
    let (rendering, phrases, assessment) = (page.rendering, page.phrases, page.assessment)
    guard assessment.gapDiffersFromLever, !rendering.showsGroups, let successful = assessment.peers?.successful,
      let gap = assessment.gaps.first, let lever = page.diagnosis.priorities.first
    else { return nil }
    var table = TextTable([(phrases.text(.gaps), .left), (phrases.text(.bestLevers), .left)])
    let levers = page.diagnosis.priorities.prefix(Self.rowCount).map { rendering.capabilityName($0.capability) }
    let gaps = assessment.gaps.prefix(Self.rowCount).map { gap in
      phrases.text(
        .gapLine,
        [
          "capability": rendering.capabilityName(gap.capability), "level": phrases.percent(gap.level),
          "benchmark": phrases.percent(gap.benchmark),
        ])
    }
    for row in 0..<max(levers.count, gaps.count) {
      table.append([row < gaps.count ? gaps[row] : "", row < levers.count ? levers[row] : ""])
    }
    let heading = phrases.text(
      .gapsHeading,
      ["count": phrases.firmCount(successful.firmCount), "group": rendering.groupName(successful.traits)])
    let sentence = phrases.text(
      .gapAndLever,
      ["gap": rendering.capabilityName(gap.capability), "lever": rendering.capabilityName(lever.capability)])
    return FirmPage.sentences([heading + ". " + sentence]) + "\n" + table.rendered(indent: indent + 2)
  }
}

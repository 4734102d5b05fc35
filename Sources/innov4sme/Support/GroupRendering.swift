import CapabilityScoring
import SurveyData

/// Which priorities hold in every group of firms and which differ: as a page, as CSV and as JSON.
struct GroupRendering {
  let predictor: SurveyPredictor
  let result: GroupPriorities
  /// What firms are grouped by, as it was asked for.
  let column: String
  /// Firms whose group is not known.
  let unknownCount: Int

  /// More groups than this do not fit side by side.
  private static let widest = 5

  var outcomes: [OutcomeModel] { predictor.scoring.outcomes }

  func name(_ capability: Int) -> String {
    let id = predictor.scoring.capabilities[capability].id
    return predictor.encoding.codebook.capabilities.first { $0.id == id }?.name.en ?? id
  }

  func table() -> String {
    var blocks = [head()]
    if result.comparisons.allSatisfy(\.entries.isEmpty) {
      blocks.append(
        "No two groups have \(GroupPriorities.smallestClass) firms with and \(GroupPriorities.smallestClass) without a goal: nothing can be compared."
      )
    } else {
      // The chance of both in full, or each outcome where there is none; the rest in short.
      let isJoint = result.comparisons.count > outcomes.count
      for comparison in isJoint ? Array(result.comparisons.suffix(1)) : result.comparisons {
        blocks.append(comparisonBlock(comparison))
      }
      blocks.append(legend())
      if isJoint { blocks.append(outcomeBlock()) }
    }
    if let left = leftOutBlock() { blocks.append(left) }
    blocks.append(
      """
      How to read this: all figures are associations among the firms of the survey, as the models have learned them. Few firms
      in a group make its figures uncertain, and where nothing is settled groups may still differ.
      """)
    return blocks.joined(separator: "\n\n")
  }

  // MARK: Head

  private func head() -> String {
    var table = TextTable(
      [("", .left), ("firms", .right)]
        + outcomes.map { ($0.kind == .binary ? "with \($0.id)" : "\($0.id) known", .right) } + [("", .left)])
    for group in result.groups {
      let own = result.comparisons.prefix(outcomes.count)
      let missing = own.filter { !$0.groups.contains(group.name) }.map(\.goal)
      let remark =
        missing.isEmpty
        ? "" : missing.count == own.count ? "too few to compare" : "too few to compare for \(missing[0])"
      table.append(
        [group.name, NumberText.count(group.firmCount)] + group.eventCounts.map(NumberText.count) + [remark])
    }
    let least = GroupPriorities.smallestClass
    var text =
      "Which priorities hold in every group of firms, and which differ (by \(column))"
      + (predictor.provenance.isSimulated ? ", from simulated firms" : "") + "\n" + table.rendered(indent: 2)
    if result.comparisons.contains(where: { $0.groups.count < result.groups.count }) {
      text += "\n  A group is compared for a goal when \(least) of its firms have it and \(least) do not."
    }
    if unknownCount > 0 {
      text += "\n  Left out: \(NumberText.count(unknownCount)) firms of which \(column) is not known."
    }
    return text
  }

  // MARK: Comparison

  private func comparisonBlock(_ comparison: GroupPriorities.Comparison) -> String {
    guard !comparison.entries.isEmpty else { return "\(comparison.goal): fewer than two groups can be compared." }
    let isWide = comparison.groups.count <= Self.widest
    var table = TextTable(
      [("", .left), ("all firms", .right)]
        + (isWide ? comparison.groups.map { ($0, .right) } : [("lowest", .left), ("highest", .left)])
        + [("verdict", .left), ("q", .right)])
    for entry in comparison.entries {
      var row = [name(entry.capability), figure(entry.common, comparison.isBinary)]
      if isWide {
        row += comparison.groups.map { group in
          entry.effects.first { $0.group == group }.map { cell($0, comparison.isBinary) } ?? "–"
        }
      } else {
        let sorted = entry.effects.sorted { $0.shrunken.value < $1.shrunken.value }
        row += [sorted.first, sorted.last].map {
          $0.map { Self.short($0.group) + " " + cell($0, comparison.isBinary) } ?? "–"
        }
      }
      row += [Self.words(entry.verdict), NumberText.decimal(entry.adjustedPValue, 2)]
      table.append(row)
    }
    let what =
      comparison.isBinary
      ? "One step more: points by which the chance of \(comparison.goal) is higher"
      : "One step more: by how much \(comparison.goal) is higher"
    return what + "\n" + table.rendered(indent: 2)
  }

  private func legend() -> String {
    """
      all firms  by the model at hand, with its 90 % interval; a group whose chances lie near 0 or 100 % has smaller points
                 from the same log-odds
      a group    by the model and what the group's own firms say beyond it, as far as they are sure; in parentheses by its
                 own firms alone
      verdict    holds in every group: above zero for all firms and in each group (90 % intervals), each group's own firms
                 point the same way, and no sign that groups differ; differs: more than chance explains; not settled:
                 neither can be said
      q          of Cochran's test that no group departs from the others (in log-odds), adjusted for the number of
                 capabilities (Benjamini and Hochberg 1995); below 0.10 groups are said to differ
    """
  }

  /// What is said of each outcome alone.
  private func outcomeBlock() -> String {
    var lines = ["For each goal alone"]
    for comparison in result.comparisons.dropLast() {
      guard !comparison.entries.isEmpty else {
        lines.append("  \(comparison.goal): fewer than two groups can be compared")
        continue
      }
      for verdict in [GroupPriorities.Verdict.holdsInEveryGroup, .differs] {
        let names = comparison.entries.filter { $0.verdict == verdict }.map { entry in
          name(entry.capability)
            + (verdict == .differs ? " (q \(NumberText.decimal(entry.adjustedPValue, 2)))" : "")
        }
        lines.append(
          TextWrap.wrapped(
            "\(comparison.goal), \(Self.words(verdict)): " + (names.isEmpty ? "none" : names.joined(separator: "; ")),
            first: "  ", indent: 4))
      }
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Leaving groups out

  private func leftOutBlock() -> String? {
    guard result.leftOut.contains(where: { $0.outcomes.contains { $0 != nil } }) else { return nil }
    var table = TextTable([
      ("firms of", .left), ("goal", .left), ("have it", .right), ("predicted", .right), ("log-loss", .right),
      ("base", .right), ("AUC", .right), ("slope", .right), ("first 3", .right),
    ])
    for left in result.leftOut {
      let known = zip(outcomes, left.outcomes).filter { $0.1 != nil }
      for (position, (outcome, score)) in known.enumerated() {
        guard let score else { continue }
        table.append([
          position == 0 ? left.group : "", outcome.id, NumberText.percent(score.share, 0),
          NumberText.percent(score.meanPrediction, 0), NumberText.decimal(score.logLoss, 3),
          NumberText.decimal(score.baseLogLoss, 3), NumberText.decimal(score.areaUnderROC, 2),
          NumberText.decimal(score.calibrationSlope, 2),
          position == 0 ? left.keptOfFirstThree.map { "\($0) of 3" } ?? "" : "",
        ])
      }
    }
    return "A model of all other groups (\(result.leftOutLearner.rawValue)), on the firms of one\n"
      + table.rendered(indent: 2)
        + """

          log-loss  of the others' model; base: of a constant at the group's own share, which the others' firms can't know
          slope     1: as sure as it should be; less: too sure for these firms
          first 3   of the first three capabilities for these firms, those that are also first without them
        """
  }

  // MARK: Figures

  private func figure(_ estimate: FirmDiagnosis.Estimate, _ isBinary: Bool) -> String {
    isBinary ? EstimateText.points(estimate) : EstimateText.difference(estimate)
  }

  private func cell(_ effect: GroupPriorities.Effect, _ isBinary: Bool) -> String {
    let (scale, decimals) = isBinary ? (100.0, 1) : (1, 2)
    return EstimateText.signed(effect.shrunken.value * scale, decimals) + " ("
      + EstimateText.signed(effect.own.value * scale, decimals) + ")"
  }

  private static func short(_ name: String) -> String { name.count > 20 ? name.prefix(19) + "…" : name }

  static func words(_ verdict: GroupPriorities.Verdict) -> String {
    switch verdict {
    case .holdsInEveryGroup: "holds in every group"
    case .differs: "differs"
    case .undecided: "not settled"
    }
  }
}

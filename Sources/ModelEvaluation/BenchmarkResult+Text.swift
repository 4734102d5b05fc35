import Foundation

extension BenchmarkResult {
  /// The result as text for a terminal: what was done, then for each outcome the candidates, their differences from the
  /// reference, and whatever else was asked for.
  public func textTables() -> String {
    var lines: [String] = ["\(title): \(rowCount) firms, \(protocolDescription)"]
    lines += settings.map { "  \($0.name): \($0.value)" }
    for outcome in outcomes {
      let rate =
        outcome.kind == .binary
        ? "\(Self.text(outcome.baseRate * 100, 1)) % have it"
        : "mean \(outcome.kind == .ordered ? "level " : "")\(Self.text(outcome.baseRate, 3))"
      lines += ["", "\(outcome.name): \(outcome.rowCount) firms, \(rate)", ""]
      lines += metricTable(outcome)
      lines += differenceTable(outcome)
      lines += contrastTable(outcome)
      lines += groupTable(outcome)
      lines += bootstrapTable(outcome)
      lines += conformalLines(outcome)
      lines += learningCurveLines(outcome)
      lines += ceilingLines(outcome)
    }
    lines += cutOffTable
    lines += stabilityLines
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private var intervalTitle: String { "\(Int((level * 100).rounded())) %" }

  private func metricTable(_ outcome: Outcome) -> [String] {
    let metrics = BenchmarkMetric.shown(for: outcome.kind)
    var header = ["candidate"]
    for (metric, hasInterval) in metrics { header += [metric.shortTitle] + (hasInterval ? [intervalTitle] : []) }
    let hasPermutation = outcome.candidates.contains { $0.permutationPValue != nil }
    if hasPermutation { header.append("p, chance") }
    var rows = [header]
    for candidate in outcome.candidates {
      var row = [candidate.name]
      for (metric, hasInterval) in metrics {
        let own = candidate.metric(metric)
        let decimals = metric.decimals
        row.append(own.map { Self.text($0.value, decimals) } ?? "–")
        if hasInterval { row.append(own?.interval.map { Self.rangeText($0, decimals) } ?? "") }
      }
      if hasPermutation { row.append(candidate.permutationPValue.map(Self.pValueText) ?? "–") }
      rows.append(row)
    }
    return Self.aligned(rows, isRuled: true)
  }

  private func differenceTable(_ outcome: Outcome) -> [String] {
    guard let first = outcome.differences.first else { return [] }
    return [""] + pairTable(outcome, outcome.differences, title: "minus \(first.reference)") { $0.candidate }
  }

  private func contrastTable(_ outcome: Outcome) -> [String] {
    guard !outcome.contrasts.isEmpty else { return [] }
    return [""] + pairTable(outcome, outcome.contrasts, title: "pair") { "\($0.candidate) − \($0.reference)" }
  }

  /// One line per pair: the proper metric first, then discrimination.
  private func pairTable(
    _ outcome: Outcome, _ differences: [Difference], title: String, name: (Difference) -> String
  ) -> [String] {
    let metrics: [BenchmarkMetric] =
      switch outcome.kind {
      case .binary: [.logLoss, .auc]
      case .continuous: [.rootMeanSquaredError, .rSquared]
      case .ordered: [.rankedProbabilityScore, .rSquared]
      }
    var rows = [[title] + metrics.flatMap { [$0.shortTitle, intervalTitle, "p", "won"] }]
    var seen = Set<String>()
    for pair in differences where seen.insert(name(pair)).inserted {
      var row = [name(pair)]
      for metric in metrics {
        guard let own = differences.first(where: { name($0) == name(pair) && $0.metric == metric }) else {
          row += ["–", "", "", ""]
          continue
        }
        row += [
          Self.text(own.interval.value, 4, signed: true), Self.rangeText(own.interval, 4, signed: true),
          Self.pValueText(own.pValue), "\(own.foldsWon)/\(own.foldsCompared)",
        ]
      }
      rows.append(row)
    }
    return Self.aligned(rows, isRuled: true)
  }

  private func groupTable(_ outcome: Outcome) -> [String] {
    var rows: [[String]] = []
    for candidate in outcome.candidates {
      for group in candidate.groups {
        rows.append([
          candidate.name, "\(group.column) = \(group.name)", "\(group.rowCount)", Self.text(group.baseRate, 3),
          group.discrimination.map(Self.intervalText) ?? "–", Self.text(group.loss, 3),
          group.calibrationInTheLarge.map(Self.intervalText) ?? "–",
        ])
      }
    }
    guard !rows.isEmpty else { return [] }
    let names =
      outcome.kind == .binary ? ["AUC", "log-loss", "calibration intercept"] : ["R²", "MSE", "calibration intercept"]
    return [""]
      + Self.aligned(
        [["candidate", "group", "firms", outcome.kind == .binary ? "base rate" : "mean"] + names] + rows, isRuled: true)
  }

  private func conformalLines(_ outcome: Outcome) -> [String] {
    let rows = outcome.candidates.compactMap { candidate in
      candidate.conformal.map { sets in
        [candidate.name, Self.text(sets.level, 2), Self.text(sets.coverage, 3)]
          + sets.coverageByOutcome.map { $0.map { Self.text($0, 3) } ?? "–" } + [Self.text(sets.decidedShare, 3)]
      }
    }
    guard !rows.isEmpty else { return [] }
    return [""]
      + Self.aligned(
        [["prediction sets", "asked for", "covered", "without it", "with it", "decided share"]] + rows, isRuled: true)
  }

  private func learningCurveLines(_ outcome: Outcome) -> [String] {
    outcome.candidates.compactMap { candidate -> String? in
      guard let curve = candidate.learningCurve else { return nil }
      let points = curve.points.map {
        "\(Int($0.trainingRowCount.rounded())) rows \(Self.text($0.value.value, 3))"
      }
      let more =
        curve.rowCountToHalveInterval.map { "; half the interval takes about \(Int($0.rounded())) firms" } ?? ""
      return "learning curve of \(candidate.name) (\(curve.metric.title)): \(points.joined(separator: ", "))\(more)"
    }
  }

  private func bootstrapTable(_ outcome: Outcome) -> [String] {
    var rows: [[String]] = []
    for candidate in outcome.candidates {
      for own in candidate.bootstrap where own.metric == (outcome.kind == .binary ? .auc : .rSquared) {
        let v = own.validation
        rows.append(
          [candidate.name, own.metric.title]
            + [v.apparent, v.optimism, v.optimismCorrected, v.outOfBag, v.estimate632Plus].map { Self.text($0, 3) }
            + ["\(v.replicateCount)"])
      }
    }
    guard !rows.isEmpty else { return [] }
    let header = ["bootstrap", "metric", "apparent", "optimism", "corrected", "out of bag", ".632+", "samples"]
    return [""] + Self.aligned([header] + rows, isRuled: true)
  }

  private func ceilingLines(_ outcome: Outcome) -> [String] {
    guard !outcome.ceilings.isEmpty else { return [] }
    let parts = outcome.ceilings.map { "\(Self.text($0.misreportedShare * 100, 0)) %: \(Self.text($0.area, 3))" }
    return [
      "",
      "  largest AUC possible if a share of firms misreported the outcome, by that share: \(parts.joined(separator: ", "))",
    ]
  }

  private var cutOffTable: [String] {
    guard !cutOffs.isEmpty else { return [] }
    var rows = [["cut-off", "candidate", "firms", "with it", "AUC", intervalTitle, "log-loss", "Brier skill", "slope"]]
    for own in cutOffs {
      func text(_ metric: BenchmarkMetric) -> String {
        own.metric(metric).map { Self.text($0.value, metric.decimals) } ?? "–"
      }
      rows.append([
        "\(own.outcome): \(own.rule)", own.candidate, "\(own.rowCount)", "\(Self.text(own.baseRate * 100, 1)) %",
        text(.auc), own.metric(.auc)?.interval.map { Self.rangeText($0, 3) } ?? "", text(.logLoss), text(.brierSkill),
        text(.calibrationSlope),
      ])
    }
    return [""] + Self.aligned(rows, isRuled: true)
  }

  private var stabilityLines: [String] {
    guard let stability else { return [] }
    let header = [stability.description, "among first \(stability.firstCount)", "mean rank"]
    let rows = stability.items.map { item in
      [item.name, "\(Self.text(item.shareAmongFirst * 100, 0)) %", Self.text(item.meanRank, 1)]
    }
    func text(_ value: Double?) -> String { value.map { Self.text($0, 2) } ?? "–" }
    return [""] + Self.aligned([header] + rows, isRuled: true) + [
      "  over \(stability.trainingSetCount) training sets: agreement on the first \(stability.firstCount) "
        + "\(text(stability.selection)) (one firm at a time \(text(stability.selectionByFirm))), "
        + "concordance of orders \(text(stability.concordance)); 1 is full agreement, 0 chance"
    ]
  }

  static func intervalText(_ interval: IntervalEstimate) -> String {
    "\(text(interval.value, 3)) (\(text(interval.lower, 3)) to \(text(interval.upper, 3)))"
  }

  /// `0.812–0.843`, or `−0.012 to +0.003`.
  static func rangeText(_ interval: IntervalEstimate, _ decimals: Int, signed: Bool = false) -> String {
    let (lower, upper) = (
      text(interval.lower, decimals, signed: signed), text(interval.upper, decimals, signed: signed)
    )
    // A dash between numbers of which one may have a minus sign would be hard to read.
    return signed || interval.lower < 0 ? "\(lower) to \(upper)" : "\(lower)–\(upper)"
  }

  static func pValueText(_ p: Double) -> String { p < 0.001 ? "<0.001" : text(p, 3) }

  /// A number with a fixed count of decimals, the minus sign of typography, and no negative zero.
  public static func text(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "−∞" : "∞" }
    let number = String(format: "%.\(decimals)f", abs(value))
    let isZero = !number.utf8.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
    return (value < 0 && !isZero ? "−" : signed && !isZero ? "+" : "") + number
  }

  /// Columns padded to their widest cell, the first one to the left, with a rule under the header if wanted.
  static func aligned(_ rows: [[String]], isRuled: Bool = false) -> [String] {
    guard let columnCount = rows.map(\.count).max() else { return [] }
    let widths = (0..<columnCount).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    guard isRuled, let first = lines.first else { return lines }
    let width = widths.reduce(0, +) + 2 * (widths.count - 1)
    return [first, "  " + String(repeating: "─", count: width)] + lines.dropFirst()
  }
}

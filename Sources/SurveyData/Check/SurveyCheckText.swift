import Foundation

/// A check as plain text for a terminal, at most 100 columns wide.
public struct SurveyCheckText: CustomStringConvertible {
  public let check: SurveyCheck
  /// Lists longer than this are cut, saying so.
  public var listLength = 12

  public init(_ check: SurveyCheck) { self.check = check }

  static let width = 100

  public var description: String {
    let sections = [
      readingSection, columnSection, problemSection, duplicateSection, outcomeSection, missingSection, leakageSection,
      sampleSizeSection, verdictSection,
    ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  // MARK: Sections

  private var readingSection: [String] {
    let reading = check.reading
    var facts = [reading.format == "memory" ? "" : reading.format.uppercased(), reading.encoding ?? ""]
    if let delimiter = reading.delimiter {
      facts.append("cells separated by " + (delimiter == "\t" ? "tabs" : "'\(delimiter)'"))
    }
    if let decimal = reading.decimalSeparator { facts.append("decimal '\(decimal)'") }
    if let headers = reading.headerRowCount, headers > 1 { facts.append("\(headers) header rows") }
    let name = reading.name.isEmpty ? "survey" : reading.name
    var lines = wrapped(
      "\(name): \(grouped(reading.rowCount)) firms, \(grouped(reading.columnCount)) columns"
        + facts.filter { !$0.isEmpty }.map { ", " + $0 }.joined())
    if check.isSimulated { lines.append("SIMULATED DATA: these firms are invented.") }
    lines += reading.remarks.flatMap { wrapped("note: " + $0, indent: 2) }
    lines += check.warnings.prefix(listLength).flatMap { wrapped("warning: " + $0, indent: 2) }
    if check.warnings.count > listLength { lines.append("  … and \(check.warnings.count - listLength) more warnings") }
    return lines
  }

  private var columnSection: [String] {
    let used = check.columns.filter { [.item, .context].contains($0.use) }
    let kinds = Dictionary(grouping: used) { String($0.description.prefix { $0.isLetter }) }
    let counts = kinds.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
      .map { "\($0.value.count) \($0.key)" }
    var lines = ["COLUMNS" + (check.isInferred ? " (kinds inferred, as there is no codebook)" : "")]
    lines += wrapped(
      "\(used.count) features: \(counts.joined(separator: ", "))", indent: 2)
    if check.isInferred {
      let excluded = check.columns.filter { $0.description.hasPrefix("excluded") }
      for column in excluded.prefix(listLength) {
        lines += wrapped("\(column.column): \(column.description)", indent: 2)
      }
      if excluded.count > listLength { lines.append("  … and \(excluded.count - listLength) more excluded columns") }
      for column in check.columns where column.use == .outcome {
        lines += wrapped("\(column.column): \(column.description)", indent: 2)
      }
      if check.reading.columnCount <= 40 || check.outcomes.isEmpty {
        for column in used { lines += wrapped("\(column.column): \(column.description)", indent: 2) }
      }
    } else {
      let unused = check.columns.count { $0.use == .unused }
      if unused > 0 { lines.append("  \(grouped(unused)) columns of the file are not in the codebook and not used") }
      let known = check.columns.count { $0.use == .leak }
      if known > 0 { lines.append("  \(grouped(known)) columns are named as leaks by the codebook and not used") }
    }
    return lines
  }

  private var problemSection: [String] {
    guard !check.problems.isEmpty else { return ["PROBLEMS", "  none: every cell could be read"] }
    let cells = check.problems.reduce(0) { $0 + $1.count }
    var lines = ["PROBLEMS: \(grouped(cells)) cells can't be read and are taken as missing"]
    for problem in check.problems.prefix(listLength) { lines += wrapped(problem.description, indent: 2) }
    if check.problems.count > listLength {
      lines.append("  … and \(check.problems.count - listLength) more kinds of problem (--format json lists all)")
    }
    return lines
  }

  private var duplicateSection: [String] {
    var lines: [String] = []
    if !check.duplicateIDs.isEmpty {
      lines.append("\(check.duplicateIDs.count) identifiers occur more than once:")
      for entry in check.duplicateIDs.prefix(listLength) {
        let rows = entry.firstRows.map { String($0 + 1) }.joined(separator: ", ")
        lines.append("  '\(shortened(entry.id))': \(entry.count) times, rows \(rows)" + (entry.count > 5 ? ", …" : ""))
      }
      if check.duplicateIDs.count > listLength { lines.append("  … and \(check.duplicateIDs.count - listLength) more") }
    }
    if !check.repeatedRows.isEmpty {
      let rows = check.repeatedRows.prefix(listLength).map { String($0 + 1) }.joined(separator: ", ")
      lines += wrapped("\(check.repeatedRows.count) rows repeat an earlier row in every cell: \(rows)")
    }
    if !check.constantColumns.isEmpty {
      lines += wrapped("\(check.constantColumns.count) columns never vary: \(listed(check.constantColumns))")
    }
    if !check.duplicatedColumns.isEmpty {
      lines.append(
        check.duplicatedColumns.count == 1
          ? "these columns split the firms alike:"
          : "\(check.duplicatedColumns.count) groups of columns split the firms alike:")
      for group in check.duplicatedColumns.prefix(listLength) { lines += wrapped(listed(group, atMost: 8), indent: 2) }
      if check.duplicatedColumns.count > listLength {
        lines.append("  … and \(check.duplicatedColumns.count - listLength) more groups")
      }
    }
    return lines.isEmpty ? [] : ["REPETITIONS"] + lines.map { "  " + $0 }
  }

  private var outcomeSection: [String] {
    var lines = ["OUTCOMES"]
    if check.outcomes.isEmpty {
      lines.append("  none named: name a column to predict, and what gives it away is looked for")
    }
    for outcome in check.outcomes {
      var text = "\(outcome.id) (\(outcome.rule)): "
      if let yes = outcome.yesCount {
        text += "\(grouped(yes)) of \(grouped(outcome.knownCount)) firms (\(percent(outcome.mean ?? .nan)))"
        if let weighted = outcome.weightedMean { text += ", \(percent(weighted)) weighted" }
      } else {
        text += "\(grouped(outcome.knownCount)) firms"
        if let mean = outcome.mean { text += ", mean \(number(mean))" }
        if let range = outcome.range {
          text += ", \(number(range.minimum)) to \(number(range.maximum)), median \(number(range.median))"
        }
      }
      if !outcome.missing.isEmpty { text += "; unknown: \(reasons(outcome.missing))" }
      lines += wrapped(text, indent: 2)
    }
    for pair in check.pairs {
      lines.append("")
      let first = shortened(pair.first, to: 24)
      let second = shortened(pair.second, to: 24)
      let cells = [
        ["", second, "not " + second], [first, grouped(pair.both), grouped(pair.firstOnly)],
        ["not " + first, grouped(pair.secondOnly), grouped(pair.neither)],
      ]
      lines += table(cells)
      var text = "odds ratio \(oddsRatio(pair.oddsRatio))"
      if let weighted = pair.weightedOddsRatio { text += "; weighted \(oddsRatio(weighted))" }
      if pair.oddsRatio.isCorrected { text += "; ½ was added to each cell, as one is empty" }
      lines += wrapped(text, indent: 2)
    }
    return lines
  }

  private var missingSection: [String] {
    guard !check.missing.isEmpty else { return ["MISSING ANSWERS", "  none among the features"] }
    let total = check.reading.rowCount
    var lines = ["MISSING ANSWERS, in \(check.missing.count) of the features"]
    // Columns that miss the same answers are one block.
    let blocks = Dictionary(grouping: check.missing, by: \.reasons).values.sorted {
      ($0[0].missingCount * $0.count, $1[0].column) > ($1[0].missingCount * $1.count, $0[0].column)
    }
    for block in blocks.prefix(listLength) {
      lines += wrapped(
        "\(listed(Leakage.blocks(block.map(\.column)), atMost: 6)):"
          + " \(percent(Double(block[0].missingCount) / Double(max(1, total)))) missing (\(reasons(block[0].reasons)))",
        indent: 2)
    }
    if blocks.count > listLength {
      lines.append("  … and \(blocks.dropFirst(listLength).reduce(0) { $0 + $1.count }) more columns")
    }
    let complete = check.completeRows
    lines += wrapped(
      "\(grouped(complete.count)) of \(grouped(total)) firms answered everything. Dropping the others would "
        + (complete.standardErrorFactor.map { "make standard errors \(number($0)) times as large" }
          ?? "leave nothing to learn from")
        + complete.shares.compactMap { share in
          share.complete.map { "; \(share.outcome) is \(percent($0)) among them, \(percent(share.all)) among all" }
        }.joined() + ". Missing answers are handled in the fit, so no firm need be dropped.", indent: 2)
    return lines
  }

  private var leakageSection: [String] {
    guard !check.leakage.isEmpty else { return [] }
    var lines = ["LEAKAGE: columns that give an outcome away"]
    for leakage in check.leakage {
      guard !leakage.filters.isEmpty || !leakage.columns.isEmpty else {
        lines.append("  \(leakage.outcome): none found")
        continue
      }
      let used = check.leakingFeatures[leakage.outcome] ?? []
      lines.append(
        "  \(leakage.outcome): \(leakage.leakingColumns.count) columns leak"
          + (leakage.splitAt.map { ", looking at \(number($0)) and above" } ?? "")
          + ", \(used.isEmpty ? "none of them a feature" : "\(used.count) of them would be features")")
      for filter in leakage.filters {
        lines += wrapped(
          "filter question: \(part(filter.part, leakage.outcome)). The same firms were led past, or say so, in: "
            + Leakage.blocks(filter.columns).joined(separator: ", "), indent: 4)
        if !filter.dependent.isEmpty {
          lines += wrapped(
            "decided by the same filter: " + Leakage.blocks(filter.dependent).joined(separator: ", "), indent: 4)
        }
      }
      for column in leakage.columns.prefix(listLength * 2) {
        var text = "\(column.column): AUC \(decimals(column.auc, 3)) alone"
        if let part = column.part { text += "; \(self.part(part, leakage.outcome))" }
        lines += wrapped(text, indent: 4)
      }
      if leakage.columns.count > listLength * 2 {
        lines.append("    … and \(leakage.columns.count - listLength * 2) more columns")
      }
    }
    return lines
  }

  private var sampleSizeSection: [String] {
    guard !check.sampleSizes.isEmpty else { return [] }
    var lines = ["SAMPLE SIZE (Riley et al. 2019, for an R² of 15 % of the largest possible)"]
    for verdict in check.sampleSizes {
      lines += wrapped(
        "\(verdict.outcome), \(verdict.model): \(verdict.size.parameterCount) parameters need"
          + " \(grouped(verdict.needed)) firms; there are \(grouped(verdict.available)), \(grouped(verdict.eventCount))"
          + " of the rarer kind: "
          + (verdict.isEnough
            ? "enough"
            : "not enough; they carry about \(verdict.parametersAllowed) parameters without strong shrinkage"),
        indent: 2)
    }
    return lines
  }

  private var verdictSection: [String] {
    var points: [String] = []
    for outcome in check.outcomes where outcome.kind == .binary {
      if outcome.knownCount == 0 {
        points.append("outcome '\(outcome.id)' is unknown for every firm")
      } else if outcome.yesCount == 0 || outcome.yesCount == outcome.knownCount {
        points.append("outcome '\(outcome.id)' is the same for every firm: nothing can be learned")
      }
    }
    let leaking = check.leakingFeatures.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    if !leaking.isEmpty {
      points.append("\(leaking.count) features leak an outcome: training refuses them unless told otherwise")
    }
    if !check.problems.isEmpty { points.append("some cells can't be read") }
    if !check.duplicateIDs.isEmpty { points.append("some firms occur more than once") }
    if check.sampleSizes.contains(where: { !$0.isEnough }) { points.append("firms are few for some of the models") }
    return points.isEmpty
      ? ["VERDICT: nothing found that keeps this survey from training"]
      : ["VERDICT"] + points.flatMap { wrapped("- " + $0, indent: 2) }
  }

  // MARK: Words and numbers

  private func part(_ part: Leakage.Part, _ outcome: String) -> String {
    let ratio = part.oddsRatio
    return "\(part.name) stands for \(grouped(part.firmCount)) firms, of which \(percent(part.share)) have \(outcome);"
      + " of the others \(percent(part.otherShare)) (odds ratio \(oddsRatio(ratio)))"
  }

  private func oddsRatio(_ ratio: OddsRatio) -> String {
    "\(number(ratio.estimate)) [\(number(ratio.lower)), \(number(ratio.upper))]"
  }

  private func reasons(_ counts: [String: Int]) -> String {
    counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { "\(grouped($0.value)) \($0.key)" }
      .joined(separator: ", ")
  }

  private func percent(_ share: Double) -> String { share.isNaN ? "–" : decimals(share * 100, 1) + " %" }

  private func decimals(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

  /// Three significant digits.
  private func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
    if value == value.rounded(), abs(value) < 1e6 { return grouped(Int(value)) }
    return String(format: abs(value) >= 1000 && abs(value) < 1e6 ? "%.0f" : "%.3g", value)
  }

  // MARK: Lines

  /// Text broken at blanks so that no line is longer than the width, later lines set in by two more.
  private func wrapped(_ text: String, indent: Int = 0) -> [String] {
    var indent = indent
    var text = Substring(text)
    while text.first == " " {
      indent += 1
      text = text.dropFirst()
    }
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > Self.width {
        lines.append(line)
        line = String(repeating: " ", count: indent + 2)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
      while line.count > Self.width {
        lines.append(String(line.prefix(Self.width)))
        line = String(repeating: " ", count: indent + 2) + line.dropFirst(Self.width)
      }
    }
    return lines + [line]
  }

  private func table(_ cells: [[String]]) -> [String] {
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      let texts = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }
      return "  " + texts.joined(separator: "   ")
    }
  }
}

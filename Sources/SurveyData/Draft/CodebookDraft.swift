/// A first codebook for a survey file, made from its labels and the values in its columns.
///
/// What a file can't tell is marked `# TODO`: which columns are outcomes, which context, what the items measure, in
/// which order texts stand, and whether a text that many columns share is a filter level. The reader accepts the draft
/// as it is.
public struct CodebookDraft: Sendable, Equatable {
  private let table: SurveyTable
  private let columns: [InferredColumn]
  private let weights: Set<String>

  public init(_ table: SurveyTable) {
    self.table = table
    columns = InferredColumn.all(of: table)
    let names: Set<String> = [
      "weight", "weights", "peso", "factor", "pond", "ponderador", "wt", "fexp", "wmedian", "wstrict",
    ]
    weights = Set(
      table.columns.map(\.name).filter { name in
        SpellingSuggestion.folded(name).split { !$0.isLetter }.contains { names.contains(String($0)) }
      })
  }

  /// The text of the file.
  public func yaml() -> String {
    var lines = [
      "# A draft made from \(table.source.name.isEmpty ? "a table" : Self.comment(table.source.name)):"
        + " \(grouped(table.rowCount)) rows, \(grouped(table.columns.count)) columns.",
      "# Lines with TODO need a person's decision. What is not needed can be deleted: columns that are not named here",
      "# are not used.",
      "codebook: 1",
      "title: \(YAML.quoted(table.source.name.split(separator: "/").last.map(String.init) ?? "Survey"))  # TODO: say what survey this is",
    ]
    lines += missingSection()
    let scales = scaleNames()
    lines += scaleSection(scales)
    lines += itemSection(scales)
    lines += closingSection()
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Missing codes

  /// Texts that several columns share and that look like a filter level: few words that begin with a *no* or an
  /// *only*, in columns that have other levels.
  private func sharedTexts() -> [(text: String, columnCount: Int)] {
    var counts: [String: Int] = [:]
    for column in columns where column.reading != .freeText && column.reading != .identifier {
      let texts = column.levels.map { $0.codes[0] } + column.missing.flatMap(\.codes)
      for code in texts where code.number == nil { counts[code.text, default: 0] += 1 }
    }
    return counts.filter { $0.value >= 3 }.map { ($0.key, $0.value) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private func missingSection() -> [String] {
    var byReason: [MissingReason: [AnswerCode]] = [:]
    for entry in columns.flatMap(\.missing) {
      for code in entry.codes where InferredColumn.missingReason(ofText: code.text) != nil {
        if byReason[entry.reason]?.contains(code) != true { byReason[entry.reason, default: []].append(code) }
      }
    }
    var lines = ["", "missing:"]
    for (reason, codes) in byReason.sorted(by: { $0.key < $1.key }) {
      lines.append("  - \(YAML.missing(.init(codes: codes.sorted(), reason: reason)))")
    }
    if byReason.isEmpty { lines[1] = "missing: []" }
    lines.append(
      "  # TODO: add codes such as -99, with a reason: \(MissingReason.ofCodebooks.map(\.codebookName).joined(separator: ", "))"
    )
    let known = Set(byReason.values.flatMap { $0 })
    let questions = sharedTexts().filter { text, _ in
      !known.contains(AnswerCode(text)) && Self.looksLikeFilter(text)
    }
    for (text, count) in questions.prefix(20) {
      lines.append(
        "  # TODO: \(YAML.quoted(Self.comment(text))) stands in \(count) columns: a filter level? If so uncomment, and take it out of the levels:"
      )
      lines.append("  # - {codes: [\(YAML.quoted(Self.comment(text)))], reason: not-asked}")
    }
    return lines
  }

  /// More than one word, the first a negation: `No hace innovacion`, `Not asked`.
  private static func looksLikeFilter(_ text: String) -> Bool {
    let words = SpellingSuggestion.folded(text).split(separator: " ")
    return words.count > 1 && ["no", "not", "non", "never", "nunca", "sans", "sin", "none"].contains(words[0])
  }

  // MARK: Scales

  /// Lists of levels that at least three columns share, with a name.
  private func scaleNames() -> [(levels: [Codebook.Level], name: String)] {
    var counts: [[Codebook.Level]: Int] = [:]
    var order: [[Codebook.Level]] = []
    for column in columns {
      guard case .variable(let kind) = column.reading, kind != .numeric, column.levels.count > 1 else { continue }
      if counts[column.levels] == nil { order.append(column.levels) }
      counts[column.levels, default: 0] += 1
    }
    return order.filter { counts[$0]! >= 3 }.enumerated().map { ($1, "scale\($0 + 1)") }
  }

  private func scaleSection(_ scales: [(levels: [Codebook.Level], name: String)]) -> [String] {
    guard !scales.isEmpty else { return [] }
    var lines = ["", "# From low to high.", "scales:"]
    for (levels, name) in scales {
      let needsOrder = levels.count > 2 && levels.contains { $0.codes[0].number == nil }
      lines.append(
        "  \(name):" + (needsOrder ? "  # TODO: put in order from low to high, and say 'kind: ordinal'" : ""))
      lines += levels.map { "    - \(YAML.level($0))" }
    }
    return lines
  }

  // MARK: Items

  private func itemSection(_ scales: [(levels: [Codebook.Level], name: String)]) -> [String] {
    let names = Dictionary(scales.map { ($0.levels, $0.name) }) { first, _ in first }
    var lines = [
      "", "# TODO: move what a firm cannot choose to 'context' (with 'name' for 'text'), and outcomes to 'outcomes'.",
    ]
    var entries: [[String]] = []
    var excluded: [String] = []
    for (column, source) in zip(columns, table.columns) {
      guard case .variable(let kind) = column.reading, !weights.contains(column.column) else {
        if case .variable = column.reading {
        } else {
          excluded.append("#   \(Self.comment(column.column)): \(Self.comment(column.description))")
        }
        continue
      }
      let scale = kind == .numeric ? nil : names[column.levels]
      // Missing codes that are declared for all columns are not said again.
      let own = column.missing.filter { entry in
        entry.codes.contains { InferredColumn.missingReason(ofText: $0.text) == nil }
      }
      var entry = YAML.variable(
        Codebook.Variable(
          column: column.column, text: source.label.map { LocalizedText($0) }, kind: kind, scale: scale,
          levels: column.levels, missing: own), textKey: "text")
      if kind == .nominal, scale == nil, column.levels.count <= 7 {
        entry[entry.firstIndex { $0.hasPrefix("kind:") }!] +=
          "  # TODO: if the levels have an order, 'ordinal' and that order"
      }
      entries.append(entry)
    }
    if entries.isEmpty { lines.append("items: []") }
    YAML.section("items", entries, into: &lines)
    if !excluded.isEmpty { lines += ["", "# Columns left out:"] + excluded }
    return lines
  }

  // MARK: What a person adds

  private func closingSection() -> [String] {
    var design: [String] = []
    if let id = columns.first(where: { $0.reading == .identifier }) {
      design.append("  id: \(YAML.quoted(id.column))  # TODO: is it the firm's identifier?")
    }
    if let weight = columns.first(where: { weights.contains($0.column) && $0.reading == .variable(.numeric) }) {
      design.append("  weight: \(YAML.quoted(weight.column))  # TODO: is it the sampling weight?")
    }
    return [
      "", "# TODO: say what the items measure, for instance:", "# capabilities:",
      "#   - {id: network, name: \"Network\", items: [item1, item2], dimension: network}", "",
      "# TODO: say what is to be predicted (its columns must leave 'items'), for instance:", "# outcomes:",
      "#   - {id: innovation, name: \"Innovation\", column: new_product, rule: \"== yes\"}",
      "#   - {id: export, name: \"Export\", column: export_share, rule: \"> 0\"}", "",
    ] + (design.isEmpty ? ["# design: {id: firm, weight: weight, strata: stratum}"] : ["design:"] + design)
  }

  /// On one line.
  private static func comment(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}

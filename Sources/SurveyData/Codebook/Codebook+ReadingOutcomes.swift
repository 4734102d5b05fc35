import Yams

extension CodebookReader {
  /// - Parameter variables: What each column that is already in use is used by.
  mutating func outcomes(
    _ node: Node?, scales: [Codebook.Scale], variables: [String: String]
  ) -> [Codebook.Outcome] {
    var seen = Set<String>()
    return list(node, "'outcomes'").compactMap { node in
      let keys = ["id", "name", "default", "kind"] + Self.definitionKeys
      guard let fields = fields(node, "an outcome", allowed: keys, required: ["id"]),
        let id = text(fields["id"], "the id of an outcome")
      else { return nil }
      if !seen.insert(id).inserted { report("there are two outcomes '\(id)'; ids must differ", at: node) }
      guard let definition = definition(fields, "the outcome '\(id)'", scales: scales, depth: 0) else { return nil }
      for column in Set(definition.columns).sorted() {
        if let what = variables[column] {
          report(
            "the outcome '\(id)' is made from the column '\(column)', which is also \(article(what)); a column can't be both",
            at: node)
        }
      }
      return Codebook.Outcome(
        id: id, name: localizedText(fields["name"], "the name of outcome '\(id)'"), definition: definition,
        isDefault: flag(fields["default"], "'default'", default: true))
    }
  }

  private func article(_ what: String) -> String { (what == "item" ? "an " : "a ") + what }

  private static let definitionKeys = ["column", "rule", "scale", "levels", "missing", "any-of", "all-of"]

  private mutating func definition(
    _ fields: Fields, _ what: String, scales: [Codebook.Scale], depth: Int
  ) -> Codebook.Definition? {
    let given = ["column", "any-of", "all-of"].filter { fields[$0] != nil }
    guard given.count == 1, depth < 32 else {
      report(
        depth >= 32
          ? "\(what) is nested too deeply"
          : given.isEmpty
            ? "\(what) has none of 'column', 'any-of' and 'all-of'"
            : "\(what) has \(given.map { "'\($0)'" }.joined(separator: " and ")); expected one of them", at: fields.node
      )
      return nil
    }
    if given[0] == "column" { return simpleDefinition(fields, what, scales: scales) }
    for key in ["rule", "kind", "scale", "levels", "missing"] {
      if let node = fields[key] {
        report("\(what) has '\(given[0])' and '\(key)'; put '\(key)' into the parts", at: node)
      }
    }
    let parts = list(fields[given[0]], "'\(given[0])'").compactMap { node -> Codebook.Definition? in
      guard let part = self.fields(node, "a part of \(what)", allowed: Self.definitionKeys) else { return nil }
      return definition(part, "a part of \(what)", scales: scales, depth: depth + 1)
    }
    if parts.isEmpty { report("'\(given[0])' of \(what) has no parts", at: fields[given[0]]) }
    return given[0] == "any-of" ? .anyOf(parts) : .allOf(parts)
  }

  private mutating func simpleDefinition(
    _ fields: Fields, _ what: String, scales: [Codebook.Scale]
  ) -> Codebook.Definition? {
    guard let column = text(fields["column"], "'column'") else { return nil }
    let (scale, levels) = levels(of: fields, scales: scales, what)
    let source = Codebook.OutcomeColumn(
      column, scale: scale, levels: levels, missing: missingCodes(fields["missing"]))
    checkMissing(source.missing, against: levels, what, at: fields["missing"])
    if let ruleNode = fields["rule"] {
      if let kind = fields["kind"], let text = text(kind, "the kind"), text != "binary" {
        report("\(what) has a rule, which makes it yes or no, and the kind '\(text)'; give one of them", at: kind)
      }
      guard let rule = rule(ruleNode) else { return nil }
      check(rule, of: source, what, at: ruleNode)
      return .condition(source, rule)
    }
    guard let kindNode = fields["kind"], let kind = text(kindNode, "the kind") else {
      report("\(what) has neither a 'rule' nor 'kind: ordinal' or 'kind: continuous'", at: fields.node)
      return nil
    }
    switch kind {
    case "ordinal":
      if levels.isEmpty, fields["levels"] == nil, fields["scale"] == nil {
        report("\(what) is ordinal and has neither 'scale' nor 'levels'", at: fields.node)
      }
      return .ordinal(source)
    case "continuous":
      if !levels.isEmpty { report("\(what) is continuous and has levels; did you mean 'kind: ordinal'?", at: kindNode) }
      return .continuous(source)
    case "binary":
      report("\(what) is binary and has no 'rule' that says what counts as yes", at: kindNode)
    default: reportChoice(kind, "the kind of \(what)", names: ["ordinal", "continuous"], at: kindNode)
    }
    return nil
  }

  private mutating func rule(_ node: Node) -> OutcomeRule? {
    // A YAML list is accepted where a person forgot the quotes: `rule: [A, B]` is `in [A, B]`.
    if case .sequence = node {
      let codes = list(node, "the rule").compactMap { text($0, "a code") }
      return codes.isEmpty ? nil : .oneOf(codes.map { AnswerCode($0) })
    }
    guard let text = text(node, "the rule") else { return nil }
    do {
      return try OutcomeRule(text)
    } catch {
      report(error.description, at: node)
      return nil
    }
  }

  private mutating func check(
    _ rule: OutcomeRule, of source: Codebook.OutcomeColumn, _ what: String, at node: Node
  ) {
    let levelCodes = source.levels.flatMap(\.codes)
    if case .top = rule, !levelCodes.isEmpty {
      report("\(what): '\(rule)' needs numbers; with levels use a comparison", at: node)
    }
    for code in rule.codes {
      if !levelCodes.isEmpty, !levelCodes.contains(code) {
        let nearest = SpellingSuggestion.nearest(to: code.text, in: levelCodes.map(\.text))
        let hint = nearest.map { "did you mean '\($0)'?" } ?? "expected \(listed(levelCodes.map(\.text)))"
        report("\(what): '\(code.text)' is not one of its levels; \(hint)", at: node)
      }
      if source.missing.contains(where: { $0.codes.contains(code) }) {
        report("\(what): '\(code.text)' is a missing code and named by the rule", at: node)
      }
      if case .comparison(let comparison, _) = rule, comparison.needsOrder, levelCodes.isEmpty, code.number == nil {
        report("\(what): '\(rule)' compares a text; give its 'levels' in order, or a number", at: node)
      }
    }
  }
}

/// `A, B, C`, at most `count` of them.
func listed(_ texts: [String], atMost count: Int = 12) -> String {
  let shown = texts.prefix(count).map { shortened($0) }.joined(separator: ", ")
  return texts.count > count ? "\(shown), … (\(texts.count) in all)" : shown
}

import Yams

extension Codebook {
  /// Reads a codebook from YAML and checks all of it.
  ///
  /// - Parameters:
  ///   - yaml: The text of the file.
  ///   - name: The file's name, for messages.
  /// - Throws: ``CodebookError`` with every problem, its line and column.
  public init(yaml: String, name: String = "") throws(CodebookError) {
    var reader = CodebookReader()
    let codebook = reader.document(yaml).flatMap { reader.codebook($0) }
    guard let codebook, reader.problems.isEmpty else {
      throw CodebookError(
        name: name, problems: reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
    self = codebook
  }

  /// The same codebook after all checks that reading makes.
  ///
  /// - Throws: ``CodebookError``; its lines are those of ``yaml()``.
  public func validated() throws(CodebookError) -> Codebook { try Codebook(yaml: yaml()) }

  /// The version of the format that is read and written.
  static let formatVersion = "1"
}

extension CodebookReader {
  mutating func codebook(_ root: Node) -> Codebook? {
    let keys = [
      "codebook", "title", "simulated", "missing", "scales", "items", "capabilities", "context", "outcomes", "leaks",
      "design",
    ]
    guard let fields = fields(root, "the codebook", allowed: keys, required: ["codebook"]) else { return nil }
    if let version = fields["codebook"], let text = text(version, "'codebook'"), text != Codebook.formatVersion {
      report("codebook format '\(shortened(text))'; this version reads format \(Codebook.formatVersion)", at: version)
    }
    var codebook = Codebook(title: localizedText(fields["title"], "the title") ?? "")
    codebook.isSimulated = flag(fields["simulated"], "'simulated'", default: false)
    codebook.missing = missingCodes(fields["missing"])
    codebook.scales = scales(fields["scales"])

    var ids: [String: String] = [:]
    var columns: [String: String] = [:]
    for (key, what) in [("items", "item"), ("context", "context variable")] {
      let nodes = list(fields[key], "'\(key)'")
      let variables: [(Codebook.Variable, Node)] = nodes.compactMap { node in
        variable(node, what, isContext: key == "context", scales: codebook.scales).map { ($0, node) }
      }
      for (variable, node) in variables {
        if let other = ids.updateValue(what, forKey: variable.id) {
          report("the id '\(variable.id)' is given to another \(other) as well; ids must differ", at: node)
        }
        if let other = columns.updateValue(what, forKey: variable.column) {
          report("the column '\(variable.column)' belongs to another \(other) as well", at: node)
        }
      }
      if key == "items" { codebook.items = variables.map(\.0) } else { codebook.context = variables.map(\.0) }
    }

    codebook.capabilities = capabilities(
      fields["capabilities"], items: codebook.items, contextIDs: codebook.context.map(\.id))
    codebook.outcomes = outcomes(fields["outcomes"], scales: codebook.scales, variables: columns)
    codebook.leaks = list(fields["leaks"], "'leaks'").compactMap { node in
      guard let column = text(node, "a column of 'leaks'") else { return nil }
      if let what = columns[column] {
        report("the column '\(column)' is named as a leak and used by the \(what) of that column", at: node)
      }
      return column
    }
    codebook.design = design(fields["design"])
    return codebook
  }

  // MARK: Codes, levels and scales

  mutating func missingCodes(_ node: Node?) -> [Codebook.MissingCodes] {
    var seen = Set<AnswerCode>()
    return list(node, "'missing'").compactMap { node in
      guard
        let fields = fields(
          node, "an entry of 'missing'", allowed: ["codes", "reason"], required: ["codes", "reason"])
      else { return nil }
      var codes: [AnswerCode] = []
      for code in list(fields["codes"], "'codes'") {
        guard let text = text(code, "a missing code") else { continue }
        codes.append(AnswerCode(text))
        if !seen.insert(codes[codes.count - 1]).inserted {
          report("the missing code '\(text)' is given twice in this list", at: code)
        }
      }
      guard let reason = missingReason(fields["reason"]) else { return nil }
      return Codebook.MissingCodes(codes: codes, reason: reason)
    }
  }

  private mutating func missingReason(_ node: Node?) -> MissingReason? {
    guard let node, let text = text(node, "the reason") else { return nil }
    if let reason = MissingReason.ofCodebooks.first(where: { $0.codebookName == text }) { return reason }
    reportChoice(text, "the reason", names: MissingReason.ofCodebooks.map(\.codebookName), at: node)
    return nil
  }

  private mutating func scales(_ node: Node?) -> [Codebook.Scale] {
    guard let node else { return [] }
    guard case .mapping(let mapping) = node else {
      report("'scales' must give names to lists of levels, as in 'yes-no: [\"No\", \"Si\"]'", at: node)
      return []
    }
    return mapping.compactMap { key, value in
      guard let name = text(key, "the name of a scale") else { return nil }
      return Codebook.Scale(name: name, levels: levels(value, "the scale '\(name)'"))
    }
  }

  mutating func levels(_ node: Node?, _ what: String) -> [Codebook.Level] {
    guard let node else { return [] }
    var levels: [Codebook.Level] = []
    var seen = Set<AnswerCode>()
    for element in list(node, what) {
      guard let level = level(element) else { continue }
      for code in level.codes where !seen.insert(code).inserted {
        report("the code '\(code.text)' is given twice in \(what)", at: element)
      }
      levels.append(level)
    }
    if levels.count < 2 { report("\(what) has fewer than two levels", at: node) }
    return levels
  }

  private mutating func level(_ node: Node) -> Codebook.Level? {
    guard case .mapping = node else {
      return text(node, "a level").map { Codebook.Level(codes: [AnswerCode($0)]) }
    }
    guard let fields = fields(node, "a level", allowed: ["codes", "label"], required: ["codes"]) else { return nil }
    let codes = list(fields["codes"], "the codes of a level").compactMap { text($0, "a code").map { AnswerCode($0) } }
    guard !codes.isEmpty else { return nil }
    return Codebook.Level(codes: codes, label: localizedText(fields["label"], "the label"))
  }

  /// The levels given inline or by the name of a scale.
  mutating func levels(
    of fields: Fields, scales: [Codebook.Scale], _ what: String
  ) -> (scale: String?, levels: [Codebook.Level]) {
    if let levels = fields["levels"], fields["scale"] != nil {
      report("\(what) has both 'scale' and 'levels'; give one of them", at: levels)
    }
    guard let node = fields["scale"], let name = text(node, "the scale") else {
      return (nil, levels(fields["levels"], "the levels of \(what)"))
    }
    guard let scale = scales.first(where: { $0.name == name }) else {
      if scales.isEmpty {
        report("there is no scale '\(name)'; name it under 'scales'", at: node)
      } else {
        reportChoice(name, "the scale", names: scales.map(\.name), at: node)
      }
      return (nil, [])
    }
    return (name, scale.levels)
  }
}

extension MissingReason {
  /// The reasons that a codebook may give; `unreadable` is found, not declared.
  static let ofCodebooks: [MissingReason] = [.refused, .dontKnow, .notApplicable, .notAsked, .blank]

  /// The word in a codebook: `dont-know`.
  public var codebookName: String {
    switch self {
    case .blank: "blank"
    case .refused: "refused"
    case .dontKnow: "dont-know"
    case .notApplicable: "not-applicable"
    case .notAsked: "not-asked"
    case .unreadable: "unreadable"
    }
  }
}

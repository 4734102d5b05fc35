extension Codebook {
  /// The codebook as YAML; ``init(yaml:name:)`` reads it back to an equal value.
  public func yaml() -> String {
    var lines = ["codebook: \(Self.formatVersion)"]
    if title != "" { lines.append("title: \(YAML.text(title))") }
    if isSimulated { lines.append("simulated: true") }
    YAML.section("missing", missing.map { [YAML.missing($0)] }, into: &lines)
    if !scales.isEmpty {
      lines.append("scales:")
      for scale in scales {
        lines.append("  \(YAML.quoted(scale.name)):")
        lines += scale.levels.map { "    - \(YAML.level($0))" }
      }
    }
    YAML.section("items", items.map { YAML.variable($0, textKey: "text") }, into: &lines)
    YAML.section("capabilities", capabilities.map(YAML.capability), into: &lines)
    YAML.section("context", context.map { YAML.variable($0, textKey: "name") }, into: &lines)
    YAML.section("outcomes", outcomes.map(YAML.outcome), into: &lines)
    if !leaks.isEmpty { lines.append("leaks: \(YAML.list(leaks.map(YAML.quoted)))") }
    let design = YAML.design(design)
    if !design.isEmpty { lines += ["design:"] + design.map { "  " + $0 } }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The pieces of a codebook as YAML. Texts are always quoted, so that none is taken for something else.
enum YAML {
  static func section(_ name: String, _ entries: [[String]], into lines: inout [String]) {
    guard !entries.isEmpty else { return }
    lines.append("\(name):")
    for entry in entries {
      for (index, line) in entry.enumerated() { lines.append((index == 0 ? "  - " : "    ") + line) }
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF
        || scalar.value == 0x2028 || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }

  static func text(_ text: LocalizedText) -> String {
    guard text.fr != nil || text.es != nil else { return quoted(text.en) }
    let parts = [("en", text.en), ("fr", text.fr), ("es", text.es)].compactMap { key, value in
      value.map { "\(key): \(quoted($0))" }
    }
    return "{\(parts.joined(separator: ", "))}"
  }

  /// Numbers in their usual form stand without quotes.
  static func code(_ code: AnswerCode) -> String {
    if let number = code.number, SurveyColumn.text(of: number) == code.text { return code.text }
    return quoted(code.text)
  }

  static func number(_ number: Double) -> String { SurveyColumn.text(of: number) }

  static func missing(_ missing: Codebook.MissingCodes) -> String {
    "{codes: \(list(missing.codes.map(code))), reason: \(missing.reason.codebookName)}"
  }

  static func level(_ level: Codebook.Level) -> String {
    let label = level.label == Codebook.Level(codes: level.codes).label ? nil : level.label
    if label == nil, level.codes.count == 1 { return code(level.codes[0]) }
    return "{codes: \(list(level.codes.map(code)))" + (label.map { ", label: \(text($0))" } ?? "") + "}"
  }

  /// `scale`, `levels` and `missing`, as far as they are given.
  static func answers(scale: String?, levels: [Codebook.Level], missing: [Codebook.MissingCodes]) -> [String] {
    var lines: [String] = []
    if let scale {
      lines.append("scale: \(quoted(scale))")
    } else if !levels.isEmpty {
      let parts = levels.map(level)
      let line = "levels: \(list(parts))"
      lines += line.count <= 110 ? [line] : ["levels:"] + parts.map { "  - " + $0 }
    }
    if !missing.isEmpty { lines.append("missing: \(list(missing.map(self.missing)))") }
    return lines
  }

  static func variable(_ variable: Codebook.Variable, textKey: String) -> [String] {
    var lines = ["column: \(quoted(variable.column))"]
    if variable.id != variable.column { lines.append("id: \(quoted(variable.id))") }
    if variable.text != LocalizedText(variable.id) { lines.append("\(textKey): \(text(variable.text))") }
    lines.append("kind: \(variable.kind.rawValue)")
    lines += answers(scale: variable.scale, levels: variable.levels, missing: variable.missing)
    if variable.isReversed { lines.append("reverse: true") }
    if let role = variable.role { lines.append("role: \(role.rawValue)") }
    return lines
  }

  static func capability(_ capability: Codebook.Capability) -> [String] {
    var lines = ["id: \(quoted(capability.id))"]
    if capability.name != LocalizedText(capability.id) { lines.append("name: \(text(capability.name))") }
    if let description = capability.description { lines.append("description: \(text(description))") }
    let items = capability.items.map {
      $0.weight == 1 ? quoted($0.item) : "{item: \(quoted($0.item)), weight: \(number($0.weight))}"
    }
    lines.append("items: \(list(items))")
    if !capability.isActionable { lines.append("actionable: false") }
    if capability.direction != .positive { lines.append("direction: \(capability.direction.rawValue)") }
    if capability.effort != 1 { lines.append("effort: \(number(capability.effort))") }
    if let dimension = capability.dimension { lines.append("dimension: \(quoted(dimension))") }
    return lines
  }

  static func outcome(_ outcome: Codebook.Outcome) -> [String] {
    var lines = ["id: \(quoted(outcome.id))"]
    if outcome.name != LocalizedText(outcome.id) { lines.append("name: \(text(outcome.name))") }
    lines += definition(outcome.definition)
    if !outcome.isDefault { lines.append("default: false") }
    return lines
  }

  static func definition(_ definition: Codebook.Definition) -> [String] {
    func column(_ column: Codebook.OutcomeColumn) -> [String] {
      ["column: \(quoted(column.column))"]
        + answers(scale: column.scale, levels: column.levels, missing: column.missing)
    }
    func nested(_ key: String, _ parts: [Codebook.Definition]) -> [String] {
      var lines: [String] = []
      section(key, parts.map(self.definition), into: &lines)
      return lines
    }
    switch definition {
    case .condition(let source, let rule): return column(source) + ["rule: \(quoted(rule.description))"]
    case .ordinal(let source): return column(source) + ["kind: ordinal"]
    case .continuous(let source): return column(source) + ["kind: continuous"]
    case .anyOf(let parts): return nested("any-of", parts)
    case .allOf(let parts): return nested("all-of", parts)
    }
  }

  static func design(_ design: Codebook.Design) -> [String] {
    let columns = [
      ("id", design.id), ("weight", design.weight), ("strata", design.strata), ("cluster", design.cluster),
    ]
    return columns.compactMap { key, column in column.map { "\(key): \(quoted($0))" } }
      + (design.groups.isEmpty ? [] : ["groups: \(list(design.groups.map(quoted)))"])
  }
}

/// A codebook travels as its YAML, so that a person can read it and reading it checks it again.
extension Codebook: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = try Codebook(yaml: container.decode(String.self))
    } catch let error as CodebookError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(yaml())
  }
}

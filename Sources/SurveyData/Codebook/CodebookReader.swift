import Yams

/// Walks the nodes of a YAML document and collects every problem with its line.
///
/// Reading goes on after a problem, so that a person sees all of them at once. Texts are taken as they are written:
/// `No` and `Si` are answers here, not truth values.
struct CodebookReader {
  private(set) var problems: [CodebookError.Problem] = []
  /// Nodes still allowed; aliases could otherwise make a small file immense.
  private var budget = 2_000_000

  /// The keys and values of a mapping.
  struct Fields {
    let node: Node
    let values: [String: Node]

    subscript(_ key: String) -> Node? { values[key] }
  }

  mutating func report(_ message: String, at node: Node?) {
    problems.append(.init(line: node?.mark?.line ?? 0, column: node?.mark?.column ?? 0, message: message))
  }

  /// The document; `nil` after a problem.
  mutating func document(_ yaml: String) -> Node? {
    guard yaml.utf8.count <= 32 << 20 else {
      report("the codebook is larger than 32 MB", at: nil)
      return nil
    }
    // A byte-order mark and the line ends of other systems are no problem of the reader's.
    let text = (yaml.hasPrefix("\u{FEFF}") ? String(yaml.dropFirst()) : yaml).replacing("\r\n", with: "\n")
    do {
      if let node = try Yams.compose(yaml: text) { return node }
      report("the codebook is empty; expected 'codebook: 1' and what follows", at: nil)
    } catch let error as YamlError {
      problems.append(Self.problem(of: error, in: text))
    } catch {
      report("not readable as YAML: \(error)", at: nil)
    }
    return nil
  }

  private static func problem(of error: YamlError, in text: String) -> CodebookError.Problem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = context.map { " (\($0.text) from line \($0.mark.line))" } ?? ""
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(mark.line - 1).first ?? ""
      let hint = line.contains("\t") ? "; use spaces, not tabs, to indent" : ""
      return .init(
        line: mark.line, column: mark.column, message: "not readable as YAML: \(problem)\(place)\(hint)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "'\($0)'" }.joined(separator: ", ")
      return .init(line: context.mark.line, column: context.mark.column, message: "\(names) is given twice")
    case .reader(let problem, let offset, _, _):
      let line = offset.map { text.prefix($0).count { $0 == "\n" } + 1 } ?? 0
      return .init(line: line, column: line == 0 ? 0 : 1, message: "not readable as text: \(problem)")
    default: return .init(line: 0, column: 0, message: "not readable as YAML: \(error)")
    }
  }

  private mutating func spend(_ node: Node) -> Bool {
    budget -= 1
    if budget == 0 { report("the codebook has too many entries", at: node) }
    return budget > 0
  }

  // MARK: Shapes

  /// A mapping with keys out of `allowed`; `nil` after a problem.
  mutating func fields(
    _ node: Node, _ what: String, allowed: [String], required: [String] = []
  ) -> Fields? {
    guard spend(node) else { return nil }
    guard case .mapping(let mapping) = node else {
      report("\(what) is \(Self.shape(node)); expected \(Self.keysText(allowed))", at: node)
      return nil
    }
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        report("a key of \(what) is \(Self.shape(key)); expected \(Self.keysText(allowed))", at: key)
        continue
      }
      if allowed.contains(name) {
        if Self.isNull(value) { continue }  // "key:" without a value says nothing.
        values[name] = value
      } else {
        let nearest = SpellingSuggestion.nearest(to: name, in: allowed)
        let hint = nearest.map { "did you mean '\($0)'?" } ?? "expected \(Self.keysText(allowed))"
        report("unknown key '\(name)' in \(what); \(hint)", at: key)
      }
    }
    for key in required where values[key] == nil {
      report("\(what) has no '\(key)'", at: node)
    }
    return Fields(node: node, values: values)
  }

  /// The elements of a list; a single element stands for a list of one.
  mutating func list(_ node: Node?, _ what: String) -> [Node] {
    guard let node, spend(node) else { return [] }
    if case .sequence(let sequence) = node { return Array(sequence) }
    if case .scalar = node { return [node] }
    report("\(what) is \(Self.shape(node)); expected a list", at: node)
    return []
  }

  /// A scalar as it is written, trimmed; `nil` after a problem.
  mutating func text(_ node: Node?, _ what: String) -> String? {
    guard let node, spend(node) else { return nil }
    guard let scalar = node.scalar else {
      report("\(what) is \(Self.shape(node)); expected a text", at: node)
      return nil
    }
    let text = trimmed(scalar.string)
    if text.isEmpty {
      report("\(what) is empty", at: node)
      return nil
    }
    return text
  }

  mutating func number(_ node: Node?, _ what: String, default value: Double, minimum: Double) -> Double {
    guard let node else { return value }
    guard let text = text(node, what) else { return value }
    guard let number = decimalNumber(text), number >= minimum else {
      let bound = minimum == 0 ? "a number, 0 or more" : "a number"
      report("\(what) is '\(text)'; expected \(bound)", at: node)
      return value
    }
    return number
  }

  mutating func flag(_ node: Node?, _ what: String, default value: Bool) -> Bool {
    guard let node, let text = text(node, what) else { return value }
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      report("\(what) is '\(text)'; expected true or false", at: node)
      return value
    }
  }

  /// One of the cases of an enumeration.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node?, _ what: String, of type: Choice.Type
  ) -> Choice? {
    guard let node, let text = text(node, what) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    reportChoice(text, what, names: Choice.allCases.map(\.rawValue), at: node)
    return nil
  }

  mutating func reportChoice(_ text: String, _ what: String, names: [String], at node: Node) {
    let hint = SpellingSuggestion.nearest(to: text, in: names).map { "; did you mean '\($0)'?" } ?? ""
    report("\(what) is '\(text)'; expected \(names.joined(separator: ", "))\(hint)", at: node)
  }

  /// A text, or one per language with English among them.
  mutating func localizedText(_ node: Node?, _ what: String) -> LocalizedText? {
    guard let node else { return nil }
    guard case .mapping = node else { return text(node, what).map { LocalizedText($0) } }
    guard
      let fields = fields(node, what, allowed: Language.allCases.map(\.rawValue), required: ["en"]),
      let en = text(fields["en"], "the English of \(what)")
    else { return nil }
    return LocalizedText(
      en, fr: text(fields["fr"], "the French of \(what)"), es: text(fields["es"], "the Spanish of \(what)"))
  }

  // MARK: Words

  private static func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null"].contains(scalar.string)
  }

  private static func shape(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "the text '\(shortened(scalar.string))'"
    case .mapping: "a group of keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  private static func keysText(_ keys: [String]) -> String {
    keys.count == 1 ? "the key '\(keys[0])'" : "the keys \(keys.joined(separator: ", "))"
  }
}

/// The text, cut to a length that fits into a message.
func shortened(_ text: String, to length: Int = 40) -> String {
  let line = text.replacing("\n", with: " ")
  return line.count <= length ? line : line.prefix(length - 1) + "…"
}

import ModelFormats

/// What `inspect` shows of any model file, as far as it could be read. Texts of the file are cut and stripped of control
/// characters: it may come from a stranger.
struct ModelFileDescription {
  let summary: ModelFileSummary

  func rendered() -> String {
    var lines = ["Model file"]
    func add(_ name: String, _ value: String) {
      lines.append("  " + name + String(repeating: " ", count: max(1, 13 - name.count)) + value)
    }
    add("format", (summary.format?.title ?? "not known") + ", \(NumberText.count(summary.byteCount)) bytes")
    if let producer = summary.producer, !producer.isEmpty { add("made with", Self.plain(producer)) }
    if let description = summary.description { add("description", Self.plain(description)) }
    if let version = summary.formatVersion { add("version", "\(version)") }
    if let count = summary.featureCount { add("features", "\(NumberText.count(count))\(names)") }
    if let count = summary.treeCount { add("trees", NumberText.count(count)) }
    if !summary.classNames.isEmpty { add("classes", Self.list(summary.classNames)) }
    for port in summary.inputs.prefix(12) { add("input", Self.text(of: port)) }
    if summary.inputs.count > 12 { add("input", "… \(summary.inputs.count - 12) more") }
    for port in summary.outputs.prefix(12) { add("output", Self.text(of: port)) }
    if !summary.operators.isEmpty {
      let operators = summary.operators.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      add("operators", Self.list(operators.map { $0.value == 1 ? $0.key : "\($0.key) × \($0.value)" }))
    }
    if let problem = summary.problem { add("problem", Self.plain(problem)) }
    return lines.joined(separator: "\n")
  }

  private var names: String {
    summary.featureNames.isEmpty ? "" : ": " + Self.list(summary.featureNames)
  }

  private static func text(of port: ModelFileSummary.Port) -> String {
    let shape = port.shape.map { $0.map(String.init) ?? "?" }.joined(separator: " × ")
    return "\(plain(port.name)): \(port.type)" + (shape.isEmpty ? "" : ", \(shape)")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(12).map(plain).joined(separator: ", ") + (names.count > 12 ? ", … (\(names.count - 12) more)" : "")
  }

  private static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    return scalars.count > 200 ? String(scalars.prefix(199)) + "…" : String(scalars)
  }
}

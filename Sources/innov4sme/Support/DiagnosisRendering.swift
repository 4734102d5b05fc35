import CapabilityScoring
import Foundation
import SurveyData

/// Diagnoses as a table that can be read aloud, as CSV with one row per firm, and as JSON.
struct DiagnosisRendering {
  let predictor: SurveyPredictor
  let encoded: EncodedSurvey
  let diagnoses: [FirmDiagnosis]
  let top: Int

  private var outcomeNames: [String: String] {
    Dictionary(predictor.encoding.codebook.outcomes.map { ($0.id, $0.name.en) }) { first, _ in first }
  }

  func capabilityName(_ id: String) -> String {
    predictor.encoding.codebook.capabilities.first { $0.id == id }?.name.en ?? id
  }

  // MARK: Table

  func table() -> String {
    var blocks: [String] = []
    if predictor.provenance.isSimulated { blocks.append("This model was trained on simulated firms.") }
    blocks += diagnoses.indices.map(block)
    if !predictor.scoring.capabilities.isEmpty { blocks.append(Self.reading) }
    return blocks.joined(separator: "\n\n")
  }

  private static let reading = """
    How to read this: intervals are 90 %. An uplift in points says how much more often firms like this one that score one
    step higher have the goal. These are associations seen in the survey, not effects; where places are tied, the order
    between them is not established.
    """

  private func block(_ index: Int) -> String {
    let diagnosis = diagnoses[index]
    let answered = 1 - diagnosis.missingShare
    var lines = ["Firm \(diagnosis.id)  (\(NumberText.percent(answered, 0)) of the questions answered)"]
    for outcome in diagnosis.outcomes {
      lines.append("  " + estimateText(outcomeNames[outcome.id] ?? outcome.id, outcome.estimate, outcome.kind))
    }
    if let joint = diagnosis.joint { lines.append("  " + estimateText("both", joint, .binary)) }
    guard !predictor.scoring.capabilities.isEmpty else { return lines.joined(separator: "\n") }
    if diagnosis.priorities.isEmpty {
      lines.append("  Already strong: every capability that can be acted upon is at its top level.")
      return lines.joined(separator: "\n")
    }
    if !diagnosis.priorities.contains(where: \.isDistinguishable) {
      lines.append("  Nothing can be told from noise: no step stands out for this firm. The order below is a guess.")
    }
    lines.append("")
    lines.append(priorityTable(diagnosis).rendered(indent: 2))
    lines += remarks(diagnosis, index: index).map { "  " + $0 }
    return lines.joined(separator: "\n")
  }

  private func estimateText(_ name: String, _ estimate: FirmDiagnosis.Estimate, _ kind: OutcomeModel.Kind) -> String {
    let names = diagnoses[0].outcomes.map { outcomeNames[$0.id] ?? $0.id } + ["both"]
    let width = names.map(\.count).max() ?? 0
    let padded = name + String(repeating: " ", count: max(width - name.count, 0))
    return kind == .binary
      ? "\(padded) \(NumberText.percent(estimate.value, 0))  (\(NumberText.decimal(estimate.lower * 100, 0)) to "
        + "\(NumberText.percent(estimate.upper, 0)))"
      : "\(padded) \(NumberText.decimal(estimate.value, 2))  (\(NumberText.decimal(estimate.lower, 2)) to "
        + "\(NumberText.decimal(estimate.upper, 2)))"
  }

  private func priorityTable(_ diagnosis: FirmDiagnosis) -> TextTable {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("develop first", .left), ("level", .right), ("after", .right),
    ]
    columns += diagnosis.outcomes.map { ("\($0.id)", .right) }
    if diagnosis.joint != nil { columns.append(("both", .right)) }
    columns += [("place", .right), ("in first 3", .right)]
    var table = TextTable(columns)
    for priority in diagnosis.priorities.prefix(top) {
      var row = [
        "\(priority.rank). \(capabilityName(priority.capability))", NumberText.percent(priority.level, 0),
        NumberText.percent(priority.target, 0),
      ]
      for (outcome, uplift) in zip(diagnosis.outcomes, priority.uplifts) {
        row.append(outcome.kind == .binary ? Self.points(uplift) : Self.difference(uplift))
      }
      if diagnosis.joint != nil { row.append(priority.both.map(Self.points) ?? "") }
      row.append(
        priority.rankLower == priority.rankUpper
          ? "\(priority.rankLower)" : "\(priority.rankLower)–\(priority.rankUpper)")
      row.append(NumberText.percent(priority.probabilityOfFirstThree, 0))
      table.append(row)
    }
    return table
  }

  /// `+6.9 [2.1; 11.0]`, in points.
  static func points(_ uplift: FirmDiagnosis.Estimate) -> String {
    signed(uplift.value * 100, 1) + " [" + NumberText.decimal(uplift.lower * 100, 1) + "; "
      + NumberText.decimal(uplift.upper * 100, 1) + "]"
  }

  static func difference(_ uplift: FirmDiagnosis.Estimate) -> String {
    signed(uplift.value, 2) + " [" + NumberText.decimal(uplift.lower, 2) + "; " + NumberText.decimal(uplift.upper, 2)
      + "]"
  }

  private static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = NumberText.decimal(value, decimals)
    return text.hasPrefix("−") ? text : "+" + text
  }

  private func remarks(_ diagnosis: FirmDiagnosis, index: Int) -> [String] {
    var remarks: [String] = []
    let shown = diagnosis.priorities.prefix(top)
    if let first = shown.first, !first.tiedWith.isEmpty {
      let names = first.tiedWith.map(capabilityName)
      let listed =
        names.count > 4
        ? names.prefix(4).joined(separator: ", ") + " and \(names.count - 4) more" : names.joined(separator: ", ")
      remarks.append("Tied with the first: \(listed).")
    }
    if !diagnosis.alreadyStrong.isEmpty {
      remarks.append("Already at the top: \(diagnosis.alreadyStrong.map(capabilityName).joined(separator: ", ")).")
    }
    let filled = diagnosis.filledCapabilities.filter { id in shown.contains { $0.capability == id } }
    if !filled.isEmpty {
      remarks.append(
        "Not answered, so taken as expected of similar firms: \(filled.map(capabilityName).joined(separator: ", ")). "
          + "An answer could change the order.")
    }
    return remarks
  }

  // MARK: CSV and JSON

  /// One row per firm: `id`, then per outcome `NAME.probability`, `NAME.lower`, `NAME.upper` (`NAME.value` for a
  /// continuous outcome), then `joint.*`, then `priority.1` … `priority.K`.
  func csv() -> String {
    let model = predictor.scoring
    var header = ["id"]
    for outcome in model.outcomes {
      let figure = outcome.kind == .binary ? "probability" : "value"
      header += [figure, "lower", "upper"].map { "\(outcome.id).\($0)" }
    }
    if model.joint != nil { header += ["probability", "lower", "upper"].map { "joint.\($0)" } }
    let actionable = model.capabilities.filter(\.isActionable).count
    let count = min(top, actionable)
    header += (0..<count).map { "priority.\($0 + 1)" }
    var lines = [header.map(Self.quoted).joined(separator: ",")]
    for diagnosis in diagnoses {
      var cells = [diagnosis.id]
      for outcome in diagnosis.outcomes { cells += Self.cells(outcome.estimate) }
      if model.joint != nil, let joint = diagnosis.joint { cells += Self.cells(joint) }
      cells += (0..<count).map { $0 < diagnosis.priorities.count ? diagnosis.priorities[$0].capability : "" }
      lines.append(cells.map(Self.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }

  private static func cells(_ estimate: FirmDiagnosis.Estimate) -> [String] {
    [estimate.value, estimate.lower, estimate.upper].map { String($0) }
  }

  private static func quoted(_ cell: String) -> String {
    cell.contains { "\",\n\r".contains($0) } ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
  }

  func json() throws -> String {
    struct Document: Encodable {
      var simulated: Bool
      var firms: [FirmDiagnosis]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let top = top
    let firms = diagnoses.map { diagnosis in
      var diagnosis = diagnosis
      diagnosis.priorities = Array(diagnosis.priorities.prefix(max(top, diagnosis.priorities.count)))
      return diagnosis
    }
    return String(
      decoding: try encoder.encode(Document(simulated: predictor.provenance.isSimulated, firms: firms)), as: UTF8.self)
  }
}

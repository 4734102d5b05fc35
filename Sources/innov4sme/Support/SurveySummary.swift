import SurveyData

/// Which firms and columns a training uses.
struct SurveySummary {
  let loaded: LoadedSurvey
  let encoded: EncodedSurvey
  let condition: String?

  func rendered() -> String {
    let items = encoded.features.filter { !$0.isContext }
    let capabilities = Set(items.compactMap(\.capability)).count
    let context = encoded.features.count - items.count
    var lines = ["Survey"]
    var firms = "\(NumberText.count(encoded.rowCount)) firms"
    if let condition { firms += " of \(NumberText.count(loaded.fileRowCount)) (\(condition))" }
    lines.append("  firms        \(firms)")
    lines.append(
      "  answers      \(items.count) items" + (capabilities > 0 ? " of \(capabilities) capabilities" : "")
        + (context > 0 ? ", \(context) context columns" : ""))
    let missing = encoded.reasons.filter { $0 != 0 }.count
    if missing > 0 {
      lines.append(
        "  missing      \(NumberText.percent(Double(missing) / Double(max(encoded.reasons.count, 1)))) of the answers; "
          + "no firm is dropped for them")
    }
    for outcome in encoded.outcomes {
      let unknown = outcome.values.filter(\.isNaN).count
      lines.append(
        "  outcome      \(outcome.id): \(outcome.rule)"
          + (unknown > 0 ? " (not known for \(NumberText.count(unknown)) firms)" : ""))
    }
    if loaded.codebook.isSimulated { lines.append("  note         these firms are simulated") }
    return lines.joined(separator: "\n")
  }

  /// What a person should know before reading results, on standard error.
  func printMessages() {
    if loaded.unknownCount > 0 {
      Console.warning(
        "--where can't tell for \(loaded.unknownCount) firms, whose answers are missing; they are left out")
    }
    if let inferred = loaded.inferred {
      for note in inferred.excluded { Console.message("not used: \(note.column): \(note.text)") }
    }
    for warning in encoded.warnings { Console.warning(warning) }
    for problem in encoded.problems.prefix(20) { Console.warning(problem.description) }
    if encoded.problems.count > 20 {
      Console.warning("… and \(encoded.problems.count - 20) more; 'innov4sme check' lists them all")
    }
  }
}

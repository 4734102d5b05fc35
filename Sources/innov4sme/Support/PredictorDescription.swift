import CapabilityScoring
import ModelFormats
import SurveyData

/// What `inspect` shows of a model that `train` wrote.
struct PredictorDescription {
  let predictor: SurveyPredictor
  let summary: ModelFileSummary

  func rendered() -> String {
    let provenance = predictor.provenance
    let codebook = predictor.encoding.codebook
    var lines = ["Model"]
    lines.append("  survey       \(provenance.survey)\(provenance.isSimulated ? " (simulated firms)" : "")")
    let condition = provenance.condition.isEmpty ? "" : " (\(provenance.condition))"
    lines.append("  firms        \(NumberText.count(provenance.firmCount))\(condition)")
    lines.append("  made with    innov4sme \(provenance.toolVersion), data digest \(provenance.dataDigest)")
    for outcome in predictor.encoding.outcomes {
      guard let definition = codebook.outcomes.first(where: { $0.id == outcome }) else { continue }
      lines.append("  outcome      \(outcome): \(definition.definition.description)")
    }
    lines.append(
      "  file         ONNX, \(NumberText.count(summary.byteCount)) bytes, format version \(summary.formatVersion ?? 0)")
    if let rows = summary.verifiedRowCount {
      lines.append("  verified     \(rows) made-up rows give the answers that the file says")
    }
    lines.append("  outputs      \(summary.outputs.map(\.name).joined(separator: ", "))")
    lines.append("")
    lines.append(inputs().rendered(indent: 2))
    lines.append("")
    lines.append(TrainingReport(model: predictor.scoring).rendered())
    return lines.joined(separator: "\n")
  }

  private func inputs() -> TextTable {
    var table = TextTable([
      ("column", .left), ("kind", .left), ("levels", .right), ("capability", .left), ("question", .left),
    ])
    for feature in predictor.encoding.features {
      let variable = (predictor.encoding.codebook.items + predictor.encoding.codebook.context)
        .first { $0.id == feature.id }
      let question = variable?.text.en ?? ""
      table.append([
        feature.column, feature.kind.rawValue, feature.levels.isEmpty ? "" : "\(feature.levels.count)",
        feature.isContext ? "(context)" : feature.capability ?? "",
        question.count > 60 ? question.prefix(59) + "…" : question,
      ])
    }
    return table
  }
}

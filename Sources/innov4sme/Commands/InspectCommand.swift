import ArgumentParser
import CapabilityScoring
import SurveyData

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a model file holds: where it comes from, its inputs, how well it predicts.",
    discussion: """
      EXAMPLE
        innov4sme inspect model.onnx
      """)

  @Argument(help: "A model that 'train' wrote.")
  var model: String

  mutating func run() throws {
    let predictor = try ModelFile.read(model)
    let provenance = predictor.provenance
    let codebook = predictor.encoding.codebook
    var lines = ["Model"]
    lines.append("  survey       \(provenance.survey)\(provenance.isSimulated ? " (simulated firms)" : "")")
    if !provenance.condition.isEmpty {
      lines.append("  firms        \(NumberText.count(provenance.firmCount)) (\(provenance.condition))")
    } else {
      lines.append("  firms        \(NumberText.count(provenance.firmCount))")
    }
    lines.append("  made with    innov4sme \(provenance.toolVersion), data digest \(provenance.dataDigest)")
    for outcome in predictor.encoding.outcomes {
      guard let definition = codebook.outcomes.first(where: { $0.id == outcome }) else { continue }
      lines.append("  outcome      \(outcome): \(definition.definition.description)")
    }
    lines.append("")
    lines.append(inputs(predictor).rendered(indent: 2))
    lines.append("")
    lines.append(TrainingReport(record: predictor.scoring.record, joint: predictor.scoring.joint).rendered())
    print(lines.joined(separator: "\n"))
  }

  private func inputs(_ predictor: SurveyPredictor) -> TextTable {
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

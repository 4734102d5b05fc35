import CapabilityScoring
import Foundation
import SurveyData

/// Each firm's waterfall: from the reference firm's chance to its own, in points.
struct ContributionRendering {
  let predictor: SurveyPredictor
  let contributions: [FirmContributions]
  /// Contributions shown one by one; the others are added up.
  let top: Int

  /// The contributions of the firms of a survey.
  init(predictor: SurveyPredictor, encoded: EncodedSurvey, top: Int, threadCount: Int) throws {
    self.predictor = predictor
    self.top = top
    contributions = try ContributionExplainer(model: predictor.scoring, reference: predictor.typicalFirm)
      .contributions(of: predictor.answers(of: encoded), ids: encoded.firmIDs, threadCount: threadCount)
  }

  func table() -> String {
    (contributions.map(block) + [reading]).joined(separator: "\n\n")
  }

  private func block(_ firm: FirmContributions) -> String {
    var lines = ["Firm \(firm.id)"]
    for outcome in firm.outcomes {
      let isBinary = outcome.kind == .binary
      func figure(_ estimate: FirmDiagnosis.Estimate) -> String {
        isBinary ? EstimateText.points(estimate) : EstimateText.difference(estimate)
      }
      func total(_ estimate: FirmDiagnosis.Estimate) -> String {
        isBinary
          ? NumberText.percent(estimate.value) + " [" + NumberText.decimal(estimate.lower * 100, 1) + "; "
            + NumberText.decimal(estimate.upper * 100, 1) + "]"
          : ExplanationRendering.value(estimate)
      }
      var table = TextTable([(outcome.id, .left), (isBinary ? "points" : "difference", .right)])
      table.append(["reference firm", total(outcome.reference)])
      let shown = outcome.contributions.prefix(top)
      for contribution in shown { table.append([name(contribution.id), figure(contribution.value)]) }
      let rest = outcome.contributions.dropFirst(top)
      if !rest.isEmpty {
        let sum = rest.reduce(0) { $0 + $1.value.value }
        table.append([
          "\(rest.count) others together",
          isBinary ? EstimateText.signed(sum * 100, 1) : EstimateText.signed(sum, 2),
        ])
      }
      table.append(["this firm", total(outcome.prediction)])
      lines.append(table.rendered(indent: 2))
    }
    return lines.joined(separator: "\n")
  }

  private func name(_ id: String) -> String {
    let codebook = predictor.encoding.codebook
    if let capability = codebook.capabilities.first(where: { $0.id == id }) { return capability.name.en }
    let name = codebook.context.first { $0.id == id }?.text.en ?? ""
    return name.isEmpty ? id : name
  }

  private var reading: String {
    """
    How to read this: from the chance of \(predictor.typicalFirmDescription) to this firm's, the figures
    add up. Each is a Shapley value: the mean, over all orders in which the firm's answers could become known, of what its
    answers on one capability change. Intervals are 90 %. They say how the model sees the firm; they are associations.
    """
  }

  /// One row per firm, outcome and contribution.
  func csv() -> String {
    var lines = [["id", "outcome", "step", "kind", "value", "lower", "upper"]]
    for firm in contributions {
      for outcome in firm.outcomes {
        func add(_ step: String, _ kind: String, _ estimate: FirmDiagnosis.Estimate) {
          lines.append(
            [firm.id, outcome.id, step, kind] + [estimate.value, estimate.lower, estimate.upper].map { String($0) })
        }
        add("reference", "reference", outcome.reference)
        for contribution in outcome.contributions {
          add(contribution.id, contribution.isCapability ? "capability" : "column", contribution.value)
        }
        add("prediction", "prediction", outcome.prediction)
      }
    }
    return lines.map(CSVText.line).joined(separator: "\n")
  }

  func json() throws -> String {
    struct Document: Encodable {
      var simulated: Bool
      var reference: String
      var firms: [FirmContributions]
    }
    return try JSONText.encoded(
      Document(
        simulated: predictor.provenance.isSimulated, reference: predictor.typicalFirmDescription, firms: contributions))
  }

  func rendered(_ format: OutputFormat) throws -> String {
    switch format {
    case .table: table()
    case .csv: csv()
    case .json: try json()
    }
  }
}

import CapabilityScoring
import Foundation

/// Diagnoses with one row per firm: `id`, then per outcome `NAME.probability`, `NAME.lower`, `NAME.upper` (`NAME.value`
/// for a continuous outcome), then `joint.*`, then `priority.1` … `priority.K`.
struct DiagnosisCSV {
  let model: ScoringModel
  let reports: [FirmReport]
  let top: Int

  func rendered() -> String {
    var header = ["id"]
    for outcome in model.outcomes {
      let figure = outcome.kind == .binary ? "probability" : "value"
      header += [figure, "lower", "upper"].map { "\(outcome.id).\($0)" }
    }
    if model.joint != nil { header += ["probability", "lower", "upper"].map { "joint.\($0)" } }
    let count = min(top, model.capabilities.filter(\.isActionable).count)
    header += (0..<count).map { "priority.\($0 + 1)" }
    var lines = [header.map(DelimitedCell.quoted).joined(separator: ",")]
    for report in reports {
      let diagnosis = report.diagnosis
      var cells = [diagnosis.id]
      for outcome in diagnosis.outcomes { cells += Self.cells(outcome.estimate) }
      if let joint = diagnosis.joint { cells += Self.cells(joint) }
      cells += (0..<count).map { $0 < diagnosis.priorities.count ? diagnosis.priorities[$0].capability : "" }
      lines.append(cells.map(DelimitedCell.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n")
  }

  private static func cells(_ estimate: FirmDiagnosis.Estimate) -> [String] {
    [estimate.value, estimate.lower, estimate.upper].map { String($0) }
  }
}

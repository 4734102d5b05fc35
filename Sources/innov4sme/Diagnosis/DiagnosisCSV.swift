import CapabilityScoring
import Foundation

extension DiagnosisRendering {
  /// One row per firm: `id`, then per outcome `NAME.probability`, `NAME.lower`, `NAME.upper` (`NAME.value` for a
  /// continuous outcome), then `joint.*`, then `priority.1` … `priority.K`: ids of capabilities. The same in every
  /// language.
  func csv() -> String {
    let model = predictor.scoring
    var header = ["id"]
    for outcome in model.outcomes {
      let figure = outcome.kind == .binary ? "probability" : "value"
      header += [figure, "lower", "upper"].map { "\(outcome.id).\($0)" }
    }
    if model.joint != nil { header += ["probability", "lower", "upper"].map { "joint.\($0)" } }
    let count = min(top, model.capabilities.count(where: \.isActionable))
    header += (0..<count).map { "priority.\($0 + 1)" }
    var lines = [Self.line(header)]
    lines.reserveCapacity(assessments.count + 1)
    for diagnosis in assessments.map(\.diagnosis) {
      var cells = [diagnosis.id]
      for outcome in diagnosis.outcomes { cells += Self.cells(outcome.estimate) }
      if let joint = diagnosis.joint { cells += Self.cells(joint) }
      cells += (0..<count).map { $0 < diagnosis.priorities.count ? diagnosis.priorities[$0].capability : "" }
      lines.append(Self.line(cells))
    }
    return lines.joined(separator: "\n")
  }

  private static func cells(_ estimate: FirmDiagnosis.Estimate) -> [String] {
    [estimate.value, estimate.lower, estimate.upper].map { String($0) }
  }

  static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") }

  private static func quoted(_ cell: String) -> String {
    cell.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
      ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
  }
}

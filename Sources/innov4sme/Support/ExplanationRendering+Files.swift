import CapabilityScoring
import Foundation
import SurveyData

extension ExplanationRendering {
  /// One row per capability or column; figures in probability (or value), empty where they do not exist.
  func csv() -> String {
    var header = ["id", "name", "kind"]
    func figures(_ name: String) -> [String] { [name, "\(name).lower", "\(name).upper"] }
    for outcome in explanation.outcomes {
      for figure in ["contribution", "uplift", "contrast", "drop"] { header += figures("\(outcome.id).\(figure)") }
      header += ["gain", "cover", "gain.excess", "gain.p"].map { "\(outcome.id).\($0)" }
    }
    header += figures("both")
    header += [
      "firms", "rank", "rank.lower", "rank.upper", "rank.set.lower", "rank.set.upper", "first3", "tie", "space",
      "space.agreement",
    ]
    var lines = [header]
    for entry in explanation.entries {
      var row = [entry.id, name(entry.id), entry.isCapability ? "capability" : "column"]
      for outcome in entry.outcomes {
        for estimate in [outcome.importance, outcome.uplift, outcome.contrast, outcome.drop] {
          row += Self.cells(estimate)
        }
        let shares = [outcome.gainShare, outcome.coverShare, outcome.excessGainShare, outcome.gainPValue]
        row += shares.map { $0.map { String($0) } ?? "" }
      }
      row += Self.cells(entry.both)
      row.append(entry.stepShare.map { String($0) } ?? "")
      if let place = entry.place {
        row += [
          "\(place.rank)", "\(place.rankLower)", "\(place.rankUpper)", "\(place.setLower)", "\(place.setUpper)",
          String(place.probabilityOfFirstThree),
          "\(place.tieGroup)", place.space.rawValue, String(place.spaceAgreement),
        ]
      } else {
        row += [String](repeating: "", count: 9)
      }
      lines.append(row)
    }
    return lines.map(CSVText.line).joined(separator: "\n")
  }

  private static func cells(_ estimate: FirmDiagnosis.Estimate?) -> [String] {
    guard let estimate else { return ["", "", ""] }
    return [estimate.value, estimate.lower, estimate.upper].map { String($0) }
  }

  /// Everything, shapes included.
  func json() throws -> String {
    struct Document: Encodable {
      var simulated: Bool
      var trainedOn: Int
      var firms: String
      var reference: String
      var names: [String: String]
      var explanation: ScoringExplanation
    }
    let ids = explanation.entries.map(\.id)
    return try JSONText.encoded(
      Document(
        simulated: predictor.provenance.isSimulated, trainedOn: predictor.provenance.firmCount,
        firms: source == .modelFile ? "none" : source == .trainingSurvey ? "training" : "given",
        reference: predictor.typicalFirmDescription,
        names: Dictionary(ids.map { ($0, name($0)) }) { first, _ in first }, explanation: explanation))
  }
}

/// Curves and surfaces as files.
enum ShapeRendering {
  /// One row per point: curves, then surfaces with the second capability's level.
  static func csv(_ shapes: CapabilityShapes) -> String {
    var lines = [
      ["kind", "outcome", "capability", "level", "with", "with.level", "value", "lower", "upper", "firms"]
    ]
    for curve in shapes.curves {
      for (index, level) in curve.levels.enumerated() {
        let value = curve.values[index]
        lines.append([
          curve.kind.rawValue, curve.outcome, curve.capability, String(level), "", "", String(value.value),
          String(value.lower), String(value.upper), curve.density.isEmpty ? "" : String(curve.density[index]),
        ])
      }
    }
    for surface in shapes.surfaces {
      for (i, first) in surface.levels.enumerated() {
        for (j, second) in surface.levels.enumerated() {
          lines.append([
            "surface", surface.outcome, surface.first, String(first), surface.second, String(second),
            String(surface.values[i * surface.levels.count + j]), "", "", "",
          ])
        }
      }
    }
    return lines.map(CSVText.line).joined(separator: "\n")
  }

  static func json(_ shapes: CapabilityShapes) throws -> String { try JSONText.encoded(shapes) }
}

/// Rows of comma-separated text.
enum CSVText {
  static func line(_ cells: [String]) -> String {
    cells.map { cell in
      cell.contains { "\",\n\r".contains($0) }
        ? "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",")
  }
}

/// JSON for people and programs: indented, keys sorted, what is not a number as text.
enum JSONText {
  static func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

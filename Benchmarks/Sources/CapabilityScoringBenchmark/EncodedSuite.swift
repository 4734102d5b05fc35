import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// Writes the encoded columns of a survey with their gaps, and its outcomes, for peers: `encoded.csv` and what its
/// columns are in `encoded.json`.
struct EncodedSuite {
  let survey: String
  let codebook: String
  let condition: String
  let folder: URL

  private struct Column: Encodable {
    var name: String
    var isNominal: Bool
    var isContext: Bool
    var capability: Int?
    var top: Double?
    var sign: Int
  }

  private struct About: Encodable {
    var columns: [Column]
    var outcomes: [String]
  }

  func run() throws {
    let codebook = try Codebook(yaml: String(contentsOfFile: codebook, encoding: .utf8), name: codebook)
    var table = try SurveyReader.read(survey)
    if !condition.isEmpty { table = table.selectingRows(try RowFilter(condition).selection(in: table).rows) }
    let encoded = try SurveyEncoding(codebook: codebook, table: table).encode(table)
    let scoring = ScoringSurvey(encoded, codebook: codebook)
    let columns = zip(scoring.answers.columns, encoded.features).map { column, feature in
      let isNominal = if case .categorical = column.feature.kind { true } else { false }
      let capability = column.capability.map { scoring.capabilities[$0] }
      return Column(
        name: column.feature.name, isNominal: isNominal, isContext: feature.isContext, capability: column.capability,
        top: column.topLevel, sign: isNominal || capability?.isActionable != true ? 0 : capability!.direction)
    }
    func cell(_ value: Double) -> String { value.isNaN ? "" : String(value) }
    let header = ["id"] + columns.map(\.name) + scoring.outcomes.map { "outcome.\($0.id)" }
    var text = header.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
    for row in 0..<scoring.firmCount {
      let cells = scoring.answers.columns.indices.map { cell(scoring.answers.values[row, $0]) }
      let outcomes = scoring.outcomes.map { cell($0.targets[row]) }
      text += (["\"\(encoded.firmIDs[row])\""] + cells + outcomes).joined(separator: ",") + "\n"
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try text.write(to: folder.appendingPathComponent("encoded.csv"), atomically: true, encoding: .utf8)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(About(columns: columns, outcomes: scoring.outcomes.map(\.id)))
      .write(to: folder.appendingPathComponent("encoded.json"))
  }
}

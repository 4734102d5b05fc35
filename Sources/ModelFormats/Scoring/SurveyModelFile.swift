import CapabilityScoring
import Foundation
import StatisticalLearning
import SurveyData

/// A predictor with all that it needs to read a survey's cells, as a model file: what `innov4sme train` writes.
///
/// Beside the scoring model (see ``ScoringModelFile``) the metadata holds the codebook in its languages, the encoding, how
/// peers stand, where the model comes from, and a model card that people read.
public enum SurveyModelFile {
  static let companion = "predictor"
  /// Where the model card stands among the attachments.
  public static let card = "card"

  /// The bytes of the file, read back and scored before they are returned: what can't be read is not written.
  ///
  /// - Throws: ``ModelFileError``.
  public static func encoded(
    _ predictor: SurveyPredictor, form: ScoringInputForm = .matrix, treeOperator: ONNXTreeOperator = .treeEnsemble
  ) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = String(decoding: try encoder.encode(Companion(predictor)), as: UTF8.self)
    let file = try ScoringModelFile(
      model: predictor.scoring, attachments: [companion: text, card: ModelCard(predictor).markdown()],
      surveyInputs: predictor.encoding.surveyInputs)
    let data = try file.encoded(form: form, treeOperator: treeOperator)
    _ = try ScoringModelFile.read(data)
    return data
  }

  /// The predictor of a file.
  ///
  /// - Throws: ``ModelFileError``; `missing` when the file is an ONNX model of another kind.
  public static func read(_ data: Data) throws -> SurveyPredictor {
    try predictor(of: ScoringModelFile.read(data), byteCount: data.count)
  }

  /// - Parameter byteCount: Of the whole file.
  public static func predictor(of file: ScoringModelFile, byteCount: Int) throws -> SurveyPredictor {
    guard let text = file.attachments[companion] else {
      throw ModelFileError.missing("codebook, which 'innov4sme train' writes into its models")
    }
    try JSONBounds.check(text, place: companion, byteCount: byteCount)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let companion = try? decoder.decode(Companion.self, from: Data(text.utf8)) else {
      throw ModelFileError.malformed(.onnx, place: "metadata '\(Self.companion)'", reason: "not what is expected there")
    }
    guard let problem = companion.inconsistency(with: file.model) else { return companion.predictor(with: file.model) }
    throw ModelFileError.malformed(.onnx, place: "metadata '\(Self.companion)'", reason: problem)
  }

  /// The rows that the graph of a model takes in the `matrix` form: *n* × (answers + marks).
  public static func graphRows(_ model: ScoringModel, answers: AnswerTable) -> Matrix {
    ScoringInputs(columns: model.columns, design: model.design).matrix(for: answers)
  }

  private struct Companion: Codable {
    var encoding: SurveyEncoding
    var peers: PeerSummaries
    var summaries: AnswerSummaries?
    var provenance: SurveyPredictor.Provenance

    init(_ predictor: SurveyPredictor) {
      encoding = predictor.encoding
      peers = predictor.peers
      summaries = predictor.summaries
      provenance = predictor.provenance
    }

    func predictor(with model: ScoringModel) -> SurveyPredictor {
      SurveyPredictor(
        encoding: encoding, scoring: model, peers: peers, summaries: summaries, provenance: provenance)
    }

    /// What does not fit the model; `nil` when all does.
    func inconsistency(with model: ScoringModel) -> String? {
      guard encoding.features.map(\.feature) == model.columns.map(\.feature) else { return "columns of another model" }
      guard encoding.outcomes == model.outcomes.map(\.id) else { return "outcomes of another model" }
      guard provenance.firmCount >= 0 else { return "a number of firms below 0" }
      let known = Set(encoding.codebook.capabilities.map(\.id))
      guard model.capabilities.allSatisfy({ known.contains($0.id) }) else { return "capabilities of another codebook" }
      if let summaries, !summaries.fits(model.columns) { return "summaries of other answers" }
      let count = model.capabilities.count
      let fits = peers.groups.allSatisfy { group in
        group.levels.count == count && group.levels.allSatisfy { $0.count == 21 || $0.isEmpty }
          && (group.successfulQuartiles.map { $0.count == count && $0.allSatisfy { $0.count == 5 || $0.isEmpty } }
            ?? true)
      }
      return fits ? nil : "peers of other capabilities"
    }
  }
}

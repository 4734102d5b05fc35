import CapabilityScoring
import Foundation
import ModelFormats
import SurveyData

/// Model files: ONNX models that carry what the predictor needs.
enum ModelFile {
  private static let predictorKey = "predictor"

  static func write(_ predictor: SurveyPredictor, to path: String) throws {
    let attachment = String(decoding: try jsonEncoder.encode(Companion(predictor)), as: UTF8.self)
    let file = try ScoringModelFile(
      model: predictor.scoring, attachments: [predictorKey: attachment], levelNames: predictor.levelNames)
    try ResultFile.write(try file.encoded(), to: path)
  }

  static func read(_ path: String) throws -> SurveyPredictor {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file; expected a model that 'train' wrote")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened")
    }
    let file: ScoringModelFile
    do { file = try ScoringModelFile.read(data) } catch {
      throw CommandFailure(.data, "\(path) can't be used as a model: \(error)")
    }
    guard let text = file.attachments[predictorKey],
      let companion = try? jsonDecoder.decode(Companion.self, from: Data(text.utf8))
    else { throw CommandFailure(.data, "\(path) lacks the codebook that 'innov4sme train' writes into its models") }
    return companion.predictor(with: file.model)
  }

  /// What the predictor needs beside the scoring model.
  private struct Companion: Codable {
    var encoding: SurveyEncoding
    var peers: PeerSummaries
    var provenance: SurveyPredictor.Provenance

    init(_ predictor: SurveyPredictor) {
      encoding = predictor.encoding
      peers = predictor.peers
      provenance = predictor.provenance
    }

    func predictor(with model: ScoringModel) -> SurveyPredictor {
      SurveyPredictor(encoding: encoding, scoring: model, peers: peers, provenance: provenance)
    }
  }

  private static var jsonEncoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var jsonDecoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

extension SurveyPredictor {
  /// The texts of the levels of nominal items, by feature name.
  fileprivate var levelNames: [String: [String]] {
    var names: [String: [String]] = [:]
    for feature in encoding.features where feature.kind == .nominal {
      names[feature.id] = feature.levels.map { $0.codes.first?.text ?? $0.label.en }
    }
    return names
  }
}

import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning

/// A scoring model as a file: an ONNX graph that any runtime scores, with all that `predict`, `explain` and `inspect`
/// need in its metadata.
///
/// The numbers of the linear parts and of all trees are read back from the graph itself, so that there is one copy of
/// them and it is the one that other runtimes use. What a graph can't hold (columns, capabilities, encoding, covers of
/// nodes, the training record) is JSON in `metadata_props`, under keys that start with `innov4sme.`.
///
/// A file carries **golden rows**: made-up answers with the outputs that the model gives for them. They are scored again
/// whenever the file is read, and a file that gives other answers is refused.
public struct ScoringModelFile: Sendable {
  /// The version that this package writes; every version up to it is read.
  public static let formatVersion = 1

  public let model: ScoringModel
  /// Texts that travel with the model, by name: the codebook, the model card, what peers answer on average. Never a row
  /// of a firm.
  public let attachments: [String: String]
  /// How the columns of the survey are read, one per column of the model; empty when that is not known.
  public let surveyInputs: [SurveyInput]
  /// Answers nobody gave, and what the model says of them.
  public let goldenRows: GoldenRows
  /// The graph's form of input.
  public let inputForm: ScoringInputForm
  /// The largest difference between what the golden rows should give and what they gave when the file was read: by the
  /// graph, and by the model. 0 for a model that was not read.
  public private(set) var goldenRowDifference = 0.0

  /// A model that is to be written.
  ///
  /// - Parameter surveyInputs: One per column of the model, or none.
  public init(model: ScoringModel, attachments: [String: String] = [:], surveyInputs: [SurveyInput] = []) throws {
    precondition(surveyInputs.isEmpty || surveyInputs.count == model.columns.count, "inputs of other columns")
    try ScoringModelCheck.check(model)
    self.model = model
    self.attachments = attachments
    self.surveyInputs = surveyInputs
    goldenRows = GoldenRows(for: model, form: .matrix, surveyInputs: surveyInputs)
    inputForm = .matrix
  }

  /// The bytes of the ONNX file. The same model gives the same bytes.
  ///
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` when the older tree operator can't hold the trees.
  public func encoded(
    form: ScoringInputForm = .matrix, treeOperator: ONNXTreeOperator = .treeEnsemble
  ) throws -> Data {
    var graph = ScoringGraph(model: model, form: form, treeOperator: treeOperator, surveyInputs: surveyInputs)
    let builder = try graph.build()
    let goldenRows = GoldenRows(for: model, form: form, surveyInputs: surveyInputs)
    let header = ScoringHeader(model: model, form: form, treeOperator: treeOperator, surveyInputs: surveyInputs)
    var metadata = [
      Key.formatVersion: String(Self.formatVersion),
      Key.header: try Self.json(header),
      Key.goldenRows: try Self.json(goldenRows),
    ]
    for (name, text) in attachments { metadata[Key.attachment + name] = text }
    return try builder.model(
      description: "Capability scoring model of Innov4SME: probabilities of outcomes from a firm's answers.",
      metadata: metadata)
  }

  /// Reads a file that ``encoded(form:treeOperator:)`` wrote, now or in an earlier version, and scores its golden rows.
  ///
  /// - Throws: ``ModelFileError``; `missing` when the file is an ONNX model of another kind.
  public static func read(_ data: Data) throws -> ScoringModelFile {
    let message = try ONNXModelReader.message(data)
    // What marks the file as another kind of model comes first, so that a foreign graph is not called damaged.
    guard isScoringModel(message) else { throw ModelFileError.missing(Self.otherKind) }
    return try read(message, program: ONNXProgram(message, byteCount: data.count), byteCount: data.count)
  }

  private static let otherKind = "scoring model; it is an ONNX model of another kind"

  /// A message that was parsed, and the program of its graph.
  static func read(_ message: ONNXModelProto, program: ONNXProgram, byteCount: Int) throws -> ScoringModelFile {
    var metadata: [String: String] = [:]
    for entry in message.metadataProps { metadata[entry.key] = entry.value }
    guard let text = metadata[Key.formatVersion], let version = Int(text), version >= 1 else {
      throw ModelFileError.missing(otherKind)
    }
    guard version <= formatVersion else {
      throw ModelFileError.laterFormatVersion(got: version, newest: formatVersion)
    }
    let header: ScoringHeader = try decode(metadata, Key.header, byteCount)
    let golden: GoldenRows = try decode(metadata, Key.goldenRows, byteCount)
    let model = try header.model(parameters: ScoringParameters(message.graph))
    try ScoringModelCheck.check(model)
    guard header.surveyInputs.isEmpty || header.surveyInputs.count == model.columns.count else {
      throw ModelFileError.malformed(.onnx, place: Key.header, reason: "inputs of other columns")
    }
    var attachments: [String: String] = [:]
    for (key, value) in metadata where key.hasPrefix(Key.attachment) {
      attachments[String(key.dropFirst(Key.attachment.count))] = value
    }
    var file = ScoringModelFile(
      model: model, attachments: attachments, surveyInputs: header.surveyInputs, goldenRows: golden,
      inputForm: header.form)
    let tolerance = header.treeOperator.tolerance
    file.goldenRowDifference = max(
      try golden.verify(model: model, tolerance: tolerance),
      try golden.verify(program: program, of: file, tolerance: tolerance))
    return file
  }

  /// Whether a file says that it is one of ours; for choosing between this and ``ImportedModel``.
  public static func isScoringModel(_ data: Data) -> Bool {
    guard let message = try? ONNXModelReader.message(data) else { return false }
    return isScoringModel(message)
  }

  static func isScoringModel(_ message: ONNXModelProto) -> Bool {
    message.metadataProps.contains { $0.key == Key.formatVersion }
  }

  private init(
    model: ScoringModel, attachments: [String: String], surveyInputs: [SurveyInput], goldenRows: GoldenRows,
    inputForm: ScoringInputForm
  ) {
    self.model = model
    self.attachments = attachments
    self.surveyInputs = surveyInputs
    self.goldenRows = goldenRows
    self.inputForm = inputForm
  }

  enum Key {
    static let formatVersion = "innov4sme.format_version"
    static let header = "innov4sme.model"
    static let goldenRows = "innov4sme.golden_rows"
    static let attachment = "innov4sme.attachment."
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(
    _ metadata: [String: String], _ key: String, _ byteCount: Int
  ) throws -> Value {
    guard let text = metadata[key] else { throw ModelFileError.missing("metadata '\(key)'") }
    try JSONBounds.check(text, place: key, byteCount: byteCount)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return try decoder.decode(Value.self, from: Data(text.utf8))
    } catch {
      throw ModelFileError.malformed(.onnx, place: "metadata '\(key)'", reason: "not what is expected there")
    }
  }
}

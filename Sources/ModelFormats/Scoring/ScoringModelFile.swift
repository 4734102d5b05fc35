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
  /// The texts of the levels of nominal items, by feature name; level *i* is the text at *i*.
  public let levelNames: [String: [String]]
  /// Answers nobody gave, and what the model says of them.
  public let goldenRows: GoldenRows
  /// The graph's form of input.
  public let inputForm: ScoringInputForm

  /// A model that is to be written.
  public init(model: ScoringModel, attachments: [String: String] = [:], levelNames: [String: [String]] = [:]) throws {
    try ScoringModelCheck.check(model)
    self.model = model
    self.attachments = attachments
    self.levelNames = levelNames
    goldenRows = GoldenRows(for: model)
    inputForm = .matrix
  }

  /// The bytes of the ONNX file. The same model gives the same bytes.
  ///
  /// - Throws: ``ModelFileError/notExpressible(_:reason:)`` when the older tree operator can't hold the trees.
  public func encoded(
    form: ScoringInputForm = .matrix, treeOperator: ONNXTreeOperator = .treeEnsemble
  ) throws -> Data {
    var graph = ScoringGraph(model: model, form: form, treeOperator: treeOperator, levelNames: levelNames)
    let builder = try graph.build()
    let header = ScoringHeader(model: model, form: form, treeOperator: treeOperator, levelNames: levelNames)
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
    var metadata: [String: String] = [:]
    for entry in message.metadataProps { metadata[entry.key] = entry.value }
    guard let text = metadata[Key.formatVersion], let version = Int(text), version >= 1 else {
      throw ModelFileError.missing("scoring model; it is an ONNX model of another kind")
    }
    guard version <= formatVersion else {
      throw ModelFileError.laterFormatVersion(got: version, newest: formatVersion)
    }
    let header: ScoringHeader = try decode(metadata, Key.header)
    let golden: GoldenRows = try decode(metadata, Key.goldenRows)
    let model = try header.model(parameters: ScoringParameters(message.graph))
    try ScoringModelCheck.check(model)
    var attachments: [String: String] = [:]
    for (key, value) in metadata where key.hasPrefix(Key.attachment) {
      attachments[String(key.dropFirst(Key.attachment.count))] = value
    }
    let file = ScoringModelFile(
      model: model, attachments: attachments, levelNames: header.levelNames, goldenRows: golden,
      inputForm: header.form)
    try golden.verify(model: model, tolerance: header.treeOperator == .treeEnsemble ? 1e-9 : 1e-5)
    try golden.verify(
      program: ONNXProgram(message, byteCount: data.count), of: file,
      tolerance: header.treeOperator == .treeEnsemble ? 1e-9 : 1e-5)
    return file
  }

  /// Whether a file says that it is one of ours; for choosing between this and ``ImportedModel``.
  public static func isScoringModel(_ data: Data) -> Bool {
    guard let message = try? ONNXModelReader.message(data) else { return false }
    return message.metadataProps.contains { $0.key == Key.formatVersion }
  }

  private init(
    model: ScoringModel, attachments: [String: String], levelNames: [String: [String]], goldenRows: GoldenRows,
    inputForm: ScoringInputForm
  ) {
    self.model = model
    self.attachments = attachments
    self.levelNames = levelNames
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

  private static func decode<Value: Decodable>(_ metadata: [String: String], _ key: String) throws -> Value {
    guard let text = metadata[key] else { throw ModelFileError.missing("metadata '\(key)'") }
    try JSONDepth.check(text, place: key)
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

/// JSON parsers recurse: a few kilobytes of brackets could use up the stack.
enum JSONDepth {
  static func check(_ text: String, place: String, format: ModelFileFormat = .onnx, limit: Int = 64) throws {
    var depth = 0
    var isInString = false
    var isEscaped = false
    for byte in text.utf8 {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
        continue
      }
      switch byte {
      case 0x22: isInString = true
      case 0x5B, 0x7B:
        depth += 1
        guard depth <= limit else {
          throw ModelFileError.malformed(format, place: place, reason: "nested more than \(limit) deep")
        }
      case 0x5D, 0x7D: depth -= 1
      default: break
      }
    }
  }
}

import CapabilityScoring
import Foundation

/// What a model file holds: what `innov4sme inspect` shows. Made of any bytes without failing; what is wrong with them is
/// in ``problem``.
public struct ModelFileSummary: Sendable, Equatable, Codable {
  public struct Port: Sendable, Equatable, Codable {
    public var name: String
    /// `double`, `float`, `int64`, `string`, …
    public var type: String
    /// Sizes, `nil` where open.
    public var shape: [Int?]
  }

  public var format: ModelFileFormat?
  public var byteCount: Int
  /// Whether it is a scoring model of this package, and of which version.
  public var formatVersion: Int?
  public var producer: String?
  public var description: String?
  public var inputs: [Port] = []
  public var outputs: [Port] = []
  /// How often each operator occurs.
  public var operators: [String: Int] = [:]
  public var featureCount: Int?
  /// Of a model that another tool wrote.
  public var featureNames: [String] = []
  public var treeCount: Int?
  public var classNames: [String] = []
  /// The names of the texts that travel with a scoring model.
  public var attachments: [String] = []
  /// How many golden rows were scored again and gave the answers that the file says.
  public var verifiedRowCount: Int?
  /// Why the file can't be used, in a sentence; `nil` when it can.
  public var problem: String?

  public init(inspecting data: Data) { self = Self.examine(data).summary }

  /// The summary, and what was read for it unless there is a problem.
  public static func examine(_ data: Data) -> (summary: ModelFileSummary, content: ModelFileContent?) {
    var summary = ModelFileSummary(byteCount: data.count)
    do {
      let content = try summary.read(data)
      return (summary, content)
    } catch {
      summary.problem = (error as? ModelFileError).map { "\($0)" } ?? "\(error)"
      return (summary, nil)
    }
  }

  private init(byteCount: Int) { self.byteCount = byteCount }

  private mutating func read(_ data: Data) throws -> ModelFileContent {
    format = ModelFileFormat.detect(data)
    let content = format == .onnx ? try readGraph(data) : .imported(try ImportedModel.read(data))
    switch content {
    case .scoring(let file):
      attachments = file.attachments.keys.sorted()
      verifiedRowCount = file.goldenRows.rows.count
      featureCount = file.model.columns.count
      let counts = file.model.outcomes.compactMap { $0.trees?.trees.count }
      treeCount = counts.isEmpty ? nil : counts.reduce(0, +)
    case .imported(let model):
      featureCount = model.featureCount
      featureNames = model.featureNames
      treeCount = model.trees?.trees.count
      classNames = model.classNames
    }
    return content
  }

  private mutating func readGraph(_ data: Data) throws -> ModelFileContent {
    let message = try ONNXModelReader.message(data)
    producer = [message.producerName, message.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    description = message.docString.isEmpty ? nil : message.docString
    formatVersion = message.metadataProps.first { $0.key == ScoringModelFile.Key.formatVersion }.flatMap {
      Int($0.value)
    }
    for node in message.graph.node { operators[node.opType, default: 0] += 1 }
    let program = try ONNXProgram(message, byteCount: data.count)
    func ports(_ ports: [ONNXProgram.Port]) -> [Port] {
      ports.map { Port(name: $0.name, type: $0.type.map { "\($0)" } ?? "other", shape: $0.shape ?? []) }
    }
    inputs = ports(program.inputs)
    outputs = ports(program.outputs)
    return try ModelFileContent.read(message, program: program, byteCount: data.count)
  }
}

import Foundation

/// Puts an ONNX model together: inputs, constants, nodes and outputs, each value known by its name.
///
/// Operator sets `ai.onnx` 21 and `ai.onnx.ml` 5 (4 with the older tree operator), IR version 10.
struct ONNXGraphBuilder {
  /// A value in the graph.
  struct Value: Sendable, Hashable {
    let name: String
  }

  /// A dimension of an input or output: the number of rows is open, all others are known.
  enum Dimension {
    case rows
    case count(Int)
  }

  enum Attribute {
    case integer(Int)
    case float(Float)
    case string(String)
    case integers([Int])
    case floats([Float])
    case strings([String])
    case tensor(Tensor)
  }

  private var graph = ONNXGraphProto()
  private var nameCounts: [String: Int] = [:]
  /// The version of `ai.onnx.ml`: 5, or 4 where a node needs an operator that 5 has retired.
  var machineLearningVersion: Int64 = 5

  init(name: String) { graph.name = name }

  /// A name that no other value has: `base`, `base_1`, …
  private mutating func unique(_ base: String) -> String {
    let count = nameCounts[base, default: 0]
    nameCounts[base] = count + 1
    return count == 0 ? base : "\(base)_\(count)"
  }

  private static func description(_ name: String, _ type: ElementType, _ shape: [Dimension]) -> ONNXValueInfoProto {
    var info = ONNXValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = type.rawValue
    info.type.tensorType.shape.dim = shape.map { dimension in
      var message = ONNXTensorShapeProto.Dimension()
      switch dimension {
      case .rows: message.dimParam = "firms"
      case .count(let count): message.dimValue = Int64(count)
      }
      return message
    }
    return info
  }

  mutating func input(_ name: String, _ type: ElementType, _ shape: [Dimension]) -> Value {
    let name = unique(name)
    graph.input.append(Self.description(name, type, shape))
    return Value(name: name)
  }

  /// Makes `value` an output named `name`.
  mutating func output(_ value: Value, _ name: String, _ type: ElementType, _ shape: [Dimension]) {
    let name = unique(name)
    var node = ONNXNodeProto()
    node.opType = "Identity"
    node.input = [value.name]
    node.output = [name]
    graph.node.append(node)
    graph.output.append(Self.description(name, type, shape))
  }

  mutating func constant(_ tensor: Tensor, _ name: String) -> Value {
    let name = unique(name)
    graph.initializer.append(tensor.message(named: name))
    return Value(name: name)
  }

  mutating func constant(_ values: [Double], shape: [Int]? = nil, _ name: String) -> Value {
    constant(Tensor(shape: shape ?? [values.count], doubles: values), name)
  }

  mutating func constant(_ value: Double, _ name: String) -> Value {
    constant([value], shape: [], name)
  }

  mutating func indices(_ values: [Int], _ name: String) -> Value {
    constant(Tensor(shape: [values.count], int64s: values.map(Int64.init)), name)
  }

  /// A node of one output.
  mutating func node(
    _ operation: String, _ inputs: [Value], _ attributes: [(String, Attribute)] = [], domain: String = "",
    name: String? = nil
  ) -> Value {
    var node = ONNXNodeProto()
    node.opType = operation
    if !domain.isEmpty { node.domain = domain }
    let output = unique(name ?? operation.lowercased())
    if let name { node.name = name }
    node.input = inputs.map(\.name)
    node.output = [output]
    node.attribute = attributes.map { Self.message($0.0, $0.1) }
    graph.node.append(node)
    return Value(name: output)
  }

  private static func message(_ name: String, _ attribute: Attribute) -> ONNXAttributeProto {
    var message = ONNXAttributeProto()
    message.name = name
    switch attribute {
    case .float(let value): (message.f, message.type) = (value, 1)
    case .integer(let value): (message.i, message.type) = (Int64(value), 2)
    case .string(let value): (message.s, message.type) = (Data(value.utf8), 3)
    case .tensor(let value): (message.t, message.type) = (value.message(named: name), 4)
    case .floats(let values): (message.floats, message.type) = (values, 6)
    case .integers(let values): (message.ints, message.type) = (values.map(Int64.init), 7)
    case .strings(let values): (message.strings, message.type) = (values.map { Data($0.utf8) }, 8)
    }
    return message
  }

  /// The model's bytes. Deterministic: metadata stands in the order of its keys.
  func model(description: String, metadata: [String: String]) throws -> Data {
    var model = ONNXModelProto()
    model.irVersion = 10
    model.producerName = "Innov4SME"
    model.producerVersion = "1"
    model.domain = "innov4sme"
    model.modelVersion = 1
    model.docString = description
    model.graph = graph
    // Constants that no node came to use: runtimes warn of them.
    let used = Set(graph.node.flatMap(\.input))
    model.graph.initializer.removeAll { !used.contains($0.name) }
    let operatorSets: [(domain: String, version: Int64)] = [("", 21), ("ai.onnx.ml", machineLearningVersion)]
    model.opsetImport = operatorSets.map { set in
      var message = ONNXOperatorSetIdProto()
      message.domain = set.domain
      message.version = set.version
      return message
    }
    model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
      var message = ONNXStringStringEntryProto()
      message.key = key
      message.value = value
      return message
    }
    return try model.serializedBytes()
  }
}

// The steps that several models share, all in double precision.
extension ONNXGraphBuilder {
  mutating func add(_ a: Value, _ b: Value) -> Value { node("Add", [a, b]) }
  mutating func subtract(_ a: Value, _ b: Value) -> Value { node("Sub", [a, b]) }
  mutating func multiply(_ a: Value, _ b: Value) -> Value { node("Mul", [a, b]) }
  mutating func divide(_ a: Value, _ b: Value) -> Value { node("Div", [a, b]) }
  mutating func choose(_ condition: Value, _ a: Value, _ b: Value) -> Value { node("Where", [condition, a, b]) }

  /// The columns at `columns`, in that order.
  mutating func gather(_ matrix: Value, columns: [Int], _ name: String) -> Value {
    let indices = indices(columns, name + ".columns")
    return node("Gather", [matrix, indices], [("axis", .integer(1))])
  }

  mutating func concatenate(_ parts: [Value]) -> Value {
    parts.count == 1 ? parts[0] : node("Concat", parts, [("axis", .integer(1))])
  }

  mutating func sigmoid(_ value: Value) -> Value { node("Sigmoid", [value]) }
  mutating func negated(_ value: Value) -> Value { node("Neg", [value]) }

  /// Truth values as 0 and 1.
  mutating func double(_ truth: Value) -> Value {
    node("Cast", [truth], [("to", .integer(Int(ElementType.double.rawValue)))])
  }
}

import Foundation
import SwiftProtobuf

/// An ONNX graph that has been checked and can be run: operators in an order in which every input is ready.
///
/// Nothing of a file runs before all of it is checked: the bytes (``ONNXWireAudit``), every operator with its attributes,
/// that names are defined once and before their use (so that there is no cycle), and all constants.
struct ONNXProgram: Sendable {
  struct Port: Sendable {
    let name: String
    /// `nil` for the sequences and maps that `ZipMap` announces.
    let type: ElementType?
    /// `nil` where a dimension is open.
    let shape: [Int?]?
    fileprivate(set) var slot = 0
  }

  struct Step: Sendable {
    let operation: any Operator
    let operatorName: String
    let name: String
    let inputs: [Int?]
    let outputs: [Int]
    /// Slots that nothing after this step reads.
    var released: [Int] = []
  }

  let inputs: [Port]
  let outputs: [Port]
  /// The names that the metadata gives to the columns of the input, where this package wrote a sum of trees.
  let featureNames: [String]?
  private(set) var steps: [Step]
  private let constants: [Int: Tensor]
  private let slotCount: Int
  /// The size that the work and the memory of a run are measured against.
  let byteCount: Int

  /// Names and kinds of features are made for as many as the file can justify, a few bytes each.
  var mostFeatures: Int { max(1 << 12, byteCount / 8) }

  init(_ model: ONNXModelProto, byteCount: Int) throws {
    self.byteCount = byteCount
    let graph = model.graph
    var versions: [String: Int] = [:]
    for entry in model.opsetImport { versions[entry.domain == "ai.onnx" ? "" : entry.domain] = Int(entry.version) }
    var slots: [String: Int] = [:]
    func define(_ name: String) throws -> Int {
      guard !name.isEmpty, slots[name] == nil else {
        throw ModelFileError.malformed(.onnx, place: "graph", reason: "the value '\(name)' is defined twice")
      }
      slots[name] = slots.count
      return slots.count - 1
    }
    var constants: [Int: Tensor] = [:]
    for initializer in graph.initializer {
      constants[try define(initializer.name)] = try Tensor(initializer)
    }
    var inputs: [Port] = []
    for info in graph.input where slots[info.name] == nil {
      var port = Self.port(info)
      guard port.type != nil else {
        throw ModelFileError.unsupported(.onnx, feature: "the type of the input '\(info.name)'")
      }
      port.slot = try define(info.name)
      inputs.append(port)
    }
    var steps: [Step] = []
    // Output names of steps are unique, and slots of unused outputs cost nothing.
    for node in graph.node {
      let stepInputs = try node.input.map { name -> Int? in
        if name.isEmpty { return nil }
        guard let slot = slots[name] else {
          throw ModelFileError.malformed(
            .onnx, place: "operator \(node.opType)", reason: "its input '\(name)' is not defined before it")
        }
        return slot
      }
      let domain = node.domain == "ai.onnx" ? "" : node.domain
      let operation: any Operator
      do {
        operation = try OperatorFactory.make(OperatorNode(node, operatorSetVersion: versions[domain] ?? 1))
      } catch let failure as OperatorFailure {
        throw ModelFileError.invalidNode(operator: node.opType, node: node.name, reason: failure.reason)
      }
      var outputs: [Int] = []
      for (index, name) in node.output.enumerated() {
        outputs.append(try define(name.isEmpty ? "\u{0}unused \(steps.count) \(index)" : name))
      }
      guard !outputs.isEmpty else {
        throw ModelFileError.invalidNode(operator: node.opType, node: node.name, reason: "no output")
      }
      steps.append(
        Step(operation: operation, operatorName: node.opType, name: node.name, inputs: stepInputs, outputs: outputs))
    }
    guard !graph.output.isEmpty else { throw ModelFileError.missing("output") }
    outputs = try graph.output.map { info in
      guard let slot = slots[info.name] else {
        throw ModelFileError.malformed(.onnx, place: "graph", reason: "the output '\(info.name)' is not computed")
      }
      var port = Self.port(info)
      port.slot = slot
      return port
    }
    featureNames = model.metadataProps.first { $0.key == ModelConversion.featureNamesKey }.flatMap {
      try? ModelConversion.featureNames($0.value, byteCount: byteCount)
    }
    self.inputs = inputs
    self.constants = constants
    slotCount = slots.count
    self.steps = steps
    markReleases()
  }

  private static func port(_ info: ONNXValueInfoProto) -> Port {
    guard info.type.hasTensorType else { return Port(name: info.name, type: nil, shape: nil) }
    let tensor = info.type.tensorType
    let shape = tensor.shape.dim.map { dimension -> Int? in
      if case .dimValue(let value) = dimension.value, value >= 0 { return Int(value) }
      return nil
    }
    return Port(
      name: info.name, type: ElementType(rawValue: tensor.elemType), shape: tensor.hasShape ? shape : nil)
  }

  private mutating func markReleases() {
    var seen = Set(outputs.map(\.slot))
    seen.formUnion(constants.keys)
    for index in steps.indices.reversed() {
      for slot in steps[index].inputs.compactMap({ $0 }) + steps[index].outputs where seen.insert(slot).inserted {
        steps[index].released.append(slot)
      }
    }
  }

  /// Runs the graph on `inputs`, by name.
  ///
  /// - Parameter rowCount: How many rows are scored at once; the budget is in proportion.
  /// - Returns: The outputs, in the order of the graph's.
  func run(_ values: [String: Tensor], rowCount: Int) throws -> [Tensor] {
    do {
      return try runOnce(values, rowCount: rowCount)
    } catch EvaluationBudget.Exceeded.work {
      throw ModelFileError.tooLarge(
        what: "work to score \(rowCount) rows", got: .max, limit: Self.work(byteCount, rowCount))
    } catch EvaluationBudget.Exceeded.elements {
      throw ModelFileError.tooLarge(what: "elements of one tensor", got: .max, limit: Self.elements(byteCount))
    }
  }

  private static func work(_ byteCount: Int, _ rowCount: Int) -> Int { (rowCount + 4) * (8 * byteCount + 500_000) }
  private static func elements(_ byteCount: Int) -> Int { max(1 << 16, byteCount) }

  /// - Throws: ``EvaluationBudget/Exceeded`` besides errors of the model.
  func runOnce(_ values: [String: Tensor], rowCount: Int) throws -> [Tensor] {
    var slots = [Tensor?](repeating: nil, count: slotCount)
    for (slot, tensor) in constants { slots[slot] = tensor }
    for port in inputs {
      guard let tensor = values[port.name] else {
        throw ModelFileError.input(name: port.name, reason: "it is missing")
      }
      guard tensor.type == port.type else {
        throw ModelFileError.input(name: port.name, reason: "elements of another type than the model takes")
      }
      if let shape = port.shape {
        guard shape.count == tensor.rank, zip(shape, tensor.shape).dropFirst().allSatisfy({ $0 == nil || $0 == $1 })
        else { throw ModelFileError.input(name: port.name, reason: "the shape \(tensor.shape)") }
      }
      slots[port.slot] = tensor
    }
    var budget = EvaluationBudget(
      work: Self.work(byteCount, rowCount), tensorElements: Self.elements(byteCount))
    // Elements alive at once are bounded too, not only those of one tensor.
    var live = 0
    for step in steps {
      let results: [Tensor]
      do {
        results = try step.operation.evaluate(step.inputs.map { $0.flatMap { slots[$0] } }, &budget)
      } catch let failure as OperatorFailure {
        throw ModelFileError.invalidNode(operator: step.operatorName, node: step.name, reason: failure.reason)
      }
      for (index, slot) in step.outputs.enumerated() where index < results.count {
        slots[slot] = results[index]
        live += results[index].count
      }
      guard live <= 4 * budget.tensorElements else { throw EvaluationBudget.Exceeded.elements }
      for slot in step.released {
        if let tensor = slots[slot] { live -= tensor.count }
        slots[slot] = nil
      }
    }
    return try outputs.map { port in
      guard let tensor = slots[port.slot] else {
        throw ModelFileError.malformed(.onnx, place: "graph", reason: "the output '\(port.name)' is not computed")
      }
      return tensor
    }
  }
}

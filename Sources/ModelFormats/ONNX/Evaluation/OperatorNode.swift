import Foundation

/// A node of a graph while its operator is being made: typed access to its attributes, and errors that name it.
struct OperatorNode {
  let message: ONNXNodeProto
  /// The version of the operator set that the model imports for the node's domain.
  let operatorSetVersion: Int
  private let attributes: [String: ONNXAttributeProto]

  init(_ message: ONNXNodeProto, operatorSetVersion: Int) throws {
    self.message = message
    self.operatorSetVersion = operatorSetVersion
    var attributes: [String: ONNXAttributeProto] = [:]
    for attribute in message.attribute {
      guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
        throw ModelFileError.invalidNode(
          operator: message.opType, node: message.name, reason: "attribute '\(attribute.name)' is there twice")
      }
    }
    self.attributes = attributes
  }

  var inputCount: Int { message.input.count }
  var outputCount: Int { message.output.count }

  func failure(_ reason: String) -> ModelFileError {
    .invalidNode(operator: message.opType, node: message.name, reason: reason)
  }

  func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
    if !condition { throw failure(reason()) }
  }

  func requireInputs(_ range: ClosedRange<Int>) throws {
    try require(range.contains(inputCount), "\(inputCount) inputs")
    try require(message.input.prefix(range.lowerBound).allSatisfy { !$0.isEmpty }, "an input that it needs is left out")
  }

  func has(_ name: String) -> Bool { attributes[name] != nil }

  func integer(_ name: String, default value: Int) throws -> Int {
    guard let attribute = attributes[name] else { return value }
    try require(attribute.hasI, "attribute '\(name)' is not an integer")
    return Int(attribute.i)
  }

  func float(_ name: String, default value: Double) throws -> Double {
    guard let attribute = attributes[name] else { return value }
    try require(attribute.hasF, "attribute '\(name)' is not a number")
    return Double(attribute.f)
  }

  func string(_ name: String, default value: String) throws -> String {
    guard let attribute = attributes[name] else { return value }
    try require(attribute.hasS, "attribute '\(name)' is not text")
    return try text(attribute.s, name)
  }

  func floats(_ name: String) -> [Double] { attributes[name]?.floats.map(Double.init) ?? [] }
  func integers(_ name: String) -> [Int] { attributes[name]?.ints.map { Int($0) } ?? [] }
  func strings(_ name: String) throws -> [String] { try attributes[name]?.strings.map { try text($0, name) } ?? [] }

  func tensor(_ name: String) throws -> Tensor? {
    guard let attribute = attributes[name] else { return nil }
    try require(attribute.hasT, "attribute '\(name)' is not a tensor")
    return try Tensor(attribute.t)
  }

  /// The reals of a tensor attribute, or of a list of floats of the older form of the operator.
  func reals(tensor: String, floats name: String) throws -> [Double] {
    guard let tensor = try self.tensor(tensor) else { return floats(name) }
    guard case .real(let values) = tensor.elements else { throw failure("attribute '\(name)' has no real numbers") }
    return values
  }

  /// The axis `axis`, counted from the end when negative, in a tensor of `rank` dimensions.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    try require(axis >= -rank && axis < rank, "axis \(axis) of a tensor of \(rank) dimensions")
    return axis < 0 ? axis + rank : axis
  }

  private func text(_ bytes: Data, _ name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw failure("attribute '\(name)' is not UTF-8 text")
    }
    return text
  }
}

import Foundation

extension Tensor {
  /// The tensor of a message, every count checked against its shape.
  ///
  /// - Throws: ``ModelFileError/malformed(_:place:reason:)`` or, for element types not used here, `unsupported`.
  init(_ message: ONNXTensorProto) throws {
    func malformed(_ reason: String) -> ModelFileError {
      .malformed(.onnx, place: "tensor '\(message.name)'", reason: reason)
    }
    guard message.dataLocation == 0 else { throw ModelFileError.unsupported(.onnx, feature: "data outside the file") }
    guard let type = ElementType(rawValue: message.dataType) else {
      throw ModelFileError.unsupported(.onnx, feature: "tensors of element type \(message.dataType)")
    }
    guard message.dims.count <= 8 else { throw malformed("\(message.dims.count) dimensions") }
    let shape = message.dims.map { Int($0) }
    guard let count = try? EvaluationBudget.count(of: shape) else {
      throw malformed("the shape \(message.dims) is not possible")
    }
    func checked<Value>(_ values: [Value]) throws -> [Value] {
      guard values.count == count else { throw malformed("\(values.count) elements for the shape \(shape)") }
      return values
    }
    let raw = message.rawData
    func rawValues<Value>(_: Value.Type, _ size: Int) throws -> [Value]? {
      guard message.hasRawData, !raw.isEmpty || count == 0 else { return nil }
      guard raw.count % size == 0, raw.count / size == count else {
        throw malformed("\(raw.count) bytes for the shape \(shape)")
      }
      return raw.withUnsafeBytes { bytes in
        (0..<count).map { bytes.loadUnaligned(fromByteOffset: $0 * size, as: Value.self) }
      }
    }
    switch type {
    case .float:
      let values = try rawValues(UInt32.self, 4)?.map { Float(bitPattern: UInt32(littleEndian: $0)) }
      self.init(type, shape: shape, .real(try checked(values ?? message.floatData).map(Double.init)))
    case .double:
      let values = try rawValues(UInt64.self, 8)?.map { Double(bitPattern: UInt64(littleEndian: $0)) }
      self.init(type, shape: shape, .real(try checked(values ?? message.doubleData)))
    case .int64:
      let values = try rawValues(Int64.self, 8)?.map { Int64(littleEndian: $0) }
      self.init(type, shape: shape, .integer(try checked(values ?? message.int64Data)))
    case .int32:
      let values = try rawValues(Int32.self, 4)?.map { Int32(littleEndian: $0) }
      self.init(type, shape: shape, .integer(try checked(values ?? message.int32Data).map(Int64.init)))
    case .uint8:
      let values = try rawValues(UInt8.self, 1)?.map { Int64($0) }
      self.init(type, shape: shape, .integer(try checked(values ?? message.int32Data.map { Int64($0) })))
    case .int16:
      let values = try rawValues(Int16.self, 2)?.map { Int64(Int16(littleEndian: $0)) }
      self.init(type, shape: shape, .integer(try checked(values ?? message.int32Data.map { Int64($0) })))
    case .bool:
      let values = try rawValues(UInt8.self, 1)?.map { $0 != 0 }
      self.init(type, shape: shape, .boolean(try checked(values ?? message.int32Data.map { $0 != 0 })))
    case .string:
      let values = try checked(message.stringData).map { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("text that is not UTF-8") }
        return text
      }
      self.init(type, shape: shape, .text(values))
    }
  }

  /// The message of the tensor, numbers as raw little-endian bytes.
  func message(named name: String) -> ONNXTensorProto {
    var message = ONNXTensorProto()
    message.name = name
    message.dims = shape.map(Int64.init)
    message.dataType = type.rawValue
    func bytes<Value: FixedWidthInteger>(_ values: some Sequence<Value>) -> Data {
      var data = Data()
      for value in values { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
      return data
    }
    switch (elements, type) {
    case (.real(let values), .float): message.rawData = bytes(values.lazy.map { Float($0).bitPattern })
    case (.real(let values), _): message.rawData = bytes(values.lazy.map(\.bitPattern))
    case (.integer(let values), .int32): message.rawData = bytes(values.lazy.map { Int32(truncatingIfNeeded: $0) })
    case (.integer(let values), .int16): message.rawData = bytes(values.lazy.map { Int16(truncatingIfNeeded: $0) })
    case (.integer(let values), .uint8): message.rawData = Data(values.map { UInt8(truncatingIfNeeded: $0) })
    case (.integer(let values), _): message.rawData = bytes(values)
    case (.boolean(let values), _): message.rawData = Data(values.map { $0 ? 1 : 0 })
    case (.text(let values), _): message.stringData = values.map { Data($0.utf8) }
    }
    return message
  }
}

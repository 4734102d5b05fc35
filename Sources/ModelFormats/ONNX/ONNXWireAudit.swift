import Foundation

/// Walks the bytes of an ONNX file before anything is allocated for them.
///
/// It checks that every length stays inside its parent, refuses what this package never runs (subgraphs, functions,
/// sparse tensors, external data) by name, and adds up the memory that the parsed messages will take: a message of two
/// bytes may become hundreds, so a limit on the file's size alone bounds nothing. The depth is bounded by the schema,
/// in which no message contains itself.
struct ONNXWireAudit {
  private enum Message {
    case model, graph, node, attribute, tensor, valueInfo, type, tensorType, shape, dimension, entry, operatorSet

    var name: String {
      switch self {
      case .model: "model"
      case .graph: "graph"
      case .node: "node"
      case .attribute: "attribute"
      case .tensor: "tensor"
      case .valueInfo: "value"
      case .type, .tensorType: "type"
      case .shape, .dimension: "shape"
      case .entry: "metadata"
      case .operatorSet: "operator set"
      }
    }

    /// Bytes of memory that one such message takes when it is empty, storage class included; generous.
    var cost: Int {
      switch self {
      case .model, .graph: 512
      case .node, .attribute, .tensor: 288
      case .valueInfo, .type, .tensorType, .entry, .operatorSet: 96
      case .shape, .dimension: 64
      }
    }
  }

  private enum Field {
    case message(Message)
    /// A string or bytes.
    case text
    /// Numbers of a fixed size, packed or one by one: as many bytes in memory as in the file.
    case fixed
    /// Numbers of one byte or more in the file, and so many in memory.
    case varints(Int)
    case refused(String)
    case unknown
  }

  private let bytes: UnsafeRawBufferPointer
  private var cost = 0
  private let limit: Int

  /// - Throws: ``ModelFileError`` when the bytes are not an ONNX model that can be parsed within
  ///   `memoryFactor` times the size of the file and a constant.
  static func check(_ data: Data, memoryFactor: Int = 6, slack: Int = 1 << 20) throws {
    try data.withUnsafeBytes { bytes in
      var audit = ONNXWireAudit(bytes: bytes, limit: bytes.count * memoryFactor + slack)
      try audit.walk(0..<bytes.count, .model)
    }
  }

  private init(bytes: UnsafeRawBufferPointer, limit: Int) {
    self.bytes = bytes
    self.limit = limit
  }

  private static func field(_ message: Message, _ number: UInt64) -> Field {
    switch (message, number) {
    case (.model, 7): .message(.graph)
    case (.model, 8): .message(.operatorSet)
    case (.model, 14): .message(.entry)
    case (.model, 20): .refused("training information")
    case (.model, 25): .refused("functions defined in the file")
    case (.model, 2...4), (.model, 6): .text
    case (.graph, 1): .message(.node)
    case (.graph, 5): .message(.tensor)
    case (.graph, 11...13): .message(.valueInfo)
    case (.graph, 15): .refused("sparse initializers")
    case (.graph, 2), (.graph, 10): .text
    case (.node, 5): .message(.attribute)
    case (.node, 1...4), (.node, 7): .text
    case (.attribute, 5): .message(.tensor)
    case (.attribute, 6), (.attribute, 11): .refused("subgraphs (If, Loop, Scan)")
    case (.attribute, 22), (.attribute, 23): .refused("sparse tensors")
    case (.attribute, 1), (.attribute, 4), (.attribute, 9): .text
    case (.attribute, 7), (.tensor, 4), (.tensor, 10): .fixed
    case (.attribute, 8), (.tensor, 1), (.tensor, 7): .varints(8)
    case (.tensor, 13): .refused("data outside the file")
    case (.tensor, 5): .varints(4)
    case (.tensor, 6), (.tensor, 8), (.tensor, 9): .text
    case (.valueInfo, 2): .message(.type)
    case (.valueInfo, 1), (.valueInfo, 3): .text
    case (.type, 1): .message(.tensorType)
    case (.tensorType, 2): .message(.shape)
    case (.shape, 1): .message(.dimension)
    case (.dimension, 2): .text
    case (.entry, 1), (.entry, 2): .text
    case (.operatorSet, 1): .text
    default: .unknown
    }
  }

  private func malformed(_ message: Message, _ reason: String) -> ModelFileError {
    .malformed(.onnx, place: message.name, reason: reason)
  }

  private mutating func charge(_ amount: Int) throws {
    cost += amount
    if cost > limit {
      throw ModelFileError.tooLarge(what: "memory to read the file, in bytes", got: cost, limit: limit)
    }
  }

  private func varint(_ position: inout Int, _ end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 70 {
      let byte = bytes[position]
      position += 1
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  private mutating func walk(_ range: Range<Int>, _ message: Message) throws {
    try charge(message.cost)
    var position = range.lowerBound
    while position < range.upperBound {
      guard let tag = varint(&position, range.upperBound), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
        throw malformed(message, "the bytes at \(position) are not a field")
      }
      let field = Self.field(message, tag >> 3)
      if case .refused(let feature) = field { throw ModelFileError.unsupported(.onnx, feature: feature) }
      switch tag & 7 {
      case 0:
        guard varint(&position, range.upperBound) != nil else { throw malformed(message, "a number is cut off") }
        if case .varints(let size) = field { try charge(size) }
      case 1, 5:
        let size = tag & 7 == 1 ? 8 : 4
        guard range.upperBound - position >= size else { throw malformed(message, "a number is cut off") }
        position += size
        if case .fixed = field { try charge(size) }
      case 2:
        guard let length = varint(&position, range.upperBound), length <= UInt64(range.upperBound - position) else {
          throw malformed(message, "a length at \(position) reaches beyond its message: the file is damaged or cut off")
        }
        let body = position..<position + Int(length)
        position = body.upperBound
        try walkBody(body, field)
      default:
        throw malformed(message, "wire type \(tag & 7) at \(position) is not used by ONNX")
      }
    }
  }

  private mutating func walkBody(_ body: Range<Int>, _ field: Field) throws {
    switch field {
    case .message(let child): try walk(body, child)
    case .text: try charge(body.count <= 14 ? 16 : body.count + 64)
    case .fixed: try charge(body.count)
    case .varints(let size):
      // Packed: each number ends with a byte below 128.
      var count = 0
      for position in body where bytes[position] < 0x80 { count += 1 }
      try charge(count * size)
    case .unknown, .refused: try charge(body.count)
    }
  }
}

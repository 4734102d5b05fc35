import Foundation
import StatisticalLearning

/// Damages model files, for tests that nothing in a file can bring a program down.
///
/// Half of the mutations are of bytes (flipped, replaced, cut out, repeated, cut off, parts of another file); the other half
/// know the structure: in ONNX indices, counts, shapes, references and numbers inside messages whose lengths still fit; in
/// texts whole numbers and lines.
public struct ModelFileMutator: Sendable {
  private var generator: CounterBasedGenerator

  public init(seed: UInt64) { generator = CounterBasedGenerator(seed: seed, purpose: "model file mutation") }

  /// A changed copy of `data`, sometimes with parts of `other`.
  public mutating func mutation(of data: Data, other: Data) -> Data {
    if Bool.random(using: &generator) {
      switch ModelFileFormat.detect(data) {
      case .onnx: if let changed = structural(data) { return changed }
      case .lightGBM, .xgboost: if let changed = textual(data) { return changed }
      case nil: break
      }
    }
    var bytes = Array(data)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { break }
      let position = Int.random(in: 0..<bytes.count, using: &generator)
      let length = min(bytes.count - position, Int.random(in: 1...64, using: &generator))
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1:
        bytes[position] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(ascii: "9"), UInt8(ascii: "-")].randomElement(
          using: &generator)!
      case 2: bytes.removeSubrange(position..<position + length)
      case 3: bytes.insert(contentsOf: bytes[position..<position + length], at: position)
      case 4: bytes.removeSubrange(position...)
      case 5:
        guard !other.isEmpty else { continue }
        let start = Int.random(in: 0..<other.count, using: &generator)
        let end = min(other.count, start + Int.random(in: 1...512, using: &generator))
        bytes.replaceSubrange(
          position..<position + length, with: other[other.startIndex + start..<other.startIndex + end])
      default:
        for offset in position..<position + length { bytes[offset] = UInt8.random(in: 0...255, using: &generator) }
      }
    }
    return Data(bytes)
  }

  /// Numbers replaced, exchanged or taken out, lines repeated or taken out; `nil` for a binary form.
  private mutating func textual(_ data: Data) -> Data? {
    var bytes = Array(data)
    guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      guard !bytes.isEmpty else { break }
      let start = Int.random(in: 0..<bytes.count, using: &generator)
      if Int.random(in: 0..<8, using: &generator) == 0 {
        guard let line = Self.line(at: start, in: bytes) else { continue }
        if Bool.random(using: &generator) {
          bytes.insert(contentsOf: bytes[line], at: line.lowerBound)
        } else {
          bytes.removeSubrange(line)
        }
      } else if let number = Self.number(from: start, in: bytes) {
        let texts = [
          "-1", "0", "1", "2", "3", "99", "1000000", "2147483647", "2147483648", "-2147483649", "99999999999999999999",
          "1e308", "-1e999", "nan", "0.5", "",
        ]
        bytes.replaceSubrange(number, with: texts.randomElement(using: &generator)!.utf8)
      }
    }
    return Data(bytes)
  }

  private static func line(at position: Int, in bytes: [UInt8]) -> Range<Int>? {
    let start = bytes[..<position].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    // JSON is one line: nothing to tell apart.
    return end - start < bytes.count ? start..<end : nil
  }

  private static func number(from position: Int, in bytes: [UInt8]) -> Range<Int>? {
    func isPart(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E }
    guard let start = bytes[position...].firstIndex(where: isPart) else { return nil }
    return start..<(bytes[start...].firstIndex { !isPart($0) } ?? bytes.count)
  }

  private mutating func extreme() -> Int64 {
    let values: [Int64] = [-1, 0, 1, 2, 3, 7, 1000, 1 << 20, 1 << 31, .max, .min, -2, 1 << 40]
    return values.randomElement(using: &generator)!
  }

  /// `nil` when the bytes are no ONNX model.
  private mutating func structural(_ data: Data) -> Data? {
    guard ModelFileFormat.detect(data) == .onnx, var model = try? ONNXModelProto(serializedBytes: data),
      !model.graph.node.isEmpty
    else { return nil }
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      guard !model.graph.node.isEmpty else { break }
      let node = Int.random(in: 0..<model.graph.node.count, using: &generator)
      switch Int.random(in: 0..<9, using: &generator) {
      case 0 where !model.graph.node[node].attribute.isEmpty:
        let attribute = Int.random(in: 0..<model.graph.node[node].attribute.count, using: &generator)
        change(&model.graph.node[node].attribute[attribute])
      case 1 where !model.graph.initializer.isEmpty:
        let tensor = Int.random(in: 0..<model.graph.initializer.count, using: &generator)
        change(&model.graph.initializer[tensor])
      case 2:
        // Any value as an input: cycles, wrong types, wrong shapes.
        let names = model.graph.node.flatMap(\.output) + model.graph.initializer.map(\.name)
        if !model.graph.node[node].input.isEmpty, let name = names.randomElement(using: &generator) {
          let input = Int.random(in: 0..<model.graph.node[node].input.count, using: &generator)
          model.graph.node[node].input[input] = name
        }
      case 3: model.graph.node.swapAt(node, Int.random(in: 0..<model.graph.node.count, using: &generator))
      case 4: model.graph.node.remove(at: node)
      case 5:
        let other = Int.random(in: 0..<model.graph.node.count, using: &generator)
        model.graph.node[node].opType = model.graph.node[other].opType
        model.graph.node[node].domain = model.graph.node[other].domain
      case 6 where !model.graph.input.isEmpty && !model.graph.input[0].type.tensorType.shape.dim.isEmpty:
        let dimension = Int.random(in: 0..<model.graph.input[0].type.tensorType.shape.dim.count, using: &generator)
        model.graph.input[0].type.tensorType.shape.dim[dimension].dimValue = extreme()
      case 7 where !model.metadataProps.isEmpty:
        let entry = Int.random(in: 0..<model.metadataProps.count, using: &generator)
        var text = Array(model.metadataProps[entry].value.utf8)
        if let digit = text.indices.filter({ (0x30...0x39).contains(text[$0]) }).randomElement(using: &generator) {
          text[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
          if Bool.random(using: &generator) { text.insert(UInt8(ascii: "9"), at: digit) }
        }
        model.metadataProps[entry].value = String(decoding: text, as: UTF8.self)
      default:
        let output = Int.random(in: 0..<model.graph.node.count, using: &generator)
        model.graph.node[node].output = model.graph.node[output].output
      }
    }
    return try? model.serializedBytes()
  }

  private mutating func change(_ attribute: inout ONNXAttributeProto) {
    if !attribute.ints.isEmpty {
      attribute.ints[Int.random(in: 0..<attribute.ints.count, using: &generator)] = extreme()
      if Int.random(in: 0..<4, using: &generator) == 0 { attribute.ints.removeLast() }
    } else if attribute.hasT {
      change(&attribute.t)
    } else if !attribute.floats.isEmpty {
      attribute.floats[Int.random(in: 0..<attribute.floats.count, using: &generator)] = .nan
    } else if attribute.hasI {
      attribute.i = extreme()
    }
  }

  private mutating func change(_ tensor: inout ONNXTensorProto) {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0 where !tensor.dims.isEmpty:
      tensor.dims[Int.random(in: 0..<tensor.dims.count, using: &generator)] = extreme()
    case 1: tensor.dataType = Int32.random(in: 0...12, using: &generator)
    case 2 where tensor.rawData.count >= 8:
      let word = Int.random(in: 0..<tensor.rawData.count / 8, using: &generator) * 8
      let value = Bool.random(using: &generator) ? UInt64(bitPattern: extreme()) : Double.nan.bitPattern
      withUnsafeBytes(of: value.littleEndian) { tensor.rawData.replaceSubrange(word..<word + 8, with: $0) }
    default: tensor.dims.append(extreme())
    }
  }
}

import Foundation
import SwiftProtobuf

/// Parses the bytes of an ONNX model after the audit of their structure.
enum ONNXModelReader {
  /// The newest versions of the operator sets and of the format whose meaning is known here.
  private static let newest = ["": 26, "ai.onnx": 26, "ai.onnx.ml": 5]

  static func message(_ data: Data) throws -> ONNXModelProto {
    try ONNXWireAudit.check(data)
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 16
    let model: ONNXModelProto
    do {
      model = try ONNXModelProto(serializedBytes: data, options: options)
    } catch {
      throw ModelFileError.malformed(.onnx, place: "file", reason: "the messages can't be read (\(error))")
    }
    guard model.hasGraph, !model.graph.node.isEmpty || !model.graph.output.isEmpty else {
      throw ModelFileError.missing("graph")
    }
    for entry in model.opsetImport {
      if let limit = newest[entry.domain], entry.version > limit {
        throw ModelFileError.unsupported(
          .onnx,
          feature: "version \(entry.version) of the operators '\(entry.domain.isEmpty ? "ai.onnx" : entry.domain)'")
      }
    }
    return model
  }

  static func program(_ data: Data) throws -> ONNXProgram {
    try ONNXProgram(message(data), byteCount: data.count)
  }
}

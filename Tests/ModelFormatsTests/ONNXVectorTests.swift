import Foundation
import Testing
import _TestSupport

@testable import ModelFormats

@Suite("Vectors of the ONNX project")
struct ONNXVectorTests {
  @Test(
    "Operators of ai.onnx.ml give the stored outputs exactly",
    .enabled(if: SharedData.has("vectors/onnx-ml"), "vectors/onnx-ml is not beside the repository"),
    arguments: [
      "array_feature_extractor", "binarizer", "label_encoder_string_int", "label_encoder_string_int_no_default",
      "label_encoder_tensor_mapping", "label_encoder_tensor_value_only_mapping", "tree_ensemble_set_membership",
      "tree_ensemble_single_tree",
    ])
  func vector(name: String) throws {
    let folder = try #require(SharedData.file("vectors/onnx-ml/test_ai_onnx_ml_" + name))
    let data = try Data(contentsOf: folder.appendingPathComponent("model.onnx"))
    let program = try ONNXModelReader.program(data)
    var inputs: [String: Tensor] = [:]
    for (index, port) in program.inputs.enumerated() {
      inputs[port.name] = try tensor(folder.appendingPathComponent("test_data_set_0/input_\(index).pb"))
    }
    let output = try program.run(inputs, rowCount: 8)[0]
    let expected = try tensor(folder.appendingPathComponent("test_data_set_0/output_0.pb"))
    #expect(output == expected)
  }

  private func tensor(_ url: URL) throws -> Tensor {
    try Tensor(ONNXTensorProto(serializedBytes: try Data(contentsOf: url)))
  }
}

import Foundation

/// What a model file holds: a scoring model of this package, or a model that another tool wrote.
public enum ModelFileContent: Sendable {
  case scoring(ScoringModelFile)
  case imported(ImportedModel)

  /// - Throws: ``ModelFileError``.
  public static func read(_ data: Data) throws -> ModelFileContent {
    guard ModelFileFormat.detect(data) == .onnx else { return .imported(try ImportedModel.read(data)) }
    let message = try ONNXModelReader.message(data)
    return try read(message, program: ONNXProgram(message, byteCount: data.count), byteCount: data.count)
  }

  static func read(_ message: ONNXModelProto, program: ONNXProgram, byteCount: Int) throws -> ModelFileContent {
    ScoringModelFile.isScoringModel(message)
      ? .scoring(try ScoringModelFile.read(message, program: program, byteCount: byteCount))
      : .imported(try ImportedModel(program))
  }
}

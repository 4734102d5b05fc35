/// The kinds of model file that this module reads.
public enum ModelFileFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// An ONNX model, ours or another's.
  case onnx
  /// The text that `Booster.save_model` of LightGBM writes.
  case lightGBM = "lightgbm"
  /// The JSON that `Booster.save_model` of XGBoost writes.
  case xgboost
}

/// Why a model file can't be used. Every message says what is wrong and where, and nothing of it runs.
public enum ModelFileError: Error, Equatable, Sendable {
  /// The first bytes are those of no format that is known.
  case unknownFormat
  /// The bytes do not follow the format.
  case malformed(ModelFileFormat, place: String, reason: String)
  /// Reading it would take more memory or time than the file justifies.
  case tooLarge(what: String, got: Int, limit: Int)
  /// A part of the format that is not read: subgraphs, functions, external data, linear trees.
  case unsupported(ModelFileFormat, feature: String)
  /// An operator that is not understood.
  case unknownOperator(name: String, domain: String)
  /// A node of a graph whose attributes or inputs do not fit its operator.
  case invalidNode(operator: String, node: String, reason: String)
  /// The file has no model of the kind that was asked for.
  case missing(String)
  /// The file was written by a later version of this package.
  case laterFormatVersion(got: Int, newest: Int)
  /// The file's own check rows give another answer than the file says they should.
  case goldenRowMismatch(row: Int, output: String, got: Double, expected: Double)
  /// The model can't be written in that format.
  case notExpressible(ModelFileFormat, reason: String)
  /// What is scored does not have the columns or the type that the model takes.
  case input(name: String, reason: String)
}

extension ModelFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownFormat:
      "this is not a model file: expected ONNX, the text of a LightGBM model or the JSON of an XGBoost model"
    case .malformed(let format, let place, let reason): "\(format.title): \(place): \(reason)"
    case .tooLarge(let what, let got, let limit): "\(what): \(got), and the limit for this file is \(limit)"
    case .unsupported(let format, let feature): "\(format.title): \(feature) is not supported"
    case .unknownOperator(let name, let domain):
      "operator '\(name)'\(domain.isEmpty ? "" : " of '\(domain)'") is not understood"
    case .invalidNode(let name, let node, let reason): "operator \(name)\(node.isEmpty ? "" : " '\(node)'"): \(reason)"
    case .missing(let what): "the file has no \(what)"
    case .laterFormatVersion(let got, let newest):
      "the model file has format version \(got), and this program reads up to \(newest): use a newer version"
    case .goldenRowMismatch(let row, let output, let got, let expected):
      "check row \(row + 1) of the file: '\(output)' is \(got) and should be \(expected); the file is damaged"
    case .notExpressible(let format, let reason): "can't be written as \(format.title): \(reason)"
    case .input(let name, let reason): "input '\(name)': \(reason)"
    }
  }
}

extension ModelFileFormat {
  /// The name as its makers write it.
  public var title: String {
    switch self {
    case .onnx: "ONNX"
    case .lightGBM: "LightGBM text model"
    case .xgboost: "XGBoost JSON model"
    }
  }
}

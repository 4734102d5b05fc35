import BoostedTrees
import Foundation
import StatisticalLearning

/// A model that another tool wrote: an ONNX graph, a LightGBM text model or an XGBoost JSON model, ready to score.
public struct ImportedModel: Sendable {
  private enum Backend: Sendable {
    case onnx(ONNXProgram, output: Int)
    case lightGBM(LightGBMModel)
    case xgboost(XGBoostModel)
  }

  public let format: ModelFileFormat
  public let featureCount: Int
  /// Where the file names them.
  public let featureNames: [String]
  /// Names of classes, where the file has them; the columns of the predictions.
  public let classNames: [String]
  /// The sum of trees that the model rests on, where there is one and trees of this package can say the same: what
  /// `explain` works on. Raw scores, before ``link``.
  public let trees: TreeEnsemble?
  /// From raw scores of ``trees`` to predictions; `unknown` when the graph does more.
  public let link: PredictionLink
  private let backend: Backend

  /// Reads a model, whichever of the formats it is.
  ///
  /// - Throws: ``ModelFileError``.
  public static func read(_ data: Data) throws -> ImportedModel {
    switch ModelFileFormat.detect(data) {
    case .lightGBM: return ImportedModel(try LightGBMModel.read(data))
    case .xgboost: return ImportedModel(try XGBoostModel.read(data))
    case .onnx: return try ImportedModel(onnx: data)
    case nil: throw ModelFileError.unknownFormat
    }
  }

  private init(_ model: LightGBMModel) {
    format = .lightGBM
    featureCount = model.featureNames.count
    featureNames = model.featureNames
    classNames = []
    trees = model.ensemble()
    link = model.link
    backend = .lightGBM(model)
  }

  private init(_ model: XGBoostModel) {
    format = .xgboost
    featureNames = model.ensemble.features.map(\.name)
    featureCount = featureNames.count
    classNames = []
    trees = model.ensemble
    link = model.link
    backend = .xgboost(model)
  }

  private init(onnx data: Data) throws {
    let message = try ONNXModelReader.message(data)
    let program = try ONNXProgram(message, byteCount: data.count)
    format = .onnx
    var names: [String] = []
    for port in program.inputs {
      let width = Self.width(of: port)
      names += width == 1 ? [port.name] : (0..<width).map { "\(port.name)[\($0)]" }
    }
    let found = program.treeModel(featureNames: names)
    // Where a graph leaves the number of features open, its trees or coefficients tell.
    if program.inputs.count == 1, program.inputs[0].shape?.last.flatMap({ $0 }) == nil {
      let known = program.steps.compactMap { step -> Int? in
        switch step.operation {
        case let trees as TreeEnsembleOperator: trees.forest.featureCount
        case let trees as TreeClassifierOperator: trees.forest.featureCount
        case let linear as LinearRegressorOperator: linear.linear.featureCount
        case let linear as LinearClassifierOperator: linear.linear.featureCount
        default: nil
        }
      }
      let width = known.max() ?? 1
      names = (0..<width).map { "\(program.inputs[0].name)[\($0)]" }
    }
    featureNames = names
    featureCount = names.count
    classNames = program.classNames
    trees = found?.trees
    link = found?.link ?? .unknown("graph")
    guard let output = program.predictionOutput else { throw ModelFileError.missing("output of real numbers") }
    backend = .onnx(program, output: output)
  }

  static func width(of port: ONNXProgram.Port) -> Int {
    guard let shape = port.shape, shape.count == 2, let width = shape[1] else { return 1 }
    return min(width, 1 << 20)
  }

  /// Predictions: rows × classes (or targets), on the scale of the model's own predictions. A binary model of LightGBM or
  /// XGBoost has one column, the probability of the second class.
  ///
  /// - Parameter rows: *n* × ``featureCount``, `NaN` where missing.
  /// - Throws: ``ModelFileError/input(name:reason:)`` when the columns do not fit.
  public func predictions(for rows: Matrix) throws -> Matrix {
    guard rows.columnCount == featureCount else {
      throw ModelFileError.input(
        name: "rows", reason: "\(rows.columnCount) columns where the model takes \(featureCount)")
    }
    var scores: [Double]
    let width: Int
    switch backend {
    case .lightGBM(let model):
      scores = model.rawScores(rows)
      width = model.outputCount
      link.apply(&scores, width: width)
    case .xgboost(let model):
      let rowMajor = rows.converted(to: .rowMajor)
      width = model.ensemble.baseScores.count
      scores = rowMajor.withUnsafeElements { elements in
        (0..<rows.rowCount).flatMap { row in
          (0..<width).map { output in
            model.ensemble.rawScore(output: output) { elements[row * rows.columnCount + $0] }
          }
        }
      }
      link.apply(&scores, width: width)
    case .onnx(let program, let output):
      scores = try program.predict(rows.converted(to: .rowMajor), output: output)
      width = rows.rowCount == 0 ? 1 : scores.count / rows.rowCount
    }
    guard scores.count == rows.rowCount * width else {
      throw ModelFileError.malformed(
        format, place: "output", reason: "\(scores.count) numbers for \(rows.rowCount) rows")
    }
    return Matrix(rowCount: rows.rowCount, columnCount: width, layout: .rowMajor, elements: scores)
  }
}

extension ModelFileFormat {
  /// The format that the first bytes are of.
  public static func detect(_ data: Data) -> ModelFileFormat? {
    let head = data.prefix(64)
    if head.starts(with: Data("tree\n".utf8)) || head.starts(with: Data("tree\r\n".utf8)) { return .lightGBM }
    if let first = head.first(where: { !" \n\r\t".utf8.contains($0) }), first == UInt8(ascii: "{") { return .xgboost }
    // An ONNX file starts with one of its few fields: the version first, as every writer does.
    guard let first = data.first, [0x08, 0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72].contains(first) else {
      return nil
    }
    return .onnx
  }
}

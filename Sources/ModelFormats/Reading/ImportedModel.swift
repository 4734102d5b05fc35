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
  /// The features that are texts: those of an ONNX graph that takes them as they are.
  public let textFeatures: Set<Int>
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
    case .onnx:
      return try ImportedModel(try ONNXModelReader.program(data))
    case nil: throw ModelFileError.unknownFormat
    }
  }

  private init(_ model: LightGBMModel) {
    format = .lightGBM
    featureCount = model.featureNames.count
    featureNames = model.featureNames
    classNames = []
    textFeatures = []
    trees = model.ensemble()
    link = model.link
    backend = .lightGBM(model)
  }

  private init(_ model: XGBoostModel) {
    format = .xgboost
    featureNames = model.ensemble.features.map(\.name)
    featureCount = featureNames.count
    classNames = []
    textFeatures = []
    trees = model.ensemble
    link = model.link
    backend = .xgboost(model)
  }

  init(_ program: ONNXProgram) throws {
    format = .onnx
    let limit = program.mostFeatures
    func checked(_ count: Int) throws -> Int {
      guard count <= limit else { throw ModelFileError.tooLarge(what: "features", got: count, limit: limit) }
      return count
    }
    var names: [String] = []
    var texts: Set<Int> = []
    for port in program.inputs {
      let width = Self.width(of: port)
      _ = try checked(names.count + width)
      if port.type == .string { texts.formUnion(names.count..<names.count + width) }
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
      let width = try checked(known.max() ?? 1)
      names = (0..<width).map { "\(program.inputs[0].name)[\($0)]" }
    }
    featureNames = program.columnNames(count: names.count) ?? names
    featureCount = names.count
    textFeatures = texts
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

  /// The answers of rows to one feature.
  public enum FeatureColumn: Sendable {
    /// `NaN` where missing.
    case numbers([Double])
    case texts([String])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .texts(let values): values.count
      }
    }
  }

  /// Predictions for rows of numbers.
  ///
  /// - Parameter rows: *n* × ``featureCount``, `NaN` where missing.
  /// - Throws: ``ModelFileError/input(name:reason:)`` when the columns do not fit.
  public func predictions(for rows: Matrix) throws -> Matrix {
    guard rows.columnCount == featureCount else {
      throw ModelFileError.input(
        name: "rows", reason: "\(rows.columnCount) columns where the model takes \(featureCount)")
    }
    guard textFeatures.isEmpty else {
      throw ModelFileError.input(
        name: featureNames[textFeatures.min()!], reason: "it takes text, and rows are numbers")
    }
    return try predictions(rows, texts: [:])
  }

  /// Predictions: rows × classes (or targets), on the scale of the model's own predictions. A binary model of LightGBM or
  /// XGBoost has one column, the probability of the second class.
  ///
  /// - Parameter columns: One per feature, all of the same length.
  /// - Throws: ``ModelFileError/input(name:reason:)`` when the columns do not fit.
  public func predictions(for columns: [FeatureColumn]) throws -> Matrix {
    guard columns.count == featureCount else {
      throw ModelFileError.input(
        name: "rows", reason: "\(columns.count) columns where the model takes \(featureCount)")
    }
    let rowCount = columns.first?.count ?? 0
    var elements: [Double] = []
    var texts: [Int: [String]] = [:]
    for (index, column) in columns.enumerated() {
      guard column.count == rowCount else {
        throw ModelFileError.input(name: featureNames[index], reason: "\(column.count) of \(rowCount) rows")
      }
      switch column {
      case .numbers(let values):
        guard !textFeatures.contains(index) else {
          throw ModelFileError.input(name: featureNames[index], reason: "it takes text, and the column is numbers")
        }
        elements += values
      case .texts(let values):
        guard textFeatures.contains(index) else {
          throw ModelFileError.input(name: featureNames[index], reason: "it takes numbers, and the column is text")
        }
        texts[index] = values
        elements += repeatElement(.nan, count: rowCount)
      }
    }
    return try predictions(
      Matrix(rowCount: rowCount, columnCount: featureCount, elements: elements), texts: texts)
  }

  /// What the columns of predictions are called: `probability`, `probability.CLASS`, `value`, `value.1`, …
  public func outputNames(count: Int) -> [String] {
    if classNames.count == count { return classNames.map { "probability." + $0 } }
    switch link {
    case .logistic where count == 1: return ["probability"]
    case .logistic, .softmax: return (0..<count).map { "probability.\($0)" }
    default: return count == 1 ? ["value"] : (0..<count).map { "value.\($0)" }
    }
  }

  private func predictions(_ rows: Matrix, texts: [Int: [String]]) throws -> Matrix {
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
      scores = try program.predict(rows.converted(to: .rowMajor), texts: texts, output: output)
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

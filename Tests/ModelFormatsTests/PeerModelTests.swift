import BoostedTrees
import Foundation
import StatisticalLearning
import Testing

@testable import ModelFormats

/// Models that other tools trained and their own converters wrote, with what the tools predict: see
/// `Reference/make_peer_models.py`. The files stay readable for ever.
@Suite("Models of other tools")
struct PeerModelTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var file: String
    var rows: [[Double?]]
    var predictions: [[Double]]
    /// What ONNX Runtime gives, for ONNX files.
    var runtime: [[Double]]?
    /// Columns of texts, before those of `rows`.
    var texts: [String: [String]]?

    var testDescription: String { file }
    var data: Data { get throws { try Data(contentsOf: PeerModelTests.folder.appendingPathComponent(file)) } }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers")
  static let cases: [Case] = {
    let data = try! Data(contentsOf: folder.appendingPathComponent("cases.json"))
    return try! JSONDecoder().decode([Case].self, from: data).filter { $0.name != "xgboost-linear" }
  }()

  private func predictions(_ model: ImportedModel, _ test: Case) throws -> Matrix {
    let rows = test.rows.map { $0.map { $0 ?? .nan } }
    guard let texts = test.texts else { return try model.predictions(for: Matrix(rows: rows)) }
    var next = -1
    let columns = model.featureNames.map { name -> ImportedModel.FeatureColumn in
      if let column = texts[name] { return .texts(column) }
      next += 1
      return .numbers(rows.map { $0[next] })
    }
    return try model.predictions(for: columns)
  }

  @Test("Are read and give the tools' own predictions within 1e-6", arguments: cases)
  func predictions(_ test: Case) throws {
    let model = try ImportedModel.read(test.data)
    let got = try predictions(model, test)
    let expected = test.predictions
    try #require(got.rowCount == expected.count)
    try #require(got.columnCount == expected[0].count)
    for (row, values) in expected.enumerated() {
      for (column, value) in values.enumerated() {
        // A converter that rounds more than that is not ours to mend: then its own runtime is the measure.
        let own = test.runtime?[row][column] ?? value
        let difference = min(abs(got[row, column] - value), abs(got[row, column] - own))
        #expect(difference <= 1e-6 * max(1, abs(value)), "row \(row), column \(column)")
      }
    }
  }

  /// Files whose sum of trees must be found, so that `explain` and `convert` work on them.
  static let treeCases = cases.filter { test in
    test.texts == nil && !test.name.hasSuffix("zero-missing")
      && !["sklearn-logistic", "sklearn-imputed", "sklearn-normalized", "sklearn-linear"].contains {
        test.name.hasPrefix($0)
      }
  }

  @Test("Their trees, taken out, give the same predictions", arguments: treeCases)
  func trees(_ test: Case) throws {
    let model = try ImportedModel.read(test.data)
    let trees = try #require(model.trees)
    let expected = try predictions(model, test)
    let count = trees.baseScores.count
    var scores = test.rows.flatMap { row in
      (0..<count).map { output in trees.rawScore(output: output) { row[$0] ?? .nan } }
    }
    guard model.link != .unknown("graph") else { return }
    model.link.apply(&scores, width: count)
    for row in test.rows.indices {
      for column in 0..<count {
        // One score for two classes is that of the second.
        let wanted = expected[row, column + expected.columnCount - count]
        #expect(abs(scores[row * count + column] - wanted) <= 1e-6 * max(1, abs(wanted)))
      }
    }
  }

  @Test("What can't be read is named")
  func unsupported() throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("xgboost-linear.json"))
    #expect(throws: ModelFileError.unsupported(.xgboost, feature: "the booster 'gblinear'")) {
      try ImportedModel.read(data)
    }
  }

  static let convertible = treeCases.filter { test in
    ["lightgbm-binary.txt", "lightgbm-three.txt", "lightgbm-value.txt", "xgboost-binary.json", "xgboost-three.ubj"]
      .contains(test.file)
  }

  @Test("Converted to any format they give the same predictions", arguments: convertible, ModelFileFormat.allCases)
  func conversion(_ test: Case, to format: ModelFileFormat) throws {
    let model = try ImportedModel.read(test.data)
    let converted = try ImportedModel.read(try ModelConversion.convert(test.data, to: format))
    #expect(converted.featureCount == model.featureCount)
    let (got, expected) = (try predictions(converted, test), try predictions(model, test))
    let largest = zip(got.elements, expected.elements).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest <= (format == .xgboost ? 1e-6 : 1e-12))
  }

  @Test(
    "The other tools read what is converted for them, and predict the same",
    .enabled(if: PythonReference.interpreter != nil, PythonReference.absence))
  func conversionsForPeers() throws {
    let folder = try PythonReference.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    struct Written: Encodable {
      var rows: [[Double?]]
      var predictions: [[Double]]
    }
    for test in Self.convertible {
      for (format, suffix) in [(ModelFileFormat.lightGBM, "txt"), (.xgboost, "json"), (.onnx, "onnx")] {
        let place = folder.appendingPathComponent("\(test.file) to \(suffix)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try ModelConversion.convert(test.data, to: format).write(to: place.appendingPathComponent("model." + suffix))
        try JSONEncoder().encode(Written(rows: test.rows, predictions: test.predictions))
          .write(to: place.appendingPathComponent("case.json"))
      }
    }
    let (status, output) = try PythonReference.run("check_conversions.py", [folder.path])
    #expect(status == 0, "\(output)")
  }
}

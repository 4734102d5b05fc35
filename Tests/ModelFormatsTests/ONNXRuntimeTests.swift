import CapabilityScoring
import Foundation
import StatisticalLearning
import Testing

@testable import ModelFormats

/// Our files in ONNX's checker (full check) and in ONNX Runtime.
@Suite("ONNX Runtime", .enabled(if: PythonReference.interpreter != nil, PythonReference.absence))
struct ONNXRuntimeTests {
  private struct Input: Encodable {
    var shape: [Int]
    var double: [Double?]?
    var string: [String]?
  }

  private func write(
    _ folder: URL, name: String, model: ScoringModel, form: ScoringInputForm, treeOperator: ONNXTreeOperator,
    tolerance: Double
  ) throws -> URL {
    let url = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let surveyInputs = ScoringModelFixture.surveyInputs
    let data = try ScoringModelFile(model: model, surveyInputs: surveyInputs).encoded(
      form: form, treeOperator: treeOperator)
    try data.write(to: url.appendingPathComponent("model.onnx"))
    let count = 400
    let inputs = ScoringInputs(columns: model.columns, design: model.design)
    let matrix = inputs.matrix(for: ScoringModelFixture.answers(rowCount: count, seed: 23))
    // A level that is not known is a missing answer in a survey's cells.
    let rows = (0..<count).map { row in
      form == .matrix ? matrix.row(row) : matrix.row(row).enumerated().map { $0 == 7 && $1 == 3 ? .nan : $1 }
    }
    var described: [String: Input] = [:]
    switch form {
    case .matrix:
      described["answers"] = Input(
        shape: [count, inputs.names.count], double: rows.flatMap { $0.map { $0.isNaN ? nil : $0 } })
    case .columns:
      let cells = ScoringModelFixture.cells(rows, marks: inputs.marks)
      for (index, input) in surveyInputs.enumerated() {
        described[input.column] =
          input.isText
          ? Input(shape: [count, 1], string: cells.map { $0[index].text })
          : Input(shape: [count, 1], double: cells.map { $0[index].number.isNaN ? nil : $0[index].number })
      }
    }
    let encoder = JSONEncoder()
    try encoder.encode(described).write(to: url.appendingPathComponent("inputs.json"))
    try encoder.encode(ScoringReference(model).outputs(rows)).write(to: url.appendingPathComponent("expected.json"))
    try Data("\(tolerance)".utf8).write(to: url.appendingPathComponent("tolerance.txt"))
    return url
  }

  @Test("Scoring models pass the full check and give our answers, within 1e-9 in double and 1e-6 in single precision")
  func scoringModels() throws {
    let folder = try PythonReference.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var cases: [URL] = []
    for share in [1.0, 0, 0.5] {
      let model = ScoringModelFixture.model(linearShare: share, logCrossRatio: share == 0 ? -1.5 : 1)
      for form in ScoringInputForm.allCases {
        cases.append(
          try write(
            folder, name: "\(share)-\(form.rawValue)", model: model, form: form, treeOperator: .treeEnsemble,
            tolerance: 1e-9))
      }
    }
    cases.append(
      try write(
        folder, name: "older", model: ScoringModelFixture.model(linearShare: 0, usesSets: false), form: .matrix,
        treeOperator: .treeEnsembleRegressor, tolerance: 1e-6))
    let (status, output) = try PythonReference.run("check_onnx.py", cases.map(\.path))
    #expect(status == 0, "\(output)")
  }
}

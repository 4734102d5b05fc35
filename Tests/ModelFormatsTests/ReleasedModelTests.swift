import CapabilityScoring
import Foundation
import SurveyData
import Testing

@testable import ModelFormats

/// Every model ever released under `Models/` is read here, and predicts what it predicted on the day it was made.
@Suite("Released models")
struct ReleasedModelTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Folder of the model, and the survey whose firms stand in `predictions.csv`.
  static let released = [("simulated-wine", "Datasets/simulated-wine/survey.csv")]

  @Test("Are all listed here")
  func list() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appendingPathComponent("Models").path)
    let models = folders.filter { folder in
      FileManager.default.fileExists(atPath: Self.root.appendingPathComponent("Models/\(folder)/model.onnx").path)
    }
    #expect(Set(models) == Set(Self.released.map(\.0)))
  }

  @Test("Are read, pass their golden rows, and predict what they predicted", arguments: released)
  func predictions(name: String, survey: String) throws {
    let folder = Self.root.appendingPathComponent("Models/" + name)
    let data = try Data(contentsOf: folder.appendingPathComponent("model.onnx"))
    let summary = ModelFileSummary(inspecting: data)
    #expect(summary.problem == nil)
    #expect(summary.formatVersion == 1)
    let predictor = try SurveyModelFile.read(data)
    let table = try SurveyReader.read(Self.root.appendingPathComponent(survey).path)
    let encoded = try predictor.encoding.encode(table, for: .prediction, allowingMissingColumns: false)
    let predictions = FirmScorer(model: predictor.scoring).predictions(predictor.answers(of: encoded))
    let expected = try SurveyReader.read(folder.appendingPathComponent("predictions.csv").path)
    #expect(expected.rowCount == table.rowCount)
    for (index, outcome) in predictor.scoring.outcomes.enumerated() {
      let name = outcome.id + (outcome.kind == .binary ? ".probability" : ".value")
      let column = try #require(expected[column: name])
      guard case .numbers(let wanted) = column.values else {
        Issue.record("\(name) is not numbers")
        return
      }
      let largest = zip(predictions[index], wanted).map { abs($0 - $1) }.max() ?? .infinity
      #expect(largest < 1e-9, "\(name)")
    }
  }
}

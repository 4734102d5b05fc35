import BoostedTrees
import CapabilityScoring
import Foundation
import StatisticalLearning
import Testing

@testable import ModelFormats

@Suite("Conversion of scoring models")
struct ConversionTests {
  @Test(
    "One outcome's trees, with its calibration, in XGBoost's and LightGBM's forms", arguments: ["innovation", "export"])
  func oneOutcome(outcome: String) throws {
    let model = ScoringModelFixture.model(linearShare: 0, usesSets: false)
    let data = try ScoringModelFile(model: model).encoded()
    let table = ScoringModelFixture.answers(rowCount: 100, seed: 5)
    let rows = ScoringInputs(columns: model.columns, design: model.design).matrix(for: table)
    let expected = try #require(
      ScoringReference(model).outputs((0..<100).map { rows.row($0) })[outcome + ".probability"])
    for (format, tolerance) in [(ModelFileFormat.lightGBM, 1e-12), (.xgboost, 1e-6), (.onnx, 1e-12)] {
      let converted = try ImportedModel.read(try ModelConversion.convert(data, to: format, outcome: outcome))
      let got = try converted.predictions(for: rows)
      let largest = (0..<100).map { abs(got[$0, 0] - expected[$0]) }.max()!
      #expect(largest <= tolerance, "\(format)")
      #expect(converted.featureNames.count == rows.columnCount)
    }
  }

  @Test("Without the outcome's name, with a linear part, or with sets of levels there is a reason why not")
  func refusals() throws {
    let trees = try ScoringModelFile(model: ScoringModelFixture.model(linearShare: 0)).encoded()
    let linear = try ScoringModelFile(model: ScoringModelFixture.model(linearShare: 1)).encoded()
    for (data, outcome, word) in [
      (trees, nil, "innovation, export"), (linear, "export", "linear part"), (trees, "export", "sets"),
    ] {
      #expect {
        try ModelConversion.convert(data, to: .xgboost, outcome: outcome)
      } throws: { error in
        if case ModelFileError.notExpressible(.xgboost, let reason) = error { reason.contains(word) } else { false }
      }
    }
  }
}

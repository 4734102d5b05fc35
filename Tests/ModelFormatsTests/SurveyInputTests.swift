import CapabilityScoring
import Foundation
import StatisticalLearning
import Testing

@testable import ModelFormats
@testable import SurveyData

/// The `columns` form: cells of a survey in, the same predictions out as from the encoded answers.
@Suite("Survey columns as inputs")
struct SurveyInputTests {
  @Test("Codes, reversed scales, texts and reasons are read as the survey reader reads them")
  func meanings() throws {
    let feature = EncodedFeature(
      feature: Feature("b", .ordinal), column: "B", kind: .likert, capability: nil, weight: 1, isContext: false,
      role: nil,
      isReversed: true, levels: [5, 4, 3, 2, 1].map { Codebook.Level(codes: [AnswerCode(Double($0))]) }, range: nil)
    let codebook = Codebook(
      missing: [
        Codebook.MissingCodes(codes: [99, "Ns/Nc"], reason: .dontKnow),
        Codebook.MissingCodes(codes: [3], reason: .refused),
      ])
    let input = SurveyInput(feature, codebook: codebook)
    #expect(!input.isText)
    // A level wins over a general code for missing; a text can't stand in a column of numbers.
    #expect(input.meanings.first { $0.code == "3" }?.level == 2)
    #expect(input.meanings.first { $0.code == "99" }?.reason == MissingReason.dontKnow.rawValue)
    #expect(!input.meanings.contains { $0.code == "Ns/Nc" })
    #expect(input.meanings.first { $0.code == "5" }?.level == 0)
  }

  @Test("The graph takes cells and gives what the model gives for the answers", arguments: [1.0, 0, 0.5])
  func cells(linearShare: Double) throws {
    let model = ScoringModelFixture.model(linearShare: linearShare)
    let file = try ScoringModelFile(model: model, surveyInputs: ScoringModelFixture.surveyInputs)
    let program = try ONNXModelReader.program(try file.encoded(form: .columns))
    #expect(program.inputs.map(\.name) == ScoringModelFixture.surveyInputs.map(\.column))
    let inputs = ScoringInputs(columns: model.columns, design: model.design)
    let matrix = inputs.matrix(for: ScoringModelFixture.answers(rowCount: 200, seed: 31))
    // A country that is not known is a missing answer, as it is to the survey reader.
    let rows = (0..<200).map { row in matrix.row(row).enumerated().map { $0 == 7 && $1 == 3 ? .nan : $1 } }
    let cells = ScoringModelFixture.cells(rows, marks: inputs.marks)
    var tensors: [String: Tensor] = [:]
    for (index, input) in ScoringModelFixture.surveyInputs.enumerated() {
      tensors[input.column] =
        input.isText
        ? Tensor(shape: [200, 1], strings: cells.map { $0[index].text })
        : Tensor(shape: [200, 1], doubles: cells.map { $0[index].number })
    }
    let expected = ScoringReference(model).outputs(rows)
    for (port, tensor) in zip(program.outputs, try program.run(tensors, rowCount: 200)) {
      let largest = zip(try #require(tensor.numbers), try #require(expected[port.name])).map { abs($0 - $1) }.max() ?? 0
      #expect(largest < 1e-12, "\(port.name)")
    }
  }

  @Test("Two items on one column can't have an input each")
  func sharedColumn() throws {
    var inputs = ScoringModelFixture.surveyInputs
    inputs[1].column = inputs[0].column
    let file = try ScoringModelFile(model: ScoringModelFixture.model(linearShare: 1), surveyInputs: inputs)
    #expect(throws: ModelFileError.self) { try file.encoded(form: .columns) }
  }
}

import BoostedTrees
import CapabilityScoring
import Foundation
import Testing

@testable import ModelFormats

@Suite("Scoring model files")
struct ScoringModelFileTests {
  @Test("A model read back is the model written", arguments: [1.0, 0, 0.5], [ScoringInputForm.matrix, .columns])
  func roundTrip(linearShare: Double, form: ScoringInputForm) throws {
    let model = ScoringModelFixture.model(linearShare: linearShare)
    let file = try ScoringModelFile(
      model: model, attachments: ["codebook": "items: []", "card": "é"], surveyInputs: ScoringModelFixture.surveyInputs)
    let data = try file.encoded(form: form)
    let read = try ScoringModelFile.read(data)
    #expect(read.attachments == file.attachments)
    #expect(read.surveyInputs == file.surveyInputs)
    #expect(read.inputForm == form)
    #expect(read.model.design == model.design)
    #expect(read.model.joint == model.joint)
    for (got, expected) in zip(read.model.outcomes, model.outcomes) {
      #expect(got.linear == expected.linear)
      #expect(got.linearReplicates == expected.linearReplicates)
      #expect(got.trees == expected.trees)
      #expect(got.treeReplicates.count == expected.treeReplicates.count)
    }
    #expect(read.goldenRowDifference < 1e-12)
    if form == .matrix { #expect(read.goldenRows == file.goldenRows) }
    #expect(try file.encoded(form: form) == data)
    // Runtimes warn of constants that nothing uses.
    let graph = try ONNXModelProto(serializedBytes: data).graph
    let used = Set(graph.node.flatMap(\.input))
    #expect(graph.initializer.allSatisfy { used.contains($0.name) })
  }

  /// Dealt to several targets, so that single precision sums few leaves at a time.
  @Test("The older tree operator holds every tree of every column, in order", arguments: [5, 40, 300])
  func olderOperator(treeCount: Int) throws {
    let model = ScoringModelFixture.model(linearShare: 0.5, usesSets: false, treeCount: treeCount)
    let data = try ScoringModelFile(model: model).encoded(treeOperator: .treeEnsembleRegressor)
    let read = try ScoringModelFile.read(data)
    #expect(read.goldenRowDifference < 1e-6)
    func leaves(_ tree: DecisionTree) -> [Float] { tree.nodes.filter(\.isLeaf).map { Float($0.value) }.sorted() }
    for (got, expected) in zip(read.model.outcomes, model.outcomes) {
      let pairs = zip([got.trees!] + got.treeReplicates, [expected.trees!] + expected.treeReplicates)
      for (own, wanted) in pairs {
        #expect(own.trees.count == treeCount)
        for (a, b) in zip(own.trees, wanted.trees) {
          #expect(leaves(a) == leaves(b))
        }
      }
    }
  }

  @Test("The graph gives what the model gives, on answers with gaps and unseen levels", arguments: [1.0, 0, 0.5])
  func graphAgrees(linearShare: Double) throws {
    let model = ScoringModelFixture.model(linearShare: linearShare)
    let data = try ScoringModelFile(model: model).encoded()
    let program = try ONNXModelReader.program(data)
    let matrix = ScoringInputs(columns: model.columns, design: model.design)
      .matrix(for: ScoringModelFixture.answers(rowCount: 50, seed: 11))
    let results = try program.run(
      [
        ScoringNames.input: Tensor(
          shape: [50, matrix.columnCount], doubles: matrix.withUnsafeElements { Array($0) })
      ], rowCount: 50)
    let expected = ScoringReference(model).outputs((0..<50).map { matrix.row($0) })
    #expect(Set(program.outputs.map(\.name)) == Set(expected.keys))
    for (port, tensor) in zip(program.outputs, results) {
      let reference = try #require(expected[port.name])
      let got = try #require(tensor.numbers)
      #expect(got.count == reference.count)
      let largest = zip(got, reference).map { abs($0 - $1) }.max() ?? 0
      #expect(largest < 1e-12, "\(port.name)")
    }
  }

  @Test("A file whose numbers were changed is refused by its golden rows")
  func goldenRowsRefuseDamage() throws {
    let model = ScoringModelFixture.model(linearShare: 1)
    var message = try ONNXModelProto(serializedBytes: try ScoringModelFile(model: model).encoded())
    let index = try #require(message.graph.initializer.firstIndex { $0.name == "innovation.linear.coefficients" })
    var tensor = try Tensor(message.graph.initializer[index])
    var numbers = try #require(tensor.numbers)
    numbers[0] += 0.5
    tensor = Tensor(shape: tensor.shape, doubles: numbers)
    message.graph.initializer[index] = tensor.message(named: "innovation.linear.coefficients")
    let data: Data = try message.serializedBytes()
    #expect {
      try ScoringModelFile.read(data)
    } throws: {
      if case ModelFileError.goldenRowMismatch = $0 { true } else { false }
    }
  }

  @Test("A later format version and a foreign model say so")
  func versions() throws {
    var message = try ONNXModelProto(
      serializedBytes: try ScoringModelFile(model: ScoringModelFixture.model(linearShare: 1)).encoded())
    for index in message.metadataProps.indices where message.metadataProps[index].key == "innov4sme.format_version" {
      message.metadataProps[index].value = "99"
    }
    let later: Data = try message.serializedBytes()
    #expect(throws: ModelFileError.laterFormatVersion(got: 99, newest: 1)) { try ScoringModelFile.read(later) }
    message.metadataProps = []
    let foreign: Data = try message.serializedBytes()
    #expect(throws: ModelFileError.self) { try ScoringModelFile.read(foreign) }
    #expect(!ScoringModelFile.isScoringModel(foreign))
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import ModelFormats

@Suite("Hostile files")
struct HostileFileTests {
  @Test("Bytes that would take far more memory than the file are refused before they are parsed")
  func amplification() {
    // A model whose graph is half a million empty nodes of two bytes each.
    var graph = Data()
    for _ in 0..<500_000 { graph += [0x0A, 0x00] }
    var model = Data([0x08, 10, 0x3A])
    var length = graph.count
    while length >= 0x80 {
      model.append(UInt8(length & 0x7F | 0x80))
      length >>= 7
    }
    model.append(UInt8(length))
    model += graph
    #expect {
      try ONNXModelReader.message(model)
    } throws: {
      if case ModelFileError.tooLarge = $0 { true } else { false }
    }
  }

  @Test("Subgraphs, functions and external data are refused by name")
  func refusedFeatures() {
    // model { functions {} }
    #expect(throws: ModelFileError.unsupported(.onnx, feature: "functions defined in the file")) {
      try ONNXModelReader.message(Data([0x08, 10, 0xCA, 0x01, 0x00]))
    }
    // model { graph { node { attribute { g {} } } } }
    #expect(throws: ModelFileError.unsupported(.onnx, feature: "subgraphs (If, Loop, Scan)")) {
      try ONNXModelReader.message(Data([0x3A, 6, 0x0A, 4, 0x2A, 2, 0x32, 0]))
    }
    #expect(throws: ModelFileError.unsupported(.onnx, feature: "data outside the file")) {
      try ONNXModelReader.message(Data([0x3A, 4, 0x2A, 2, 0x6A, 0]))
    }
  }

  private func graph(_ edit: (inout ONNXGraphBuilder, ONNXGraphBuilder.Value) -> ONNXGraphBuilder.Value) throws -> Data
  {
    var builder = ONNXGraphBuilder(name: "test")
    let input = builder.input("x", .double, [.rows, .count(2)])
    let output = edit(&builder, input)
    builder.output(output, "y", .double, [.rows, .count(2)])
    return try builder.model(description: "", metadata: [:])
  }

  @Test("An operator that is not understood is named")
  func unknownOperator() throws {
    let data = try graph { $0.node("LSTM", [$1]) }
    #expect(throws: ModelFileError.unknownOperator(name: "LSTM", domain: "")) { try ImportedModel.read(data) }
    #expect(ModelFileSummary(inspecting: data).problem == "operator 'LSTM' is not understood")
  }

  @Test("A small file can't ask for much memory or time")
  func explosion() throws {
    let data = try graph { builder, input in
      let shape = builder.constant(
        Tensor(shape: [4], int64s: [1000, 1000, 1000, 2]), "shape")
      return builder.node("Expand", [input, shape])
    }
    let model = try ImportedModel.read(data)
    #expect {
      try model.predictions(for: Matrix(rows: [[1, 2]]))
    } throws: {
      if case ModelFileError.tooLarge = $0 { true } else { false }
    }
  }

  @Test("A cycle, a value used before it is there, and an input that is not there are refused")
  func references() throws {
    let data = try graph { builder, input in builder.add(input, ONNXGraphBuilder.Value(name: "later")) }
    #expect {
      try ONNXModelReader.program(data)
    } throws: {
      if case ModelFileError.malformed = $0 { true } else { false }
    }
  }

  @Test("Changed files are refused or scored, never more than that", arguments: 0..<4)
  func mutations(seed: Int) throws {
    var seeds: [Data] = [Data(LightGBMModelTests.text.utf8)]
    for share in [1.0, 0] {
      seeds.append(
        try ScoringModelFile(model: ScoringModelFixture.model(linearShare: share, replicateCount: 1)).encoded())
    }
    var mutator = ModelFileMutator(seed: UInt64(seed))
    var used = 0
    for round in 0..<150 {
      let changed = mutator.mutation(of: seeds[round % seeds.count], other: seeds[(round + 1) % seeds.count])
      if ModelFileExercise.run(changed) { used += 1 }
    }
    #expect(used > 0)
  }
}

import BoostedTrees
import Foundation
import StatisticalLearning
import Testing

@testable import CapabilityScoring
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

  @Test("Empty tensors of many rows cost neither time nor memory")
  func emptyRows() throws {
    for shape in [[1 << 40, 0], [0, 1 << 40], [1 << 30, 1 << 30, 0]] {
      let data = try graph { builder, input in
        let many = builder.node(
          "ConstantOfShape", [builder.constant(Tensor(shape: [shape.count], int64s: shape.map(Int64.init)), "shape")])
        return builder.add(input, builder.node("ReduceSum", [builder.node("Softmax", [many])]))
      }
      let model = try ImportedModel.read(data)
      #expect(throws: ModelFileError.self) { try model.predictions(for: Matrix(rows: [[1, 2]])) }
    }
  }

  @Test("A file of a few bytes can't have features, trees or lists beyond its size")
  func manyFeatures() throws {
    var builder = ONNXGraphBuilder(name: "test")
    let input = builder.input("x", .double, [.rows, .count(1 << 20)])
    builder.output(input, "y", .double, [.rows, .count(1 << 20)])
    let wide = try builder.model(description: "", metadata: [:])
    let text = LightGBMModelTests.text.replacing("max_feature_idx=1", with: "max_feature_idx=1000000")
    let lines = Data("tree\n".utf8) + Data(repeating: 0x0A, count: 1 << 20)
    for data in [wide, Data(text.utf8), lines] {
      #expect(throws: ModelFileError.self) { try ImportedModel.read(data) }
    }
  }

  @Test("Trees that ask for a feature far beyond the file's size are not taken out of their graph")
  func highFeature() throws {
    let tree = try DecisionTree(
      nodes: [
        .split(feature: 1 << 20, threshold: 0, missingGoesLeft: true, left: 1, right: 2), .leaf(value: 1),
        .leaf(value: 2),
      ])
    var builder = ONNXGraphBuilder(name: "test")
    let input = builder.input("x", .double, [.rows, .count(2)])
    let ensemble = try TreeEnsemble(
      trees: [tree], baseScores: [0], features: (0...1 << 20).map { Feature("f\($0)") })
    let scores = try builder.treeScores([ensemble], input: input, name: "trees", operation: .treeEnsemble)
    builder.output(scores, "y", .double, [.rows, .count(1)])
    let model = try ImportedModel.read(try builder.model(description: "", metadata: [:]))
    #expect(model.trees == nil)
    #expect(throws: ModelFileError.self) { try model.predictions(for: Matrix(rows: [[1, 2]])) }
  }

  @Test(
    "Numbers of the header that point nowhere are refused",
    arguments: [
      ("\"item\":1", "\"item\":99"), ("\"item\":1", "\"item\":-1"), ("\"capability\":1", "\"capability\":7"),
      ("\"linearReplicateCount\":4", "\"linearReplicateCount\":9223372036854775807"),
      ("\"treeReplicateCount\":4", "\"treeReplicateCount\":-5"), ("\"linearShare\":0.5", "\"linearShare\":1.5"),
      ("\"first\":0", "\"first\":2"),
    ])
  func header(good: String, bad: String) throws {
    var message = try ONNXModelProto(
      serializedBytes: try ScoringModelFile(model: ScoringModelFixture.model(linearShare: 0.5)).encoded())
    let entry = try #require(message.metadataProps.firstIndex { $0.key == ScoringModelFile.Key.header })
    let text = message.metadataProps[entry].value
    #expect(text.contains(good))
    message.metadataProps[entry].value = text.replacing(good, with: bad, maxReplacements: 1)
    let data: Data = try message.serializedBytes()
    #expect(throws: ModelFileError.self) { try ScoringModelFile.read(data) }
  }

  @Test("A record that can't be is refused", arguments: [(10, 20), (-1, 0), (10, -1), (Int.max, 5)])
  func record(firmCount: Int, eventCount: Int) throws {
    let model = ScoringModelFixture.model(linearShare: 1)
    let outcomes = model.outcomes.map {
      OutcomeRecord(
        id: $0.id, firmCount: firmCount, eventCount: eventCount, learner: .logistic, candidates: [],
        penaltyStrength: nil, designColumnCount: 1, calibration: .identity)
    }
    let changed = ScoringModel(
      columns: model.columns, capabilities: model.capabilities, design: model.design, outcomes: model.outcomes,
      joint: model.joint, record: ScoringRecord(settings: model.record.settings, outcomes: outcomes))
    #expect(throws: ModelFileError.self) { try ScoringModelFile(model: changed) }
  }

  @Test("Changed files are refused or scored, never more than that, in little time each", arguments: 0..<4)
  func mutations(seed: Int) throws {
    var seeds: [Data] = [Data(LightGBMModelTests.text.utf8)]
    for share in [1.0, 0, 0.5] {
      seeds.append(
        try ScoringModelFile(
          model: ScoringModelFixture.model(linearShare: share, replicateCount: 1),
          surveyInputs: ScoringModelFixture.surveyInputs
        ).encoded(form: share == 0.5 ? .columns : .matrix))
    }
    seeds += try Set(PeerModelTests.cases.map(\.file)).sorted().map {
      try Data(contentsOf: PeerModelTests.folder.appendingPathComponent($0))
    }
    var used = 0
    let clock = ContinuousClock()
    for round in 0..<400 {
      var mutator = ModelFileMutator(seed: UInt64(seed * 1_000_000 + round))
      let changed = mutator.mutation(
        of: seeds[round % seeds.count], other: seeds[(round / seeds.count) % seeds.count])
      let taken = clock.measure { if ModelFileExercise.run(changed) { used += 1 } }
      #expect(taken < .seconds(5), "mutation \(seed * 1_000_000 + round)")
    }
    #expect(used > 0)
  }
}

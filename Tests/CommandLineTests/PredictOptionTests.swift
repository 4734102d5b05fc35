import Foundation
import Testing

/// What `predict` and `index` take, and what they refuse.
@Suite struct PredictOptionTests {
  /// A trained model and a tool in its folder.
  private static func trained() throws -> Tool {
    let tool = try WholePathTests.trained()
    try tool.write(
      #"[{"id": "Bodega Uno", "q01": 3, "q05": 1, "q07": "Done regularly, informal"}, {"q01": 2}]"#, to: "firms.json")
    return tool
  }

  @Test func jsonLanguagesObjectivesAndPlans() throws {
    let tool = try Self.trained()
    let french = try tool.run("predict", "model.onnx", "firms.json", "--language", "fr", "--objective", "min")
    #expect(french.code == 0, "\(french.messages)")
    #expect(french.output.contains("Diagnostic de Bodega Uno") && french.output.contains("le but le moins servi"))
    let plan = try tool.run(
      "predict", "model.onnx", "survey.csv", "--where", "id == SIM-0003", "--language", "es", "--plan",
      "--target-chance",
      "innovation=0.6,export=0.6", "--objective", "weighted", "--weights", "innovation=2,export=1", "--target", "median"
    )
    #expect(plan.code == 0, "\(plan.messages)")
    #expect(plan.output.contains("Plan") && plan.output.contains("innovación × 2, exportación × 1"))
    let json = try tool.run("predict", "model.onnx", "survey.csv", "--format", "json", "--plan", "--budget", "2")
    let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let firms = document?["firms"] as? [[String: Any]]
    #expect(firms?.count == 120 && firms?.allSatisfy { $0["plan"] != nil } == true)
    // The same in CSV, Stata or JSON: answers as they are.
    let lone = try tool.run("predict", "model.onnx", "survey.csv", "--where", "id == SIM-0003", "--format", "csv")
    #expect(lone.output.split(separator: "\n").count == 2)
  }

  @Test func anIndexNeedsNoModel() throws {
    let tool = try Self.trained()
    for (language, words) in [
      ("en", "Expert weights, no data yet."), ("fr", "Poids d’experts"), ("es", "Pesos de expertos"),
    ] {
      let result = try tool.run("index", "codebook.yaml", "survey.csv", "--language", language, "--top", "2")
      #expect(result.code == 0, "\(result.messages)")
      #expect(result.output.contains(words) && result.output.contains("FlowSort"))
    }
    try tool.write("capability,innovation,export,target\nstrategy,2,1,0.5\nnetwork,1,3,1\n", to: "weights.csv")
    let weighted = try tool.run(
      "index", "codebook.yaml", "firms.json", "--weights", "weights.csv", "--format", "csv", "--reading", "level")
    #expect(weighted.code == 0, "\(weighted.messages)")
    #expect(weighted.output.hasPrefix("id,innovation.index,innovation.class,export.index,export.class,joint.index,"))
    try tool.write("network,customer,strategy\n1,3,5\n1/3,1,2\n1/5,1/2,1\n", to: "judgements.csv")
    let judged = try tool.run(
      "index", "codebook.yaml", "survey.csv", "--judgements", "judgements.csv", "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(judged.output.utf8)) as? [String: Any]
    #expect(abs((document?["consistencyRatio"] as? Double ?? 1) - 0.003185) < 1e-6)
    #expect((document?["classes"] as? [String: Any])?["sizes"] != nil)
  }

  struct Case: Sendable, CustomStringConvertible {
    let arguments: [String]
    let code: Int32
    let says: String
    var description: String { arguments.joined(separator: " ") }
  }

  static let cases = [
    Case(arguments: ["predict", "model.onnx", "firms.json", "--language", "de"], code: 64, says: "language"),
    Case(
      arguments: ["predict", "model.onnx", "firms.json", "--objective", "best"], code: 64, says: "balanced, both, min"),
    Case(arguments: ["predict", "model.onnx", "firms.json", "--objective", "weighted"], code: 64, says: "--weights"),
    Case(
      arguments: ["predict", "model.onnx", "firms.json", "--objective", "weighted", "--weights", "innovation=-1"],
      code: 64, says: "0 or more"),
    Case(
      arguments: ["predict", "model.onnx", "firms.json", "--objective", "weighted", "--weights", "sales=1"], code: 64,
      says: "no outcome 'sales'"),
    Case(arguments: ["predict", "model.onnx", "firms.json", "--weights", "export=1"], code: 64, says: "weighted"),
    Case(arguments: ["predict", "model.onnx", "firms.json", "--target", "best"], code: 64, says: "target"),
    Case(arguments: ["predict", "model.onnx", "firms.json", "--budget", "3"], code: 64, says: "--plan"),
    Case(arguments: ["predict", "model.onnx", "firms.json", "--plan", "--budget", "0"], code: 64, says: "budget"),
    Case(
      arguments: ["predict", "model.onnx", "firms.json", "--plan", "--target-chance", "export=50"], code: 64,
      says: "between 0 and 1"),
    Case(
      arguments: ["predict", "model.onnx", "firms.json", "--plan", "--target-chance", "export"], code: 64,
      says: "NAME=NUMBER"),
    Case(arguments: ["predict", "model.onnx", "nowhere.json"], code: 66, says: "nowhere.json"),
    Case(arguments: ["predict", "model.onnx", "unknown.json"], code: 65, says: "'q1'"),
    Case(arguments: ["predict", "model.onnx", "broken.json"], code: 65, says: "not valid JSON"),
    Case(arguments: ["predict", "model.onnx", "nested.json"], code: 65, says: "an array"),
    Case(arguments: ["predict", "model.onnx", "other.csv"], code: 65, says: "none of the"),
    Case(arguments: ["index", "nowhere.yaml", "survey.csv"], code: 66, says: "nowhere.yaml"),
    Case(arguments: ["index", "codebook.yaml", "other.csv"], code: 65, says: "none of the"),
    Case(arguments: ["index", "codebook.yaml", "survey.csv", "--weights", "other.csv"], code: 65, says: "capability"),
    Case(
      arguments: ["index", "codebook.yaml", "survey.csv", "--judgements", "crooked.csv"], code: 65, says: "inverse"),
    Case(
      arguments: ["index", "codebook.yaml", "survey.csv", "--judgements", "unknown.csv"], code: 65, says: "'sales'"),
  ]

  @Test func everyMistakeIsOneMessageAndItsCode() throws {
    let tool = try Self.trained()
    try tool.write(#"{"q1": 3}"#, to: "unknown.json")
    try tool.write(#"{"q01": secret}"#, to: "broken.json")
    try tool.write(#"{"q01": ["secret"]}"#, to: "nested.json")
    try tool.write("a,b\n1,secret\n", to: "other.csv")
    try tool.write("network,customer\n1,3\n3,1\n", to: "crooked.csv")
    try tool.write("network,sales\n1,3\n1/3,1\n", to: "unknown.csv")
    for bad in Self.cases {
      let result = try tool.run(arguments: bad.arguments + ["--output", "out.txt"])
      #expect(result.code == bad.code, "\(bad): \(result.messages)")
      #expect(result.messages.contains(bad.says), "\(bad): \(result.messages)")
      #expect(result.output.isEmpty && !tool.has("out.txt"), "\(bad)")
      #expect(!result.messages.contains("secret") && !result.messages.contains("Fatal"), "\(bad): \(result.messages)")
    }
  }

  /// What can't be read is told by its place, and stands in the diagnosis as such; the answer appears nowhere.
  @Test func unreadableAnswersAreToldByPlaceOnly() throws {
    let tool = try Self.trained()
    try tool.write(#"[{"id": "A", "q01": "my secret answer", "q05": 2}, {"id": "B", "q01": 987654}]"#, to: "odd.json")
    try tool.write("id,q01,q05\nA,my secret answer,2\nB,987654,1\n", to: "odd.csv")
    for file in ["odd.json", "odd.csv"] {
      let result = try tool.run("predict", "model.onnx", file)
      #expect(result.code == 0, "\(result.messages)")
      #expect(result.messages.contains("q01: 2 unreadable answers (row 1, 2)"), "\(result.messages)")
      #expect(result.output.contains("cannot be read"))
      for text in [result.messages, result.output] { #expect(!text.contains("secret") && !text.contains("987654")) }
    }
  }
}

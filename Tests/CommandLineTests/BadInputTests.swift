import Foundation
import Testing

/// Every way to be wrong gives one clear message and the exit code of its kind, and leaves no file behind.
@Suite struct BadInputTests {
  static let survey = "a,b,y\n1,2,0\n2,1,1\n3,5,0\n4,1,1\n5,2,0\n6,6,1\n7,2,0\n8,1,1\n9,4,1\n10,3,0\n"

  struct Case: Sendable, CustomStringConvertible {
    let arguments: [String]
    let code: Int32
    let says: String
    var description: String { arguments.joined(separator: " ") }
  }

  @Test(arguments: [
    Case(arguments: ["train", "survey.csv", "--output", "m.onnx"], code: 64, says: "--outcome"),
    Case(arguments: ["train", "survey.csv", "--outcome", "yy", "--output", "m.onnx"], code: 64, says: "yy"),
    Case(arguments: ["train", "nowhere.csv", "--outcome", "y", "--output", "m.onnx"], code: 66, says: "nowhere.csv"),
    Case(arguments: ["train", "ragged.csv", "--outcome", "y", "--output", "m.onnx"], code: 65, says: "line 3"),
    Case(arguments: ["train", "empty.csv", "--outcome", "y", "--output", "m.onnx"], code: 65, says: "empty"),
    Case(
      arguments: ["train", "survey.csv", "--codebook", "nowhere.yaml", "--output", "m.onnx"], code: 66,
      says: "nowhere.yaml"),
    Case(
      arguments: ["train", "survey.csv", "--codebook", "broken.yaml", "--output", "m.onnx"], code: 65, says: "itmes"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--where", "a >", "--output", "m.onnx"], code: 64,
      says: "--where"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--where", "a > 99", "--output", "m.onnx"], code: 65,
      says: "none of the"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--set", "folds=x", "--output", "m.onnx"], code: 64,
      says: "folds=x"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--set", "fold=3", "--output", "m.onnx"], code: 64,
      says: "there is no setting"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--set", "l1-ratio=2", "--output", "m.onnx"], code: 64,
      says: "l1-ratio"),
    Case(
      arguments: ["train", "survey.csv", "--outcome", "y", "--learner", "magic", "--output", "m"], code: 64,
      says: "magic"),
    Case(arguments: ["predict", "survey.csv", "survey.csv"], code: 65, says: "model"),
    Case(arguments: ["predict", "nowhere.onnx", "survey.csv"], code: 66, says: "nowhere.onnx"),
    Case(arguments: ["inspect", "survey.csv"], code: 65, says: "model"),
    Case(arguments: ["check", "nowhere.csv", "--outcome", "y"], code: 66, says: "nowhere.csv"),
    Case(arguments: ["simulate", "--firms", "0", "--output", "x.csv"], code: 64, says: "firm"),
    Case(
      arguments: ["simulate", "--firms", "10", "--output", "no/such/folder/x.csv"], code: 74, says: "can't be written"),
    Case(arguments: ["train", "constant.csv", "--outcome", "y", "--output", "m.onnx"], code: 65, says: "y"),
    Case(arguments: ["frobnicate"], code: 64, says: "frobnicate"),
  ])
  func isOneMessageAndTheRightCode(_ bad: Case) throws {
    let tool = try Tool()
    try tool.write(Self.survey, to: "survey.csv")
    try tool.write("a,b,y\n1,2,0\n1,2\n", to: "ragged.csv")
    try tool.write("", to: "empty.csv")
    try tool.write("a,y\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n", to: "constant.csv")
    try tool.write("codebook: 1\ntitle: T\nitmes: []\n", to: "broken.yaml")
    let process = try tool.run(arguments: bad.arguments)
    #expect(process.code == bad.code, "\(process.messages)")
    #expect(process.messages.contains(bad.says), "\(process.messages)")
    #expect(process.output.isEmpty)
    #expect(!tool.has("m.onnx"))
    #expect(!process.messages.contains("Fatal"))
  }

  /// The columns that only innovators answered give the outcome away.
  @Test func leaksAreRefusedUnlessAllowed() throws {
    let tool = try Tool()
    var text = "id,skill,route,y\n"
    for row in 0..<300 {
      let y = row % 3 == 0
      text += "f\(row),\((row * 7) % 5),\(y ? "with partners" : "not asked"),\(y ? 1 : 0)\n"
    }
    try tool.write(text, to: "survey.csv")
    let refused = try tool.run("train", "survey.csv", "--outcome", "y", "--output", "m.onnx", "--learner", "logistic")
    #expect(refused.code == 65)
    #expect(refused.messages.contains("route"))
    #expect(!tool.has("m.onnx"))
    let dropped = try tool.run(
      "train", "survey.csv", "--outcome", "y", "--output", "m.onnx", "--learner", "logistic", "--drop-leaks",
      "--bootstrap", "2")
    #expect(dropped.code == 0, "\(dropped.messages)")
    #expect(try !tool.run("inspect", "m.onnx").output.contains("route"))
  }
}

import Foundation
import Testing

/// What a model has learned, as a user asks for it.
@Suite struct ExplainTests {
  @Test func withAndWithoutASurvey() throws {
    let tool = try WholePathTests.trained()
    let alone = try tool.run("explain", "model.onnx")
    #expect(alone.code == 0, "\(alone.messages)")
    #expect(alone.output.contains("Upper against lower quartile"))
    #expect(alone.output.contains("average answers of the 120 firms"))
    #expect(alone.output.contains("associations"))

    let table = try tool.run("explain", "model.onnx", "survey.csv", "--shapes", "shapes.csv", "--repeats", "3")
    #expect(table.code == 0, "\(table.messages)")
    for part in ["How much each counts", "One step more", "Kendall's τ", "Pairs in the model", "flatters"] {
      #expect(table.output.contains(part))
    }
    let shapes = try tool.read("shapes.csv").split(separator: "\n")
    #expect(shapes[0] == "kind,outcome,capability,level,with,with.level,value,lower,upper,firms")
    #expect(shapes.contains { $0.hasPrefix("accumulated-local,export,") })
    #expect(shapes.contains { $0.hasPrefix("surface,innovation,") })
  }

  @Test func filesForPrograms() throws {
    let tool = try WholePathTests.trained()
    let csv = try tool.run("explain", "model.onnx", "survey.csv", "--format", "csv", "--repeats", "2")
    // The one name with a comma is quoted.
    let lines = csv.output.replacingOccurrences(of: "\"Design, R&D", with: "\"Design and R&D").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    #expect(lines[0].contains("innovation.contribution.lower"))
    let json = try tool.run("explain", "model.onnx", "survey.csv", "--format", "json", "--output", "e.json")
    #expect(json.code == 0)
    let document = try JSONSerialization.jsonObject(with: tool.bytes("e.json")) as? [String: Any]
    let explanation = document?["explanation"] as? [String: Any]
    #expect((explanation?["entries"] as? [Any])?.count == lines.count - 1)
    #expect(document?["firms"] as? String == "training")

    // Other firms are not the training's.
    let some = try tool.run("explain", "model.onnx", "survey.csv", "--where", "country == \"FR\"", "--format", "json")
    #expect(some.output.contains("\"firms\" : \"given\""))
  }

  @Test func oneFirmsWaterfall() throws {
    let tool = try WholePathTests.trained()
    let table = try tool.run("predict", "model.onnx", "survey.csv", "--contributions")
    #expect(table.code == 0, "\(table.messages)")
    #expect(table.output.contains("reference firm"))
    let csv = try tool.run("predict", "model.onnx", "survey.csv", "--contributions", "--format", "csv")
    let rows = csv.output.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    // From the reference the steps lead to the prediction, which is that of `predict`.
    let own = rows.filter { $0[0] == "SIM-0001" && $0[1] == "export" }
    let steps = own.filter { $0[3] != "prediction" }.reduce(0) { $0 + Double($1[4])! }
    let prediction = Double(own.first { $0[3] == "prediction" }![4])!
    #expect(abs(steps - prediction) < 1e-12)
    let predicted = try tool.run("predict", "model.onnx", "survey.csv", "--format", "csv")
    let cells = predicted.output.split(separator: "\n")[1].split(separator: ",", omittingEmptySubsequences: false)
    #expect(abs(Double(cells[4])! - prediction) < 1e-12)
  }

  /// A LightGBM model of one tree of three leaves.
  static let peer = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=1
    objective=binary sigmoid:1
    feature_names=a b
    feature_infos=[0:1] [0:1]
    tree_sizes=400

    Tree=0
    num_leaves=3
    num_cat=0
    split_feature=0 1
    split_gain=30 10
    threshold=0.5 0.5
    decision_type=2 2
    left_child=-1 -2
    right_child=1 -3
    leaf_value=-1 0.5 2
    leaf_weight=1 1 1
    leaf_count=50 30 20
    internal_value=0 0
    internal_weight=0 0
    internal_count=100 50
    is_linear=0
    shrinkage=1


    end of trees

    """

  @Test func treesOfAnotherTool() throws {
    let tool = try Tool()
    try tool.write(Self.peer, to: "peer.txt")
    try tool.write("a,b\n0,0\n1,0\n1,1\n", to: "rows.csv")
    let alone = try tool.run("explain", "peer.txt", "--format", "csv")
    #expect(alone.code == 0, "\(alone.messages)")
    #expect(alone.output.hasPrefix("feature,gain,cover\na,0.75,"))
    let rows = try tool.run("explain", "peer.txt", "rows.csv", "--format", "csv")
    // By hand: v(∅) = 0.05, v(b = 0) = −0.25, v(b = 1) = 0.5, v(a = 1) = 1.1.
    let sums: [Double] = [1.05 + 0.75, 1.05 + 0.75, 1.05 + 1.5]
    let expected = sums.reduce(0, +) / 2 / 3
    let first = rows.output.split(separator: "\n")[1].split(separator: ",")
    #expect(first[0] == "a")
    #expect(abs(Double(first[1])! - expected) < 1e-12, "\(rows.output)")
  }

  @Test(arguments: [
    (["explain", "model.onnx", "--held-out", "3"], "--held-out needs the survey"),
    (["explain", "model.onnx", "survey.csv", "--held-out", "1"], "expected 2 or more"),
    (["explain", "model.onnx", "survey.csv", "--shapes", "shapes.txt"], "ends in .csv or .json"),
    (["explain", "model.onnx", "survey.csv", "--within", "colour"], "there is no such context"),
    (["explain", "model.onnx", "--where", "a == 1"], "--where needs a survey"),
    (["explain", "model.onnx", "survey.csv", "--metric", "f1"], "f1"),
  ])
  func badUsage(arguments: [String], says: String) throws {
    let tool = try WholePathTests.trained()
    let result = try tool.run(arguments: arguments)
    #expect(result.code == 64)
    #expect(result.messages.contains(says), "\(result.messages)")
    #expect(!tool.has("shapes.txt"))
  }
}

import Foundation
import Testing

/// `inspect`, `convert` and `predict` on model files of this tool, of others, and on files that are none.
@Suite struct ModelFileCommandTests {
  /// Two splits and three leaves on the columns a and b.
  static let lightGBM = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=1
    objective=binary sigmoid:1
    feature_names=a b
    feature_infos=none none
    tree_sizes=0

    Tree=0
    num_leaves=3
    num_cat=0
    split_feature=0 1
    split_gain=2 1
    threshold=0.5 2.5
    decision_type=10 10
    left_child=1 -1
    right_child=-3 -2
    leaf_value=0.25 -0.5 1
    leaf_count=3 4 5
    internal_value=0 0
    internal_count=12 7
    is_linear=0
    shrinkage=1

    end of trees

    """

  @Test func anotherToolsModelIsInspectedScoredAndConverted() throws {
    let tool = try Tool()
    try tool.write(Self.lightGBM, to: "model.txt")
    try tool.write("b,a\n1,0\n3,\n2,1\n", to: "rows.csv")
    let inspected = try tool.run("inspect", "model.txt")
    #expect(inspected.code == 0)
    #expect(inspected.output.contains("LightGBM") && inspected.output.contains("2: a, b"))
    let scored = try tool.run("predict", "model.txt", "rows.csv", "--format", "csv")
    #expect(scored.code == 0, "\(scored.messages)")
    let lines = scored.output.split(separator: "\n")
    #expect(lines[0] == "id,probability")
    let values = lines.dropFirst().map { Double($0.split(separator: ",")[1])! }
    for (value, raw) in zip(values, [0.25, -0.5, 1]) { #expect(abs(value - 1 / (1 + exp(-raw))) < 1e-15) }
    for name in ["model.onnx", "model.json", "again.txt"] {
      let converted = try tool.run("convert", "model.txt", "--output", name)
      #expect(converted.code == 0, "\(converted.messages)")
      let again = try tool.run("predict", name, "rows.csv", "--format", "csv")
      #expect(again.code == 0, "\(again.messages)")
      for (line, value) in zip(again.output.split(separator: "\n").dropFirst(), values) {
        #expect(abs(Double(line.split(separator: ",").last!)! - value) < 1e-7, "\(name)")
      }
    }
    let verified = try tool.run("inspect", "model.txt", "--verify")
    #expect(verified.code == 65 && verified.messages.contains("another tool"))
  }

  @Test func mistakesAreNamed() throws {
    let tool = try Tool()
    try tool.write(Self.lightGBM, to: "model.txt")
    try tool.write(Self.lightGBM.replacing("left_child=1 -1", with: "left_child=0 -1"), to: "cycle.txt")
    try tool.write("a,c\n1,2\n", to: "other.csv")
    try tool.write("a,b\n1,2\n1,secret\n", to: "text.csv")
    let cycle = try tool.run("inspect", "cycle.txt")
    #expect(cycle.code == 65 && cycle.messages.contains("not a tree") && cycle.output.contains("problem"))
    let missing = try tool.run("predict", "model.txt", "other.csv")
    #expect(missing.code == 65 && missing.messages.contains("'b'"))
    let text = try tool.run("predict", "model.txt", "text.csv")
    #expect(text.code == 65 && text.messages.contains("row 2") && text.messages.contains("'b'"))
    #expect(!text.messages.contains("secret"))
    let format = try tool.run("convert", "model.txt", "--output", "model.bin")
    #expect(format.code == 64 && format.messages.contains("--to"))
    let absent = try tool.run("convert", "nowhere.txt", "--output", "model.onnx")
    #expect(absent.code == 66)
    #expect(!tool.has("model.bin") && !tool.has("model.onnx"))
  }

  @Test func ownModelsAreVerifiedDescribedAndTakeColumns() throws {
    let tool = try Tool()
    var survey = "size,kind,sold\n"
    for row in 0..<60 { survey += "\(row % 7),\(["farm", "shop"][row % 2]),\((row * 7 % 11 + row % 7) > 8 ? 1 : 0)\n" }
    try tool.write(survey, to: "survey.csv")
    let trained = try tool.run(
      "train", "survey.csv", "--outcome", "sold=1", "--learner", "logistic", "--bootstrap", "3", "--output",
      "model.onnx")
    #expect(trained.code == 0, "\(trained.messages)")
    let verified = try tool.run("inspect", "model.onnx", "--verify")
    #expect(verified.code == 0 && verified.output.contains("largest difference"), "\(verified.messages)")
    let card = try tool.run("inspect", "model.onnx", "--card")
    #expect(card.code == 0 && card.output.contains("## Limits") && card.output.contains("60 firms"))
    let converted = try tool.run("convert", "model.onnx", "--input", "columns", "--output", "columns.onnx")
    #expect(converted.code == 0, "\(converted.messages)")
    let described = try tool.run("inspect", "columns.onnx", "--format", "json")
    #expect(
      described.code == 0 && described.output.contains("\"name\" : \"kind\"") && described.output.contains("string"))
    let (first, second) = (
      try tool.run("predict", "model.onnx", "survey.csv", "--format", "csv"),
      try tool.run("predict", "columns.onnx", "survey.csv", "--format", "csv")
    )
    #expect(first.code == 0 && first.output == second.output)
    let refused = try tool.run("convert", "model.onnx", "--output", "model.txt")
    #expect(refused.code == 65 && refused.messages.contains("linear part"))
  }
}

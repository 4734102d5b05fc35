import Foundation
import Testing

/// Groups of firms, the map of capabilities and experts' weights, as a user asks for them.
@Suite struct ExplainGroupTests {
  @Test func prioritiesByCountry() throws {
    let tool = try WholePathTests.trained()
    let table = try tool.run("explain", "model.onnx", "survey.csv", "--by", "country")
    #expect(table.code == 0, "\(table.messages)")
    for part in ["by country", "Argentina", "not settled", "A model of all other groups", "associations"] {
      #expect(table.output.contains(part), "\(part)")
    }
    let csv = try tool.run("explain", "model.onnx", "survey.csv", "--by", "country", "--format", "csv")
    let lines = csv.output.replacingOccurrences(of: "\"Design, R&D", with: "\"Design and R&D").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(lines.allSatisfy { $0.count == lines[0].count } && lines.count > 3 * 14)
    #expect(Set(lines.dropFirst().map { $0[0] }) == ["innovation", "export", "both"])
    let json = try tool.run("explain", "model.onnx", "survey.csv", "--by", "country", "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((document?["groups"] as? [Any])?.count == 3 && (document?["comparisons"] as? [Any])?.count == 3)
  }

  @Test func levelsAreMerged() throws {
    let tool = try WholePathTests.trained()
    try tool.write("level,group\nArgentina,South America\nChile,South America\nFrance,Europe\n", to: "merge.csv")
    let merged = try tool.run("explain", "model.onnx", "survey.csv", "--by", "country", "--merge", "merge.csv")
    #expect(merged.code == 0 && merged.output.contains("South America"), "\(merged.messages)")
    try tool.write("level,group\nArgentina,South America\n", to: "merge.csv")
    let missing = try tool.run("explain", "model.onnx", "survey.csv", "--by", "country", "--merge", "merge.csv")
    #expect(missing.code == 65 && missing.messages.contains("no group is given for Chile, France"))
  }

  @Test func theMapAsPageDrawingAndTable() throws {
    let tool = try WholePathTests.trained()
    for file in ["map.html", "map.svg", "map.csv"] {
      let result = try tool.run("explain", "model.onnx", "survey.csv", "--map", file, "--repeats", "1", "--firms", "20")
      #expect(
        result.code == 0 && result.output.contains("Capabilities whose answers go together"), "\(result.messages)")
    }
    let page = try tool.read("map.html")
    #expect(page.contains("<svg") && page.contains("Design, R&amp;D") && !page.contains("<script"))
    #expect(!page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "").contains("http"))
    let svg = try tool.read("map.svg")
    #expect(svg.hasPrefix("<svg") && svg.contains("<ellipse"))
    #expect(try tool.read("map.csv").split(separator: "\n").count == 15)
  }

  @Test func expertsWeightsAreMixedIn() throws {
    let tool = try WholePathTests.trained()
    try tool.write(
      "capability,innovation,export\nstrategy,3,3\ncustomer,2,2\nlanguages,0,3\nprojects,3,0\n", to: "weights.csv")
    let train = try tool.run(
      "train", "survey.csv", "--codebook", "codebook.yaml", "--output", "prior.onnx", "--bootstrap", "10", "--learner",
      "logistic", "--prior", "weights.csv")
    #expect(train.code == 0, "\(train.messages)")
    #expect(train.output.contains("toward the experts' index") && train.output.contains("experts alone"))
    let inspect = try tool.run("inspect", "prior.onnx")
    #expect(inspect.output.contains("experts count"))
    #expect(try tool.run("inspect", "prior.onnx", "--verify").code == 0)
    // Judgements: customer twice as important as strategy.
    try tool.write("capability,customer,strategy\ncustomer,1,2\nstrategy,1/2,1\n", to: "judgements.csv")
    let judged = try tool.run(
      "train", "survey.csv", "--codebook", "codebook.yaml", "--output", "prior.onnx", "--bootstrap", "10", "--learner",
      "logistic", "--prior", "judgements.csv", "--prior", "judgements.csv")
    #expect(judged.code == 0 && judged.output.contains("judgements of 2 experts, consistency ratio 0.00"))
  }

  @Test(arguments: [
    (["explain", "model.onnx", "--by", "country"], 64, "--by needs the survey"),
    (["explain", "model.onnx", "survey.csv", "--by", "colour"], 64, "there is no such role or column"),
    (["explain", "model.onnx", "survey.csv", "--by", "country", "--held-out", "3"], 64, "--by excludes"),
    (["explain", "model.onnx", "survey.csv", "--merge", "m.csv"], 64, "--merge needs --by"),
    (["explain", "model.onnx", "survey.csv", "--by", "id"], 64, "different values"),
    (["explain", "model.onnx", "survey.csv", "--map", "map.png"], 64, ".html, .svg or .csv"),
    (["explain", "model.onnx", "--map", "map.svg"], 64, "--map needs a survey"),
    (
      ["train", "survey.csv", "--codebook", "codebook.yaml", "--output", "x.onnx", "--prior", "none.csv"], 66,
      "none.csv"
    ),
    (
      ["train", "survey.csv", "--codebook", "codebook.yaml", "--output", "x.onnx", "--prior", "survey.csv"], 65,
      "expected capability, innovation, export"
    ),
    (["train", "survey.csv", "--outcome", "size", "--output", "x.onnx", "--prior", "survey.csv"], 64, "--codebook"),
    (
      [
        "train", "survey.csv", "--codebook", "codebook.yaml", "--output", "x.onnx", "--learner", "boosted-trees",
        "--prior", "survey.csv",
      ], 64, "linear part"
    ),
  ])
  func badUsage(arguments: [String], code: Int32, says: String) throws {
    let tool = try WholePathTests.trained()
    let result = try tool.run(arguments: arguments)
    #expect(result.code == code && result.messages.contains(says), "\(result.code) \(result.messages)")
    #expect(!tool.has("x.onnx") && !tool.has("map.png"))
  }
}

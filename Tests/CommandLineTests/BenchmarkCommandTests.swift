import Foundation
import Testing

/// `benchmark`, as a user runs it.
@Suite struct BenchmarkCommandTests {
  static func simulated() throws -> Tool {
    let tool = try Tool()
    _ = try tool.run(
      "simulate", "--firms", "120", "--countries", "FR,CL,AR", "--seed", "5", "--output", "survey.csv", "--codebook",
      "codebook.yaml")
    return tool
  }

  static let quick = [
    "--codebook", "codebook.yaml", "--learner", "base-rate", "--learner", "index-equal", "--learner", "ridge", "--set",
    "strengths=6", "--set", "inner-folds=3", "--folds", "3", "--permutations", "99",
  ]

  static func run(_ tool: Tool, _ more: String...) throws -> Tool.Result {
    try tool.run(arguments: ["benchmark", "survey.csv"] + quick + more)
  }

  @Test func tableNamesWhatMatters() throws {
    let tool = try Self.simulated()
    let result = try Self.run(tool)
    #expect(result.code == 0, "\(result.messages)")
    for text in [
      "120 firms, 3-fold cross-validation, repeated 2 times", "both:", "base-rate", "index-equal", "minus ridge",
      "prediction sets", "misreported",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    // The base rate ranks nobody.
    let line = try #require(result.output.split(separator: "\n").first { $0.contains(" base-rate ") })
    #expect(line.contains("0.500"))
  }

  @Test func threadsChangeNothing() throws {
    let tool = try Self.simulated()
    let one = try Self.run(tool, "--format", "json", "--threads", "1")
    let three = try Self.run(tool, "--format", "json", "--threads", "3")
    #expect(one.code == 0 && one.output == three.output)
  }

  /// Folds and predictions that are written can be read, and then say the same.
  @Test func foldsAndPredictionsGoRound() throws {
    let tool = try Self.simulated()
    let first = try Self.run(
      tool, "--folds-out", "folds.csv", "--predictions-out", "all.csv", "--format", "csv", "--output", "first.csv")
    #expect(first.code == 0, "\(first.messages)")
    let lines = try tool.read("all.csv").split(separator: "\n").map(String.init)
    #expect(lines.count == 1 + 3 * 2 * 120 && lines[0].hasPrefix("candidate,repeat,id,"))
    let own = lines.filter { $0.hasPrefix("ridge,") }.map { $0.dropFirst("ridge,".count) }
    try tool.write(
      ([lines[0].dropFirst("candidate,".count)] + own).joined(separator: "\n") + "\n", to: "mine.csv")
    let second = try Self.run(tool, "--folds", "folds.csv", "--against", "mine.csv", "--format", "csv")
    #expect(second.code == 0, "\(second.messages)")
    let values = second.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for metric in ["auc", "logLoss", "brier"] {
      let rows = values.filter { $0[4] == metric && $0[2].isEmpty && $0[0] != "both" && $0[3].isEmpty }
      let ridge = rows.filter { $0[1] == "ridge" }.map { Double($0[5])! }
      let mine = rows.filter { $0[1] == "mine" }.map { Double($0[5])! }
      #expect(ridge.count == 2 && zip(ridge, mine).allSatisfy { abs($0 - $1) < 1e-9 })
    }
    // The folds that were read are those that were written.
    let before = try tool.read("first.csv").split(separator: "\n").filter { $0.contains(",ridge,,,") }
    let after = second.output.split(separator: "\n").filter { $0.contains(",ridge,,,") }
    #expect(!before.isEmpty && before == after)
  }

  @Test func gatesAnswerByExitCode() throws {
    let tool = try Self.simulated()
    let met = try Self.run(tool, "--gate", "auc.export >= 0.5", "--gate", "logLoss.innovation.ridge < 2")
    #expect(met.code == 0 && met.messages.contains("gate met"))
    let missed = try Self.run(tool, "--gate", "auc.export >= 0.999")
    #expect(missed.code == 1 && missed.messages.contains("gate not met"))
    #expect(try Self.run(tool, "--gate", "auc.profit >= 0.5").code == 1)
  }

  @Test func everythingElseCanBeAskedFor() throws {
    let tool = try Self.simulated()
    let result = try Self.run(
      tool, "--repeats", "1", "--learning-curve", "--bootstrap", "5", "--by", "country", "--stability", "--format",
      "html", "--output", "page.html")
    #expect(result.code == 0, "\(result.messages)")
    let page = try tool.read("page.html")
    for text in [
      "Stability of priorities", "Bootstrap validation", "By country", "number of firms", "Decision curve", "</html>",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    for text in ["http", "<script", "src="] { #expect(!page.contains(text)) }
    let country = try Self.run(tool, "--leave-out", "country")
    #expect(country.code == 0 && country.output.contains("each of 3 groups left out once"), "\(country.messages)")
    let nested = try Self.run(tool, "--repeats", "1", "--nested", "--permutations", "0")
    #expect(nested.code == 0 && nested.output.contains("nested-choice"), "\(nested.messages)")
  }

  @Test func anyRectangularFile() throws {
    let tool = try Tool()
    var text = "colour,size,day,price,bought\n"
    for row in 0..<150 {
      let size = row * 31 % 7
      text += "\(["red", "green", "blue"][row % 3]),\(size),\(row / 10),\(size * 10 + row % 9),"
      text += (row * 37 % 11) + size > 8 ? "yes\n" : "no\n"
    }
    try tool.write(text, to: "shop.csv")
    // What a thing costs gives its size away here, which is no matter.
    let base = [
      "benchmark", "shop.csv", "--allow-leaks", "--learner", "base-rate", "--learner", "ridge", "--set", "strengths=5",
    ]
    let time = try tool.run(arguments: base + ["--outcome", "bought", "--time", "day", "--folds", "3"])
    #expect(time.code == 0 && time.output.contains("3 blocks in order of time"), "\(time.messages)")
    let group = try tool.run(arguments: base + ["--outcome", "price", "--group", "colour", "--folds", "3"])
    #expect(group.code == 0 && group.output.contains("R²"), "\(group.messages)")
    let moved = try tool.run(
      arguments: base + ["--outcome", "price >= 30", "--cut-off", "price=40", "--folds", "3"])
    #expect(moved.code == 0 && moved.output.contains("price >= 40"), "\(moved.messages)")
  }

  @Test(
    arguments: [
      (["--learner", "magic"], 64, "magic"), (["--folds", "1"], 64, "--folds"),
      (["--folds", "nowhere.csv"], 66, "nowhere"),
      (["--gate", "auc >= 1"], 64, "--gate"), (["--reference", "magic"], 64, "magic"),
      (["--leave-out", "planet"], 64, "planet"), (["--learner", "index-ahp"], 64, "judgements"),
      (["--leave-out", "country", "--time", "x"], 64, "exclude"), (["--cut-off", "innovation=3"], 64, "no bound"),
      (["--against", "survey.csv"], 65, "survey.csv"), (["--repeats", "0"], 64, "--repeats"),
    ] as [([String], Int32, String)])
  func badInput(_ arguments: [String], _ code: Int32, _ says: String) throws {
    let tool = try Self.simulated()
    let result = try tool.run(
      arguments: ["benchmark", "survey.csv"] + Self.quick + arguments + ["--output", "out.txt"])
    #expect(result.code == code, "\(result.messages)")
    #expect(result.messages.contains(says), "\(result.messages)")
    #expect(!tool.has("out.txt"))
  }

  @Test func leaksAreRefused() throws {
    let tool = try Tool()
    var text = "practice,told,y\n"
    for row in 0..<100 { text += "\(row * 7 % 5),\(row % 2 == 1 ? "a" : "b"),\(row % 2)\n" }
    try tool.write(text, to: "leak.csv")
    let refused = try tool.run("benchmark", "leak.csv", "--outcome", "y", "--learner", "ridge")
    #expect(refused.code == 65 && refused.messages.contains("told"))
    let dropped = try tool.run("benchmark", "leak.csv", "--outcome", "y", "--learner", "ridge", "--drop-leaks")
    #expect(dropped.code == 0, "\(dropped.messages)")
  }

  @Test func judgementsMakeAnIndex() throws {
    let tool = try Self.simulated()
    let codebook = try tool.read("codebook.yaml")
    let ids = Self.capabilities(codebook)
    var text = "capability," + ids.joined(separator: ",") + "\n"
    for (i, id) in ids.enumerated() {
      text += id + "," + ids.indices.map { $0 == i ? "1" : i == 0 ? "3" : $0 == 0 ? "1/3" : "1" }.joined(separator: ",")
      text += "\n"
    }
    try tool.write(text, to: "judgements.csv")
    let result = try Self.run(tool, "--learner", "index-ahp", "--judgements", "judgements.csv")
    #expect(result.code == 0 && result.output.contains("index-ahp"), "\(result.messages)")
    try tool.write(text.replacingOccurrences(of: "1/3", with: "x"), to: "judgements.csv")
    let bad = try Self.run(tool, "--learner", "index-ahp", "--judgements", "judgements.csv")
    #expect(bad.code == 65 && bad.messages.contains("fraction"), "\(bad.messages)")
  }

  /// The ids under `capabilities:` of a codebook.
  static func capabilities(_ codebook: String) -> [String] {
    var ids: [String] = []
    var isInside = false
    for line in codebook.split(separator: "\n") {
      if !line.hasPrefix(" ") && !line.hasPrefix("-") { isInside = line.hasPrefix("capabilities:") }
      if isInside, let match = line.firstMatch(of: #/^ *- *(?:\{ *)?id: *"?([A-Za-z0-9_-]+)"?/#) {
        ids.append(String(match.1))
      }
    }
    return ids
  }
}

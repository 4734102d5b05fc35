import Foundation
import Testing

/// What an adviser sees.
@Suite struct DiagnosisTests {
  private func firm(_ answers: String) -> String {
    "{\"id\": \"Bodega\", \"country\": \"CL\", \"size\": 2, \"age\": 30, \(answers)}"
  }

  private func answers(_ value: (Int) -> String) -> String {
    let columns = [
      "q01", "q05", "q07", "q10", "q14", "q16", "q19", "q22", "q26", "q28", "q31", "q34", "q37", "q40", "q43", "q46",
      "q49", "q52", "q55", "q58", "q62", "q64",
    ]
    return columns.enumerated().map { "\"\($1)\": \(value($0))" }.joined(separator: ", ")
  }

  @Test func oneFirmInThreeLanguages() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { "\($0 % 4)" }), to: "firm.json")
    let english = try tool.run("predict", "model.onnx", "firm.json")
    #expect(english.code == 0, "\(english.messages)")
    #expect(english.output.contains("Diagnosis of Bodega"))
    #expect(english.output.contains("Both at once: "))
    #expect(english.output.contains("simulated firms"))
    #expect(english.output.contains("above peers"))
    let french = try tool.run("predict", "model.onnx", "firm.json", "--language", "fr")
    #expect(french.output.contains("Diagnostic de Bodega") && french.output.contains("Les deux à la fois"))
    let spanish = try tool.run("predict", "model.onnx", "firm.json", "--language", "es")
    #expect(spanish.output.contains("Diagnóstico de Bodega") && spanish.output.contains("Ambas a la vez"))
    // Decimal commas: +4,1 [0,0; 9,8].
    for page in [french, spanish] {
      #expect(page.output.contains(try Regex("[+−][0-9]+,[0-9] \\[[−0-9]+,[0-9]; [−0-9]+,[0-9]\\]")))
      #expect(!page.output.contains(try Regex("[0-9]\\.[0-9]")))
    }
  }

  @Test func firmsAtTheTopAndWithGaps() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { _ in "4" }), to: "strong.json")
    #expect(try tool.run("predict", "model.onnx", "strong.json").output.contains("highest level"))
    try tool.write("[" + firm(answers { $0 < 12 ? "null" : "1" }) + "]", to: "gaps.json")
    let gaps = try tool.run("predict", "model.onnx", "gaps.json")
    #expect(gaps.output.contains("could change the order") && gaps.output.contains("outside what the model has seen"))
  }

  @Test func plans() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { _ in "1" }), to: "firm.json")
    let plan = try tool.run("predict", "model.onnx", "firm.json", "--plan")
    #expect(plan.code == 0 && plan.output.contains("least effort"), "\(plan.messages)")
    let none = try tool.run("predict", "model.onnx", "firm.json", "--plan", "--target", "export=0.9999999")
    #expect(none.output.contains("No plan reaches this target"))
    let budget = try tool.run("predict", "model.onnx", "firm.json", "--plan", "--budget", "2", "--format", "json")
    let document = try JSONSerialization.jsonObject(with: Data(budget.output.utf8)) as? [String: Any]
    let firms = try #require(document?["firms"] as? [[String: Any]])
    let found = try #require(firms[0]["plan"] as? [String: Any])
    #expect(found["budget"] as? Double == 2 && found["certificate"] as? String == "optimal")
    for wrong in [["--target", "export=2"], ["--target", "profit=0.5"], ["--budget", "-1"]] {
      #expect(try tool.run(arguments: ["predict", "model.onnx", "firm.json", "--plan"] + wrong).code == 64)
    }
    #expect(try tool.run("predict", "model.onnx", "firm.json", "--budget", "2").code == 64)
  }

  @Test func jsonHoldsWhatThePageShows() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { "\($0 % 3)" }), to: "firm.json")
    let result = try tool.run("predict", "model.onnx", "firm.json", "--format", "json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let firm = try #require((document["firms"] as? [[String: Any]])?.first)
    #expect(firm["id"] as? String == "Bodega")
    let outcomes = try #require(firm["outcomes"] as? [String: [String: Double]])
    #expect(Set(outcomes["export"]!.keys) == ["probability", "lower", "upper"])
    let first = try #require((firm["priorities"] as? [[String: Any]])?.first)
    for key in [
      "capability", "level", "target", "uplifts", "rank", "rankInterval", "probabilityOfFirstThree", "space",
      "tiedWith",
      "effort", "pareto",
    ] { #expect(first[key] != nil, "\(key)") }
    #expect(Set((first["uplifts"] as! [String: Any]).keys) == ["innovation", "export", "both"])
  }

  @Test func ordersAndBadAnswers() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { "\($0 % 3)" }), to: "firm.json")
    for objective in ["both", "min", "innovation", "export", "balanced"] {
      #expect(try tool.run("predict", "model.onnx", "firm.json", "--objective", objective).code == 0)
    }
    let weighted = try tool.run(
      "predict", "model.onnx", "firm.json", "--objective", "weighted", "--weights", "0,1", "--format", "csv")
    let export = try tool.run("predict", "model.onnx", "firm.json", "--objective", "export", "--format", "csv")
    #expect(weighted.output == export.output)
    #expect(try tool.run("predict", "model.onnx", "firm.json", "--weights", "1,2").code == 64)
    #expect(try tool.run("predict", "model.onnx", "firm.json", "--language", "de").code == 64)
    for (text, name) in [
      ("{\"id\": ", "half.json"), ("[1, 2]", "numbers.json"), ("{\"q01\": [1]}", "list.json"), ("[]", "none.json"),
    ] {
      try tool.write(text, to: name)
      let result = try tool.run("predict", "model.onnx", name)
      #expect(result.code == 65 && result.messages.contains(name), "\(result.messages)")
    }
    #expect(try tool.run("predict", "model.onnx", "absent.json").code == 66)
  }

  @Test func indexNeedsNoData() throws {
    let tool = try WholePathTests.trained()
    try tool.write(firm(answers { "\($0 % 5)" }), to: "firm.json")
    let page = try tool.run("index", "firm.json", "--codebook", "codebook.yaml", "--language", "fr")
    #expect(page.code == 0 && page.output.contains("Poids d’experts"), "\(page.messages)")
    let books = try tool.run("index", "survey.csv", "--codebook", "codebook.yaml", "--format", "csv")
    #expect(books.output.split(separator: "\n").count == 121)
    try tool.write("capability,innovation,export\nstrategy,2,1\nlanguages,0,3\n", to: "weights.csv")
    let weighted = try tool.run(
      "index", "firm.json", "--codebook", "codebook.yaml", "--weights", "weights.csv", "--format", "json")
    #expect(weighted.code == 0, "\(weighted.messages)")
    try tool.write("capability,innovation,export\nmagic,2,1\n", to: "wrong.csv")
    let wrong = try tool.run("index", "firm.json", "--codebook", "codebook.yaml", "--weights", "wrong.csv")
    #expect(wrong.code == 65 && wrong.messages.contains("'magic' is no capability"))
  }
}

import Foundation
import Testing
import _TestSupport

/// From a survey to priorities, as a user goes.
@Suite struct WholePathTests {
  static func trained() throws -> Tool {
    let tool = try Tool()
    _ = try tool.run(
      "simulate", "--firms", "120", "--seed", "5", "--output", "survey.csv", "--codebook", "codebook.yaml", "--truth",
      "truth.json")
    let result = try tool.run(
      "train", "survey.csv", "--codebook", "codebook.yaml", "--output", "model.onnx", "--bootstrap", "20", "--learner",
      "logistic")
    #expect(result.code == 0, "\(result.messages)")
    return tool
  }

  @Test func surveyToPriorities() throws {
    let tool = try Self.trained()
    let check = try tool.run("check", "survey.csv", "--codebook", "codebook.yaml")
    #expect(check.code == 0)
    #expect(check.output.contains("120 firms"))
    #expect(check.output.contains("SIMULATED"))

    let table = try tool.run("predict", "model.onnx", "survey.csv", "--top", "2")
    #expect(table.code == 0)
    #expect(table.output.contains("Diagnosis of SIM-0001"))
    #expect(table.output.contains("associations"))

    let csv = try tool.run("predict", "model.onnx", "survey.csv", "--format", "csv", "--top", "2")
    let lines = csv.output.split(separator: "\n")
    #expect(lines.count == 121)
    let figures = ["innovation", "export", "joint"].flatMap { name in
      ["probability", "lower", "upper"].map { "\(name).\($0)" }
    }
    #expect(lines[0] == (["id"] + figures + ["priority.1", "priority.2"]).joined(separator: ","))
    for line in lines.dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = cells[1...9].compactMap { Double($0) }
      #expect(numbers.count == 9)
      // Both can't be likelier than either, nor less likely than the margins force.
      #expect(numbers[6] <= min(numbers[0], numbers[3]) + 1e-12)
      #expect(numbers[6] >= max(0, numbers[0] + numbers[3] - 1) - 1e-12)
    }

    let json = try tool.run("predict", "model.onnx", "survey.csv", "--format", "json", "--output", "out.json")
    #expect(json.code == 0)
    let document = try JSONSerialization.jsonObject(with: tool.bytes("out.json")) as? [String: Any]
    #expect((document?["firms"] as? [Any])?.count == 120)
    #expect(document?["simulated"] as? Bool == true)

    let card = try tool.run("inspect", "model.onnx")
    #expect(card.code == 0)
    #expect(card.output.contains("survey.csv (simulated firms)"))
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let tool = try Self.trained()
    for threads in ["1", "3"] {
      let again = try tool.run(
        "train", "survey.csv", "--codebook", "codebook.yaml", "--output", "again.onnx", "--bootstrap", "20",
        "--learner", "logistic", "--threads", threads)
      #expect(again.code == 0)
      // The number of threads is a setting that is recorded; it must change nothing else.
      let first = try tool.run("predict", "model.onnx", "survey.csv", "--format", "csv").output
      let second = try tool.run("predict", "again.onnx", "survey.csv", "--format", "csv").output
      #expect(first == second)
    }
  }

  @Test func anyRectangularFileTrains() throws {
    let tool = try Tool()
    var text = "colour,size,weight,bought\n"
    for row in 0..<200 {
      let size = row % 7
      let bought = (row * 37 % 11) + size > 8 ? "yes" : "no"
      text += "\(["red", "green", "blue"][row % 3]),\(size),\(row % 13).5,\(bought)\n"
    }
    try tool.write(text, to: "shop.csv")
    let result = try tool.run(
      "train", "shop.csv", "--outcome", "bought", "--output", "m.onnx", "--bootstrap", "5", "--learner", "logistic")
    #expect(result.code == 0, "\(result.messages)")
    let predicted = try tool.run("predict", "m.onnx", "shop.csv", "--format", "csv")
    #expect(predicted.output.hasPrefix("id,bought.probability,bought.lower,bought.upper\n"))
  }
}

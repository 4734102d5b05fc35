import Foundation
import SurveyData
import Testing

@testable import CapabilityScoring
@testable import innov4sme

/// What an adviser reads, word for word, in the three languages.
@Suite struct DiagnosisTextTests {
  private func rendering(
    _ language: Language, target: PriorityTarget = .step, objective: PriorityObjective = .balanced,
    planning: FirmPlanner.Request? = nil, firmCount: Int = 400
  ) throws -> DiagnosisRendering {
    let predictor = try SmallPredictor.predictor(firmCount: firmCount)
    let answers = try JSONAnswers(Data(SmallPredictor.firms.utf8), name: "firms.json", encoding: predictor.encoding)
    let encoded = try predictor.encoding.encode(answers.table, for: .prediction, allowingMissingColumns: true)
    #expect(encoded.problems.isEmpty)
    let assessor = FirmAssessor(
      predictor: predictor, ranker: PriorityRanker(objective: objective), target: target, planning: planning)
    return DiagnosisRendering(
      predictor: predictor, assessments: assessor.assess(encoded, threadCount: 1), language: language,
      objective: objective, target: target, top: 3)
  }

  @Test(arguments: Language.allCases)
  func table(language: Language) throws {
    try GoldenFile.expect(try rendering(language).table(), is: "diagnosis.\(language.rawValue).txt")
  }

  @Test(arguments: Language.allCases)
  func planTowardTheUpperQuartile(language: Language) throws {
    let request = FirmPlanner.Request(
      targets: [.init(outcome: "innovation", chance: 0.5), .init(outcome: "export", chance: 0.6)], budget: 6)
    try GoldenFile.expect(
      try rendering(
        language, target: .upperQuartile, objective: .weighted(innovation: 1, export: 2), planning: request
      ).table(), is: "plan.\(language.rawValue).txt")
  }

  /// Eighty firms: groups, and how many firms it would take.
  @Test(arguments: Language.allCases)
  func groupsInsteadOfAnOrder(language: Language) throws {
    let text = try rendering(language, firmCount: 80).table()
    try GoldenFile.expect(text, is: "groups.\(language.rawValue).txt")
  }

  /// The figures of the table are those of the JSON, and the CSV has exactly its columns.
  @Test func formatsAgree() throws {
    let rendering = try rendering(.fr)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(try rendering.json().utf8)) as? [String: Any])
    let firms = try #require(document["firms"] as? [[String: Any]])
    let lines = rendering.csv().split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(
      lines[0].joined(separator: ",")
        == "id,innovation.probability,innovation.lower,innovation.upper,export.probability,export.lower,export.upper,"
        + "joint.probability,joint.lower,joint.upper,priority.1,priority.2,priority.3")
    #expect(lines.count == 4 && firms.count == 3)
    let table = rendering.table()
    for (line, firm) in zip(lines.dropFirst(), firms) {
      #expect(String(line[0]) == firm["id"] as? String)
      let outcomes = try #require(firm["outcomes"] as? [[String: Any]])
      let innovation = try #require(outcomes[0]["probability"] as? Double)
      #expect(abs((Double(line[1]) ?? .nan) - innovation) < 1e-15)
      #expect(table.contains(Phrases(.fr).percent(innovation)))
      let priorities = try #require(firm["priorities"] as? [[String: Any]])
      #expect(
        priorities.prefix(3).map { $0["capability"] as? String }
          == line[10...].filter { !$0.isEmpty }.map { String($0) })
      for priority in priorities {
        for key in [
          "level", "target", "uplifts", "both", "rank", "rankLower", "rankUpper", "probabilityOfFirstThree", "space",
          "tiedWith", "effort", "isParetoOptimal",
        ] { #expect(priority[key] != nil, "\(key)") }
      }
    }
    #expect((firms[2]["unfamiliarAnswers"] as? [[String: Any]])?.first?["item"] as? String == "size")
    #expect(firms[2]["alreadyStrong"] as? [String] == ["strategy", "quality"])
    #expect(document["showsGroups"] as? Bool == false)
  }

  @Test func linesFitAPage() throws {
    for language in Language.allCases {
      for line in try rendering(language).table().split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
    }
  }

  @Test func wrappingKeepsFrenchSignsAtTheirWord() {
    let text = TextWrap.wrapped("« un deux » trois : quatre ; cinq", width: 12, first: "  ", indent: 4)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      #expect(!["»", ":", ";"].contains(words.first ?? "") && words.last != "«")
    }
    #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ") == "« un deux » trois : quatre ; cinq")
    #expect(TextWrap.wrapped("") == "")
  }
}

import Foundation
import Testing

@testable import SurveyData

@Suite struct JSONAnswersTests {
  static let codebook = """
    codebook: 1
    title: Test
    missing:
      - {codes: [-9], reason: dont-know}
    scales:
      agree:
        - {codes: [0], label: {en: "Not at all", fr: "Pas du tout", es: "Nada"}}
        - {codes: [1], label: {en: "Somewhat", fr: "Assez", es: "Algo"}}
        - {codes: [2], label: {en: "Entirely", fr: "Tout à fait", es: "Totalmente"}}
    items:
      - {column: p.1, id: plan, kind: likert, scale: agree}
      - column: p.2
        id: patent
        kind: binary
        levels:
          - {codes: ["No"], label: {en: "No", fr: "Non", es: "No"}}
          - {codes: ["Si"], label: {en: "Yes", fr: "Oui", es: "Sí"}}
    capabilities:
      - {id: strategy, name: Strategy, items: [plan, patent]}
    context:
      - {column: staff, kind: numeric}
    outcomes:
      - {id: export, column: exports, rule: "> 0"}
    """

  private func encoding() throws -> SurveyEncoding {
    try SurveyEncoding(
      codebook: Codebook(yaml: Self.codebook, name: "codebook.yaml"),
      table: SurveyTable(columns: [], rowCount: 0), outcomes: [], allowingMissingColumns: true)
  }

  private func answers(_ json: String) throws -> JSONAnswers {
    try JSONAnswers(Data(json.utf8), name: "firms.json", encoding: encoding())
  }

  private func encoded(_ json: String) throws -> EncodedSurvey {
    let answers = try answers(json)
    let encoding = try SurveyEncoding(
      codebook: Codebook(yaml: Self.codebook, name: "codebook.yaml"), table: answers.table, outcomes: [],
      allowingMissingColumns: true)
    return try encoding.encode(answers.table, for: .prediction, allowingMissingColumns: true)
  }

  @Test func oneFirmIsAnObjectAndSeveralAreAnArray() throws {
    let one = try answers(#"{"id": "A", "p.1": 2}"#)
    #expect(one.table.rowCount == 1 && one.firmIDs == ["A"])
    let several = try answers(#"[{"id": "A", "p.1": 2}, {"plan": 0}]"#)
    #expect(several.table.rowCount == 2 && several.firmIDs == ["A", nil])
    #expect(several.table[column: "p.1"]?.text(row: 1) == "0")
    #expect(try answers(#"{"firms": [{"plan": 0}, {"plan": 1}, {}]}"#).table.rowCount == 3)
  }

  @Test func columnsIdsCodesLabelsAndFlagsAreUnderstood() throws {
    let survey = try encoded(
      #"[{"plan": 1, "patent": true, "staff": 12.5}, {"p.1": "tout a fait", "p.2": "No", "staff": "40"}, {"plan": "Nada", "patent": false}, {"plan": "Dunno"}, {"plan": -9, "patent": null}]"#
    )
    func values(_ id: String) -> [Double] {
      let index = survey.features.firstIndex { $0.id == id }!
      return (0..<5).map { survey.matrix[$0, index] }
    }
    #expect(values("plan")[0...2] == [1, 2, 0])
    #expect(values("plan")[3].isNaN && values("plan")[4].isNaN)
    #expect(values("patent")[0...2] == [1, 0, 0] && values("patent")[4].isNaN)
    #expect(values("staff")[0...1] == [12.5, 40] && values("staff")[2].isNaN)
    let plan = survey.features.firstIndex { $0.id == "plan" }!
    #expect(survey.reason(row: 3, feature: plan) == .unreadable && survey.reason(row: 4, feature: plan) == .dontKnow)
    #expect(survey.problems.map(\.column) == ["p.1"])
  }

  struct Bad: Sendable, CustomStringConvertible {
    let json: String
    let error: JSONAnswersError
    var description: String { json }
  }

  @Test(arguments: [
    Bad(json: "[]", error: .noFirms(file: "firms.json")),
    Bad(json: "3", error: .notFirms(file: "firms.json", got: "a single value")),
    Bad(json: #"["secret"]"#, error: .notFirms(file: "firms.json", got: "an array of something else than objects")),
    Bad(
      json: #"[{"plan": 1}, {"plann": 1}]"#,
      error: .unknownKey(.init(file: "firms.json", firm: 2, key: "plann"), suggestion: "plan")),
    Bad(
      json: #"{"plan": 1, "p.1": 2}"#,
      error: .sameColumn(.init(file: "firms.json", firm: 1, key: "plan"), other: "p.1")),
    Bad(
      json: #"{"plan": ["secret"]}"#,
      error: .badValue(
        .init(file: "firms.json", firm: 1, key: "plan"), got: "an array", expected: "a code, a label, a number or null")
    ),
    Bad(
      json: #"{"staff": {"secret": 1}}"#,
      error: .badValue(.init(file: "firms.json", firm: 1, key: "staff"), got: "an object", expected: "a number or null")
    ),
    Bad(
      json: #"{"plan": true}"#,
      error: .badValue(
        .init(file: "firms.json", firm: 1, key: "plan"), got: "true or false",
        expected: "a code, a label, a number or null")),
  ])
  func whatIsWrongIsNamedByPlace(_ bad: Bad) throws {
    let error = #expect(throws: JSONAnswersError.self) { try answers(bad.json) }
    #expect(error == bad.error)
    #expect(error.map { !$0.description.contains("secret") } ?? false)
  }

  @Test func textThatIsNotJSONIsRefusedWithoutQuotingIt() throws {
    for text in ["", "{", "plan,patent\n1,secret\n", #"{"plan": secret}"#, String(repeating: "[", count: 5_000)] {
      let error = #expect(throws: JSONAnswersError.self) { try answers(text) }
      guard case .notJSON = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(error.map { !$0.description.contains("secret") } ?? false)
    }
  }
}

import Foundation
import StatisticalLearning
import Testing
import _TestSupport

@testable import SurveyData

private let nan = Double.nan

private let codebookYAML = """
  codebook: 1
  missing:
    - {codes: ["Ns/Nc", -99], reason: dont-know}
    - {codes: ["No hace"], reason: not-asked}
  items:
    - {column: q1, id: plan, kind: likert, levels: [1, 2, {codes: [3, "tres"]}], missing: [{codes: [8], reason: not-applicable}]}
    - {column: q2, kind: ordinal, levels: [low, mid, high], reverse: true}
    - {column: q3, kind: binary}
    - {column: staff, kind: numeric}
    - {column: sector, kind: nominal}
  capabilities:
    - {id: strategy, items: [plan, {item: q2, weight: 2}]}
  context:
    - {column: tam, id: size, name: Size, kind: ordinal, levels: [S, M, L], role: size}
  outcomes:
    - {id: innovation, column: p4, rule: "== Si"}
    - {id: top, column: sales, rule: "top 50%"}
    - {id: band, column: exports, kind: ordinal, levels: ["0%", "10%", "50%"]}
    - {id: export, column: exports, rule: "> 0%", levels: ["0%", "10%", "50%"]}
  design: {id: firm, weight: w, strata: stratum}
  """

private func table() -> SurveyTable {
  makeTable([
    "q1": ["1", "3", "tres", "8", "Ns/Nc", "7", nil], "q2": ["low", "high", "mid", "No hace", "Low", "high", "mid"],
    "q3": ["Si", "No", "No", "Si", nil, "No", "Si"], "staff": ["10", "2.5", "-99", "x", "7", "0", "1"],
    "sector": ["wine", "food", "wine", "Ns/Nc", "10", "9", "food"], "tam": ["S", "M", "L", "S", "S", "M", "M"],
    "p4": ["Si", "No", "No hace", "Ns/Nc", "si", "Si", "No"], "sales": ["10", "20", "20", "5", "", "40", "1"],
    "exports": ["0%", "10%", "50%", "Ns/Nc", "0%", "20%", "10%"], "firm": ["a", "b", "c", "d", "e", "f", ""],
    "w": ["1", "2", "1", "0", "1", "-1", "1"], "stratum": ["1", "1", "2", "2", "3", "3", "3"],
  ])
}

@Suite struct SurveyEncodingTests {
  @Test func codesEveryKindOfCell() throws {
    let encoding = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table())
    let survey = try encoding.encode(table())
    #expect(survey.features.map(\.id) == ["plan", "q2", "q3", "staff", "sector", "size"])
    #expect(same(survey.matrix.column(0), [0, 2, 2, nan, nan, nan, nan]))
    #expect(
      (0..<7).map { survey.reason(row: $0, feature: 0) }
        == [nil, nil, nil, .notApplicable, .dontKnow, .unreadable, .blank])
    #expect(same(survey.matrix.column(1), [2, 0, 1, nan, nan, 0, 1]), "reversed: low is the most")
    #expect(survey.features[1].levels.map { $0.codes[0].text } == ["high", "mid", "low"])
    #expect(survey.reason(row: 3, feature: 1) == .notAsked)
    #expect(same(survey.matrix.column(2), [1, 0, 0, 1, nan, 0, 1]), "Si is the yes though it is seen first")
    #expect(same(survey.matrix.column(3), [10, 2.5, nan, nan, 7, 0, 1]))
    #expect(survey.features[3].range?.minimum == 0)
    #expect(survey.features[3].range?.median == 2.5)
    #expect(survey.features[4].levels.map { $0.codes[0].text } == ["9", "10", "food", "wine"])
    #expect(same(survey.matrix.column(4), [3, 2, 3, nan, 1, 0, 2]))
    #expect(survey.features[4].feature.kind == .categorical(levelCount: 4))
    #expect(survey.features.map(\.capability) == ["strategy", "strategy", nil, nil, nil, nil])
    #expect(survey.features[1].weight == 2)
    #expect(survey.features[5].isContext && survey.features[5].role == .size)
  }

  @Test func outcomesAndDesign() throws {
    let encoding = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table())
    let survey = try encoding.encode(table())
    #expect(same(survey.outcomes[0].values, [1, 0, nan, nan, nan, 1, 0]), "'si' is reported, not taken for no")
    #expect(survey.outcomes[0].reasons == [0, 0, 5, 3, 6, 0, 0])
    // By weight: 20 (rows 2 and 3, weights 2 and 1) reaches 3 of 5, 40 has no usable weight.
    #expect(encoding.thresholds[1] == [20])
    #expect(same(survey.outcomes[1].values, [0, 1, 1, 0, nan, 1, 0]))
    #expect(same(survey.outcomes[2].values, [0, 1, 2, nan, 0, nan, 1]))
    #expect(same(survey.outcomes[3].values, [0, 1, 1, nan, 0, nan, 1]))
    #expect(survey.weights == [1, 2, 1, 0, 1, 0, 1])
    #expect(survey.firmIDs == ["a", "b", "c", "d", "e", "f", "row 7"])
    #expect(survey.group(.size)?.codes == [0, 1, 2, 0, 0, 1, 1])
    #expect(survey.group("stratum")?.codes == [0, 0, 1, 1, 2, 2, 2])
    #expect(survey.outcome("innovation")!.mean(weights: survey.weights) == 0.25)
    let (dataset, rows) = try survey.dataset(outcome: "innovation")!
    #expect(rows == [0, 1, 5, 6] && dataset.targets == [1, 0, 1, 0] && dataset.weights == [1, 2, 0, 1])
  }

  @Test func problemsAreGroupedAndSuggest() throws {
    let survey = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table()).encode(table())
    func problem(_ column: String) -> EncodingProblem? { survey.problems.first { $0.column == column } }
    #expect(problem("q1")?.found == "7")
    #expect(problem("q2")?.suggestion == "low")
    #expect(
      problem("q2")?.description == "q2: row 5 holds 'Low'; expected high, mid, low; did you mean 'low'?")
    #expect(problem("staff")?.expected == ["a number"] && problem("staff")?.firstRows == [3])
    #expect(problem("p4")?.suggestion == "Si")
    #expect(problem("w")?.found == "-1")
    #expect(problem("exports")?.found == "20%")
    #expect(survey.problems.count == 6, "each once, though two outcomes read the same column")
  }

  @Test func appliesUnchangedToAnotherFile() throws {
    let encoding = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table())
    let new = makeTable(["q1": ["2", "2"], "sector": ["steel", "food"], "p4": ["Si", "Si"]])
    #expect(throws: SurveyEncodingError.self) { try encoding.encode(new, for: .prediction) }
    let survey = try encoding.encode(new, for: .prediction, allowingMissingColumns: true)
    #expect(same(survey.matrix.column(0), [1, 1]))
    #expect(same(survey.matrix.column(4), [nan, 2]))
    #expect(survey.reason(row: 0, feature: 4) == .unreadable)
    #expect(survey.problems.map(\.found) == ["steel"])
    #expect(survey.warnings[0].contains("4 of 6 columns") && survey.warnings[0].contains("q2, q3, staff, tam"))
    #expect(survey.outcomes.map(\.id) == ["innovation"])
    #expect(survey.firmIDs == ["row 1", "row 2"])
  }

  @Test func missingColumnsAreSuggested() throws {
    let codebook = try Codebook(yaml: "codebook: 1\nitems: [{column: exporta, kind: numeric}]")
    do {
      _ = try SurveyEncoding(codebook: codebook, table: makeTable(["Exporta": ["1"]]))
      Issue.record("accepted")
    } catch {
      #expect(error.description == "the file has no column 'exporta' (item 'exporta'); did you mean 'Exporta'?")
    }
  }

  @Test func survivesCoding() throws {
    let encoding = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table())
    let data = try JSONEncoder().encode(encoding)
    let again = try JSONDecoder().decode(SurveyEncoding.self, from: data)
    #expect(again == encoding)
    let wrong = String(decoding: data, as: UTF8.self).replacing("\"staff\"", with: "\"stuff\"")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(SurveyEncoding.self, from: Data(wrong.utf8)) }
  }

  @Test func threeValuedLogic() throws {
    let yaml = """
      codebook: 1
      outcomes:
        - {id: any, any-of: [{column: a, rule: "== 1"}, {column: b, rule: "== 1"}]}
        - {id: all, all-of: [{column: a, rule: "== 1"}, {column: b, rule: "== 1"}]}
      """
    let cells = ["1", "0", nil]
    let table = makeTable([
      "a": cells.flatMap { a in cells.map { _ in a } }, "b": cells.flatMap { _ in cells },
    ])
    let survey = try SurveyEncoding(codebook: Codebook(yaml: yaml), table: table).encode(table)
    #expect(same(survey.outcomes[0].values, [1, 1, 1, 1, 0, nan, 1, nan, nan]))
    #expect(same(survey.outcomes[1].values, [1, 0, nan, 0, 0, 0, nan, 0, nan]))
  }

  @Test func rulesSeeFilterLevelsAndLabels() throws {
    let yaml = """
      codebook: 1
      missing: [{codes: ["No hace"], reason: not-asked}]
      outcomes:
        - {id: does, column: a, rule: "!= No hace"}
        - {id: labelled, column: b, rule: "== Yes"}
        - {id: listed, column: a, rule: "in [Si, 'No hace']"}
      """
    let labels = [ValueLabel(value: 1, label: "Yes"), ValueLabel(value: 2, label: "No")]
    let table = SurveyTable(
      columns: [
        makeColumn("a", ["No hace", "Si", "No", nil]), makeColumn("b", ["1", "2", "7", "1"], valueLabels: labels),
      ], rowCount: 4)
    let survey = try SurveyEncoding(codebook: Codebook(yaml: yaml), table: table).encode(table)
    #expect(same(survey.outcomes[0].values, [0, 1, 1, nan]))
    #expect(same(survey.outcomes[1].values, [1, 0, nan, 1]), "7 has no label: it can't be told from Yes")
    #expect(same(survey.outcomes[2].values, [1, 1, 0, nan]))
  }

  @Test func decimalCommasInColumnsOfTexts() throws {
    let codebook = try Codebook(
      yaml: "codebook: 1\nitems: [{column: a, kind: numeric}]\nmissing: [{codes: [NS], reason: refused}]")
    let comma = makeTable(["a": ["1,5", "NS", "2", "1.000,5"]], decimalSeparator: ",")
    #expect(
      same(try SurveyEncoding(codebook: codebook, table: comma).encode(comma).matrix.column(0), [1.5, nan, 2, nan]))
    let point = makeTable(["a": ["1,5", "NS", "2", "3"]], decimalSeparator: ".")
    #expect(
      same(try SurveyEncoding(codebook: codebook, table: point).encode(point).matrix.column(0), [nan, nan, 2, 3]))
  }

  @Test func thresholdCountsTies() {
    #expect(SurveyEncoding.threshold(of: [1, 2, 3, 4], weights: [1, 1, 1, 1], share: 0.25) == 4)
    #expect(SurveyEncoding.threshold(of: [1, 4, 4, 4], weights: [1, 1, 1, 1], share: 0.25) == 4)
    #expect(SurveyEncoding.threshold(of: [1, 2, 3, 4], weights: [1, 1, 1, 1], share: 0.3) == 3)
    #expect(SurveyEncoding.threshold(of: [1, 2, 3, 4], weights: [1, 1, 0, 1], share: 0.5) == 2)
    #expect(SurveyEncoding.threshold(of: [nan], weights: [1], share: 0.5) == nil)
  }

  @Test(arguments: 0..<8)
  func weightTwoIsTheRowTwice(_ seed: UInt64) throws {
    var generator = CounterBasedGenerator(seed: seed, purpose: "test")
    let values = (0..<30).map { _ in Double(generator.index(below: 8)) }
    let weights = (0..<30).map { _ in Double(generator.index(below: 3)) }
    let repeated = values.indices.flatMap { [Double](repeating: values[$0], count: Int(weights[$0])) }
    for share in [0.1, 0.25, 0.5, 0.9] {
      #expect(
        SurveyEncoding.threshold(of: values, weights: weights, share: share)
          == SurveyEncoding.threshold(
            of: repeated, weights: [Double](repeating: 1, count: repeated.count), share: share))
    }
  }

  @Test func selectingRowsKeepsCellsTogether() throws {
    let survey = try SurveyEncoding(codebook: Codebook(yaml: codebookYAML), table: table()).encode(table())
    let part = survey.selectingRows([5, 0, 0])
    for (row, source) in [5, 0, 0].enumerated() {
      #expect(same(part.matrix.row(row), survey.matrix.row(source)))
      for feature in survey.features.indices {
        #expect(part.reason(row: row, feature: feature) == survey.reason(row: source, feature: feature))
      }
      #expect(part.firmIDs[row] == survey.firmIDs[source] && part.weights[row] == survey.weights[source])
      #expect(same([part.outcomes[0].values[row]], [survey.outcomes[0].values[source]]))
    }
  }

  @Test func binaryColumnsWithoutLevelsChooseTheYes() {
    func order(_ a: String, _ b: String) -> [String] {
      PositiveLevel.ordered([.init(codes: [AnswerCode(a)]), .init(codes: [AnswerCode(b)])]).map { $0.codes[0].text }
    }
    #expect(order("No", "Sí") == ["No", "Sí"])
    #expect(order("Oui", "Non") == ["Non", "Oui"])
    #expect(order("0", "1") == ["0", "1"])
    #expect(order("absent", "present") == ["absent", "present"])
    #expect(order("maybe", "no") == ["no", "maybe"])
    #expect(order("false", "true") == ["false", "true"])
  }
}

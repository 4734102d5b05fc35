import Foundation
import Testing

@testable import SurveyData

@Suite struct SurveyCheckTests {
  private let yaml = """
    codebook: 1
    simulated: true
    missing: [{codes: [NS], reason: dont-know}]
    items:
      - {column: q1, kind: ordinal, levels: [low, mid, high]}
      - {column: q2, kind: binary}
      - {column: gone, kind: numeric}
    capabilities: [{id: c, items: [q1, q2]}]
    outcomes:
      - {id: innovation, column: i, rule: "== 1"}
      - {id: export, column: e, rule: "== 1"}
    design: {id: firm, weight: w}
    """

  private func table() -> SurveyTable {
    makeTable([
      "firm": ["a", "b", "a", "c", "d", "a", "d"], "q1": ["low", "NS", "high", "hihg", "mid", "low", "mid"],
      "q2": ["Si", "No", "No", nil, "No", "Si", "No"], "i": ["1", "0", "1", "0", nil, "1", "0"],
      "e": ["1", "0", "0", "0", "1", "1", "1"], "w": ["2", "1", "1", "1", "1", "2", "1"],
      "k": ["x", "x", "x", "x", "x", "x", "x"], "q2b": ["1", "2", "2", nil, "2", "1", "2"],
    ])
  }

  @Test func everyPart() throws {
    let check = try SurveyCheck.run(table: table(), codebook: Codebook(yaml: yaml))
    #expect(check.reading.rowCount == 7 && check.reading.columnCount == 8 && check.isSimulated && !check.isInferred)
    #expect(check.warnings.count == 1 && check.warnings[0].contains("'gone'"))
    #expect(check.problems.map(\.suggestion) == ["high"])
    #expect(check.duplicateIDs.map(\.id) == ["a", "d"] && check.duplicateIDs[0].firstRows == [0, 2, 5])
    #expect(check.repeatedRows == [5])
    #expect(check.outcomes[0].knownCount == 6 && check.outcomes[0].yesCount == 3 && check.outcomes[0].mean == 0.5)
    #expect(check.outcomes[0].missing == ["blank": 1])
    #expect(check.outcomes[0].weightedMean == 0.625)
    let pair = check.pairs[0]
    let cells = [pair.both, pair.firstOnly, pair.secondOnly, pair.neither]
    #expect(cells == [2, 1, 1, 2])
    #expect(pair.oddsRatio.estimate == 4)
    let weighted = try #require(pair.weightedOddsRatio)
    #expect(abs(weighted.estimate - 8) < 1e-12)
    #expect(check.missing.map(\.column) == ["q1", "q2"])
    #expect(check.missing[0].reasons == ["dont-know": 1, "unreadable": 1] && check.missing[0].answeredCount == 5)
    #expect(check.completeRows.count == 5)
    #expect(check.completeRows.standardErrorFactor == (7.0 / 5).squareRoot())
    #expect(check.completeRows.shares[0].all == 0.5 && check.completeRows.shares[0].complete == 0.75)
    #expect(check.constantColumns == ["k"])
    #expect(check.duplicatedColumns == [["q2", "q2b"]])
    #expect(check.columns.map(\.use) == [.design, .item, .item, .outcome, .outcome, .design, .unused, .unused])
    #expect(check.sampleSizes.map(\.size.parameterCount) == [1, 2, 1, 2])
    #expect(check.sampleSizes.allSatisfy { !$0.isEnough })
  }

  @Test func textFitsATerminal() throws {
    let checks = [
      try SurveyCheck.run(table: table(), codebook: Codebook(yaml: yaml)),
      try SurveyCheck.run(
        table: filteredSurvey(firmCount: 400), outcomes: [.init(column: "innovates"), .init(column: "exports")]),
      try SurveyCheck.run(
        table: makeTable([
          String(repeating: "long", count: 40): ["1", "2", "3", "4", "5"], "y": ["1", "0", "1", "0", "1"],
        ]), outcomes: [.init(column: "y")]),
    ]
    for check in checks {
      let text = SurveyCheckText(check).description
      for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
      for heading in ["COLUMNS", "PROBLEMS", "OUTCOMES", "MISSING ANSWERS", "LEAKAGE", "VERDICT"] {
        #expect(text.contains(heading))
      }
    }
    let text = SurveyCheckText(checks[0]).description
    #expect(text.contains("SIMULATED DATA"))
    #expect(text.contains("q1: row 4 holds 'hihg'; expected low, mid, high; did you mean 'high'?"))
    #expect(text.contains("odds ratio 4 ["))
    #expect(SurveyCheckText(checks[1]).description.contains("'No hace' stands for"))
  }

  @Test func withoutOutcomesTheColumnsAreListed() throws {
    let check = try SurveyCheck.run(table: table(), outcomes: [])
    let text = SurveyCheckText(check).description
    #expect(text.contains("q1: nominal") && text.contains("q2: binary: No, Si (yes)"))
    #expect(text.contains("none named") && !text.contains("LEAKAGE"))
    #expect(check.leakage.isEmpty && check.sampleSizes.isEmpty)
  }

  @Test func jsonIsStableAndComplete() throws {
    let check = try SurveyCheck.run(table: table(), codebook: Codebook(yaml: yaml))
    let json = try check.json()
    #expect(try json == SurveyCheck.run(table: table(), codebook: Codebook(yaml: yaml)).json())
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect((object["pairs"] as? [[String: Any]])?[0]["both"] as? Int == 2)
    #expect(object.keys.contains("leakage") && object.keys.contains("sampleSizes"))
  }

  @Test func edges() throws {
    // No rows, one row, one class, everything missing: said, not crashed.
    let columns =
      ["q1": ["low"], "q2": ["Si"], "gone": ["1"], "i": ["1"], "e": [nil], "firm": ["a"], "w": ["1"]]
      as KeyValuePairs<String, [String?]>
    let one = try SurveyCheck.run(table: makeTable(columns), codebook: Codebook(yaml: yaml))
    #expect(one.outcomes[1].knownCount == 0 && one.outcomes[1].mean == nil && one.sampleSizes.isEmpty)
    #expect(SurveyCheckText(one).description.contains("outcome 'export' is unknown for every firm"))
    #expect(SurveyCheckText(one).description.contains("outcome 'innovation' is the same for every firm"))
    #expect(try one.json().contains("\"knownCount\" : 0"))
    let none = makeTable(columns).selectingRows([])
    let empty = try SurveyCheck.run(table: none, codebook: Codebook(yaml: yaml))
    #expect(empty.completeRows.count == 0 && !SurveyCheckText(empty).description.isEmpty)
  }
}

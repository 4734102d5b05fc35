import StatisticalLearning
import Testing

@testable import SurveyData

@Suite struct OutcomeSpecificationTests {
  private let columns = ["income", "exports", "export share", "a=b", "p.1"]

  @Test(arguments: [
    ("income", "income", OutcomeSpecification.Condition.column),
    ("income=>50K", "income", .rule(.comparison(.equal, ">50K"))),
    ("income = '>50K'", "income", .rule(.comparison(.equal, ">50K"))),
    ("income==>50K", "income", .rule(.comparison(.equal, ">50K"))),
    ("exports >= 0.1", "exports", .rule(.comparison(.atLeast, 0.1))),
    ("exports>0", "exports", .rule(.comparison(.greater, 0))),
    ("export share top 25%", "export share", .rule(.top(0.25))),
    ("`export share` != 3", "export share", .rule(.comparison(.notEqual, 3))),
    ("a=b=1", "a=b", .rule(.comparison(.equal, 1))),
    ("p.1 in [1, 2]", "p.1", .rule(.oneOf([1, 2]))),
  ])
  func reads(_ text: String, _ column: String, _ condition: OutcomeSpecification.Condition) throws {
    #expect(
      try OutcomeSpecification(text, columns: columns) == OutcomeSpecification(column: column, condition: condition))
  }

  @Test(arguments: [("incme", "did you mean 'income'?"), ("income=", "names no level"), ("exports top", "top")])
  func refuses(_ text: String, _ words: String) {
    do {
      let made = try OutcomeSpecification(text, columns: columns)
      // "top" without a share is a text to compare with; it is refused when no cell holds it.
      #expect(made.condition == .rule(.comparison(.equal, "top")))
    } catch { #expect(error.description.contains(words)) }
  }
}

@Suite struct InferenceTests {
  /// 40 firms with a column of every kind.
  private func table() -> SurveyTable {
    func cells(_ body: (Int) -> String?) -> [String?] { (0..<40).map(body) }
    return SurveyTable(
      columns: [
        makeColumn("id", cells { String(1000 + 7 * $0) }), makeColumn("name", cells { "firm \($0)" }),
        makeColumn("innovates", cells { $0 % 3 == 0 ? "Si" : $0 % 7 == 1 ? "Ns/Nc" : "No" }),
        makeColumn("level", cells { String($0 % 5 + 1) }), makeColumn("staff", cells { String($0 * 13 % 31) }),
        makeColumn("days", cells { $0 < 5 ? "No exporta" : String($0 * 3) }),
        makeColumn("sector", cells { ["wine", "food", "steel"][$0 % 3] }),
        makeColumn("same", cells { _ in "x" }), makeColumn("empty", cells { _ in nil }),
        makeColumn("sales", cells { String(Double($0) * 1.5 + 0.25) }),
        makeColumn(
          "area", cells { String($0 % 4 + 1) },
          valueLabels: [1, 2, 3, 4].map { ValueLabel(value: $0, label: "area \(Int($0))") }),
        makeColumn("notes", cells { $0 % 2 == 0 ? "text \($0)" : "text \($0 - 1)." }),
      ], rowCount: 40)
  }

  @Test func kinds() throws {
    let inferred = try Codebook.inferred(from: table(), outcomes: [.init(column: "innovates")])
    func kind(_ id: String) -> Codebook.Kind? { inferred.codebook.items.first { $0.id == id }?.kind }
    #expect(kind("level") == .ordinal && kind("staff") == .numeric && kind("sector") == .nominal)
    #expect(kind("area") == .nominal && kind("sales") == .numeric && kind("days") == .numeric)
    #expect(Set(inferred.excluded.map(\.column)) == ["id", "name", "same", "empty", "notes"])
    #expect(inferred.description.contains("name: excluded: all 40 values differ, like an identifier"))
    #expect(inferred.description.contains("innovates: outcome, binary: yes is 'Si', no is 'No'"))
    #expect(inferred.description.contains("'No exporta' among numbers taken as missing"))
    #expect(try inferred.codebook.validated() == inferred.codebook)
    let survey = try SurveyEncoding(codebook: inferred.codebook, table: table()).encode(table())
    #expect(survey.problems.isEmpty)
    #expect(survey.outcomes[0].values.prefix(3).elementsEqual([1, .nan, 0]) { $0 == $1 || $0.isNaN && $1.isNaN })
    #expect(survey.outcomes[0].reasons[1] == MissingReason.dontKnow.rawValue)
  }

  @Test func outcomes() throws {
    func definition(_ outcome: OutcomeSpecification) throws -> Codebook.Outcome {
      try Codebook.inferred(from: table(), outcomes: [outcome]).codebook.outcomes[0]
    }
    #expect(try definition(.init(column: "staff")).kind == .continuous)
    #expect(try definition(.init(column: "staff", condition: .rule(.comparison(.atLeast, 10)))).kind == .binary)
    #expect(try definition(.init(column: "sector", condition: .rule(.comparison(.equal, "wine")))).kind == .binary)
    #expect(throws: InferenceError.ambiguousOutcome(column: "sector", levels: ["food", "steel", "wine"])) {
      try definition(.init(column: "sector"))
    }
    #expect(throws: InferenceError.unknownLevel(column: "sector", level: "Wine", levels: ["food", "steel", "wine"])) {
      try definition(.init(column: "sector", condition: .rule(.comparison(.equal, "Wine"))))
    }
    #expect(throws: InferenceError.constantOutcome(column: "same")) { try definition(.init(column: "same")) }
    #expect(throws: InferenceError.unknownColumn("secto", suggestion: "sector")) {
      try definition(.init(column: "secto"))
    }
    let two = try Codebook.inferred(
      from: table(),
      outcomes: [.init(column: "level"), .init(column: "level", condition: .rule(.comparison(.greater, 3)))],
      excluding: ["sales"], design: .init(id: "id"))
    #expect(two.codebook.outcomes.map(\.id) == ["level", "level > 3"])
    #expect(!two.codebook.items.contains { $0.column == "sales" || $0.column == "level" })
  }

  @Test func sharedLabelsAreAScale() {
    let labels = [
      ValueLabel(value: 1, label: "little"), ValueLabel(value: 2, label: "some"), ValueLabel(value: 3, label: "much"),
    ]
    let cells = ["1", "2", "3", "3", "1", "2"]
    let table = SurveyTable(
      columns: [makeColumn("a", cells, valueLabels: labels), makeColumn("b", cells, valueLabels: labels)], rowCount: 6)
    #expect(InferredColumn.all(of: table).map(\.reading) == [.variable(.ordinal), .variable(.ordinal)])
    #expect(InferredColumn(table.columns[0], decimalComma: false).reading == .variable(.nominal))
  }

  @Test func quantitiesAreNotIdentifiers() {
    let sales = makeColumn("turnover", (0..<60).map { String(1000 + $0 * $0 * 17) })
    #expect(InferredColumn(sales, decimalComma: false).reading == .variable(.numeric))
    let contiguous = makeColumn("turnover", (0..<150).map { String(5 + $0) })
    #expect(InferredColumn(contiguous, decimalComma: false).reading == .identifier)
    let many = makeColumn("x", (0..<300).map { String($0 * 3) })
    #expect(InferredColumn(many, decimalComma: false).reading == .identifier)
  }
}

@Suite struct RowFilterTests {
  private let table = makeTable([
    "country": ["AR", "FR", "CL", nil, "AR"], "size": ["Grande", "Chica", "Grande", "Chica", "Muy chica"],
    "staff": ["10", "20", nil, "5", "7"], "p.1.1": ["1", "2", "1", "2", "1"], "my col": ["a", "b", "a", "b", "a"],
    "and": ["x", "y", "x", "y", "x"],
  ])

  @Test(
    arguments: [
      ("country == AR", [0, 4], 1), ("country != AR", [1, 2], 1), ("country == AR and size != Grande", [4], 1),
      ("size == Muy chica", [4], 0), ("size == 'Muy chica' or staff >= 20", [1, 4], 1),
      ("country in [AR, \"FR\"] and not (staff < 10)", [0, 1], 0), ("country not in [AR, FR]", [2], 1),
      ("p.1.1==1", [0, 2, 4], 0),
      ("`my col` == a and staff>6", [0, 4], 1), ("NOT country == AR OR staff == 5", [1, 2, 3], 0),
      ("`and` == x", [0, 2, 4], 0),
      ("country == AR or country == FR and staff == 1", [0, 4], 1), ("staff in (5, 7.0)", [3, 4], 1),
    ] as [(String, [Int], Int)])
  func keeps(_ text: String, _ rows: [Int], _ unknown: Int) throws {
    let selection = try RowFilter(text).selection(in: table)
    #expect(selection.rows == rows)
    #expect(selection.unknownCount == unknown)
  }

  @Test(arguments: [
    ("", 1, "empty"), ("country", 8, "expected =="), ("country = AR", 9, "did you mean ==?"),
    ("country == ", 12, "a value"),
    ("(country == AR", 15, "expected ')'"), ("country == AR size", 19, "no cell"), ("country == 'AR", 12, "not closed"),
    ("my col == a", 4, "backticks"), ("country in AR", 12, "a list"), ("country in [AR", 15, "expected ',' or ']'"),
    ("country == AR)", 14, "'and', 'or' or the end"), ("country && size", 9, "did you mean and?"),
    ("contry == AR", 1, "did you mean 'country'?"), ("country == ar", 1, "did you mean 'AR'?"),
    ("size > 3", 1, "use == or in"),
    ("staff > big", 1, "needs a number"), ("country not AR", 13, "expected 'in'"),
  ])
  func saysWhatIsWrong(_ text: String, _ position: Int, _ words: String) {
    do {
      _ = try RowFilter(text).selection(in: table)
      Issue.record("accepted")
    } catch {
      #expect(error.message.contains(words), "\(error)")
      if !words.hasPrefix("no cell") { #expect(error.position == position) }
    }
  }

  @Test func deepNestingIsRefused() {
    #expect(throws: RowFilter.FilterError.self) { try RowFilter(String(repeating: "(", count: 100_000)) }
  }
}

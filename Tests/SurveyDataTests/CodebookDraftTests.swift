import Testing
import _TestSupport

@testable import SurveyData

@Suite struct CodebookDraftTests {
  private func table() -> SurveyTable {
    func cells(_ body: (Int) -> String?) -> [String?] { (0..<30).map(body) }
    let block = cells { $0 % 5 == 0 ? "No hace innovacion" : $0 % 2 == 0 ? "Si" : "No" }
    return SurveyTable(
      columns: [
        makeColumn("folio", cells { String(100 + $0) }),
        makeColumn("peso", cells { String(Double($0 % 11) + 0.5) }, label: "Sampling: \"weight\" #1"),
        makeColumn("q1", cells { ["low", "mid", "high"][$0 % 3] }, label: "How\nmuch?"),
        makeColumn("q2", cells { ["low", "mid", "high"][$0 % 7 % 3] }),
        makeColumn("q3", cells { ["low", "mid", "high", "Ns/Nc"][$0 % 4] }),
        makeColumn("b1", block), makeColumn("b2", block), makeColumn("b3", block),
        makeColumn("notes", cells { "text \($0)" }), makeColumn("# odd: name", cells { String($0 % 4) }),
        makeColumn("days", cells { $0 < 3 ? "None, ever" : String($0 % 13 * 2) }),
      ], rowCount: 30)
  }

  @Test func isAcceptedAsItIs() throws {
    let text = CodebookDraft(table()).yaml()
    let codebook = try Codebook(yaml: text)
    #expect(codebook.items.map(\.column) == ["q1", "q2", "q3", "b1", "b2", "b3", "# odd: name", "days"])
    #expect(codebook.items[0].text.en == "How\nmuch?" || codebook.items[0].text.en == "How much?")
    #expect(codebook.items[0].scale == "scale1" && codebook.items[2].scale == "scale1")
    #expect(codebook.missing == [.init(codes: ["Ns/Nc"], reason: .dontKnow)])
    #expect(codebook.items.last!.missing == [.init(codes: ["None, ever"], reason: .notApplicable)])
    #expect(codebook.design == .init(id: "folio", weight: "peso"))
    let survey = try SurveyEncoding(codebook: codebook, table: table()).encode(table())
    #expect(survey.problems.isEmpty)
  }

  @Test func saysWhatAPersonMustDecide() {
    let text = CodebookDraft(table()).yaml()
    #expect(text.contains("# TODO: \"No hace innovacion\" stands in 3 columns: a filter level?"))
    #expect(text.contains("# - {codes: [\"No hace innovacion\"], reason: not-asked}"))
    #expect(text.contains("# TODO: put in order from low to high"))
    #expect(text.contains("#   notes: excluded"))
    #expect(text.contains("# TODO: say what is to be predicted"))
  }

  /// After the decisions that the draft asks for, the filter level is missing for its reason.
  @Test func decisionsTakeEffect() throws {
    let text = CodebookDraft(table()).yaml()
      .replacing("  # - {codes: [\"No hace", with: "  - {codes: [\"No hace")
      .replacing(
        "# outcomes:\n#   - {id: innovation, name: \"Innovation\", column: new_product, rule: \"== yes\"}",
        with: "outcomes: []")
    // A filter level can't be a level of the scale as well: levels win over the codebook's missing codes.
    let codebook = try Codebook(yaml: text)
    #expect(codebook.missing.contains(.init(codes: ["No hace innovacion"], reason: .notAsked)))
  }

  @Test func emptyTables() throws {
    #expect(try Codebook(yaml: CodebookDraft(SurveyTable(columns: [], rowCount: 0)).yaml()).items.isEmpty)
    #expect(try Codebook(yaml: CodebookDraft(makeTable(["a": [nil]])).yaml()).items.isEmpty)
  }

  @Test(
    .enabled(
      if: SharedData.has("surveys/argentina-endei-2014-2016/responses.csv"), "ENDEI II is not beside the repository"))
  func endei() throws {
    let file = SharedData.file("surveys/argentina-endei-2014-2016/responses.csv")!
    let table = try SurveyReader.read(file.path)
    let text = CodebookDraft(table).yaml()
    let codebook = try Codebook(yaml: text)
    #expect(codebook.items.count > 600)
    #expect(codebook.design == .init(id: "ide_endei_ii", weight: "factor2"))
    #expect(text.contains("\"No hace innovacion\" stands in"))
    #expect(try SurveyEncoding(codebook: codebook, table: table).encode(table).problems.isEmpty)
  }
}

import Testing

@testable import SurveyData

/// A codebook that uses every key of the format.
let exampleCodebookYAML = """
  codebook: 1
  title: {en: "Wine survey", fr: "Enquête vin", es: "Encuesta vino"}
  simulated: true
  missing:
    - {codes: ["Ns/Nc", -99], reason: dont-know}
    - {codes: ["No hace innovacion"], reason: not-asked}
  scales:
    yes-no: ["No", "Si"]
    likert5:
      - {codes: [1, "Muy en desacuerdo"], label: {en: "Strongly disagree", fr: "Pas du tout d'accord"}}
      - 2
      - 3
      - 4
      - {codes: [5], label: "Strongly agree"}
  items:
    - column: p.2.1.1
      id: formal-plan
      text: {en: "We have a plan", es: "Tenemos un plan"}
      kind: likert
      scale: likert5
      missing: [{codes: [8], reason: not-applicable}]
    - {column: p.2.1.2, id: waste, kind: likert, scale: likert5, reverse: true}
    - {column: trained, kind: binary, scale: yes-no}
    - {column: staff, kind: numeric}
    - {column: region, kind: nominal}
  capabilities:
    - id: network
      name: {en: Network, fr: Réseau}
      description: Works with others
      items: [formal-plan, {item: waste, weight: 2}]
      direction: positive
      effort: 1.5
      dimension: network
    - {id: people, items: trained, actionable: false, direction: unknown}
  context:
    - column: tam_mue
      id: size
      name: Size
      kind: ordinal
      levels: [Pequena, Mediana, Grande]
      role: size
  outcomes:
    - id: innovation
      name: {en: Innovation}
      column: p.4.1.1
      rule: "== Si"
    - id: export
      levels: ["0%", "Hasta 10%", "Mas del 50%"]
      column: p.1.14
      rule: "> 0%"
    - id: other
      any-of:
        - {column: p.4.1.1, rule: "== Si"}
        - all-of: [{column: a, rule: "== 1"}, {column: b, rule: "in [1, 2]"}]
      default: false
    - {id: share, column: p.1.15, kind: ordinal, levels: [low, mid, high], default: false}
    - {id: sales, column: sales, kind: continuous}
    - {id: best, column: sales, rule: "top 25%"}
  leaks: [exp.dest, p.1.12.3]
  design:
    id: ide
    weight: factor2
    strata: estrato
    cluster: depto
    groups: [rama_act]
  """

@Suite struct CodebookTests {
  private func problems(_ yaml: String) -> [CodebookError.Problem] {
    do {
      _ = try Codebook(yaml: yaml)
      return []
    } catch { return error.problems }
  }

  @Test func readsEveryKey() throws {
    let codebook = try Codebook(yaml: exampleCodebookYAML)
    #expect(codebook.title[.fr] == "Enquête vin")
    #expect(codebook.isSimulated)
    #expect(codebook.missing[0] == .init(codes: ["Ns/Nc", -99], reason: .dontKnow))
    #expect(codebook.scales.map(\.name) == ["yes-no", "likert5"])
    #expect(codebook.scales[0].levels.map(\.codes) == [["No"], ["Si"]], "words are answers, not truth values")
    #expect(codebook.items.map(\.id) == ["formal-plan", "waste", "trained", "staff", "region"])
    #expect(codebook.items[0].text[.es] == "Tenemos un plan")
    #expect(codebook.items[0].text[.fr] == "We have a plan")
    #expect(codebook.items[0].levels.count == 5)
    #expect(codebook.items[0].levels[0].codes == [1, "Muy en desacuerdo"])
    #expect(codebook.items[0].levels[0].label[.fr] == "Pas du tout d'accord")
    #expect(codebook.items[0].missing == [.init(codes: [8], reason: .notApplicable)])
    #expect(codebook.items[1].isReversed)
    #expect(codebook.capabilities[0].items == [.init("formal-plan"), .init("waste", weight: 2)])
    #expect(codebook.capabilities[0].effort == 1.5)
    #expect(!codebook.capabilities[1].isActionable)
    #expect(codebook.capability(ofItem: "trained")?.id == "people")
    #expect(codebook.context[0].role == .size)
    #expect(codebook.outcomes.map(\.kind) == [.binary, .binary, .binary, .ordinal, .continuous, .binary])
    #expect(codebook.outcomes[2].definition.description == "p.4.1.1 == Si or (a == 1 and b in [1, 2])")
    #expect(codebook.outcomes.map(\.isDefault) == [true, true, false, false, true, true])
    #expect(codebook.outcomeColumns == ["p.4.1.1", "p.1.14", "a", "b", "p.1.15", "sales"])
    #expect(codebook.leaks == ["exp.dest", "p.1.12.3"])
    #expect(
      codebook.design
        == .init(id: "ide", weight: "factor2", strata: "estrato", cluster: "depto", groups: ["rama_act"]))
  }

  @Test func writingAndReadingGivesTheSame() throws {
    let codebook = try Codebook(yaml: exampleCodebookYAML)
    let again = try Codebook(yaml: codebook.yaml())
    #expect(again == codebook)
    #expect(again.yaml() == codebook.yaml())
    #expect(try Codebook(yaml: "codebook: 1").yaml() == "codebook: 1\n")
  }

  @Test(arguments: [
    "plain", "with \"quotes\" and \\", "line\nbreak\tand tab", "No", "null", "~", "1.0", "a: b # c", "- x", "{",
    "é\u{85}\u{2028}x",
    "comma, ] bracket", "=5", "'single'",
  ])
  func anyTextSurvivesWriting(_ text: String) throws {
    let codebook = Codebook(
      title: LocalizedText(text, fr: text), missing: [.init(codes: [AnswerCode(text)], reason: .refused)],
      items: [
        .init(
          column: text, text: LocalizedText("q", es: text), kind: .ordinal,
          levels: [.init(codes: [AnswerCode(text + "1"), "z"]), .init(codes: ["other"], label: LocalizedText(text))])
      ],
      outcomes: [
        .init(id: text, definition: .condition(.init("o"), .comparison(.equal, AnswerCode(text)))),
        .init(id: "in", definition: .condition(.init("o"), .oneOf([AnswerCode(text), "b,c", "d]"]))),
      ])
    #expect(try codebook.validated() == codebook)
  }

  @Test func problemsNameTheLineAndSuggest() throws {
    let found = problems(
      """
      codebook: 1
      items:
        - colunm: a
          kind: likert
        - {column: b, kind: likrt, scale: s}
        - {column: c, kind: ordinal}
      capabilities:
        - {id: k, items: [b, d]}
      outcomes:
        - {id: o, column: x, rule: "top 120%"}
      """)
    #expect(found.map(\.line) == [3, 3, 5, 5, 6, 8, 8, 10])
    #expect(found[0].message == "an item has no 'column'" || found[1].message == "an item has no 'column'")
    #expect(
      found.contains { $0.message == "unknown key 'colunm' in an item; did you mean 'column'?" && $0.column == 5 })
    #expect(found.contains { $0.message.hasSuffix("did you mean 'likert'?") })
    #expect(found.contains { $0.message.contains("there is no scale 's'") })
    #expect(found.contains { $0.message == "the item 'c' is ordinal and has neither 'scale' nor 'levels'" })
    #expect(found.contains { $0.message.hasPrefix("capability 'k': there is no item 'd'") })
    #expect(found.last!.message.contains("above 0% and below 100%"))
  }

  @Test(arguments: [
    ("", "empty"), ("codebook: 2", "format '2'"), ("title: x", "has no 'codebook'"), ("- 1", "is a list"),
    ("codebook: 1\nitems: {a: b}", "expected a list"),
    ("codebook: 1\ncodebook: 1", "'codebook' is given twice"),
    ("codebook: 1\nitems:\n\t- a", "spaces, not tabs"),
    ("codebook: 1\nitems: [", "not readable as YAML"),
    ("codebook: 1\nitems: [*x]", "undefined alias"),
    ("codebook: 1\nsimulated: perhaps", "expected true or false"),
    ("codebook: 1\nmissing: [{codes: [9], reason: dontknow}]", "did you mean 'dont-know'?"),
    ("codebook: 1\nmissing: [{codes: [9, 9.0], reason: refused}]", "given twice"),
    ("codebook: 1\nscales: [a]", "must give names"),
    ("codebook: 1\nscales: {s: [1]}", "fewer than two levels"),
    ("codebook: 1\nscales: {s: [1, 1]}", "given twice"),
    ("codebook: 1\nitems: [{column: a, kind: binary, levels: [1, 2, 3]}]", "binary and has 3 levels"),
    ("codebook: 1\nitems: [{column: a, kind: numeric, levels: [1, 2]}]", "numeric and has levels"),
    ("codebook: 1\nitems: [{column: a, kind: numeric, reverse: true}]", "can be reversed"),
    ("codebook: 1\nitems: [{column: a, kind: numeric}, {column: a, id: b, kind: numeric}]", "belongs to another item"),
    ("codebook: 1\nitems: [{column: a, kind: numeric}, {column: b, id: a, kind: numeric}]", "ids must differ"),
    (
      "codebook: 1\nitems: [{column: a, kind: ordinal, levels: [1, 2], missing: [{codes: [2], reason: refused}]}]",
      "both a level and a missing code"
    ),
    (
      "codebook: 1\nitems: [{column: a, kind: numeric}]\ncapabilities: [{id: x, items: a}, {id: y, items: a}]",
      "an item measures one"
    ),
    ("codebook: 1\ncontext: [{column: a, kind: nominal}]\ncapabilities: [{id: x, items: a}]", "cannot choose"),
    ("codebook: 1\nitems: [{column: a, kind: numeric}]\nleaks: a", "named as a leak"),
    (
      "codebook: 1\nitems: [{column: a, kind: numeric}]\noutcomes: [{id: o, column: a, kind: continuous}]",
      "can't be both"
    ),
    ("codebook: 1\noutcomes: [{id: o, column: a}]", "neither a 'rule' nor"),
    ("codebook: 1\noutcomes: [{id: o, column: a, any-of: []}]", "expected one of them"),
    ("codebook: 1\noutcomes: [{id: o, column: a, rule: \"> Si\"}]", "give its 'levels' in order"),
    ("codebook: 1\noutcomes: [{id: o, column: a, rule: \"== Sí\", levels: [No, Si]}]", "did you mean 'Si'?"),
    ("codebook: 1\noutcomes: [{id: o, column: a, rule: \"= 1\"}]", "did you mean '== 1'?"),
    ("codebook: 1\ndesign: {wieght: f}", "did you mean 'weight'?"),
  ])
  func everyMistakeIsNamed(_ yaml: String, _ words: String) {
    let found = problems(yaml)
    #expect(found.contains { $0.message.contains(words) }, "\(found)")
  }

  @Test func deepAndHugeDocumentsAreRefused() {
    let nested = String(repeating: "[", count: 5_000)
    #expect(!problems("codebook: 1\nitems: " + nested).isEmpty)
    var bomb = "codebook: 1\ntitle: x\nitems: &a0 [x]\n"
    for level in 1..<9 { bomb += "leaks: &a\(level) [" + String(repeating: "*a\(level - 1),", count: 10) + "]\n" }
    #expect(!problems(bomb).isEmpty)
  }

  @Test func descriptionNamesTheFile() {
    do {
      _ = try Codebook(yaml: "codebook: 1\nitmes: []", name: "survey.yaml")
      Issue.record("accepted")
    } catch {
      #expect(error.description == "survey.yaml:2:1: unknown key 'itmes' in the codebook; did you mean 'items'?")
    }
  }
}

@Suite struct OutcomeRuleTests {
  @Test(arguments: [
    ("== Si", OutcomeRule.comparison(.equal, "Si")), ("Si", .comparison(.equal, "Si")),
    (">=0.1", .comparison(.atLeast, 0.1)), ("> 0%", .comparison(.greater, "0%")), ("<= -3", .comparison(.atMost, -3)),
    ("!= No hace innovacion", .comparison(.notEqual, "No hace innovacion")),
    ("== \"a \\\"b\\\"\"", .comparison(.equal, "a \"b\"")), ("in [A, 'B, C', 3]", .oneOf(["A", "B, C", 3])),
    ("in[A]", .oneOf(["A"])), ("top 25%", .top(0.25)), ("top 7 %", .top(0.07)),
    ("interior", .comparison(.equal, "interior")),
  ])
  func reads(_ text: String, _ rule: OutcomeRule) throws {
    #expect(try OutcomeRule(text) == rule)
    #expect(try OutcomeRule(rule.description) == rule)
  }

  @Test(arguments: ["", "==", "= 3", "in A", "in [A", "in [A,,B]", "in [A] B", "top 0%", "top 100%", "top x%"])
  func refuses(_ text: String) {
    #expect(throws: OutcomeRule.SyntaxError.self) { try OutcomeRule(text) }
  }
}

@Suite struct SpellingSuggestionTests {
  @Test func nearest() {
    #expect(SpellingSuggestion.nearest(to: "colunm", in: ["kind", "column"]) == "column")
    #expect(SpellingSuggestion.nearest(to: "SÍ", in: ["No", "Si"]) == "Si")
    #expect(SpellingSuggestion.nearest(to: "zebra", in: ["column", "kind"]) == nil)
    #expect(SpellingSuggestion.nearest(to: "Exprta", in: ["Exporta", "Importa"]) == "Exporta")
  }

  @Test func distance() {
    func d(_ a: String, _ b: String) -> Int? { SpellingSuggestion.distance(Array(a), Array(b), atMost: 9) }
    #expect(d("kitten", "sitting") == 3)
    #expect(d("ab", "ba") == 1)
    #expect(d("", "abc") == 3)
    #expect(SpellingSuggestion.distance(Array("kitten"), Array("sitting"), atMost: 2) == nil)
  }
}

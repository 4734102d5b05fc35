import Foundation
import StatisticalLearning
import Testing
import _TestSupport

@testable import SurveyData

/// A survey of firms with a latent capability, a filter question and a block behind it.
///
/// `innovates` and `exports` depend on the practices; `tries` filters the block `b.*`; `result` repeats the outcome;
/// `market` has a level that all but says *exports*.
func filteredSurvey(firmCount: Int = 1_500, seed: UInt64 = 1) -> SurveyTable {
  var generator = CounterBasedGenerator(seed: seed, purpose: "filtered survey")
  var cells: [String: [String?]] = [:]
  func put(_ column: String, _ cell: String?) { cells[column, default: []].append(cell) }
  for firm in 0..<firmCount {
    let latent = generator.normal()
    put("id", String(5_000 + 3 * firm))
    for item in 1...6 {
      let answer = max(1, min(5, Int((3 + latent + 1.2 * generator.normal()).rounded())))
      put(
        "a.1.\(item)",
        generator.uniform() < 0.03 ? "Ns/Nc" : ["never", "seldom", "some", "often", "always"][answer - 1])
    }
    let tries = generator.uniform() < sigmoid(1 + latent)
    let innovates = tries ? generator.uniform() < sigmoid(0.8 + latent) : generator.uniform() < 0.02
    let exports = generator.uniform() < sigmoid(-1 + latent)
    put("tries", tries ? "Si" : "No")
    for item in 1...4 {
      put("b.2.\(item)", tries ? ["low", "mid", "high"][generator.index(below: 3)] : "No hace")
    }
    put("spend", tries ? String(generator.index(below: 1_000)) : nil)
    put("share", tries && generator.uniform() < 0.7 ? "1" : "0")
    put("size", ["S", "M", "L"][generator.index(below: 3)])
    put("rare", generator.uniform() < 0.004 ? "1" : "0")
    put("result", innovates ? (generator.uniform() < 0.97 ? "some" : "none") : "none")
    put("market", exports && generator.uniform() < 0.4 ? "abroad" : ["region", "country"][generator.index(below: 2)])
    put("innovates", innovates ? "1" : "0")
    put("exports", exports ? "1" : "0")
  }
  let order =
    ["id"] + (1...6).map { "a.1.\($0)" } + ["tries"] + (1...4).map { "b.2.\($0)" }
    + ["spend", "share", "size", "rare", "result", "market", "innovates", "exports"]
  return SurveyTable(columns: order.map { makeColumn($0, cells[$0]!) }, rowCount: firmCount)
}

@Suite struct LeakageTests {
  private static func check(_ seed: UInt64) throws -> SurveyCheck {
    try SurveyCheck.run(
      table: filteredSurvey(seed: seed), outcomes: [.init(column: "innovates"), .init(column: "exports")])
  }

  @Test(arguments: 1...4)
  func namesWhatLeaksAndNothingElse(_ seed: UInt64) throws {
    let check = try Self.check(seed)
    let filter = try #require(check.leakage[0].filters.first)
    #expect(check.leakage[0].filters.count == 1)
    #expect(filter.columns.filter { $0 != "tries" && $0 != "spend" } == (1...4).map { "b.2.\($0)" })
    #expect(Set(filter.columns).isSuperset(of: ["tries", "spend"]), "the same firms, whatever stands in their cells")
    #expect(filter.dependent == ["share"], "decided by the filter, though its level means something else")
    #expect(filter.part.name == "'No hace'" && filter.part.share < 0.06 && filter.part.otherShare > 0.5)
    #expect(check.leakage[0].columns.map(\.column) == ["result"])
    #expect(check.leakage[0].columns[0].cause == .separates)
    #expect(check.leakingColumns(for: "innovates") == Set(filter.columns + ["share", "result"]))
    // The filter goes with exports as far as capability does: no leak. One answer of `market` is.
    #expect(check.leakage[1].columns.map(\.column) == ["market"])
    #expect(check.leakage[1].columns[0].cause == .level && check.leakage[1].columns[0].part?.name == "'abroad'")
    #expect(check.leakage[1].filters.isEmpty)
    #expect(check.leakingFeatures["exports"] == ["market"])
  }

  @Test func outcomesAreNotLeaksOfThemselves() throws {
    let check = try SurveyCheck.run(
      table: filteredSurvey(), outcomes: [.init(column: "result", condition: .rule(.comparison(.equal, "some")))])
    #expect(!check.leakingColumns(for: "result").contains("result"))
    #expect(check.leakingColumns(for: "result").contains("innovates"))
  }

  /// A steep slope and an answer that makes a rare outcome rarer still are predictors, not leaks.
  @Test func strongPredictorsDoNotLeak() throws {
    var generator = CounterBasedGenerator(seed: 5, purpose: "slope")
    let age = (0..<4_000).map { _ in 17 + generator.index(below: 60) }
    let rich = age.map { generator.uniform() < ($0 < 23 ? 0.004 : 0.3) }
    let kind = age.map { $0 < 23 ? "child" : ["parent", "single"][generator.index(below: 2)] }
    let check = try SurveyCheck.run(
      table: makeTable(["age": age.map(String.init), "kind": kind, "rich": rich.map { $0 ? "1" : "0" }]),
      outcomes: [.init(column: "rich")])
    #expect(check.leakage[0].leakingColumns.isEmpty)
    // The same answer the other way round says the rarer value, and leaks.
    let poor = try SurveyCheck.run(
      table: makeTable([
        "kind": rich.map { $0 ? "owner" : ["a", "b"][generator.index(below: 2)] }.enumerated().map {
          $0.offset % 40 == 0 ? "owner" : $0.offset % 2 == 0 ? "a" : $0.element
        }, "rich": rich.map { $0 ? "1" : "0" },
      ]),
      outcomes: [.init(column: "rich")])
    #expect(poor.leakage[0].columns.map(\.column) == ["kind"])
  }

  @Test func noiseDoesNotLeak() throws {
    var generator = CounterBasedGenerator(seed: 9, purpose: "noise")
    var columns = [makeColumn("y", (0..<400).map { _ in String(generator.index(below: 2)) })]
    for index in 0..<60 {
      columns.append(makeColumn("x\(index)", (0..<400).map { _ in String(generator.index(below: 2 + index)) }))
    }
    let table = SurveyTable(columns: columns, rowCount: 400)
    let check = try SurveyCheck.run(table: table, outcomes: [.init(column: "y")])
    #expect(check.leakage[0].leakingColumns.isEmpty)
  }

  @Test func copiesOfAColumnAreNoFilter() throws {
    var generator = CounterBasedGenerator(seed: 3, purpose: "copies")
    let y = (0..<600).map { _ in generator.index(below: 2) }
    let x = y.map { generator.uniform() < 0.85 ? $0 : 1 - $0 }
    let columns =
      [makeColumn("y", y.map(String.init))]
      + (0..<4).map { copy in makeColumn("copy\(copy)", x.map { copy % 2 == 0 ? String($0) : $0 == 0 ? "no" : "yes" }) }
    let check = try SurveyCheck.run(
      table: SurveyTable(columns: columns, rowCount: 600), outcomes: [.init(column: "y")])
    #expect(check.leakage[0].filters.isEmpty)
    #expect(check.duplicatedColumns == [["copy0", "copy1", "copy2", "copy3"]])
  }

  @Test func continuousOutcomesAreSplitAtTheMedian() throws {
    let table = makeTable([
      "sales": (0..<200).map { String($0 * 7 % 200) }, "band": (0..<200).map { ($0 * 7 % 200) < 100 ? "low" : "high" },
      "x": (0..<200).map { String($0 % 3) },
    ])
    let check = try SurveyCheck.run(table: table, outcomes: [.init(column: "sales")])
    #expect(check.leakage[0].splitAt == 100)
    #expect(check.leakage[0].columns.map(\.column) == ["band"])
  }

  /// The grouped AUC against one that compares all pairs of rows.
  @Test(arguments: 0..<10)
  func crossValidatedAUCIsThatOfAllPairs(_ seed: UInt64) {
    var generator = CounterBasedGenerator(seed: seed, purpose: "auc")
    let count = 120
    let parts = (0..<count).map { _ in generator.index(below: 5) }
    let values = parts.map { Double(generator.uniform() < 0.2 + 0.12 * Double($0) ? 1 : 0) }
    let folds = LeakageScan.folds(rowCount: count)
    var (yes, all) = ([Int](repeating: 0, count: 25), [Int](repeating: 0, count: 25))
    for row in 0..<count {
      all[parts[row] * 5 + folds[row]] += 1
      if values[row] == 1 { yes[parts[row] * 5 + folds[row]] += 1 }
    }
    var (wins, pairs) = (0.0, 0.0)
    for fold in 0..<5 {
      let inside = (0..<count).filter { folds[$0] == fold }
      let outside = (0..<count).filter { folds[$0] != fold }
      let overall = outside.reduce(0) { $0 + values[$1] } / Double(outside.count)
      func score(_ row: Int) -> Double {
        let peers = outside.filter { parts[$0] == parts[row] }
        return (peers.reduce(0) { $0 + values[$1] } + 5 * overall) / (Double(peers.count) + 5)
      }
      for a in inside where values[a] == 1 {
        for b in inside where values[b] == 0 {
          let (left, right) = (score(a), score(b))
          wins += left > right ? 1 : left == right ? 0.5 : 0
          pairs += 1
        }
      }
    }
    #expect(abs(ColumnScan.crossValidatedAUC(yes: yes, all: all, partCount: 5) - wins / pairs) < 1e-12)
  }

  @Test func blocksOfNames() {
    #expect(
      Leakage.blocks(["p.5.1.1", "p.5.1.2", "dai", "p.7.1", "p.5.3", "inno_a", "inno_b", "x1", "x2"])
        == ["p.5.* (3 columns)", "dai", "p.7.1", "inno_* (2 columns)", "x* (2 columns)"])
  }

  @Test(
    .enabled(
      if: SharedData.has("surveys/argentina-endei-2014-2016/responses.csv"), "ENDEI II is not beside the repository"))
  func endeiNamesItsFilterQuestions() throws {
    let file = SharedData.file("surveys/argentina-endei-2014-2016/responses.csv")!
    let check = try SurveyCheck.run(
      table: try SurveyReader.read(file.path), outcomes: [.init(column: "innovo"), .init(column: "exporta")])
    let leaking = check.leakingColumns(for: "innovo")
    let filter = try #require(check.leakage[0].filters.first)
    #expect(filter.part.name == "'No hace innovacion'" && filter.part.firmCount == 1116)
    #expect(Leakage.blocks(filter.columns).joined().contains("p.5.*"))
    for column in check.columns.map(\.column)
    where ["p.5.1.", "p.5.7.", "p.6.", "p.7.2."].contains(where: { column.hasPrefix($0) }) && !column.hasSuffix("otros")
    {
      #expect(leaking.contains(column), "\(column)")
    }
    #expect(leaking.isSuperset(of: ["perfil_inn", "p.4.1.1", "p.4.4.1.porcentaje", "inno_idint", "dai", "did"]))
    // Strategy, links, training, knowledge and context are answered by all.
    let safe = ["p.2.", "p.9.", "p.10.", "p.11.", "p.12.", "sis_", "tam_mue", "rama_act"]
    #expect(leaking.filter { column in safe.contains { column.hasPrefix($0) } }.isEmpty)
    #expect(check.leakingColumns(for: "exporta").isSuperset(of: ["p.1.14", "exp.dest", "p.1.12.3", "p.1.12.4"]))
    #expect(check.leakingColumns(for: "exporta").allSatisfy { $0.hasPrefix("p.1.1") || $0 == "exp.dest" })
  }

  @Test(
    .enabled(
      if: SharedData.has("surveys/argentina-endei-2014-2016/responses.csv"), "ENDEI II is not beside the repository"))
  func endeiCodebookReadsEveryCellAndDoesNotLeak() throws {
    let file = SharedData.file("surveys/argentina-endei-2014-2016/responses.csv")!
    let check = try SurveyCheck.run(
      table: try SurveyReader.read(file.path),
      codebook: try ShippedCodebooks.codebook("argentina-endei-2014-2016/codebook.yaml"))
    #expect(check.problems.isEmpty)
    let used = check.leakingFeatures.values.flatMap { $0 }
    #expect(used.isEmpty, "\(used)")
    #expect(check.leakingColumns(for: "innovation").isSuperset(of: ["perfil_inn", "innovo", "p.6.1.1"]))
  }
}

import DiagnosticReport
import Foundation
import ModelEvaluation
import StatisticalLearning
import Testing

@Suite struct BenchmarkPageTests {
  /// Two informative candidates and a base rate on 300 simulated firms.
  private func result(candidateName: String = "ridge") throws -> BenchmarkResult {
    var generator = CounterBasedGenerator(seed: 7, purpose: "test")
    let practice = (0..<300).map { _ in generator.normal() }
    let outcomes = ["innovation", "export"].map { name in
      BenchmarkOutcome(name: name, values: practice.map { generator.uniform() < sigmoid($0) ? 1 : 0 })
    }
    let strength = [0.9, 1.8]
    let learned = strength.enumerated().map { index, slope in
      BenchmarkCandidate(name: index == 0 ? candidateName : "over-confident") { split, _ in
        // More rows, less noise: enough for a learning curve that rises.
        let noise = 4 / Double(split.trainingRows.count).squareRoot()
        return { rows in
          outcomes.map { _ in
            rows.map { slope * (practice[$0] + noise * sin(Double($0) * 12.9)) }
          }
        }
      }
    }
    let folds = try FoldAssignment.stratified(
      strata: Strata.combinations(of: outcomes.map(\.values)), foldCount: 5, repeatCount: 2, seed: 1)
    var run = try BenchmarkRun(
      outcomes: outcomes, candidates: [.baseRate(outcomes: outcomes)] + learned, folds: folds, seed: 1)
    run.title = "Simulated firms"
    run.groupings = [.init(column: "country", labels: (0..<300).map { ["AR", "CL", "FR"][$0 % 3] })]
    run.learningCurveShares = [0.25, 0.5, 0.75]
    run.settings = [.init("seed", "1"), .init("learner", "<b>&")]
    return run.result()
  }

  @Test func isSelfContained() throws {
    let page = BenchmarkPage.html(try result(), footer: "Innov4SME")
    for text in ["http", "src=", "<script", "@import", "url(http", "<link"] { #expect(!page.contains(text)) }
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    if let path = ProcessInfo.processInfo.environment["INNOV4SME_WRITE_PAGE"] {
      try page.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  @Test func textIsEscaped() throws {
    let page = BenchmarkPage.html(try result(candidateName: "<script>alert('x')</script> & \"co\"\u{7}"))
    #expect(!page.contains("<script") && !page.contains("\u{7}"))
    #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;\u{FFFD}"))
    #expect(page.contains("&lt;b&gt;&amp;"))
  }

  @Test func isWellFormed() throws {
    let page = BenchmarkPage.html(try result())
    // Every element that is opened is closed, in order; the void ones are known.
    let void: Set<String> = ["meta", "line", "circle", "polyline", "polygon", "rect"]
    var open: [String] = []
    let body = page.replacing(#/<style>[\s\S]*?</style>/#, with: "")
    for match in body.matches(of: #/<(/?)([A-Za-z][A-Za-z0-9]*)([^>]*)>/#) {
      let name = String(match.2)
      if match.1 == "/" {
        #expect(open.popLast() == name)
      } else if !void.contains(name) {
        open.append(name)
      } else {
        #expect(name == "meta" || match.3.hasSuffix("/"))
      }
    }
    #expect(open.isEmpty)
    #expect(!body.contains("nan") && !body.contains("inf\""))
    #expect(body.matches(of: #/<svg /#).count >= 16)
    // Identifiers are unique.
    let ids = body.matches(of: #/id="([^"]+)"/#).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
  }

  @Test func sameResultsGiveTheSamePage() throws {
    #expect(try BenchmarkPage.html(result()) == BenchmarkPage.html(result()))
  }

  @Test func resultsWithoutAnythingAreAPage() {
    let empty = BenchmarkResult(
      title: "Nothing", notes: ["No candidate."], rowCount: 0, protocolDescription: "none", level: 0.9, outcomes: [])
    let page = BenchmarkPage.html(empty)
    #expect(page.contains("<li>No candidate.</li>") && page.contains("90 %"))
  }
}

import Foundation
import StatisticalLearning
import Testing

@testable import ModelEvaluation

@Suite struct BenchmarkFileTests {
  private let ids = ["a", "b,2", "c\"3", "d"]

  @Test func foldsAreReadAsWritten() throws {
    let folds = FoldAssignment(foldIDs: [[0, 1, 0, 1], [1, 1, 0, 0]], foldCount: 2)
    let text = folds.csv(rowIDs: ids)
    #expect(text.hasPrefix("id,repeat,fold\na,1,1\n\"b,2\",1,2\n\"c\"\"3\",1,1\n"))
    #expect(try FoldAssignment(csv: text, rowIDs: ids) == folds)
    let crlf = "\u{FEFF}" + text.split(separator: "\n").reversed().joined(separator: "\r\n")
    #expect(throws: BenchmarkFileError.self) { try FoldAssignment(csv: crlf, rowIDs: ids) }
    let lines = text.split(separator: "\n")
    let shuffled = "\u{FEFF}" + ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\r\n")
    #expect(try FoldAssignment(csv: shuffled, rowIDs: ids) == folds)
    let named = try FoldAssignment.leaveOneGroupOut(labels: ["CL", "AR", "CL", "FR, south"])
    #expect(try FoldAssignment(csv: named.csv(rowIDs: ids), rowIDs: ids) == named)
    let ordered = try FoldAssignment.timeOrdered(times: [1, 2, 3, 4], testCount: 2)
    #expect(try FoldAssignment(csv: ordered.csv(rowIDs: ids), rowIDs: ids) == ordered)
  }

  @Test func incompleteFoldsAreRefused() {
    func error(_ text: String) -> BenchmarkFileError? {
      do throws(BenchmarkFileError) { _ = try FoldAssignment(csv: text, rowIDs: ["a", "b"]) } catch { return error }
      return nil
    }
    #expect(error("") == .empty)
    #expect(error("row,fold\na,1\n") == .missingColumn("id"))
    #expect(error("id,split\na,1\n") == .missingColumn("fold"))
    #expect(error("id,fold\na,1\n") == .missingID("b", repeatNumber: 1))
    #expect(error("id,fold\na,1\nb,2\na,1\n") == .duplicateID(line: 4, id: "a"))
    #expect(error("id,fold\na,1\nz,2\n") == .unknownID(line: 3, id: "z"))
    #expect(
      error("id,repeat,fold\na,0,1\nb,1,1\n")
        == .invalidNumber(
          line: 2, column: "repeat", expected: "a whole number from 1"))
    #expect(error("id,fold\na,1,2\n") == .fieldCount(line: 2, got: 3, expected: 2))
    #expect(error("id,fold\n\"a,1\n") == .unclosedQuote(line: 2))
  }

  @Test func predictionsOfAnotherToolAreACandidate() throws {
    let outcomes = [
      BenchmarkOutcome(name: "export", values: [0, 1, 0, 1]),
      BenchmarkOutcome(name: "sales", kind: .continuous, values: [1, 2, 3, 4]),
    ]
    let text =
      "id,repeat,sales.value,export.probability\nd,1,4,0.9\na,1,1.5,0.2\n\"b,2\",1,2e0,0.5\n\"c\"\"3\",1,3,0.25\n"
    let candidate = try BenchmarkCandidate.predictions(name: "other", csv: text, rowIDs: ids, outcomes: outcomes)
    let scorer = try candidate.fit(.init(trainingRows: [], testRows: [3, 0]), 1, SplitWorkspace())
    let scores = try scorer([3, 0])
    #expect(agree(scores[0][0], logit(0.9)) && agree(scores[0][1], logit(0.2)) && scores[1] == [4, 1.5])
    let bad = text.replacingOccurrences(of: "0.9", with: "1.9")
    #expect(
      throws: BenchmarkFileError.invalidNumber(
        line: 2, column: "export.probability", expected: "a probability from 0 to 1")
    ) { try BenchmarkCandidate.predictions(name: "other", csv: bad, rowIDs: ids, outcomes: outcomes) }
    #expect(throws: BenchmarkFileError.missingColumn("sales.value")) {
      try BenchmarkCandidate.predictions(
        name: "other", csv: "id,export\na,0.5\n", rowIDs: ids, outcomes: outcomes)
    }
  }

  @Test func gatesAreConditions() throws {
    let survey = SimulatedSurvey(rowCount: 200, seed: 2)
    let result = try survey.run(repeatCount: 1).result()
    let area = result.outcomes[1].candidates[1].metric(.auc)!.value
    #expect(try BenchmarkGate("auc.export >= 0.6").check(result).isMet == (area >= 0.6))
    #expect(try BenchmarkGate("auc.export.useful>\(area)").check(result).isMet == false)
    #expect(try BenchmarkGate("auc.export.useful >= \(area)").check(result).isMet)
    #expect(try BenchmarkGate("r2.sales >= 0.99").check(result).isMet == false)
    #expect(try BenchmarkGate("auc.nothing >= 0.1").check(result).isMet == false)
    #expect(try BenchmarkGate("logLoss.export.base rate < 1").check(result).isMet)
    for text in ["auc.export", "auc >= 1", "nonsense.export >= 1", "auc.export >= x"] {
      #expect(throws: EvaluationError.self) { try BenchmarkGate(text) }
    }
  }

  @Test func tablesHoldWhatWasFound() throws {
    let result = try SimulatedSurvey(rowCount: 120, seed: 4).run(repeatCount: 1).result()
    let text = result.textTables()
    for word in [
      "innovation", "export", "sales", "useful", "AUC", "R²", "minus base rate", "country = CL", "learning curve",
    ] {
      #expect(text.contains(word))
    }
    let csv = try DelimitedText(result.csv())
    #expect(csv.header.count == 12 && csv.records.count > 60)
    #expect(BenchmarkResult.text(-0.0004, 3) == "0.000" && BenchmarkResult.text(-0.5, 1) == "−0.5")
    #expect(BenchmarkResult.text(0.25, 2, signed: true) == "+0.25" && BenchmarkResult.text(.infinity, 2) == "∞")
  }
}

import Testing
import _TestSupport

@testable import SurveyData

/// The cells of a table as texts, row by row; blank where missing.
func cells(_ table: SurveyTable) -> [[String]] {
  (0..<table.rowCount).map { row in table.columns.map { $0.text(row: row) ?? "" } }
}

private func readCSV(_ text: String, _ options: SurveyReader.Options = .init()) throws(SurveyReadError) -> SurveyTable {
  try CSVReader.read(text: text, name: "t.csv", options: options)
}

@Suite struct CSVReaderTests {
  @Test func numbersTextsAndBlanks() throws {
    let table = try readCSV("id,size,export\n1,small,0.5\n2,,\n3,large,-1e2\n")
    #expect(table.columns.map(\.name) == ["id", "size", "export"])
    #expect(table.columns[0].values == .numbers([1, 2, 3]))
    #expect(table.columns[1].values == .texts([0, -1, 1], levels: ["small", "large"]))
    #expect(cells(table) == [["1", "small", "0.5"], ["2", "", ""], ["3", "large", "-100"]])
    #expect(table.columns[2].missingReason(row: 1) == .blank)
    #expect(table.columns[2].missingReason(row: 0) == nil)
    #expect(table.columns[0].missingReasons.isEmpty)
    #expect(table.source.delimiter == ",")
    #expect(table.source.decimalSeparator == ".")
    #expect(table.source.remarks.isEmpty)
  }

  @Test(arguments: [",", ";", "\t", "|"], ["\n", "\r\n", "\r"])
  func separatorsAndLineEnds(delimiter: String, lineEnd: String) throws {
    let rows = [["a", "b", "c"], ["1", "x y", "2"], ["3", "\"q \"\"u\"\"\nv\"", "4"]]
    for isLastEnded in [true, false] {
      let text = rows.map { $0.joined(separator: delimiter) }.joined(separator: lineEnd) + (isLastEnded ? lineEnd : "")
      let table = try readCSV(text)
      #expect(cells(table) == [["1", "x y", "2"], ["3", "q \"u\"\nv", "4"]])
      #expect(table.source.delimiter == delimiter.first)
      #expect(table.columns[2].values == .numbers([2, 4]))
    }
  }
}

import Foundation
import Testing
import _TestSupport

@testable import SurveyData

private let absent: Comment = "../shared/data/vectors absent"
private func vector(_ path: String) -> String { SharedData.file("vectors/" + path)!.path }

/// Files made by other programs, with what they hold according to those.
@Suite(.enabled(if: SharedData.has("vectors/csv-spectrum"), absent))
struct ReaderVectorTests {
  static let spectrum = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
  ]

  @Test(arguments: spectrum) func csvSpectrum(name: String) throws {
    let table = try SurveyReader.read(vector("csv-spectrum/csvs/\(name).csv"))
    let json = try Data(contentsOf: URL(fileURLWithPath: vector("csv-spectrum/json/\(name).json")))
    // One of them is a single row without its brackets.
    let expected =
      try (try? JSONDecoder().decode([[String: String]].self, from: json))
      ?? [JSONDecoder().decode([String: String].self, from: json)]
    #expect(table.rowCount == expected.count)
    for (row, cells) in expected.enumerated() {
      #expect(Set(cells.keys) == Set(table.columns.map(\.name)))
      for column in table.columns {
        // The published telephone number was altered in one of the two files.
        if column.name == "Contact Phone Number" {
          #expect(column.text(row: row) == "2095257564")
          continue
        }
        // The stored CSV files have lost the carriage returns of the published ones.
        #expect(column.text(row: row) ?? "" == cells[column.name]?.replacing("\r\n", with: "\n"))
      }
    }
  }

  @Test func qualtrics() throws {
    let table = try SurveyReader.read(vector("qualtrics/sample.csv"))
    #expect(table.source.headerRowCount == 3)
    #expect(table.rowCount == 1)
    #expect(table.columns.count == 20)
    #expect(table[column: "Q1"]?.label == "This is a multiple choice question.")
    #expect(table[column: "Q1"]?.values == .numbers([2]))
    #expect(table[column: "Q2"]?.text(row: 0) == "Hello World!")
    #expect(table[column: "IPAddress"]?.text(row: 0) == "130.92.34.66")
    #expect(table[column: "LocationLatitude"]?.values == .numbers([47.115097045898]))
    #expect(table[column: "RecipientEmail"]?.missingReason(row: 0) == .blank)

    let legacy = try SurveyReader.read(vector("qualtrics/sample_legacy.csv"))
    #expect(legacy.source.headerRowCount == 2)
    #expect(legacy.rowCount == 1)
    #expect(legacy.columns.count == 16)
    #expect(legacy.columns[0].name == "V1")
    #expect(legacy.columns[0].label == "ResponseID")
    #expect(legacy[column: "Q1"]?.values == .numbers([2]))
    #expect(legacy[column: "LocationAccuracy"]?.values == .numbers([-1]))
  }

  /// The same five rows from Stata and from three kinds of SPSS file, against the CSV that was published with them.
  @Test(arguments: ["sample.dta", "sample.sav", "sample.zsav", "sample.por"]) func sample(file: String) throws {
    let table = try SurveyReader.read(vector("stata-spss/basic/" + file))
    try expectSame(table, vector("stata-spss/basic/sample.csv"))
    #expect(table.columns[1].label == "numeric")
    #expect(
      table.columns[5].valueLabels == [
        ValueLabel(value: 1, label: "low"), ValueLabel(value: 2, label: "medium"), ValueLabel(value: 3, label: "high"),
      ])
    #expect(table.columns[2].missingReason(row: 4) == .blank)
    #expect(table.source.format == (file.hasSuffix("dta") ? .stata : .spss))
  }

  @Test func userMissing() throws {
    let table = try SurveyReader.read(vector("stata-spss/basic/sample_missing.sav"))
    try expectSame(table, vector("stata-spss/basic/sample_missing.csv"))
    // The codes themselves, from the CSV that keeps them.
    let codes = try SurveyReader.read(vector("stata-spss/basic/sample_missing_user.csv"))
    for (column, kept) in zip(table.columns, codes.columns) {
      for row in 0..<table.rowCount where column.missingCode(row: row) != nil {
        #expect(SurveyColumn.number(ofLevel: kept.text(row: row)!) == column.missingCode(row: row)?.number)
      }
    }
    let number = table.columns[1]
    #expect(number.missingCode(row: 6)?.code == "2500")
    #expect(number.missingCode(row: 5)?.code == "-1")
    #expect(table.columns[4].missingCode(row: 5)?.label == "undetermined")

    let small = try SurveyReader.read(vector("stata-spss/missing_data/missing_test.sav"))
    #expect(cells(small) == [[""], ["2"]])
    #expect(small.columns[0].missingCode(row: 0) == MissingCode(code: "1", number: 1, label: "missing"))
    let text = try SurveyReader.read(vector("stata-spss/missing_data/missing_char.sav"))
    #expect(cells(text) == [[""], ["a"]])
    #expect(text.columns[0].missingCode(row: 0)?.code == "Z")
    #expect(text.columns[0].textLabels == ["a": "labeled"])
  }

  @Test func stataTaggedMissing() throws {
    let table = try SurveyReader.read(vector("stata-spss/missing_data/missing_test.dta"))
    #expect(cells(table) == [["", "", "", "", "", "", "", "", "1"]])
    let expected = [".a", ".b", ".c", ".x", ".y", ".z", nil, nil, nil]
    #expect(table.columns.map { $0.missingCode(row: 0)?.code } == expected)
    #expect(table.columns[0].missingCode(row: 0)?.label == "missing")
    #expect(table.columns[7].missingReason(row: 0) == .blank)
  }

  @Test func otherAlphabetsAndWideTexts() throws {
    let hebrew = try SurveyReader.read(vector("stata-spss/basic/hebrews.sav"))
    #expect(hebrew.columns.map(\.name) == ["ותק_ב"])
    #expect(hebrew.rowCount == 99)
    #expect(cells(hebrew)[..<4] == [["33"], ["34"], ["15"], ["35"]])
    let telugu = try SurveyReader.read(vector("stata-spss/basic/tegulu.sav"))
    #expect(telugu.columns[0].label == "record : Record number")
    #expect(telugu.columns[1].text(row: 0)?.hasPrefix("నేను గతంలో వాడిన బ") == true)
    let wide = try SurveyReader.read(vector("stata-spss/basic/test_width.sav"))
    #expect(cells(wide)[0] == ["R_0001xAxQxIo2PVH", "2020-07-13 23:19:55", "944", "2"])
    #expect(wide.columns[3].valueLabels.map(\.label) == ["False", "True"])
    let ordered = try SurveyReader.read(vector("stata-spss/basic/ordered_category.sav"))
    #expect(cells(ordered) == [["1"], ["2"], ["3"], ["2"]])
    #expect(ordered.columns[0].valueLabels.map(\.label) == ["high", "low", "medium"])
    let large = try SurveyReader.read(vector("stata-spss/basic/sample_large.sav"))
    #expect(large.rowCount == 485)
  }

  @Test func multipleResponse() throws {
    let table = try SurveyReader.read(vector("stata-spss/multiple_response/simple_alltypes.sav"))
    #expect(table.rowCount == 6)
    #expect(table.columns.count == 12)
    #expect(table.columns[0].label == "Numeric variable with value labels")
    // The value −9 lies in the missing range −999…0, and 999 is a missing value.
    #expect(table[column: "z"]?.missingCode(row: 0)?.number == -9)
    #expect(table[column: "z"]?.missingCode(row: 1) == nil)
    #expect(table[column: "z"]?.missingReason(row: 1) == .blank)
    #expect(table[column: "z"]?.text(row: 2) == "1.234")
    #expect(table[column: "z"]?.missingReason(row: 3) == .notAsked)
    #expect(table[column: "y"]?.text(row: 3) == "1776-07-04")
    #expect(table[column: "str"]?.text(row: 2) == "reg-green-blue-whatever")
    #expect(table[column: "str"]?.text(row: 3) == "NA")
    #expect(table[column: "ca_subvar_1"]?.textLabels["d"] == "d")
    #expect(table[column: "date"]?.text(row: 2) == "2014-12-15")
  }
}

/// Compares a table with the published CSV, whose times are written in another way.
private func expectSame(_ table: SurveyTable, _ csv: String) throws {
  let expected = try SurveyReader.read(csv)
  #expect(table.columns.map { $0.name.lowercased() } == expected.columns.map(\.name))
  try #require(table.rowCount == expected.rowCount)
  for (column, wanted) in zip(table.columns, expected.columns) {
    for row in 0..<table.rowCount {
      var text = wanted.text(row: row)?.replacing(".000000", with: "") ?? ""
      if text == "#NULL!" { text = "" }
      if text.dropFirst().first == ":" { text = "0" + text }
      let got = column.text(row: row) ?? ""
      let number = SurveyColumn.number(ofLevel: text)
      #expect(
        got == text || (number != nil && SurveyColumn.number(ofLevel: got) == number),
        "\(column.name), row \(row + 1): \(got) for \(text)")
    }
  }
}

import Foundation
import Testing

@testable import SurveyData

private func readCSV(_ text: String, _ options: SurveyReader.Options = .init()) throws(SurveyReadError) -> SurveyTable {
  try CSVReader.read(text: text, name: "t.csv", options: options)
}

private func readCSV(_ bytes: [UInt8], _ options: SurveyReader.Options = .init()) throws(SurveyReadError) -> SurveyTable
{
  try CSVReader.read(bytes: bytes, name: "t.csv", options: options)
}

/// What a file tells about its own form.
@Suite struct CSVFormTests {
  @Test func decimalCommas() throws {
    let table = try readCSV("a;b\n1,5;x\n-2,25;y\n;z\n")
    #expect(table.columns[0].values != .numbers([]))
    #expect(cells(table) == [["1.5", "x"], ["-2.25", "y"], ["", "z"]])
    #expect(table.source.decimalSeparator == ",")
    #expect(table.source.delimiter == ";")
    // Semicolons with decimal points are as good.
    #expect(try readCSV("a;b\n1.5;2\n").source.decimalSeparator == ".")
  }

  @Test func decimalCommaAfterTheSample() throws {
    let rows = (0..<500).map { "\($0);\($0 % 5)" }.joined(separator: "\n")
    let table = try readCSV("a;b\n\(rows)\n500;2,5\n")
    #expect(table.source.decimalSeparator == ",")
    #expect(table.columns[1].text(row: 500) == "2.5")
    #expect(table.columns[0].text(row: 499) == "499")
  }

  @Test func thousandsAreNotFractions() throws {
    // Quoted in a comma-separated file: texts, and a remark that asks.
    let quoted = try readCSV("a,b\n\"1,234\",1\n\"12,500\",2\n")
    #expect(quoted.columns[0].values == .texts([0, 1], levels: ["1,234", "12,500"]))
    #expect(quoted.source.remarks.contains { $0.contains("thousands") })
    let semicolons = try readCSV("a;b\n1,234;1\n")
    #expect(semicolons.columns[0].values == .numbers([1.234]))
    #expect(semicolons.source.remarks.contains { $0.contains("thousands") })
    let both = try readCSV("a;b\n1,5;1.5\n2,5;2.5\n3,5;x\n")
    #expect(both.source.decimalSeparator == ",")
    #expect(both.source.remarks.contains { $0.contains("both ways") })
  }

  @Test func optionsWin() throws {
    let table = try readCSV("a,b;c\n1,5;2\n", .init(delimiter: ";", decimalSeparator: ","))
    #expect(table.columns.map(\.name) == ["a,b", "c"])
    #expect(cells(table) == [["1.5", "2"]])
    #expect(throws: SurveyReadError.self) { try readCSV("a;b\n", .init(delimiter: "x")) }
    #expect(throws: SurveyReadError.unsupportedEncoding(file: "t.csv", got: "klingon")) {
      try readCSV("a;b\n", .init(encoding: "klingon"))
    }
  }

  @Test func encodings() throws {
    let text = "país;año\nPerú;2015\n"
    let wanted = try readCSV(text)
    #expect(wanted.columns.map(\.name) == ["país", "año"])
    #expect(wanted.source.encoding == "UTF-8")
    let latin = Array(text.unicodeScalars.map { UInt8($0.value) })
    let one = try readCSV(latin)
    #expect(one.columns == wanted.columns)
    #expect(one.source.encoding == "Windows-1252")
    #expect(one.source.remarks.contains { $0.contains("line 1") })
    #expect(try readCSV(latin, .init(encoding: "latin1")).columns == wanted.columns)
    #expect(throws: SurveyReadError.invalidText(file: "t.csv", line: 1, expected: "UTF-8")) {
      try readCSV(latin, .init(encoding: "UTF-8"))
    }
    let marked = try readCSV([0xEF, 0xBB, 0xBF] + Array(text.utf8))
    #expect(marked.columns == wanted.columns)
    for bigEndian in [false, true] {
      let units = [0xFEFF] + Array(text.utf16)
      let bytes = units.flatMap { unit in
        bigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
      }
      let table = try readCSV(bytes)
      #expect(table.columns == wanted.columns)
      #expect(table.source.encoding == (bigEndian ? "UTF-16BE" : "UTF-16LE"))
    }
    // The euro sign and typographic quotes are what sets Windows-1252 apart.
    let euro = try readCSV(Array("a,b\n".utf8) + [0x80, 0x2C, 0x93, 0x0A])
    #expect(cells(euro) == [["€", "“"]])
    // Two ways to write one letter are one level.
    #expect(try readCSV("a,b\ncafe\u{301},1\ncaf\u{E9},2\n").columns[0].values == .texts([0, 0], levels: ["café"]))
  }

  @Test func headers() throws {
    let table = try readCSV("a,,a, b ,a_2\n1,2,3,4,5\n")
    #expect(table.columns.map(\.name) == ["a", "column2", "a_3", "b", "a_2"])
    #expect(table.source.remarks.count == 3)
    #expect(try readCSV("a,b\n").rowCount == 0)
    #expect(try readCSV("a,b").columns.map(\.name) == ["a", "b"])
    #expect(try readCSV("sep=;\na;b\n1;2\n").columns.map(\.name) == ["a", "b"])
    #expect(try readCSV("1,2\n3,4\n").source.remarks.contains { $0.contains("header row") })
  }

  @Test func qualtricsHeaders() throws {
    let three = try readCSV(
      "Q1,Q2\n\"How\nmany?\",Why?\n\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2\"\"}\"\n5,so\n")
    #expect(three.columns.map(\.label) == ["How\nmany?", "Why?"])
    #expect(cells(three) == [["5", "so"]])
    #expect(three.source.headerRowCount == 3)
    let two = try readCSV("V1,Q1\nResponseID,Why?\nR_1,3\n")
    #expect(two.source.headerRowCount == 2)
    #expect(two.columns[1].values == .numbers([3]))
    // An ordinary file is not taken for one.
    #expect(try readCSV("V1,Q1\nx,Why?\nR_1,3\n").rowCount == 2)
  }

  @Test func codesStayTexts() throws {
    let table = try readCSV("zip,id,n,mixed\n01234,12345678901234567890,1,3\n98765,2,0,Ns/Nc\n")
    #expect(cells(table) == [["01234", "12345678901234567890", "1", "3"], ["98765", "2", "0", "Ns/Nc"]])
    if case .numbers = table.columns[0].values { Issue.record("postal codes became numbers") }
    if case .numbers = table.columns[1].values { Issue.record("digits were lost") }
    #expect(table.columns[2].values == .numbers([1, 0]))
    #expect(SurveyColumn.number(ofLevel: "-99") == -99)
    #expect(SurveyColumn.number(ofLevel: "2,5") == 2.5)
    #expect(SurveyColumn.number(ofLevel: "Ns/Nc") == nil)
  }

  @Test func missingTokens() throws {
    let table = try readCSV("a,b,c\n1,NA,NA\nNA, ,x\n.,NA,\n 3 ,NA,NA\n")
    #expect(table.columns[0].text(row: 3) == "3")
    #expect((0..<4).map { table.columns[0].missingReason(row: $0) } == [nil, .blank, .blank, nil])
    // Among texts, and where there is nothing else, NA is an answer.
    #expect(table.columns[1].values == .texts([0, -1, 0, 0], levels: ["NA"]))
    #expect(table.columns[2].values == .texts([0, 1, -1, 0], levels: ["NA", "x"]))
    #expect(table.source.remarks.contains { $0.contains("“a”") && $0.contains("2 cells") })
  }

  @Test func blankLines() throws {
    #expect(cells(try readCSV("a,b\n\n1,2\n\r\n3,4\n\n\n")) == [["1", "2"], ["3", "4"]])
    // In a file of one column a blank line is a missing cell.
    #expect(cells(try readCSV("a\n1\n\n3\n")) == [["1"], [""], ["3"]])
  }

  /// Texts that appear only after the sampled rows, in any chunk, on any number of threads.
  @Test(arguments: [1, 2, 3]) func lateTextsAndThreads(threadCount: Int) throws {
    var text = "a,b,c\n"
    for row in 0..<150_000 {
      text +=
        row == 140_000 ? "\(row).50,\"late, \"\"text\"\"\nover two lines\",7\n" : "\(row).50,\(row % 7),0\(row % 2)\n"
    }
    let table = try readCSV(text, .init(threadCount: threadCount))
    #expect(table.rowCount == 150_000)
    #expect(table.columns[1].text(row: 140_000) == "late, \"text\"\nover two lines")
    #expect(table.columns[1].text(row: 149_999) == "\(149_999 % 7)")
    guard case .texts(_, let levels) = table.columns[2].values else { throw SurveyReadError.emptyFile(file: "") }
    #expect(levels == ["00", "01", "7"])
    guard case .numbers(let numbers) = table.columns[0].values else { throw SurveyReadError.emptyFile(file: "") }
    #expect(numbers == (0..<150_000).map { Double($0) + 0.5 })
    var wanted = try readCSV(text, .init(threadCount: 1))
    wanted.source.name = table.source.name
    #expect(table == wanted)
  }

  @Test func writtenAndReadBack() throws {
    let table = try readCSV("a,b c,d\n1,\"x, \"\"y\"\"\nz\",0.1\n,é,-1e300\n")
    var writer = CSVWriter()
    writer.append(table)
    #expect(writer.text == "a,b c,d\n1,\"x, \"\"y\"\"\nz\",0.1\n,é,-1e+300\n")
    #expect(try readCSV(writer.text).columns == table.columns)
    var one = CSVWriter(lineEnd: "\r\n")
    for cell in ["a", "1", "", "2", ""] { one.append(row: [cell]) }
    #expect(cells(try readCSV(one.text)) == [["1"], [""], ["2"], [""]])
  }
}

/// One broken file per case, and the sentence that the user gets.
@Suite struct CSVErrorTests {
  static let broken: [(text: String, error: SurveyReadError)] = [
    ("", .emptyFile(file: "t.csv")),
    ("\n\n", .emptyFile(file: "t.csv")),
    ("a,b\n1,2\n3\n", .raggedRow(file: "t.csv", line: 3, row: 2, got: 1, expected: 2)),
    ("a,b\n\"1\n1\",2\n\n3,4,5\n", .raggedRow(file: "t.csv", line: 5, row: 2, got: 3, expected: 2)),
    ("a,b\r\n1,2\r\n3,4,\r\n", .raggedRow(file: "t.csv", line: 3, row: 2, got: 3, expected: 2)),
    ("a,b\n1,\"2\n3,4\n", .unterminatedQuote(file: "t.csv", line: 2)),
    ("a,\"b\n1,2\n", .unterminatedQuote(file: "t.csv", line: 1)),
    ("a,b\n1,\"x\"y\n", .textAfterQuote(file: "t.csv", line: 2, column: "b")),
    ("a,b\n1,2\n3,\u{0}\n", .nulByte(file: "t.csv", line: 3)),
  ]

  @Test(arguments: broken.indices) func named(index: Int) {
    let (text, error) = Self.broken[index]
    #expect(throws: error) { try readCSV(text) }
  }

  /// A short row far down a large file is named by its own line whatever the threads.
  @Test(arguments: [1, 2]) func raggedFarDown(threadCount: Int) {
    var text = "a,b\n"
    for row in 1...400_000 { text += row == 300_000 || row == 390_000 ? "1\n" : "\(row),\"2\"\n" }
    #expect(throws: SurveyReadError.raggedRow(file: "t.csv", line: 300_001, row: 300_000, got: 1, expected: 2)) {
      try readCSV(text, .init(threadCount: threadCount))
    }
  }

  @Test func sentences() {
    #expect(
      SurveyReadError.raggedRow(file: "t.csv", line: 3, row: 2, got: 1, expected: 2).description
        == "t.csv, line 3: row 2 has 1 cell where the header has 2. "
        + "Is the row cut short, or broken over two lines without quotes?")
    #expect(
      SurveyReadError.raggedRow(file: "t.csv", line: 3, row: 2, got: 4, expected: 2).description
        == "t.csv, line 3: row 2 has 4 cells where the header has 2. "
        + "Is a separator part of an answer that is not in quotes?")
    #expect(
      SurveyReadError.unterminatedQuote(file: "t.csv", line: 7).description
        == "t.csv: the quote that opens on line 7 is never closed.")
    #expect(SurveyReadError.missingFile(file: "no.csv").description == "no.csv: there is no such file.")
    #expect(
      SurveyReadError.damagedFile(file: "a.sav", format: .spss, reason: "unable to read from file").description
        == "a.sav can't be read as SPSS data: unable to read from file. Is it complete?")
  }

  @Test func filesThatAreNoSurveys() throws {
    let folder = NSTemporaryDirectory()
    #expect(throws: SurveyReadError.missingFile(file: "/nowhere/x.csv")) { try SurveyReader.read("/nowhere/x.csv") }
    #expect(throws: SurveyReadError.directory(file: folder)) { try SurveyReader.read(folder) }
    #expect(throws: SurveyReadError.unsupportedFormat(file: "w.csv", got: "an Excel workbook or another zipped file")) {
      try SurveyReader.read(bytes: [0x50, 0x4B, 0x03, 0x04, 1, 2], name: "w.csv")
    }
    #expect(throws: SurveyReadError.emptyFile(file: "w.dta")) { try SurveyReader.read(bytes: [], name: "w.dta") }
    for name in ["w.dta", "w.sav", "w.por"] {
      #expect(throws: SurveyReadError.self) { try SurveyReader.read(bytes: Array("a,b\n1,2\n".utf8), name: name) }
    }
  }
}

@Suite struct AtomicFileTests {
  @Test func replacesWhole() throws {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("result.csv").path
    try AtomicFile.write("one", to: path)
    #expect(chmod(path, 0o640) == 0)
    let link = folder.appendingPathComponent("link.csv").path
    #expect(symlink(path, link) == 0)
    try AtomicFile.write("two", to: link)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link.csv", "result.csv"])
    #expect(throws: FileWriteError(file: folder.path, reason: "it is a folder")) {
      try AtomicFile.write("x", to: folder.path)
    }
    #expect(throws: FileWriteError.self) { try AtomicFile.write("x", to: folder.path + "/no/such/folder") }
    try AtomicFile.write("", to: "/dev/null")
  }
}

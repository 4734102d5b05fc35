import Foundation
import Testing
import _TestSupport

@testable import SurveyData

@Suite struct ReadStatReaderTests {
  @Test(arguments: [ReadStatFixture.Format.dta, .sav, .zsav])
  func labelsMissingValuesDatesAndTexts(format: ReadStatFixture.Format) throws {
    let isStata = format == .dta
    let table = try SurveyReader.read(bytes: ReadStatFixture.survey(format), name: isStata ? "t.dta" : "t.sav")
    #expect(table.source.format == (isStata ? .stata : .spss))
    #expect(table.columns.map(\.name) == ["COUNTRY", "ANSWER", "DAY"])
    #expect(table.columns[0].label == "País de la empresa")
    let long = String(repeating: "é", count: 140)
    #expect(table.columns[0].values == .texts([0, 1, -1, 0, 2], levels: ["Chile", "España", long]))
    #expect(table.columns[0].missingReason(row: 2) == .blank)

    let answer = table.columns[1]
    #expect(answer.values == .numbers([5, .nan, .nan, .nan, .nan]))
    let reasons: [MissingReason?] = [nil, .dontKnow, .refused, .blank, .blank]
    #expect((0..<5).map { answer.missingReason(row: $0) } == reasons)
    let codes = isStata ? [nil, ".a", ".b", nil, ".z"] : [nil, "98", "-7", nil, "-8.5"]
    #expect((0..<5).map { answer.missingCode(row: $0)?.code } == codes)
    #expect(answer.missingCode(row: 2)?.label == "Refused")
    #expect(answer.valueLabels.contains(ValueLabel(value: 5, label: "Toujours, même l’été")))
    #expect(answer.valueLabels.count == (isStata ? 2 : 4))
    #expect(table.columns[2].text(row: 0) == "2018-05-06")

    let chosen = table.selectingRows([2, 0])
    #expect(chosen.columns[1].missingCode(row: 0)?.label == "Refused")
    #expect(chosen.columns[1].missingCode(row: 1) == nil)
  }

  /// A file that breaks off is an error, wherever it does, never a shorter table.
  @Test(arguments: [ReadStatFixture.Format.dta, .sav, .zsav])
  func cutShort(format: ReadStatFixture.Format) throws {
    let bytes = ReadStatFixture.survey(format)
    let name = format == .dta ? "t.dta" : "t.sav"
    let whole = try SurveyReader.read(bytes: bytes, name: name)
    for count in stride(from: 1, to: bytes.count, by: 41) {
      do throws(SurveyReadError) {
        let table = try SurveyReader.read(bytes: Array(bytes[..<count]), name: name)
        #expect(table.columns.map(\.values) == whole.columns.map(\.values), "cut at \(count) of \(bytes.count)")
      } catch {
        #expect(!error.isMissingFile)
      }
    }
  }

  /// Damaged files give a table or an error and never end the process.
  @Test(arguments: [ReadStatFixture.Format.dta, .sav, .zsav])
  func damaged(format: ReadStatFixture.Format) {
    let bytes = ReadStatFixture.survey(format)
    var state: UInt64 = 88_172_645_463_325_252
    for _ in 0..<300 {
      var mutated = bytes
      for _ in 0..<4 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        mutated[Int(state % UInt64(mutated.count))] = UInt8(truncatingIfNeeded: state >> 32)
      }
      _ = try? SurveyReader.read(bytes: mutated, name: format == .dta ? "t.dta" : "t.sav")
    }
  }

  @Test func damagedCSV() {
    let text = "a;b;c\n1,5;\"x\"\"y\";NA\n007;é;\n;\"two\nlines\";-3e5\n"
    var state: UInt64 = 88_172_645_463_325_252
    let signs = Array("\";,\n\r\t .-e0\u{0}".utf8) + [0xC3, 0xFF, 0xEF]
    for round in 0..<4_000 {
      var mutated = Array(text.utf8)
      for _ in 0..<1 + round % 4 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        let place = Int(state % UInt64(mutated.count))
        let sign = signs[Int(state >> 33) % signs.count]
        if state >> 60 & 1 == 0 { mutated[place] = sign } else { mutated.insert(sign, at: place) }
      }
      let one = Result { try CSVReader.read(bytes: mutated, options: .init(threadCount: 1)) }
      if case .success(let table) = one {
        #expect(Set(table.columns.map(\.name)).count == table.columns.count)
      }
    }
  }

  static let peruFile = "surveys/peru-ene-2015/responses.dta"

  @Test(.enabled(if: SharedData.has(peruFile), "../shared/data/surveys absent"))
  func peru() throws {
    let table = try SurveyReader.read(SharedData.file(Self.peruFile)!.path)
    #expect(table.rowCount == 6115)
    #expect(table.columns.count == 20)
    #expect(table[column: "exporta"] != nil)
  }
}

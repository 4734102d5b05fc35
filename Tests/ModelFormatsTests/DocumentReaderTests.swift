import Foundation
import Testing

@testable import ModelFormats

@Suite("JSON and UBJSON")
struct DocumentReaderTests {
  private func json(_ text: String) throws -> ModelValue { try JSONReader.value(Data(text.utf8), format: .xgboost) }

  private func numbers(_ value: ModelValue) -> [Double]? {
    if case .numbers(let numbers) = value { numbers } else { nil }
  }

  @Test("Numbers are what Swift's own parser makes of them")
  func jsonNumbers() throws {
    let texts = [
      "0", "-0", "1", "-12.5", "0.1", "3.141592653589793", "5E-1", "1e22", "1e23", "123456789012345678", "4.9e-324",
      "1.7976931348623157e308", "0.30000000000000004", "-2.2250738585072014E-308", "9007199254740993",
    ]
    let read = try #require(numbers(try json("[" + texts.joined(separator: " , ") + "]")))
    #expect(read == texts.map { Double($0)! })
    let special = try #require(numbers(try json("[NaN,Infinity,-Infinity,-1]")))
    #expect(special[0].isNaN && special[1] == .infinity && special[2] == -.infinity && special[3] == -1)
  }

  @Test("Texts with escapes, nesting and words are read")
  func jsonTexts() throws {
    guard case .object(let entries) = try json(#" {"a\u0062\n\ud83d\ude00": [true, null, {"x": "y"}], "é": {}} "#)
    else {
      Issue.record("not an object")
      return
    }
    #expect(Set(entries.keys) == ["ab\n😀", "é"])
  }

  @Test(
    "What is not JSON is refused",
    arguments: [
      "", "{", "[1,", "[1,]", "[1 2]", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "\"a", "[1,\"a\"]", "nul", "-", "1.", "1e",
      "[] []",
      "[--1]", "\"\\x\"", "\"\\u12\"", "[1,-Inf]",
    ])
  func jsonMistakes(text: String) {
    #expect(throws: ModelFileError.self) { try json(text) }
  }

  @Test("Nesting and amplification are bounded")
  func bounds() {
    #expect(throws: ModelFileError.self) { try json(String(repeating: "[", count: 100_000)) }
    // Two bytes each, and a value of its own for each.
    let many = "[[]" + String(repeating: ",[]", count: 600_000) + "]"
    #expect {
      try json(many)
    } throws: {
      if case ModelFileError.tooLarge = $0 { true } else { false }
    }
  }

  @Test("Lists of numbers of every kind, counted or not")
  func binaryLists() throws {
    // {"a": [$l#2 1 −1], "b": [#3 T 0.5f "x"], "c": []}
    var data = Data("{".utf8)
    func key(_ name: String) { data += Data("i".utf8) + [UInt8(name.utf8.count)] + Data(name.utf8) }
    key("a")
    data += Data("[$l#i".utf8) + [2, 0, 0, 0, 1, 255, 255, 255, 255]
    key("b")
    data += Data("[#i".utf8) + [3] + Data("Td".utf8) + [0x3F, 0, 0, 0] + Data("Si".utf8) + [1] + Data("x".utf8)
    key("c")
    data += Data("[]}".utf8)
    guard case .object(let entries) = try UBJSONReader.value(data), let a = entries["a"],
      case .list(let b)? = entries["b"]
    else {
      Issue.record("not an object")
      return
    }
    #expect(numbers(a) == [1, -1])
    guard case .flag(true) = b[0], case .number(0.5) = b[1], case .text("x") = b[2] else {
      Issue.record("other values")
      return
    }
    for count in 1..<data.count {
      #expect(throws: ModelFileError.self) { try UBJSONReader.value(data.prefix(count)) }
    }
  }

  @Test("A length beyond the file is refused before anything is made of it")
  func binaryLength() {
    let data = Data("[$D#L".utf8) + [0x7F, 255, 255, 255, 255, 255, 255, 255]
    #expect(throws: ModelFileError.self) { try UBJSONReader.value(data) }
  }
}

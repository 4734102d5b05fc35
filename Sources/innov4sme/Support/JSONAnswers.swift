import Foundation
import SurveyData

/// Answers of firms in JSON: one object of column names and answers, an array of them, or an object whose `firms` is one.
///
/// Answers are numbers, texts, `true` and `false` (1 and 0), or `null` for none. A question that one firm lacks is a
/// missing answer of that firm.
enum JSONAnswers {
  static func read(_ path: String) throws -> SurveyTable {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(.missingInput, "\(path): there is no such file; expected answers of firms")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.inputOutput, "\(path) can't be opened")
    }
    let document: JSONValue
    do { document = try JSONDecoder().decode(JSONValue.self, from: data) } catch {
      throw CommandFailure(
        .data, "\(path) is not JSON that can be read; expected an object of answers or an array of them")
    }
    let firms: [[String: JSONValue]]
    switch document {
    case .object(let object):
      if case .array(let list)? = object["firms"] { firms = try objects(list, path) } else { firms = [object] }
    case .array(let list): firms = try objects(list, path)
    default:
      throw CommandFailure(.data, "\(path): expected an object of answers, or an array of them")
    }
    guard !firms.isEmpty else { throw CommandFailure(.data, "\(path) holds no firm") }
    let names = Set(firms.flatMap(\.keys)).sorted()
    var source = SurveySource()
    source.name = (path as NSString).lastPathComponent
    return SurveyTable(
      columns: try names.map { name in try column(name, firms.map { $0[name] ?? .null }, path) }, rowCount: firms.count,
      source: source)
  }

  private static func objects(_ list: [JSONValue], _ path: String) throws -> [[String: JSONValue]] {
    try list.enumerated().map { index, value in
      guard case .object(let object) = value else {
        throw CommandFailure(
          .data, "\(path): element \(index + 1) is not an object; expected one of column names and answers")
      }
      return object
    }
  }

  private static func column(_ name: String, _ values: [JSONValue], _ path: String) throws -> SurveyColumn {
    var isText = false
    for (index, value) in values.enumerated() {
      switch value {
      case .text: isText = true
      case .array, .object:
        throw CommandFailure(
          .data, "\(path): '\(name)' of firm \(index + 1) is a list or an object; expected a number, a text or null")
      default: break
      }
    }
    guard isText else {
      let numbers = values.map { value -> Double in
        if case .number(let number) = value { return number }
        if case .flag(let flag) = value { return flag ? 1 : 0 }
        return .nan
      }
      return SurveyColumn(
        name: name, values: .numbers(numbers),
        missingReasons: numbers.contains(where: \.isNaN)
          ? numbers.map { $0.isNaN ? MissingReason.blank.rawValue : 0 } : [])
    }
    var levels: [String] = []
    var codes: [String: Int32] = [:]
    let indices = values.map { value -> Int32 in
      let text: String
      switch value {
      case .text(let own): text = own
      case .number(let number): text = SurveyColumn.text(of: number)
      case .flag(let flag): text = flag ? "1" : "0"
      default: return -1
      }
      guard !text.isEmpty else { return -1 }
      if let code = codes[text] { return code }
      codes[text] = Int32(levels.count)
      levels.append(text)
      return Int32(levels.count - 1)
    }
    return SurveyColumn(
      name: name, values: .texts(indices, levels: levels),
      missingReasons: indices.contains(-1) ? indices.map { $0 < 0 ? MissingReason.blank.rawValue : 0 } : [])
  }
}

/// Any JSON.
private enum JSONValue: Decodable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}

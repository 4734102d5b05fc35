import Foundation

/// One value of a firm's answers.
enum JSONAnswer: Equatable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  /// Neither: what it is, in words.
  case other(String)
}

extension JSONAnswer: Decodable {
  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.singleValueContainer() else {
      self = .other("no single value")
      return
    }
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .other((try? decoder.unkeyedContainer()) != nil ? "an array" : "an object")
    }
  }
}

/// The objects of a JSON document, one per firm.
enum JSONFirms {
  private enum Document: Decodable {
    case one([String: JSONAnswer])
    case many([[String: JSONAnswer]])
    case other(String)

    private enum Wrapper: String, CodingKey { case firms }

    init(from decoder: any Decoder) throws {
      if let wrapper = try? decoder.container(keyedBy: Wrapper.self), wrapper.allKeys == [.firms],
        let firms = try? wrapper.decode([[String: JSONAnswer]].self, forKey: .firms)
      {
        self = .many(firms)
      } else if let firm = try? [String: JSONAnswer](from: decoder) {
        self = .one(firm)
      } else if let firms = try? [[String: JSONAnswer]](from: decoder) {
        self = .many(firms)
      } else if (try? decoder.unkeyedContainer()) != nil {
        self = .other("an array of something else than objects")
      } else {
        self = .other("a single value")
      }
    }
  }

  static func read(_ data: Data, name: String) throws(JSONAnswersError) -> [[String: JSONAnswer]] {
    let document: Document
    do { document = try JSONDecoder().decode(Document.self, from: data) } catch {
      throw .notJSON(file: name, line: line(of: error))
    }
    switch document {
    case .one(let firm): return [firm]
    case .many(let firms): return firms
    case .other(let got): throw .notFirms(file: name, got: got)
    }
  }

  /// The line that the parser names, if it does; the rest of its words may quote an answer.
  private static func line(of error: any Error) -> Int? {
    guard case DecodingError.dataCorrupted(let context) = error, let cause = context.underlyingError else { return nil }
    let words = String(describing: cause)
    guard let range = words.range(of: "line ") else { return nil }
    return Int(words[range.upperBound...].prefix { $0.isNumber })
  }
}

/// What the keys of a firm's object mean.
struct JSONKeys {
  /// Stands for the firm's name where the codebook has no column for it.
  static let firmID = "\u{0}id"

  /// All columns of the codebook, in order, each once.
  let columns: [String]
  private var columnOfKey: [String: String] = [:]
  private var variables: [String: Codebook.Variable] = [:]
  private var levels: [String: [Codebook.Level]] = [:]

  /// All that a key may be, sorted.
  var all: [String] { columnOfKey.keys.sorted() }

  init(_ encoding: SurveyEncoding) {
    let codebook = encoding.codebook
    let design = codebook.design
    let others =
      codebook.outcomeColumns + codebook.leaks
      + [design.id, design.weight, design.strata, design.cluster].compactMap { $0 } + design.groups
    var seen = Set<String>()
    columns = ((codebook.items + codebook.context).map(\.column) + others).filter { seen.insert($0).inserted }
    for variable in codebook.items + codebook.context {
      columnOfKey[variable.id] = variable.column
      variables[variable.column] = variable
      levels[variable.column] = variable.levels
    }
    for column in columns { columnOfKey[column] = column }
    if columnOfKey["id"] == nil { columnOfKey["id"] = design.id ?? Self.firmID }
    // Levels that the codebook leaves to the data are those that the encoding learned.
    for feature in encoding.features where levels[feature.column]?.isEmpty ?? true {
      levels[feature.column] = feature.isReversed ? feature.levels.reversed() : feature.levels
    }
  }

  func column(of key: String) -> String? { columnOfKey[key] }

  /// What a cell of a survey file would hold; `nil` for no answer.
  func text(
    of answer: JSONAnswer, column: String, at place: JSONAnswersError.Place
  ) throws(JSONAnswersError) -> String? {
    let variable = variables[column]
    let expected = variable?.kind == .numeric ? "a number or null" : "a code, a label, a number or null"
    switch answer {
    case .null: return nil
    case .number(let number): return SurveyColumn.text(of: number)
    case .text(let text): return code(of: text, column: column)
    case .flag(let flag):
      guard variable?.kind == .binary, let levels = levels[column], levels.count == 2 else {
        throw .badValue(place, got: "true or false", expected: expected)
      }
      return levels[flag ? 1 : 0].codes[0].text
    case .other(let got): throw .badValue(place, got: got, expected: expected)
    }
  }

  /// The code of a level whose label was given, in any language and case; else the text itself.
  private func code(of text: String, column: String) -> String {
    let own = AnswerCode(text)
    let known = levels[column] ?? []
    if known.contains(where: { $0.codes.contains(own) }) { return text }
    let folded = SpellingSuggestion.folded(text)
    let named = known.first { level in
      Language.allCases.contains { SpellingSuggestion.folded(level.label[$0]) == folded }
    }
    return named?.codes.first?.text ?? text
  }
}

import Foundation

/// Answers of one or several firms written as JSON: what a web form or an adviser's own tool hands over.
///
/// An object is one firm, an array of objects (or `{"firms": […]}`) several. Keys are columns or ids of the encoding's
/// codebook, and `id` for the firm's name. A value is a code, a level's label in any language of the codebook, a number,
/// `true` or `false` for yes/no questions, or `null` for no answer; keys that are left out are answers not given.
public struct JSONAnswers: Sendable, Equatable {
  /// Columns of the codebook, one row per firm, in the codebook's order.
  public let table: SurveyTable
  /// The firms' names where the codebook has no column for them.
  public let firmIDs: [String?]

  /// - Parameter name: Of the file, for messages.
  /// - Throws: ``JSONAnswersError``; answers are never part of it.
  public init(_ data: Data, name: String, encoding: SurveyEncoding) throws(JSONAnswersError) {
    let firms = try JSONFirms.read(data, name: name)
    guard !firms.isEmpty else { throw .noFirms(file: name) }
    let keys = JSONKeys(encoding)
    var cells: [String: [String?]] = [:]
    var firmIDs = [String?](repeating: nil, count: firms.count)
    for (row, firm) in firms.enumerated() {
      var given: [String: String] = [:]
      for key in firm.keys.sorted() {
        let place = JSONAnswersError.Place(file: name, firm: row + 1, key: key)
        guard let column = keys.column(of: key) else {
          throw .unknownKey(place, suggestion: SpellingSuggestion.nearest(to: key, in: keys.all))
        }
        if let other = given.updateValue(key, forKey: column) { throw .sameColumn(place, other: other) }
        let text = try keys.text(of: firm[key]!, column: column, at: place)
        if column == JSONKeys.firmID {
          firmIDs[row] = text
        } else {
          cells[column, default: [String?](repeating: nil, count: firms.count)][row] = text
        }
      }
    }
    self.firmIDs = firmIDs
    var source = SurveySource()
    source.name = name
    table = SurveyTable(
      columns: keys.columns.compactMap { column in cells[column].map { Self.column(column, $0) } },
      rowCount: firms.count, source: source)
  }

  private static func column(_ name: String, _ cells: [String?]) -> SurveyColumn {
    var levels: [String] = []
    var places: [String: Int32] = [:]
    let codes = cells.map { cell -> Int32 in
      guard let cell else { return -1 }
      if let place = places[cell] { return place }
      places[cell] = Int32(levels.count)
      levels.append(cell)
      return Int32(levels.count - 1)
    }
    return SurveyColumn(
      name: name, values: .texts(codes, levels: levels),
      missingReasons: cells.contains(nil) ? cells.map { $0 == nil ? MissingReason.blank.rawValue : 0 } : [])
  }
}

/// Why JSON answers can't be used: where, and what was expected. Answers are never part of it.
public enum JSONAnswersError: Error, Sendable, Equatable {
  /// A value: the firm is counted from 1.
  public struct Place: Sendable, Equatable {
    public var file: String
    public var firm: Int
    public var key: String
  }

  /// The text is not JSON; the line is known where the parser tells it.
  case notJSON(file: String, line: Int?)
  /// JSON of another shape: `got` names it (`a number`).
  case notFirms(file: String, got: String)
  case noFirms(file: String)
  case unknownKey(Place, suggestion: String?)
  /// Two keys for one column: its name and its id.
  case sameColumn(Place, other: String)
  /// `got` names the kind of value: `an array`.
  case badValue(Place, got: String, expected: String)
}

extension JSONAnswersError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notJSON(let file, let line):
      "\(file) is not valid JSON" + (line.map { " (see line \($0))" } ?? "")
        + "; expected an object per firm, such as {\"id\": \"F1\", \"q01\": 3}"
    case .notFirms(let file, let got):
      "\(file) holds \(got); expected an object for one firm, or an array of objects for several"
    case .noFirms(let file): "\(file) holds no firm"
    case .unknownKey(let place, let suggestion):
      "\(place.file), firm \(place.firm): '\(place.key)' is no column of the model's codebook"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? "; 'innov4sme inspect MODEL' lists them")
    case .sameColumn(let place, let other):
      "\(place.file), firm \(place.firm): '\(place.key)' and '\(other)' are the same column; give one of them"
    case .badValue(let place, let got, let expected):
      "\(place.file), firm \(place.firm), '\(place.key)': the value is \(got); expected \(expected)"
    }
  }
}

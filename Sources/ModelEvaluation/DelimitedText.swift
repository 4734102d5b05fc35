/// A table read from comma-separated text (RFC 4180; also CRLF, and a byte-order mark).
struct DelimitedText {
  var header: [String]
  /// Fields, and the line on which each record starts, counted from 1.
  var records: [(line: Int, fields: [String])]

  init(_ text: String) throws(BenchmarkFileError) {
    var rows: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    var line = 1
    var startLine = 1
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte == UInt8(ascii: "\"") {
          if index < bytes.count, bytes[index] == byte {
            field.append(byte)
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          if byte == UInt8(ascii: "\n") { line += 1 }
          field.append(byte)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if byte == UInt8(ascii: "\n"), field.last == UInt8(ascii: "\r") { field.removeLast() }
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        wasQuoted = false
        if byte == UInt8(ascii: "\n") {
          // A blank line is no record.
          if fields != [""] { rows.append((startLine, fields)) }
          fields = []
          line += 1
          startLine = line
        }
      default: field.append(byte)
      }
    }
    if isQuoted { throw .unclosedQuote(line: startLine) }
    guard let first = rows.first else { throw .empty }
    header = first.fields
    records = Array(rows.dropFirst())
    for record in records where record.fields.count != header.count {
      throw .fieldCount(line: record.line, got: record.fields.count, expected: header.count)
    }
  }

  func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// A field as RFC 4180 writes it.
  static func quoted(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

/// Why a file of folds or predictions can't be used. Lines are counted from 1, the header included.
public enum BenchmarkFileError: Error, Equatable, Sendable {
  case empty
  case unclosedQuote(line: Int)
  case fieldCount(line: Int, got: Int, expected: Int)
  case missingColumn(String)
  case invalidNumber(line: Int, column: String, expected: String)
  /// An id that no row of the survey has.
  case unknownID(line: Int, id: String)
  /// A row of the survey that the file leaves out.
  case missingID(String, repeatNumber: Int)
  case duplicateID(line: Int, id: String)
  /// Ids of the survey that are not unique can't be matched.
  case ambiguousID(String)
}

extension BenchmarkFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the file is empty"
    case .unclosedQuote(let line): "a quote that opens in the record of line \(line) is never closed"
    case .fieldCount(let line, let got, let expected): "line \(line) has \(got) fields where the header has \(expected)"
    case .missingColumn(let name): "there is no column '\(name)'"
    case .invalidNumber(let line, let column, let expected): "line \(line), column '\(column)': expected \(expected)"
    case .unknownID(let line, let id): "line \(line): no row of the survey has the id '\(id)'"
    case .missingID(let id, let number): "repeat \(number) leaves out the row with the id '\(id)'"
    case .duplicateID(let line, let id): "line \(line): the id '\(id)' is there twice in the same repeat"
    case .ambiguousID(let id): "several rows of the survey have the id '\(id)'; ids must differ to be matched"
    }
  }
}

/// Where each id is.
func rowNumbers(of rowIDs: [String]) throws(BenchmarkFileError) -> [String: Int] {
  var numbers: [String: Int] = [:]
  for (row, id) in rowIDs.enumerated() {
    if numbers.updateValue(row, forKey: id) != nil { throw .ambiguousID(id) }
  }
  return numbers
}

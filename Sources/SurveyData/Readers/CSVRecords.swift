/// The signs that give a CSV file its structure.
struct CSVDialect: Sendable, Equatable {
  static let quote = UInt8(ascii: "\"")
  static let carriageReturn = UInt8(ascii: "\r")
  static let lineFeed = UInt8(ascii: "\n")

  var delimiter = UInt8(ascii: ",")
  var decimalSeparator = UInt8(ascii: ".")
  /// The last byte of a line: a line feed (alone or after a carriage return), or a carriage return where the file has
  /// no line feeds.
  var lineEnd = CSVDialect.lineFeed
}

/// One cell as it stands in the file.
struct CSVField: Sendable {
  /// What is between the separators, without the outer quotes.
  var range: Range<Int>
  var isQuoted = false
  /// Whether doubled quotes stand for single ones.
  var hasDoubledQuotes = false

  /// The bytes that the cell stands for.
  func content(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    guard hasDoubledQuotes else { return Array(bytes[range]) }
    var result: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      result.append(bytes[index])
      index += bytes[index] == CSVDialect.quote ? 2 : 1
    }
    return result
  }
}

/// What breaks the structure of a CSV file, by the offset of its byte.
enum CSVStructureError: Error, Equatable {
  case unterminatedQuote(offset: Int)
  case textAfterQuote(offset: Int, column: Int)
  case raggedRow(offset: Int, got: Int)
}

/// Walks the records of a CSV file one by one: for headers, samples and messages, where speed is not the point.
struct CSVRecordCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  let delimiter: UInt8
  let lineEnd: UInt8
  private(set) var offset: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, lineEnd: UInt8, offset: Int) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.lineEnd = lineEnd
    self.offset = offset
  }

  /// The cells of the next record, or `nil` at the end of the file. A blank line is a record of one empty cell.
  mutating func next() throws(CSVStructureError) -> [CSVField]? {
    guard offset < bytes.count else { return nil }
    var fields: [CSVField] = []
    while true {
      let field = try nextField(column: fields.count)
      fields.append(field)
      if offset < bytes.count, bytes[offset] == delimiter {
        offset += 1
        continue
      }
      // At a line end or the end of the file.
      if offset < bytes.count, bytes[offset] != lineEnd { offset += 1 }
      offset += 1
      return fields
    }
  }

  /// Leaves `offset` at the separator, line end or end of file after the cell.
  private mutating func nextField(column: Int) throws(CSVStructureError) -> CSVField {
    guard offset < bytes.count, bytes[offset] == CSVDialect.quote else {
      let start = offset
      while offset < bytes.count, bytes[offset] != delimiter, !isLineEnd(offset) { offset += 1 }
      return CSVField(range: start..<offset)
    }
    let opening = offset
    var hasDoubledQuotes = false
    offset += 1
    while true {
      guard offset < bytes.count else { throw .unterminatedQuote(offset: opening) }
      if bytes[offset] == CSVDialect.quote {
        guard offset + 1 < bytes.count, bytes[offset + 1] == CSVDialect.quote else { break }
        hasDoubledQuotes = true
        offset += 1
      }
      offset += 1
    }
    let field = CSVField(range: opening + 1..<offset, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
    offset += 1
    guard offset >= bytes.count || bytes[offset] == delimiter || isLineEnd(offset) else {
      throw .textAfterQuote(offset: offset, column: column)
    }
    return field
  }

  private func isLineEnd(_ index: Int) -> Bool {
    if bytes[index] == lineEnd { return true }
    guard bytes[index] == CSVDialect.carriageReturn else { return false }
    return index + 1 >= bytes.count || bytes[index + 1] == lineEnd
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The number, from 1, of the line that holds a byte, as an editor counts: a line feed, a carriage return, or the
  /// two together end a line.
  func lineNumber(at offset: Int) -> Int {
    var line = 1
    var index = 0
    while index < Swift.min(offset, count) {
      let byte = self[index]
      if byte == CSVDialect.lineFeed {
        line += 1
      } else if byte == CSVDialect.carriageReturn, index + 1 >= count || self[index + 1] != CSVDialect.lineFeed {
        line += 1
      }
      index += 1
    }
    return line
  }
}

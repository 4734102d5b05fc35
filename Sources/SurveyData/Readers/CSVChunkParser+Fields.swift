/// The cells that the common road does not take: quotes, spaces, missing-value signs, exponents, texts.
extension CSVChunkParser {
  /// A cell by its addresses.
  struct Field {
    var start: UnsafePointer<UInt8>
    var count: Int
    var hasDoubledQuotes = false

    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
  }

  /// The cell at `position` and the separator or line end after it.
  func field(
    _ position: UnsafePointer<UInt8>, column: Int
  ) throws(CSVStructureError) -> (field: Field, next: UnsafePointer<UInt8>) {
    let delimiter = dialect.delimiter
    let lineEnd = dialect.lineEnd
    guard position.pointee == CSVDialect.quote else {
      var next = position
      // Every record has a line end, which stops this.
      while next.pointee != delimiter, next.pointee != lineEnd { next += 1 }
      if next.pointee == lineEnd, next > position, next[-1] == CSVDialect.carriageReturn { next -= 1 }
      return (Field(start: position, count: next - position), next)
    }
    var next = position + 1
    var hasDoubledQuotes = false
    while true {
      while next < end, next.pointee != CSVDialect.quote { next += 1 }
      guard next < end else { throw .unterminatedQuote(offset: offset(of: position)) }
      // At least the line end follows the last quote of a chunk.
      guard next[1] == CSVDialect.quote else { break }
      hasDoubledQuotes = true
      next += 2
    }
    let field = Field(start: position + 1, count: next - position - 1, hasDoubledQuotes: hasDoubledQuotes)
    next += 1
    let ends =
      next.pointee == delimiter || next.pointee == lineEnd
      || (next.pointee == CSVDialect.carriageReturn && next[1] == lineEnd)
    guard ends else { throw .textAfterQuote(offset: offset(of: next), column: column) }
    return (field, next)
  }

  func offset(of position: UnsafePointer<UInt8>) -> Int { fileOffset + (position - base) }

  /// The error for a record with another number of cells than the header.
  func raggedRow(_ start: UnsafePointer<UInt8>) -> CSVStructureError {
    let rest = UnsafeBufferPointer(start: start, count: end - start)
    var cursor = CSVRecordCursor(rest, delimiter: dialect.delimiter, lineEnd: dialect.lineEnd, offset: 0)
    do {
      return .raggedRow(offset: offset(of: start), got: try cursor.next()?.count ?? 0)
    } catch {
      return error.shifted(by: offset(of: start))
    }
  }

  /// The value of a cell in a column of numbers: NaN when it is missing, or when the column turns out to hold texts.
  mutating func number(
    _ field: Field, column: Int, kinds: UnsafeMutablePointer<CSVColumnKind>
  ) -> Double {
    let cell = field.buffer.trimmingSpaces
    if cell.isEmpty {
      if field.count > 0 { findings[column].spacesCount += 1 }
      return .nan
    }
    switch DecimalParser.parse(cell, decimalSeparator: dialect.decimalSeparator) {
    case .number(let value): return value
    case .zeroPadded: findings[column].obstacle = .zeroPadded
    case .tooManyDigits: findings[column].obstacle = .tooManyDigits
    case .notNumber:
      if cell.isMissingToken {
        findings[column].missingTokenCount += 1
        return .nan
      }
      findings[column].obstacle = .notNumber
      let other = dialect.decimalSeparator == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: ".")
      findings[column].obstacleIsOtherDecimal = DecimalParser.parse(cell, decimalSeparator: other) != .notNumber
    }
    kinds[column] = .skipped
    return .nan
  }

  /// The number of a cell's text in the chunk's dictionary, −1 when the cell is blank.
  mutating func code(_ field: Field, column: Int) -> Int32 {
    if field.count == 0 { return -1 }
    if field.start.pointee == UInt8(ascii: " "), field.buffer.trimmingSpaces.isEmpty {
      findings[column].spacesCount += 1
      return -1
    }
    guard field.hasDoubledQuotes else { return dictionaries[column].code(for: field.start, count: field.count) }
    var text = CSVField(range: 0..<field.count, isQuoted: true, hasDoubledQuotes: true).content(field.buffer)
    let count = text.count
    text.append(contentsOf: repeatElement(0, count: 8))
    return text.withUnsafeBufferPointer { dictionaries[column].code(for: $0.baseAddress!, count: count) }
  }
}

extension CSVStructureError {
  /// The same error with offsets counted from further ahead.
  func shifted(by distance: Int) -> CSVStructureError {
    switch self {
    case .unterminatedQuote(let offset): .unterminatedQuote(offset: offset + distance)
    case .textAfterQuote(let offset, let column): .textAfterQuote(offset: offset + distance, column: column)
    case .raggedRow(let offset, let got): .raggedRow(offset: offset + distance, got: got)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Without the spaces and tabs at both ends.
  var trimmingSpaces: UnsafeBufferPointer<UInt8> {
    var lower = 0
    var upper = count
    while lower < upper, self[lower] == UInt8(ascii: " ") || self[lower] == UInt8(ascii: "\t") { lower += 1 }
    while upper > lower, self[upper - 1] == UInt8(ascii: " ") || self[upper - 1] == UInt8(ascii: "\t") { upper -= 1 }
    return UnsafeBufferPointer(rebasing: self[lower..<upper])
  }

  /// What statistical programs write for a missing number. Only a column whose other cells are numbers takes them so;
  /// among texts, `NA` is an answer like any other (a country, say).
  var isMissingToken: Bool {
    guard count <= 6 else { return false }
    switch String(decoding: self, as: UTF8.self).uppercased() {
    case "NA", "N/A", "#N/A", "NAN", "NULL", "#NULL!", ".": return true
    default: return false
    }
  }
}

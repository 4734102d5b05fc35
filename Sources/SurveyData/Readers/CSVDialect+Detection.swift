/// What the first records of a file tell about its form.
struct CSVDetection {
  static let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]

  /// Bytes and records that detection looks at.
  private static let sampleBytes = 1 << 20
  private static let sampleRecords = 200

  /// A line feed wherever the file has one outside quotes, a carriage return where it has only those.
  static func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt8 {
    var sawCarriageReturn = false
    var isQuoted = false
    for index in start..<min(bytes.count, start + sampleBytes) {
      if bytes[index] == CSVDialect.quote { isQuoted.toggle() }
      if isQuoted { continue }
      if bytes[index] == CSVDialect.lineFeed { return CSVDialect.lineFeed }
      sawCarriageReturn = sawCarriageReturn || bytes[index] == CSVDialect.carriageReturn
    }
    return sawCarriageReturn ? CSVDialect.carriageReturn : CSVDialect.lineFeed
  }

  /// The separator under which most records have as many cells as the header, and the header the most cells.
  static func delimiter(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, lineEnd: UInt8) -> UInt8 {
    var best: (delimiter: UInt8, agreement: Double, width: Int) = (candidates[0], -1, 1)
    for delimiter in candidates {
      let widths = fieldCounts(bytes, from: start, delimiter: delimiter, lineEnd: lineEnd)
      guard let width = widths.first, width > 1 else { continue }
      let agreement = Double(widths.count { $0 == width }) / Double(widths.count)
      if agreement > best.agreement || (agreement == best.agreement && width > best.width) {
        best = (delimiter, agreement, width)
      }
    }
    return best.delimiter
  }

  /// The number of cells of each sampled record that is not a blank line.
  private static func fieldCounts(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, delimiter: UInt8, lineEnd: UInt8
  ) -> [Int] {
    var cursor = CSVRecordCursor(bytes, delimiter: delimiter, lineEnd: lineEnd, offset: start)
    var counts: [Int] = []
    // A sign that is not the separator meets quotes in odd places; what it read up to there still counts.
    while counts.count < sampleRecords, cursor.offset < start + sampleBytes, let fields = try? cursor.next() {
      if fields.count == 1, fields[0].range.isEmpty, !fields[0].isQuoted { continue }
      counts.append(fields.count)
    }
    return counts
  }
}

/// Whether the numbers of a file are written with a decimal point or a decimal comma: the cells that would be
/// fractions under each, and those commas that might separate thousands.
struct DecimalEvidence: Sendable, Equatable {
  var point = 0
  var comma = 0
  /// Of `comma`, the cells with exactly three digits after the comma and one to three before, such as 1,234.
  var commaOrThousands = 0

  mutating func add(_ cell: UnsafeBufferPointer<UInt8>) {
    if cell.contains(UInt8(ascii: ".")), isNumber(cell, UInt8(ascii: ".")) {
      point += 1
    } else if let position = cell.firstIndex(of: UInt8(ascii: ",")), isNumber(cell, UInt8(ascii: ",")) {
      comma += 1
      let sign = cell[0] == UInt8(ascii: "-") || cell[0] == UInt8(ascii: "+") ? 1 : 0
      let before = position - sign
      if cell.count - position == 4, (1...3).contains(before), cell[sign] != UInt8(ascii: "0") {
        commaOrThousands += 1
      }
    }
  }

  private func isNumber(_ cell: UnsafeBufferPointer<UInt8>, _ separator: UInt8) -> Bool {
    DecimalParser.parse(cell, decimalSeparator: separator) != .notNumber
  }

  /// The separator to use, and a remark where the evidence is not of one mind.
  func decision(delimiter: UInt8) -> (separator: UInt8, remark: String?) {
    // Between quotes in a comma-separated file, 1,234 is far more often a thousand than a fraction.
    let sureComma = delimiter == UInt8(ascii: ",") ? comma - commaOrThousands : comma
    let separator = sureComma > point ? UInt8(ascii: ",") : UInt8(ascii: ".")
    if point > 0, comma > 0 {
      let chosen = separator == UInt8(ascii: ",") ? "comma" : "point"
      return (
        separator,
        "numbers are written both ways, with a decimal point (\(point) cells looked at) and with a comma (\(comma)); "
          + "the decimal \(chosen) was taken, and columns with the other are texts"
      )
    }
    if separator == UInt8(ascii: ","), comma == commaOrThousands {
      return (
        separator,
        "every comma in a number is followed by three digits; they were taken as decimal commas, "
          + "not as thousands separators"
      )
    }
    if separator == UInt8(ascii: "."), comma > 0 {
      return (separator, "numbers with a comma before three digits were left as texts: are those thousands?")
    }
    return (separator, nil)
  }
}

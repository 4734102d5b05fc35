import StatisticalLearning

/// The reading of one CSV file, step by step: form, header, layout, cells, columns.
struct CSVReading {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let name: String
  private let options: SurveyReader.Options
  private var dialect = CSVDialect()
  private var encoding: TextEncoding
  private var header: CSVHeader
  private var layout: CSVLayout
  private var evidence = DecimalEvidence()
  /// Columns where a sampled cell is no number.
  private var sampledTexts: [Bool]
  var remarks: [String] = []

  private static let sampleRecords = 200

  init(
    _ allBytes: UnsafeBufferPointer<UInt8>, start: Int, name: String, encoding wanted: TextEncoding?,
    options: SurveyReader.Options
  ) throws(SurveyReadError) {
    self.name = name
    self.options = options
    let lineEnd = CSVDetection.lineEnd(allBytes, from: start)
    dialect.lineEnd = lineEnd
    var start = start

    // Blank lines at either end belong to no row.
    var count = allBytes.count
    func isBlankEnd(_ byte: UInt8) -> Bool { byte == lineEnd || byte == CSVDialect.carriageReturn }
    while start < count, isBlankEnd(allBytes[start]) { start += 1 }
    while count > start + 1, isBlankEnd(allBytes[count - 1]), isBlankEnd(allBytes[count - 2]) { count -= 1 }
    bytes = UnsafeBufferPointer(rebasing: allBytes[..<count])
    guard count > start else { throw .emptyFile(file: name) }

    // Spreadsheets write `sep=;` as a first line to tell each other the separator.
    var delimiter = try Self.byte(of: options.delimiter, option: "delimiter", file: name)
    if start + 5 < count, String(decoding: bytes[start..<start + 4], as: UTF8.self).lowercased() == "sep=",
      let end = bytes.firstOffset(of: lineEnd, in: start..<count), end - start <= 6
    {
      delimiter = delimiter ?? bytes[start + 4]
      start = end + 1
      remarks.append("the first line only names the separator")
    }
    guard count > start else { throw .emptyFile(file: name) }
    dialect.delimiter = delimiter ?? CSVDetection.delimiter(bytes, from: start, lineEnd: lineEnd)

    var cursor = CSVRecordCursor(bytes, delimiter: dialect.delimiter, lineEnd: lineEnd, offset: start)
    var records: [[CSVField]] = []
    var offsets: [Int] = [start]
    do throws(CSVStructureError) {
      while records.count < 3, let record = try cursor.next() {
        records.append(record)
        offsets.append(cursor.offset)
      }
    } catch {
      // An error in the very first record is final; later ones are found again where rows are counted.
      if records.isEmpty { throw Self.error(error, bytes: bytes, name: name, header: nil, row: { _ in 0 }) }
    }
    // The encoding is settled over the whole file, the header being part of it.
    do throws(CSVLayout.Problem) {
      layout = try CSVLayout(bytes, from: start, dialect: dialect, threadCount: options.threadCount)
    } catch {
      throw Self.error(error, bytes: bytes, name: name)
    }
    (encoding, remarks) = try Self.settleEncoding(wanted, bytes, isASCII: layout.isASCII, name: name, remarks: remarks)
    let settled = encoding
    header = CSVHeader(records: records.map { $0.map { settled.decode($0.content(allBytes)) } })
    sampledTexts = Array(repeating: false, count: header.names.count)
    let dataStart = min(offsets[header.rowCount], count)
    layout.dropRecords(before: dataStart)
    dataOffset = dataStart
    try settleDecimal()
  }

  private let dataOffset: Int

  /// The one byte of a separator that was asked for.
  private static func byte(
    of character: Character?, option: String, file: String
  ) throws(SurveyReadError) -> UInt8? {
    guard let character else { return nil }
    guard let byte = character.asciiValue, byte != CSVDialect.quote, byte != CSVDialect.lineFeed,
      byte != CSVDialect.carriageReturn, !character.isNumber, !character.isLetter
    else {
      throw .invalidOption(
        file: file, option: option, got: String(character), expected: "it is one sign such as , ; or a tab")
    }
    return byte
  }

  /// UTF-8 where the bytes are that, Windows-1252 where they are not.
  private static func settleEncoding(
    _ wanted: TextEncoding?, _ bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool, name: String, remarks: [String]
  ) throws(SurveyReadError) -> (TextEncoding, [String]) {
    if isASCII { return (wanted ?? .utf8, remarks) }
    if let wanted, wanted != .utf8 { return (wanted, remarks) }
    guard let invalid = TextEncoding.firstInvalidUTF8(bytes) else { return (.utf8, remarks) }
    let line = bytes.lineNumber(at: invalid)
    if wanted == .utf8 { throw .invalidText(file: name, line: line, expected: "UTF-8") }
    let remark = "line \(line) is not UTF-8, so the file was read as Windows-1252 (which includes Latin-1)"
    return (.windows1252, remarks + [remark])
  }

  /// Looks at the first rows: the decimal separator, and which columns hold texts.
  private mutating func settleDecimal() throws(SurveyReadError) {
    let asked = try Self.byte(of: options.decimalSeparator, option: "decimal separator", file: name)
    var cursor = CSVRecordCursor(bytes, delimiter: dialect.delimiter, lineEnd: dialect.lineEnd, offset: dataOffset)
    var sample: [[CSVField]] = []
    while sample.count < Self.sampleRecords, let record = try? cursor.next() { sample.append(record) }
    for record in sample {
      for field in record { evidence.add(UnsafeBufferPointer(rebasing: bytes[field.range]).trimmingSpaces) }
    }
    if let asked {
      dialect.decimalSeparator = asked
    } else {
      let decision = evidence.decision(delimiter: dialect.delimiter)
      dialect.decimalSeparator = decision.separator
      if let remark = decision.remark { remarks.append(remark) }
    }
    if dialect.decimalSeparator == dialect.delimiter, asked != nil, options.delimiter != nil {
      throw .invalidOption(
        file: name, option: "decimal separator", got: String(UnicodeScalar(dialect.decimalSeparator)),
        expected: "it is the delimiter already")
    }
    for record in sample where record.count == sampledTexts.count {
      for (column, field) in record.enumerated() where !sampledTexts[column] {
        let cell = UnsafeBufferPointer(rebasing: bytes[field.range]).trimmingSpaces
        if cell.isEmpty || cell.isMissingToken { continue }
        if case .number = DecimalParser.parse(cell, decimalSeparator: dialect.decimalSeparator) { continue }
        sampledTexts[column] = true
      }
    }
  }

  /// The table.
  mutating func table(release: @Sendable (Range<Int>) -> Void) throws(SurveyReadError) -> SurveyTable {
    let threadCount = options.threadCount
    func parse(_ kinds: [CSVColumnKind], _ dialect: CSVDialect) throws(SurveyReadError) -> CSVParsedColumns {
      do throws(CSVStructureError) {
        return try CSVParsedColumns(
          bytes, layout: layout, dialect: dialect, kinds: kinds, threadCount: threadCount, release: release)
      } catch {
        throw Self.error(error, bytes: bytes, name: name, header: header, row: row(at:))
      }
    }
    let kinds: [CSVColumnKind] = sampledTexts.map { $0 ? .text : .number }
    var parsed = try parse(kinds, dialect)
    // No fraction in the sample, and later one with the other separator: take the one that leaves more numbers.
    if options.decimalSeparator == nil, dialect.delimiter != UInt8(ascii: ","), evidence == DecimalEvidence(),
      parsed.findings.contains(where: \.obstacleIsOtherDecimal)
    {
      var other = dialect
      other.decimalSeparator = UInt8(ascii: ",")
      let again = try parse(kinds, other)
      if again.findings.count(where: { $0.obstacle != nil }) < parsed.findings.count(where: { $0.obstacle != nil }) {
        parsed = again
        dialect = other
      }
    }
    // Columns that turned out to hold texts after the sample, and those of nothing but `NA`.
    let late = header.names.indices.filter { index in
      kinds[index] == .number && parsed.holdsTexts(index)
    }
    var texts: CSVParsedColumns?
    if !late.isEmpty {
      texts = try parse(header.names.indices.map { late.contains($0) ? .text : .skipped }, dialect)
    }
    remark(on: parsed, late: late)

    let (names, labels, settled) = (header.names, header.labels, encoding)
    let lateColumns = Set(late)
    let (first, second) = (parsed, texts)
    let columns = Parallel.map(count: names.count, threadCount: threadCount) { index in
      let source = lateColumns.contains(index) ? second! : first
      return source.column(index, name: names[index], label: labels[index], encoding: settled)
    }
    return SurveyTable(columns: columns, rowCount: parsed.rowCount, source: source())
  }

  private func source() -> SurveySource {
    var source = SurveySource()
    source.name = name
    source.format = .csv
    source.encoding = encoding.rawValue
    source.delimiter = Character(UnicodeScalar(dialect.delimiter))
    source.decimalSeparator = Character(UnicodeScalar(dialect.decimalSeparator))
    source.headerRowCount = header.rowCount
    source.remarks = remarks
    return source
  }

  private mutating func remark(on parsed: CSVParsedColumns, late: [Int]) {
    remarks += header.remarks
    if parsed.blankLineCount > 0 { remarks.append("blank lines passed over: \(parsed.blankLineCount)") }
    for (index, findings) in parsed.findings.enumerated() {
      let column = "column “\(header.names[index])”"
      if findings.missingTokenCount > 0, !late.contains(index) {
        remarks.append("\(column): \(findings.missingTokenCount) cells such as NA or a full stop were taken as blank")
      }
      if findings.spacesCount > 0, !late.contains(index) {
        remarks.append("\(column): \(findings.spacesCount) cells of spaces only were taken as blank")
      }
      switch findings.obstacle {
      case .zeroPadded: remarks.append("\(column) has numbers with leading zeros and is kept as text")
      case .tooManyDigits: remarks.append("\(column) has whole numbers too long for a number and is kept as text")
      case .notNumber, nil: break
      }
    }
  }

  /// The number, from 1, of the data row that starts at an offset.
  private func row(at offset: Int) -> Int {
    var cursor = CSVRecordCursor(bytes, delimiter: dialect.delimiter, lineEnd: dialect.lineEnd, offset: dataOffset)
    var row = 1
    while cursor.offset < offset, let record = try? cursor.next() {
      if record.count > 1 || record[0].isQuoted || !record[0].range.isEmpty || header.names.count == 1 { row += 1 }
    }
    return row
  }

  private static func error(
    _ error: CSVStructureError, bytes: UnsafeBufferPointer<UInt8>, name: String, header: CSVHeader?,
    row: (Int) -> Int
  ) -> SurveyReadError {
    switch error {
    case .unterminatedQuote(let offset):
      return .unterminatedQuote(file: name, line: bytes.lineNumber(at: offset))
    case .textAfterQuote(let offset, let column):
      let known = header.flatMap { column < $0.names.count ? $0.names[column] : nil }
      return .textAfterQuote(file: name, line: bytes.lineNumber(at: offset), column: known ?? String(column + 1))
    case .raggedRow(let offset, let got):
      return .raggedRow(
        file: name, line: bytes.lineNumber(at: offset), row: row(offset), got: got,
        expected: header?.names.count ?? 0)
    }
  }

  private static func error(
    _ problem: CSVLayout.Problem, bytes: UnsafeBufferPointer<UInt8>, name: String
  ) -> SurveyReadError {
    switch problem {
    case .nulByte(let offset): .nulByte(file: name, line: bytes.lineNumber(at: offset))
    case .unterminatedQuote(let offset): .unterminatedQuote(file: name, line: bytes.lineNumber(at: offset))
    }
  }
}

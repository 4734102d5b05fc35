import StatisticalLearning

/// Reads comma-separated files, and what goes by that name: RFC 4180 with byte-order marks, `;`, tab and `|`
/// separators, decimal commas, any line end, quoted line breaks, UTF-8, UTF-16 and Windows-1252, and the two or three
/// header rows of Qualtrics. What was found is in ``SurveyTable/source``.
///
/// **Columns.** A column holds numbers when each of its cells is a number or missing; otherwise it holds texts, all
/// of them as written, so that a few `Ns/Nc` among numbers stay to be seen (``SurveyColumn/number(ofLevel:)`` reads a
/// level as a number). Some numbers are codes, and are kept as texts: whole numbers with leading zeros (`01234`), and
/// whole numbers beyond 2^53, whose last digits would be lost. Numbers have no thousands separators.
///
/// **Missing.** A cell of no characters, or of spaces only, is ``MissingReason/blank``. In a column of numbers `NA`,
/// `N/A`, `#N/A`, `NaN`, `NULL`, `#NULL!` and `.` are blank too, with a remark; in a column of texts they are texts.
/// Blank lines are passed over, except in a file of one column, where each is a missing cell.
///
/// The result does not depend on the number of threads.
public enum CSVReader {
  /// Reads a file.
  /// - Throws: ``SurveyReadError``.
  public static func read(
    _ path: String, options: SurveyReader.Options = SurveyReader.Options()
  ) throws(SurveyReadError) -> SurveyTable {
    let file = try FileBytes(path: path)
    return try withExtendedLifetime(file) { () throws(SurveyReadError) in
      try read(file.bytes, name: path, options: options) { file.release($0) }
    }
  }

  /// Reads text in memory.
  /// - Parameter name: What to call it in messages.
  public static func read(
    bytes: [UInt8], name: String = "CSV text", options: SurveyReader.Options = SurveyReader.Options()
  ) throws(SurveyReadError) -> SurveyTable {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    defer { copy.deallocate() }
    return try read(UnsafeBufferPointer(copy), name: name, options: options) { _ in }
  }

  /// Reads a text that is a string already.
  public static func read(
    text: String, name: String = "CSV text", options: SurveyReader.Options = SurveyReader.Options()
  ) throws(SurveyReadError) -> SurveyTable {
    try read(bytes: Array(text.utf8), name: name, options: options)
  }

  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, name: String, options: SurveyReader.Options,
    release: @Sendable (Range<Int>) -> Void
  ) throws(SurveyReadError) -> SurveyTable {
    guard bytes.count > 0 else { throw .emptyFile(file: name) }
    var encoding: TextEncoding?
    if let wanted = options.encoding {
      guard let known = TextEncoding(name: wanted) else { throw .unsupportedEncoding(file: name, got: wanted) }
      encoding = known
    }
    let mark = TextEncoding.byteOrderMark(bytes)
    let start = mark?.length ?? 0
    encoding = mark?.encoding ?? encoding
    if encoding == .utf16LittleEndian || encoding == .utf16BigEndian {
      let units = UnsafeBufferPointer(rebasing: bytes[start...])
      guard let converted = TextEncoding.utf8(fromUTF16: units, bigEndian: encoding == .utf16BigEndian) else {
        throw .invalidText(file: name, line: 1, expected: "UTF-16")
      }
      var inner = options
      inner.encoding = "UTF-8"
      var table = try read(bytes: converted, name: name, options: inner)
      table.source.encoding = encoding?.rawValue
      return table
    }
    var reading = try CSVReading(bytes, start: start, name: name, encoding: encoding, options: options)
    if start > 0 { reading.remarks.insert("a byte-order mark at the start was passed over", at: 0) }
    return try reading.table(release: release)
  }
}

extension SurveyColumn {
  /// A level of a column of texts read as a number, with a decimal point or comma; `nil` when it is none.
  public static func number(ofLevel text: String) -> Double? {
    var text = text
    return text.withUTF8 { bytes in
      let cell = bytes.trimmingSpaces
      for separator in [UInt8(ascii: "."), UInt8(ascii: ",")] {
        switch DecimalParser.parse(cell, decimalSeparator: separator) {
        case .number(let value), .zeroPadded(let value), .tooManyDigits(let value): return value
        case .notNumber: continue
        }
      }
      return nil
    }
  }
}

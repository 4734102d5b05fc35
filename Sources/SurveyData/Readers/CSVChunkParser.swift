#if os(Linux)
  import Glibc
#endif

/// What a column is read as.
enum CSVColumnKind: UInt8, Sendable {
  case number, text
  /// Passed over: read already, or found to hold texts.
  case skipped
}

/// What a chunk says of a column that is read as numbers.
struct CSVColumnFindings: Sendable {
  /// Why the column holds texts, if it does.
  var obstacle: Obstacle?
  /// The other decimal separator would have made a number of the cell that is the obstacle.
  var obstacleIsOtherDecimal = false
  /// Cells such as `NA`, and cells of nothing but spaces.
  var missingTokenCount = 0
  var spacesCount = 0

  enum Obstacle: Sendable { case notNumber, zeroPadded, tooManyDigits }

  mutating func merge(_ other: CSVColumnFindings) {
    obstacleIsOtherDecimal = obstacle == nil ? other.obstacleIsOtherDecimal : obstacleIsOtherDecimal
    obstacle = obstacle ?? other.obstacle
    missingTokenCount += other.missingTokenCount
    spacesCount += other.spacesCount
  }
}

/// Where the cells of a column go: one place per record slot of the file. Chunks write different places of it.
final class CSVColumnStorage: @unchecked Sendable {
  let kind: CSVColumnKind
  private(set) var numbers: UnsafeMutablePointer<Double>?
  private(set) var codes: UnsafeMutablePointer<Int32>?

  init(kind: CSVColumnKind, slots: Int) {
    self.kind = kind
    if kind == .number { numbers = Self.allocate(slots) }
    if kind == .text { codes = Self.allocate(slots) }
  }

  /// Large columns ask for large pages: faulting them in by fours of kilobytes costs as much as parsing.
  private static func allocate<Value>(_ slots: Int) -> UnsafeMutablePointer<Value> {
    let size = max(slots, 1) * MemoryLayout<Value>.stride
    guard size >= 1 << 21 else { return .allocate(capacity: max(slots, 1)) }
    let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1 << 21)
    #if os(Linux)
      madvise(raw, size, Int32(MADV_HUGEPAGE))
    #endif
    return raw.bindMemory(to: Value.self, capacity: slots)
  }

  deinit { deallocate() }

  func deallocate() {
    numbers?.deallocate()
    codes?.deallocate()
    (numbers, codes) = (nil, nil)
  }
}

/// Parses the records of one chunk straight into the columns.
///
/// The bytes from `base` to `end` are whole records, each with its line end, and 16 more bytes may be read after them.
struct CSVChunkParser {
  let base: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  /// The offset of `base` in the file.
  let fileOffset: Int
  let dialect: CSVDialect
  let columns: [CSVColumnStorage]
  let firstSlot: Int
  let slotCount: Int

  var recordCount = 0
  var blankLineCount = 0
  var findings: [CSVColumnFindings]
  var dictionaries: [TextDictionary]

  init(
    base: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, fileOffset: Int, dialect: CSVDialect,
    columns: [CSVColumnStorage], firstSlot: Int, slotCount: Int
  ) {
    self.base = base
    self.end = end
    self.fileOffset = fileOffset
    self.dialect = dialect
    self.columns = columns
    self.firstSlot = firstSlot
    self.slotCount = slotCount
    findings = Array(repeating: CSVColumnFindings(), count: columns.count)
    dictionaries = columns.map { _ in TextDictionary() }
  }

  mutating func parse() throws(CSVStructureError) {
    let delimiter = dialect.delimiter
    let decimal = dialect.decimalSeparator
    let lineEnd = dialect.lineEnd
    let columnCount = columns.count
    let powersOfTen = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    powersOfTen.initialize(from: DecimalParser.exactPowersOfTen, count: 23)
    let integerPowersOfTen = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
    integerPowersOfTen.initialize(from: DecimalParser.integerPowersOfTen, count: 9)
    let kinds = UnsafeMutablePointer<CSVColumnKind>.allocate(capacity: columnCount)
    let numbers = UnsafeMutablePointer<UnsafeMutablePointer<Double>?>.allocate(capacity: columnCount)
    let codes = UnsafeMutablePointer<UnsafeMutablePointer<Int32>?>.allocate(capacity: columnCount)
    defer {
      powersOfTen.deallocate()
      integerPowersOfTen.deallocate()
      kinds.deallocate()
      numbers.deallocate()
      codes.deallocate()
    }
    for (index, column) in columns.enumerated() {
      kinds[index] = column.kind
      numbers[index] = column.numbers.map { $0 + firstSlot }
      codes[index] = column.codes.map { $0 + firstSlot }
    }

    var position = base
    var row = 0
    while position < end {
      if columnCount > 1, isLineEnd(position, lineEnd) {
        position += position.pointee == lineEnd ? 1 : 2
        blankLineCount += 1
        continue
      }
      let recordStart = position
      // The layout counted the line ends outside quotes, so that there is a slot for every record.
      precondition(row < slotCount, "more records than line ends")
      var column = 0
      while true {
        switch kinds[column] {
        case .number:
          if let (value, next) = Self.shortNumber(position, decimal, powersOfTen, integerPowersOfTen),
            next.pointee == delimiter || isLineEnd(next, lineEnd)
          {
            numbers[column]![row] = value
            position = next
          } else {
            let (field, next) = try self.field(position, column: column)
            position = next
            numbers[column]![row] = number(field, column: column, kinds: kinds)
          }
        case .text:
          let (field, next) = try self.field(position, column: column)
          position = next
          codes[column]![row] = code(field, column: column)
        case .skipped:
          position = try field(position, column: column).next
        }
        column += 1
        if position.pointee == delimiter, column < columnCount {
          position += 1
          continue
        }
        break
      }
      guard column == columnCount, isLineEnd(position, lineEnd) else {
        throw raggedRow(recordStart)
      }
      position += position.pointee == lineEnd ? 1 : 2
      row += 1
    }
    recordCount = row
  }

  /// A line feed, with or without its carriage return; a carriage return where the file has only those.
  @inline(__always)
  private func isLineEnd(_ position: UnsafePointer<UInt8>, _ lineEnd: UInt8) -> Bool {
    position.pointee == lineEnd || (position.pointee == CSVDialect.carriageReturn && position[1] == lineEnd)
  }

  /// The number at `position`, as far as the common road goes: up to 19 digits with an optional separator; no spaces,
  /// exponent, leading zero or quotes. The caller checks what follows.
  @inline(__always)
  static func shortNumber(
    _ position: UnsafePointer<UInt8>, _ decimal: UInt8, _ powersOfTen: UnsafePointer<Double>,
    _ integerPowersOfTen: UnsafePointer<UInt64>
  ) -> (value: Double, next: UnsafePointer<UInt8>)? {
    var next = position
    let negative = next.pointee == UInt8(ascii: "-")
    if negative { next += 1 }
    let first = next
    var mantissa: UInt64 = 0
    var digit = next.pointee &- 48
    while digit < 10 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      next += 1
      digit = next.pointee &- 48
    }
    let integerDigits = next - first
    var exponent = 0
    var digitCount = integerDigits
    if next.pointee == decimal {
      next += 1
      let fraction = next
      // Up to eight digits at a time, without a branch per digit.
      while true {
        let eight = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self).littleEndian
        let count = leadingDigitCount(eight)
        mantissa = mantissa &* integerPowersOfTen[count] &+ digits(eight, count)
        next += count
        if count < 8 { break }
        if next - fraction > 16 { return nil }
      }
      exponent = fraction - next
      digitCount += next - fraction
    } else if mantissa > 1 << 53 {
      return nil
    }
    guard digitCount > 0, digitCount <= 19, integerDigits < 2 || first.pointee != UInt8(ascii: "0") else { return nil }
    let magnitude: Double
    if mantissa <= 1 << 53 {
      magnitude = Double(Int64(bitPattern: mantissa)) / powersOfTen[-exponent]
    } else {
      guard let wide = DecimalParser.wideValue(mantissa, exponent) else { return nil }
      magnitude = wide
    }
    return (negative ? -magnitude : magnitude, next)
  }

  /// How many of eight bytes, from the lowest, are digits.
  @inline(__always)
  private static func leadingDigitCount(_ bytes: UInt64) -> Int {
    // A digit less '0' stays below 128 when 118 is added, anything else does not. Carries only reach bytes further on.
    let values = bytes ^ 0x3030_3030_3030_3030
    let others = ((values &+ 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
    return others.trailingZeroBitCount >> 3
  }

  /// The number that the first `count` of eight bytes write, all of them digits: pairs, then fours, then all.
  @inline(__always)
  private static func digits(_ bytes: UInt64, _ count: Int) -> UInt64 {
    // Zeros go before the digits. Shifting by up to 64 takes two steps.
    let half = UInt64(truncatingIfNeeded: 32 &- 4 &* count)
    var value = ((bytes ^ 0x3030_3030_3030_3030) &<< half) &<< half
    value = (value &* 10 &+ value >> 8) & 0x00FF_00FF_00FF_00FF
    value = (value &* 100 &+ value >> 16) & 0x0000_FFFF_0000_FFFF
    return (value &* 10_000 &+ value >> 32) & 0xFFFF_FFFF
  }
}

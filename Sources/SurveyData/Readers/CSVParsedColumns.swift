import StatisticalLearning

/// The columns of a CSV file as the chunks left them.
final class CSVParsedColumns: @unchecked Sendable {
  private(set) var rowCount = 0
  private(set) var blankLineCount = 0
  private(set) var findings: [CSVColumnFindings]
  private let storage: [CSVColumnStorage]
  /// One run of rows per chunk, with the dictionaries of its text columns.
  private let runs: [Run]

  private struct Run: Sendable {
    var firstSlot: Int
    var rowCount: Int
    var blankLineCount: Int
    var findings: [CSVColumnFindings]
    var dictionaries: [TextDictionary]
  }

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, layout: CSVLayout, dialect: CSVDialect, kinds: [CSVColumnKind],
    threadCount: Int, release: @Sendable (Range<Int>) -> Void
  ) throws(CSVStructureError) {
    var firstSlots: [Int] = [0]
    for chunk in layout.chunks { firstSlots.append(firstSlots[firstSlots.count - 1] + chunk.recordSlots) }
    let columns = kinds.map { CSVColumnStorage(kind: $0, slots: firstSlots[firstSlots.count - 1]) }
    storage = columns
    findings = kinds.map { _ in CSVColumnFindings() }
    let slots = firstSlots
    // Read by all threads, written by none.
    nonisolated(unsafe) let bytes = bytes
    runs = try Parallel.map(count: layout.chunks.count, threadCount: threadCount) {
      index throws(CSVStructureError) in
      let chunk = layout.chunks[index]
      let run = try Self.parse(
        bytes, chunk, isLast: index == layout.chunks.count - 1, dialect: dialect, columns: columns,
        firstSlot: slots[index])
      release(chunk.start..<chunk.end)
      return run
    }
    for run in runs {
      rowCount += run.rowCount
      blankLineCount += run.blankLineCount
      for index in findings.indices { findings[index].merge(run.findings[index]) }
    }
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ chunk: CSVChunk, isLast: Bool, dialect: CSVDialect,
    columns: [CSVColumnStorage], firstSlot: Int
  ) throws(CSVStructureError) -> Run {
    let count = chunk.end - chunk.start
    let source = UnsafeBufferPointer(rebasing: bytes[chunk.start..<chunk.end])
    // The last chunk may lack its line end, and nothing may be read beyond the file: it is parsed from a padded copy.
    var padded: UnsafeMutablePointer<UInt8>?
    defer { padded?.deallocate() }
    var end = count
    if isLast {
      let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 32)
      if let base = source.baseAddress { copy.initialize(from: base, count: count) }
      if count > 0, copy[count - 1] != dialect.lineEnd {
        copy[count] = dialect.lineEnd
        end += 1
      }
      (copy + end).initialize(repeating: dialect.lineEnd, count: count + 32 - end)
      padded = copy
    }
    let base = padded.map { UnsafePointer($0) } ?? source.baseAddress!
    var parser = CSVChunkParser(
      base: base, end: base + end, fileOffset: chunk.start, dialect: dialect, columns: columns, firstSlot: firstSlot,
      slotCount: chunk.recordSlots)
    try parser.parse()
    return Run(
      firstSlot: firstSlot, rowCount: parser.recordCount, blankLineCount: parser.blankLineCount,
      findings: parser.findings, dictionaries: parser.dictionaries)
  }

  /// Whether a column that was read as numbers holds texts: some cell is no number, or there are only signs for
  /// missing ones.
  func holdsTexts(_ column: Int) -> Bool {
    if findings[column].obstacle != nil { return true }
    guard findings[column].missingTokenCount > 0, let numbers = storage[column].numbers else { return false }
    return runs.allSatisfy { run in
      (run.firstSlot..<run.firstSlot + run.rowCount).allSatisfy { numbers[$0].isNaN }
    }
  }

  /// A column of the table; its storage is given back. One call per column.
  func column(_ index: Int, name: String, label: String?, encoding: TextEncoding) -> SurveyColumn {
    let values: SurveyColumn.Values
    let reasons: [UInt8]
    switch storage[index].kind {
    case .number:
      let numbers = gather(storage[index].numbers!)
      values = .numbers(numbers)
      reasons = Self.reasons(numbers) { $0.isNaN }
    case .text, .skipped:
      let (codes, levels) = mergedTexts(index, encoding: encoding)
      values = .texts(codes, levels: levels)
      reasons = Self.reasons(codes) { $0 < 0 }
    }
    storage[index].deallocate()
    return SurveyColumn(name: name, label: label, values: values, missingReasons: reasons)
  }

  /// ``MissingReason/blank`` where a cell is missing; nothing when none is.
  @inline(__always)
  private static func reasons<Value>(_ values: [Value], isMissing: (Value) -> Bool) -> [UInt8] {
    guard values.contains(where: isMissing) else { return [] }
    return values.map { isMissing($0) ? MissingReason.blank.rawValue : 0 }
  }

  /// The rows of all runs, one after the other.
  private func gather<Value>(_ slots: UnsafeMutablePointer<Value>) -> [Value] {
    [Value](unsafeUninitializedCapacity: rowCount) { buffer, count in
      for run in runs where run.rowCount > 0 {
        (buffer.baseAddress! + count).initialize(from: slots + run.firstSlot, count: run.rowCount)
        count += run.rowCount
      }
    }
  }

  /// Renumbers the texts of each run to those of the whole column.
  private func mergedTexts(_ index: Int, encoding: TextEncoding) -> (codes: [Int32], levels: [String]) {
    var codes = gather(storage[index].codes!)
    var levels: [String] = []
    // By text rather than by bytes: two ways to compose an accented letter are one level.
    var numbers: [String: Int32] = [:]
    var first = 0
    codes.withUnsafeMutableBufferPointer { codes in
      for run in runs {
        let dictionary = run.dictionaries[index]
        let renumbered = (0..<dictionary.count).map { level -> Int32 in
          let text = encoding.decode(dictionary.bytes(level))
          if let known = numbers[text] { return known }
          numbers[text] = Int32(levels.count)
          levels.append(text)
          return Int32(levels.count - 1)
        }
        for row in first..<first + run.rowCount where codes[row] >= 0 { codes[row] = renumbered[Int(codes[row])] }
        first += run.rowCount
      }
    }
    return (codes, levels)
  }
}

import Foundation
import StatisticalLearning

/// A run of whole records that one thread parses.
struct CSVChunk: Sendable {
  var start: Int
  var end: Int
  /// Line ends outside quotes: no fewer than the records that the chunk holds.
  var recordSlots: Int
}

/// Where the records of a file begin, found at the speed of memory before any cell is read.
///
/// Without a quote in the file, every line end ends a record and the parts are counted independently. With quotes, one
/// exact walk from the start decides what is inside them: a quote opens a cell only after a separator or a line end,
/// so counting quotes from the middle of a file can't tell.
struct CSVLayout: Sendable {
  var chunks: [CSVChunk]
  var isASCII: Bool

  enum Problem: Error, Equatable {
    case nulByte(offset: Int)
    case unterminatedQuote(offset: Int)
  }

  init(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, dialect: CSVDialect, threadCount: Int,
    chunkSize: Int = 1 << 21
  ) throws(Problem) {
    let lineEnd = dialect.lineEnd
    var boundaries = [start]
    while let last = boundaries.last, last + chunkSize < bytes.count {
      let target = last + chunkSize
      guard let found = bytes.firstOffset(of: lineEnd, in: target..<bytes.count) else { break }
      if found + 1 >= bytes.count { break }
      boundaries.append(found + 1)
    }
    boundaries.append(bytes.count)
    let ends = boundaries
    // Read by all threads, written by none.
    nonisolated(unsafe) let bytes = bytes
    let scans = Parallel.map(count: ends.count - 1, threadCount: threadCount) { index in
      BlockScan(bytes, ends[index]..<ends[index + 1], lineEnd: lineEnd)
    }
    if let nul = scans.compactMap(\.firstNul).first { throw .nulByte(offset: nul) }
    isASCII = scans.allSatisfy(\.isASCII)
    if scans.contains(where: \.hasQuote) {
      chunks = try Self.walk(bytes, from: start, dialect: dialect, chunkSize: chunkSize)
    } else {
      chunks = zip(ends.indices, scans).map { index, scan in
        CSVChunk(start: ends[index], end: ends[index + 1], recordSlots: scan.lineEnds)
      }
    }
    // A file may end without a line end; the parser adds one.
    if let last = chunks.indices.last { chunks[last].recordSlots += 1 }
  }

  /// Leaves out the records before `offset`, the header. Slots that they had stay, unused.
  mutating func dropRecords(before offset: Int) {
    let end = chunks[chunks.count - 1].end
    chunks.removeAll { $0.end <= offset && $0.end < end }
    chunks[0].start = max(chunks[0].start, offset)
  }

  /// One exact pass over a file with quotes.
  private static func walk(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, dialect: CSVDialect, chunkSize: Int
  ) throws(Problem) -> [CSVChunk] {
    var chunks: [CSVChunk] = []
    var chunk = CSVChunk(start: start, end: start, recordSlots: 0)
    var position = start
    func countLineEnds(_ range: Range<Int>) {
      var index = range.lowerBound
      while let found = bytes.firstOffset(of: dialect.lineEnd, in: index..<range.upperBound) {
        index = found + 1
        chunk.recordSlots += 1
        if index - chunk.start >= chunkSize {
          chunk.end = index
          chunks.append(chunk)
          chunk = CSVChunk(start: index, end: index, recordSlots: 0)
        }
      }
    }
    while position < bytes.count {
      guard let quote = bytes.firstOffset(of: CSVDialect.quote, in: position..<bytes.count) else { break }
      countLineEnds(position..<quote)
      let opensCell =
        quote == start || bytes[quote - 1] == dialect.delimiter || bytes[quote - 1] == dialect.lineEnd
      guard opensCell else {
        position = quote + 1
        continue
      }
      position = quote + 1
      while true {
        guard let next = bytes.firstOffset(of: CSVDialect.quote, in: position..<bytes.count) else {
          throw .unterminatedQuote(offset: quote)
        }
        position = next + 1
        if position < bytes.count, bytes[position] == CSVDialect.quote {
          position += 1
        } else {
          break
        }
      }
    }
    if position < bytes.count { countLineEnds(position..<bytes.count) }
    chunk.end = bytes.count
    if chunk.end > chunk.start || chunks.isEmpty { chunks.append(chunk) }
    return chunks
  }
}

/// What one look at a block of bytes finds.
private struct BlockScan: Sendable {
  var lineEnds = 0
  var isASCII = true
  var hasQuote = false
  var firstNul: Int?

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, lineEnd: UInt8) {
    // Blocks that stay in the cache between the looks.
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + 1 << 14, range.upperBound)
      if !hasQuote { hasQuote = bytes.firstOffset(of: CSVDialect.quote, in: start..<end) != nil }
      if firstNul == nil { firstNul = bytes.firstOffset(of: 0, in: start..<end) }
      count(bytes, start..<end, lineEnd: lineEnd)
      start = end
    }
  }

  private mutating func count(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, lineEnd: UInt8) {
    guard let base = bytes.baseAddress else { return }
    var index = range.lowerBound
    while let found = bytes.firstOffset(of: lineEnd, in: index..<range.upperBound) {
      lineEnds += 1
      index = found + 1
    }
    index = range.lowerBound
    var seen = SIMD4<UInt64>.zero
    while index + 32 <= range.upperBound {
      seen |= UnsafeRawPointer(base + index).loadUnaligned(as: SIMD4<UInt64>.self)
      index += 32
    }
    if (seen[0] | seen[1] | seen[2] | seen[3]) & 0x8080_8080_8080_8080 != 0 { isASCII = false }
    while index < range.upperBound {
      if bytes[index] >= 0x80 { isASCII = false }
      index += 1
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The offset of the first `byte` in a range.
  func firstOffset(of byte: UInt8, in range: Range<Int>) -> Int? {
    guard let base = baseAddress, !range.isEmpty,
      let found = memchr(base + range.lowerBound, Int32(byte), range.count)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}

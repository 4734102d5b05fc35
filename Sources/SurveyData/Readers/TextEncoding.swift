/// The encodings of CSV files.
enum TextEncoding: String, Sendable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  /// What Windows programs call ANSI in western Europe and the Americas; holds ISO 8859-1 (Latin-1) but for control
  /// characters that no survey has.
  case windows1252 = "Windows-1252"

  /// By the names in use: `UTF-8`, `utf8`, `latin1`, `ISO-8859-1`, `cp1252`…
  init?(name: String) {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    switch plain {
    case "utf8", "utf8sig", "unicode", "ascii", "usascii": self = .utf8
    case "utf16", "utf16le": self = .utf16LittleEndian
    case "utf16be": self = .utf16BigEndian
    case "windows1252", "cp1252", "ansi", "latin1", "iso88591", "l1": self = .windows1252
    default: return nil
    }
  }

  /// The byte-order mark at the head of a file, and its length.
  static func byteOrderMark(_ bytes: UnsafeBufferPointer<UInt8>) -> (encoding: TextEncoding, length: Int)? {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { return (.utf8, 3) }
    if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE { return (.utf16LittleEndian, 2) }
    if bytes.count >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF { return (.utf16BigEndian, 2) }
    return nil
  }

  /// The text of bytes that are known to be in this encoding (of the one-byte-unit ones).
  func decode(_ bytes: some Collection<UInt8>) -> String {
    switch self {
    case .windows1252:
      var text = String.UnicodeScalarView()
      for byte in bytes {
        text.append(Unicode.Scalar(byte < 0x80 || byte > 0x9F ? UInt32(byte) : Self.highControls[Int(byte) - 0x80])!)
      }
      return String(text)
    case .utf8, .utf16LittleEndian, .utf16BigEndian:
      // UTF-16 has been turned into UTF-8 before.
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// UTF-16 as UTF-8; `nil` where a surrogate lacks its other half or a byte is left over.
  static func utf8(fromUTF16 bytes: UnsafeBufferPointer<UInt8>, bigEndian: Bool) -> [UInt8]? {
    guard bytes.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    let units = (0..<bytes.count / 2).lazy.map { index -> UInt16 in
      let first = UInt16(bytes[2 * index])
      let second = UInt16(bytes[2 * index + 1])
      return bigEndian ? first << 8 | second : second << 8 | first
    }.makeIterator()
    let failed = transcode(units, from: UTF16.self, to: UTF8.self, stoppingOnError: true) { result.append($0) }
    return failed ? nil : result
  }

  /// The offset of the first byte that is not part of well-formed UTF-8, or `nil`.
  static func firstInvalidUTF8(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
    var index = start
    let count = bytes.count
    while index < count {
      let byte = bytes[index]
      if byte < 0x80 {
        // Eight ASCII bytes at a time.
        while index + 8 <= count,
          UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          index += 8
        }
        while index < count, bytes[index] < 0x80 { index += 1 }
        continue
      }
      let length: Int
      var lowest: UInt8 = 0x80
      var highest: UInt8 = 0xBF
      switch byte {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, lowest) = (3, 0xA0)
      case 0xED: (length, highest) = (3, 0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, lowest) = (4, 0x90)
      case 0xF4: (length, highest) = (4, 0x8F)
      case 0xF1...0xF3: length = 4
      default: return index
      }
      guard index + length <= count, (lowest...highest).contains(bytes[index + 1]) else { return index }
      for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 { return index }
      index += length
    }
    return nil
  }

  /// What 0x80…0x9F stand for; the five that the code page leaves open keep their number.
  private static let highControls: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D,
    0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,
    0x017E, 0x0178,
  ]
}

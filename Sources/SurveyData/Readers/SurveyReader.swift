import Foundation
import StatisticalLearning

/// Reads a survey file, whatever its format, into a ``SurveyTable``.
public enum SurveyReader {
  /// What to read otherwise than the file suggests. `nil` means: find out.
  public struct Options: Sendable, Equatable {
    /// CSV: the sign between cells.
    public var delimiter: Character?
    /// CSV: the sign before the fraction of a number.
    public var decimalSeparator: Character?
    /// The name of the encoding. CSV: UTF-8, UTF-16, Windows-1252 or ISO-8859-1. Stata and SPSS: any that iconv knows.
    public var encoding: String?
    /// Threads used at most; the result does not depend on it.
    public var threadCount: Int

    public init(
      delimiter: Character? = nil, decimalSeparator: Character? = nil, encoding: String? = nil,
      threadCount: Int = Parallel.defaultThreadCount
    ) {
      self.delimiter = delimiter
      self.decimalSeparator = decimalSeparator
      self.encoding = encoding
      self.threadCount = threadCount
    }
  }

  /// Reads a file: CSV (`.csv`, `.tsv`, `.txt`, and any other text), Stata (`.dta`), SPSS (`.sav`, `.zsav`, `.por`).
  ///
  /// The first bytes decide, the extension only where they do not.
  /// - Throws: ``SurveyReadError``, which says where and what; answers of respondents are never part of it.
  public static func read(_ path: String, options: Options = Options()) throws(SurveyReadError) -> SurveyTable {
    let file = try FileBytes(path: path)
    return try withExtendedLifetime(file) { () throws(SurveyReadError) in
      try read(file.bytes, name: path, options: options) { file.release($0) }
    }
  }

  /// Reads a file's contents from memory; the extension of `name` counts as a file's.
  public static func read(
    bytes: [UInt8], name: String, options: Options = Options()
  ) throws(SurveyReadError) -> SurveyTable {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    defer { copy.deallocate() }
    return try read(UnsafeBufferPointer(copy), name: name, options: options) { _ in }
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, name: String, options: Options, release: @Sendable (Range<Int>) -> Void
  ) throws(SurveyReadError) -> SurveyTable {
    guard bytes.count > 0 else { throw .emptyFile(file: name) }
    switch FileKind(bytes, name: name) {
    case .text: return try CSVReader.read(bytes, name: name, options: options, release: release)
    case .stata: return try ReadStatReader.read(bytes, .dta, name: name, options: options)
    case .spss: return try ReadStatReader.read(bytes, .sav, name: name, options: options)
    case .spssPortable: return try ReadStatReader.read(bytes, .por, name: name, options: options)
    case .unsupported(let what): throw .unsupportedFormat(file: name, got: what)
    }
  }
}

/// What a file is, by its first bytes and then its extension.
enum FileKind: Equatable {
  case text, stata, spss, spssPortable
  /// With its name in a sentence.
  case unsupported(String)

  private static let signs: [(prefix: [UInt8], kind: FileKind)] = [
    (Array("<stata_dta>".utf8), .stata),
    (Array("$FL2".utf8), .spss),
    (Array("$FL3".utf8), .spss),
    ([0x50, 0x4B, 0x03, 0x04], .unsupported("an Excel workbook or another zipped file")),
    ([0xD0, 0xCF, 0x11, 0xE0], .unsupported("an Excel workbook of the older kind")),
    ([0x1F, 0x8B], .unsupported("compressed with gzip")),
    ([0x42, 0x5A, 0x68], .unsupported("compressed with bzip2")),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], .unsupported("compressed with xz")),
    (Array("%PDF".utf8), .unsupported("a PDF document")),
    (Array("RDX".utf8), .unsupported("R data")),
    (Array("PAR1".utf8), .unsupported("a Parquet file")),
    (Array("<!DOCTYPE".utf8), .unsupported("a web page")),
    (Array("<!doctype".utf8), .unsupported("a web page")),
    (Array("<html".utf8), .unsupported("a web page")),
    (Array("<?xml".utf8), .unsupported("an XML document")),
  ]

  init(_ bytes: UnsafeBufferPointer<UInt8>, name: String) {
    for (prefix, kind) in Self.signs where bytes.starts(with: prefix) {
      self = kind
      return
    }
    if bytes.prefix(500).indices.contains(where: { bytes[$0...].starts(with: "SPSS PORT FILE".utf8) }) {
      self = .spssPortable
      return
    }
    // Before Stata 13 the first byte is the version, 104 to 115, and the second and third say the byte order and 1.
    let isOldStata =
      bytes.count > 3 && (104...115).contains(bytes[0]) && (bytes[1] == 1 || bytes[1] == 2) && bytes[2] == 1
    let last = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    switch (isOldStata, last) {
    case (true, _), (_, "dta"): self = .stata
    case (_, "sav"), (_, "zsav"): self = .spss
    case (_, "por"): self = .spssPortable
    case (_, "xls"), (_, "xlsx"), (_, "ods"): self = .unsupported("named like a workbook, but is none that is known")
    default: self = .text
    }
  }
}

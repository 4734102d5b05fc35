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
      guard file.bytes.count > 0 else { throw .emptyFile(file: path) }
      return try CSVReader.read(file.bytes, name: path, options: options) { file.release($0) }
    }
  }
}

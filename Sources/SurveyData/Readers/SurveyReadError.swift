/// Why a survey file can't be read: where, what was there, what was expected. Respondents' answers are never part of it.
///
/// `line` counts lines as an editor shows them, from 1; `row` counts data rows from 1; `column` is a name or, before the
/// header is known, a position such as `3`.
public enum SurveyReadError: Error, Equatable, Sendable {
  case missingFile(file: String)
  /// The operating system refused: `reason` is its message.
  case unreadableFile(file: String, reason: String)
  case directory(file: String)
  case emptyFile(file: String)
  /// Known by its first bytes, and not a survey format of ours: `got` names it (`an Excel workbook`).
  case unsupportedFormat(file: String, got: String)
  case unsupportedEncoding(file: String, got: String)
  /// Bytes that the encoding which was asked for can't hold.
  case invalidText(file: String, line: Int, expected: String)
  case nulByte(file: String, line: Int)
  /// A row with more or fewer cells than the header has.
  case raggedRow(file: String, line: Int, row: Int, got: Int, expected: Int)
  /// A quote that is never closed; `line` is where it opens.
  case unterminatedQuote(file: String, line: Int)
  /// Something stands between a closing quote and the next separator.
  case textAfterQuote(file: String, line: Int, column: String)
  /// An option that can't be: `got` is what was given.
  case invalidOption(file: String, option: String, got: String, expected: String)
  /// A Stata or SPSS file that breaks off or contradicts itself.
  case damagedFile(file: String, format: SurveySource.Format, reason: String)
  /// A Stata or SPSS file of a kind that is not read.
  case unsupportedVersion(file: String, format: SurveySource.Format, reason: String)

  /// Whether there is no such file, as opposed to one with something wrong in it.
  public var isMissingFile: Bool {
    if case .missingFile = self { true } else { false }
  }
}

extension SurveyReadError: CustomStringConvertible {
  /// The sentence for the user.
  public var description: String {
    switch self {
    case .missingFile(let file):
      "\(file): there is no such file."
    case .unreadableFile(let file, let reason):
      "\(file) can't be opened: \(reason)."
    case .directory(let file):
      "\(file) is a folder; name the survey file in it."
    case .emptyFile(let file):
      "\(file) is empty."
    case .unsupportedFormat(let file, let got):
      "\(file) is \(got). Surveys are read from CSV, Stata (.dta) and SPSS (.sav, .zsav, .por) files: "
        + "export it to one of these."
    case .unsupportedEncoding(let file, let got):
      "\(file): the encoding “\(got)” is not known; for CSV files use UTF-8, UTF-16, Windows-1252 or ISO-8859-1."
    case .invalidText(let file, let line, let expected):
      "\(file), line \(line): these bytes are not \(expected) text. Leave the encoding out to have it detected."
    case .nulByte(let file, let line):
      "\(file), line \(line): a byte of value zero, which no text file holds. Is it a binary file, or cut off?"
    case .raggedRow(let file, let line, let row, let got, let expected):
      "\(file), line \(line): row \(row) has \(got) cell\(got == 1 ? "" : "s") where the header has \(expected). "
        + (got < expected
          ? "Is the row cut short, or broken over two lines without quotes?"
          : "Is a separator part of an answer that is not in quotes?")
    case .unterminatedQuote(let file, let line):
      "\(file): the quote that opens on line \(line) is never closed."
    case .textAfterQuote(let file, let line, let column):
      "\(file), line \(line), column “\(column)”: text follows a closing quote. "
        + "A quote inside a quoted answer must be doubled (\"\")."
    case .invalidOption(let file, let option, let got, let expected):
      "\(file): \(option) “\(got)” can't be used; \(expected)."
    case .damagedFile(let file, let format, let reason):
      "\(file) can't be read as \(format.displayName) data: \(reason). Is it complete?"
    case .unsupportedVersion(let file, let format, let reason):
      "\(file): this kind of \(format.displayName) file is not read (\(reason)). Save it again in a current version."
    }
  }
}

extension SurveySource.Format {
  /// The name that people use.
  public var displayName: String {
    switch self {
    case .csv: "CSV"
    case .stata: "Stata"
    case .spss: "SPSS"
    case .memory: "in-memory"
    }
  }
}

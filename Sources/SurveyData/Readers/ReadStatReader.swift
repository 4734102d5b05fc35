import CReadStat
import Foundation

/// Reads Stata (`.dta`) and SPSS (`.sav`, `.zsav`, `.por`) files through the ReadStat library.
///
/// - **Labels.** Variable labels become ``SurveyColumn/label``, value labels ``SurveyColumn/valueLabels`` (numbers) or
///   ``SurveyColumn/textLabels``; the answers stay the codes.
/// - **Missing.** SPSS's user-missing values, discrete and ranges, and Stata's `.a` to `.z` are missing; the reason is
///   what their label says in English, French or Spanish (``MissingReason/init(label:)``), else
///   ``MissingReason/blank``. The code is kept in ``SurveyColumn/missingCodes``. System-missing values and empty texts
///   are blank.
/// - **Dates and times** become texts as in ISO 8601: `2018-05-06`, `2018-05-06T10:10:10`, `10:10:10`, `2018-Q2`.
/// - **Encodings** are the file's own; ``SurveyReader/Options/encoding`` overrides it. A Stata file from before
///   version 14 does not name its encoding; Windows-1252 is taken. Text that is not in the encoding the file names is
///   read again as Windows-1252, with a remark.
enum ReadStatReader {
  enum Kind { case dta, sav, por }

  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind, name: String, options: SurveyReader.Options
  ) throws(SurveyReadError) -> SurveyTable {
    let first = try parse(bytes, kind, name: name, encoding: options.encoding)
    guard options.encoding == nil, first.hasBadText else { return try first.table(kind: kind, name: name) }
    let second = try parse(bytes, kind, name: name, encoding: "WINDOWS-1252")
    second.remarks.append("the texts are not in the encoding that the file names; they were read as Windows-1252")
    return try second.table(kind: kind, name: name)
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind, name: String, encoding: String?
  ) throws(SurveyReadError) -> ReadStatCollector {
    let format: SurveySource.Format = kind == .dta ? .stata : .spss
    guard let parser = readstat_parser_init() else {
      throw .damagedFile(file: name, format: format, reason: "there is not enough memory")
    }
    defer { readstat_parser_free(parser) }
    let collector = ReadStatCollector(bytes)
    // The encoding must stay where it is until the parser is gone.
    let encodingName = encoding.map { strdup($0) } ?? nil
    defer { free(encodingName) }
    if let encodingName { readstat_set_file_character_encoding(parser, encodingName) }
    collector.install(on: parser)
    let context = Unmanaged.passUnretained(collector).toOpaque()
    let code = withExtendedLifetime(collector) {
      switch kind {
      case .dta: readstat_parse_dta(parser, name, context)
      case .sav: readstat_parse_sav(parser, name, context)
      case .por: readstat_parse_por(parser, name, context)
      }
    }
    if code == READSTAT_OK { return collector }
    let reason = collector.message ?? String(cString: readstat_error_message(code))
    switch code {
    case READSTAT_ERROR_CONVERT_BAD_STRING where encoding == nil:
      collector.hasBadText = true
      return collector
    case READSTAT_ERROR_UNSUPPORTED_CHARSET:
      throw .unsupportedEncoding(file: name, got: encoding ?? collector.encoding ?? "unknown")
    case READSTAT_ERROR_CONVERT_BAD_STRING:
      throw .invalidText(file: name, line: 1, expected: encoding ?? "")
    case READSTAT_ERROR_UNSUPPORTED_FILE_FORMAT_VERSION, READSTAT_ERROR_UNSUPPORTED_COMPRESSION:
      throw .unsupportedVersion(file: name, format: format, reason: plain(reason))
    default:
      throw .damagedFile(file: name, format: format, reason: plain(reason))
    }
  }

  /// A message as part of a sentence.
  private static func plain(_ message: String) -> String {
    let trimmed = message.trimmingCharacters(in: CharacterSet(charactersIn: ". \n"))
    guard let first = trimmed.first else { return "it is not understood" }
    return first.lowercased() + trimmed.dropFirst()
  }
}

import CReadStat
import Foundation

/// Takes what ReadStat hands out while it parses a file that is in memory.
final class ReadStatCollector {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private(set) var rowCount = 0
  private(set) var variables: [ReadStatVariable] = []
  private(set) var labelSets: [String: ReadStatLabelSet] = [:]
  private(set) var encoding: String?
  /// The library's own words on what went wrong.
  private(set) var message: String?
  var hasBadText = false
  var remarks: [String] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private static func from(_ context: UnsafeMutableRawPointer?) -> ReadStatCollector {
    Unmanaged<ReadStatCollector>.fromOpaque(context!).takeUnretainedValue()
  }

  func install(on parser: UnsafeMutablePointer<readstat_parser_t>) {
    readstat_set_io_ctx(parser, Unmanaged.passUnretained(self).toOpaque())
    readstat_set_open_handler(parser) { _, _ in 0 }
    readstat_set_close_handler(parser) { _ in 0 }
    readstat_set_seek_handler(parser) { offset, whence, context in
      ReadStatCollector.from(context).seek(Int(offset), whence)
    }
    readstat_set_read_handler(parser) { target, count, context in
      ReadStatCollector.from(context).read(target, count)
    }
    readstat_set_update_handler(parser) { _, _, _, _ in READSTAT_OK }
    readstat_set_metadata_handler(parser) { metadata, context in
      let collector = ReadStatCollector.from(context)
      collector.encoding = readstat_get_file_encoding(metadata).map { String(cString: $0) }
      // Known even where no variable hands out a value. Not to be trusted for making room.
      collector.announcedRowCount = Int(readstat_get_row_count(metadata))
      return Int32(READSTAT_HANDLER_OK)
    }
    readstat_set_variable_handler(parser) { index, variable, labels, context in
      let collector = ReadStatCollector.from(context)
      guard let variable, Int(index) == collector.variables.count else { return Int32(READSTAT_HANDLER_ABORT) }
      collector.variables.append(ReadStatVariable(variable, labelSet: labels.map { String(cString: $0) }))
      return Int32(READSTAT_HANDLER_OK)
    }
    readstat_set_value_handler(parser) { row, variable, value, context in
      let collector = ReadStatCollector.from(context)
      let index = Int(readstat_variable_get_index(variable))
      guard collector.variables.indices.contains(index), row >= 0 else { return Int32(READSTAT_HANDLER_ABORT) }
      collector.rowCount = max(collector.rowCount, Int(row) + 1)
      return collector.variables[index].append(value, row: Int(row))
        ? Int32(READSTAT_HANDLER_OK)
        : Int32(
          READSTAT_HANDLER_ABORT)
    }
    readstat_set_value_label_handler(parser) { set, value, label, context in
      guard let set, let label else { return Int32(READSTAT_HANDLER_OK) }
      let collector = ReadStatCollector.from(context)
      collector.labelSets[String(cString: set), default: ReadStatLabelSet()].add(value, String(cString: label))
      return Int32(READSTAT_HANDLER_OK)
    }
    readstat_set_error_handler(parser) { text, context in
      guard let text, let context else { return }
      ReadStatCollector.from(context).message = String(cString: text)
    }
  }

  private var announcedRowCount = 0

  private func seek(_ offset: Int, _ whence: readstat_io_flags_t) -> off_t {
    let base: Int
    switch whence {
    case READSTAT_SEEK_SET: base = 0
    case READSTAT_SEEK_CUR: base = position
    default: base = bytes.count
    }
    let (target, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, (0...bytes.count).contains(target) else { return -1 }
    position = target
    return off_t(target)
  }

  private func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    let count = min(max(count, 0), bytes.count - position)
    if count > 0, let target { target.copyMemory(from: bytes.baseAddress! + position, byteCount: count) }
    position += count
    return count
  }

  /// The table, once the file has been read.
  func table(kind: ReadStatReader.Kind, name: String) throws(SurveyReadError) -> SurveyTable {
    let format: SurveySource.Format = kind == .dta ? .stata : .spss
    guard announcedRowCount <= 0 || announcedRowCount == rowCount || variables.isEmpty else {
      throw .damagedFile(
        file: name, format: format, reason: "it announces \(announcedRowCount) rows and holds \(rowCount)")
    }
    let header = CSVHeader(records: [variables.map(\.name)])
    var columns: [SurveyColumn] = []
    for (index, variable) in variables.enumerated() {
      columns.append(
        variable.column(
          name: header.names[index], rowCount: rowCount, labels: variable.labelSet.flatMap { labelSets[$0] },
          isStata: kind == .dta))
    }
    var source = SurveySource()
    source.name = name
    source.format = format
    source.encoding = encoding.flatMap { $0.isEmpty ? nil : $0 }
    let declared = columns.count { !$0.missingCodes.isEmpty }
    if declared > 0 {
      remarks.append("\(declared) column\(declared == 1 ? " has" : "s have") codes that the file declares missing")
    }
    source.remarks = remarks
    return SurveyTable(columns: columns, rowCount: rowCount, source: source)
  }
}

/// The labels of one set, by what they stand for.
struct ReadStatLabelSet {
  private(set) var numbers: [Double: String] = [:]
  private(set) var tags: [UInt8: String] = [:]
  private(set) var texts: [String: String] = [:]

  mutating func add(_ value: readstat_value_t, _ label: String) {
    if readstat_value_is_tagged_missing(value) != 0 {
      tags[UInt8(bitPattern: readstat_value_tag(value))] = label
    } else if readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING {
      if let text = readstat_string_value(value) { texts[String(cString: text)] = label }
    } else {
      let number = readstat_double_value(value)
      if !number.isNaN { numbers[number] = label }
    }
  }
}

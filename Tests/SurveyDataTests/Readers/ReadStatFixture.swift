import CReadStat
import Foundation

/// Small Stata and SPSS files made with the library's own writer.
final class ReadStatFixture {
  enum Format { case dta, sav, zsav, por }

  private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - define: Declares labels and variables.
  ///   - rows: How many times `fill` is called, with the writer and the row.
  static func bytes(
    _ format: Format, rows: Int, define: (OpaqueWriter) -> Void, fill: (OpaqueWriter, Int) -> Void
  ) -> [UInt8] {
    let fixture = ReadStatFixture()
    let writer = readstat_writer_init()!
    defer { readstat_writer_free(writer) }
    readstat_set_data_writer(writer) { data, count, context in
      let fixture = Unmanaged<ReadStatFixture>.fromOpaque(context!).takeUnretainedValue()
      fixture.bytes.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
      return count
    }
    define(writer)
    let context = Unmanaged.passUnretained(fixture).toOpaque()
    switch format {
    case .dta: readstat_begin_writing_dta(writer, context, rows)
    case .sav: readstat_begin_writing_sav(writer, context, rows)
    case .zsav:
      readstat_writer_set_compression(writer, READSTAT_COMPRESS_BINARY)
      readstat_begin_writing_sav(writer, context, rows)
    case .por: readstat_begin_writing_por(writer, context, rows)
    }
    for row in 0..<rows {
      readstat_begin_row(writer)
      fill(writer, row)
      readstat_end_row(writer)
    }
    readstat_end_writing(writer)
    return fixture.bytes
  }

  typealias OpaqueWriter = UnsafeMutablePointer<readstat_writer_t>

  /// A survey of five firms: a text, a number with user-missing values (or tags, in Stata), a date.
  static func survey(_ format: Format) -> [UInt8] {
    let isStata = format == .dta
    return bytes(format, rows: 5) { writer in
      let labels = readstat_add_label_set(writer, isStata ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE, "scale")!
      for (value, label) in [(1, "Never"), (5, "Toujours, même l’été")] {
        if isStata {
          readstat_label_int32_value(labels, Int32(value), label)
        } else {
          readstat_label_double_value(labels, Double(value), label)
        }
      }
      if isStata {
        readstat_label_tagged_value(labels, 97, "No sabe")
        readstat_label_tagged_value(labels, 98, "Refused")
      } else {
        readstat_label_double_value(labels, 98, "No sabe")
        readstat_label_double_value(labels, -7, "Refused")
      }
      let country = readstat_add_variable(writer, "COUNTRY", READSTAT_TYPE_STRING, 300)
      readstat_variable_set_label(country, "País de la empresa")
      let answer = readstat_add_variable(
        writer, "ANSWER", isStata ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE, 0)!
      readstat_variable_set_label_set(answer, labels)
      if !isStata {
        readstat_variable_add_missing_double_value(answer, 98)
        readstat_variable_add_missing_double_range(answer, -9, -7)
      }
      let day = readstat_add_variable(writer, "DAY", READSTAT_TYPE_DOUBLE, 0)
      readstat_variable_set_format(day, isStata ? "%td" : "DATE11")
    } fill: { writer, row in
      let country = readstat_get_variable(writer, 0)
      let answer = readstat_get_variable(writer, 1)!
      let day = readstat_get_variable(writer, 2)
      readstat_insert_string_value(
        writer, country, ["Chile", "España", "", "Chile", String(repeating: "é", count: 140)][row])
      switch (row, isStata) {
      case (0, true): readstat_insert_int32_value(writer, answer, 5)
      case (0, false): readstat_insert_double_value(writer, answer, 5)
      case (1, true): readstat_insert_tagged_missing_value(writer, answer, 97)
      case (1, false): readstat_insert_double_value(writer, answer, 98)
      case (2, true): readstat_insert_tagged_missing_value(writer, answer, 98)
      case (2, false): readstat_insert_double_value(writer, answer, -7)
      case (3, _): readstat_insert_missing_value(writer, answer)
      case (_, true): readstat_insert_tagged_missing_value(writer, answer, 122)
      case (_, false): readstat_insert_double_value(writer, answer, -8.5)
      }
      readstat_insert_double_value(writer, day, isStata ? 21_310 : 13_744_944_000)
    }
  }
}

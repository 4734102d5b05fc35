import CReadStat
import Foundation

/// One variable of a Stata or SPSS file: what is declared of it, and its values as they come.
struct ReadStatVariable {
  let name: String
  let label: String?
  let format: String
  let labelSet: String?
  private let isText: Bool
  /// User-missing numbers (a single one is a range of itself) and texts.
  private var missingRanges: [ClosedRange<Double>] = []
  private var missingTexts: [ClosedRange<String>] = []

  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var levels: [String] = []
  private var levelIndex: [String: Int32] = [:]
  /// The codes declared missing, in order of appearance, and one more than their index per row.
  private var missingKeys: [MissingKey] = []
  private var missingIndex: [MissingKey: Int32] = [:]
  private var missingRows: [(row: Int, code: Int32)] = []

  private enum MissingKey: Hashable {
    case number(Double)
    case tag(UInt8)
    case text(String)
  }

  init(_ variable: UnsafeMutablePointer<readstat_variable_t>, labelSet: String?) {
    name = readstat_variable_get_name(variable).map { String(cString: $0) } ?? ""
    let label = readstat_variable_get_label(variable).map { String(cString: $0) } ?? ""
    self.label = label.isEmpty ? nil : label
    format = readstat_variable_get_format(variable).map { String(cString: $0) } ?? ""
    self.labelSet = labelSet
    isText = readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING
    for index in 0..<min(readstat_variable_get_missing_ranges_count(variable), 16) {
      let low = readstat_variable_get_missing_range_lo(variable, index)
      let high = readstat_variable_get_missing_range_hi(variable, index)
      if readstat_value_type_class(low) == READSTAT_TYPE_CLASS_STRING {
        guard isText, let lowText = readstat_string_value(low), let highText = readstat_string_value(high) else {
          continue
        }
        let (first, last) = (String(cString: lowText), String(cString: highText))
        if first <= last { missingTexts.append(first...last) }
      } else if !isText {
        let (first, last) = (readstat_double_value(low), readstat_double_value(high))
        if first <= last { missingRanges.append(first...last) }
      }
    }
  }

  /// Takes the next value; `false` when it can't be.
  mutating func append(_ value: readstat_value_t, row: Int) -> Bool {
    // Values come row by row; a row that leaves this variable out is one with nothing in it.
    guard row >= (isText ? codes.count : numbers.count) else { return false }
    pad(to: row)
    if isText {
      guard readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING else { return false }
      let text = readstat_string_value(value).map { String(cString: $0) } ?? ""
      if text.allSatisfy(\.isWhitespace) {
        codes.append(-1)
      } else if missingTexts.contains(where: { $0.contains(text) }) {
        codes.append(-1)
        note(.text(text), row: row)
      } else if let known = levelIndex[text] {
        codes.append(known)
      } else {
        levelIndex[text] = Int32(levels.count)
        codes.append(Int32(levels.count))
        levels.append(text)
      }
      return true
    }
    guard readstat_value_type_class(value) == READSTAT_TYPE_CLASS_NUMERIC else { return false }
    if readstat_value_is_tagged_missing(value) != 0 {
      numbers.append(.nan)
      note(.tag(UInt8(bitPattern: readstat_value_tag(value))), row: row)
      return true
    }
    let number = readstat_value_is_system_missing(value) != 0 ? Double.nan : readstat_double_value(value)
    if number.isFinite, missingRanges.contains(where: { $0.contains(number) }) {
      numbers.append(.nan)
      note(.number(number), row: row)
    } else {
      numbers.append(number.isFinite ? number : .nan)
    }
    return true
  }

  private mutating func pad(to row: Int) {
    if isText {
      if codes.count < row { codes.append(contentsOf: repeatElement(-1, count: row - codes.count)) }
    } else if numbers.count < row {
      numbers.append(contentsOf: repeatElement(.nan, count: row - numbers.count))
    }
  }

  private mutating func note(_ key: MissingKey, row: Int) {
    if let known = missingIndex[key] {
      missingRows.append((row, known))
    } else {
      missingKeys.append(key)
      missingIndex[key] = Int32(missingKeys.count)
      missingRows.append((row, Int32(missingKeys.count)))
    }
  }

  /// The finished column.
  func column(name: String, rowCount: Int, labels: ReadStatLabelSet?, isStata: Bool) -> SurveyColumn {
    var padded = self
    padded.pad(to: rowCount)
    let calendar = isText ? nil : isStata ? CalendarFormat(stata: format) : CalendarFormat(spss: format)
    let missingCodes = missingKeys.map { Self.code($0, labels: labels, calendar: calendar) }
    var indices: [Int32] = missingRows.isEmpty ? [] : Array(repeating: 0, count: rowCount)
    for (row, code) in missingRows { indices[row] = code }

    let values: SurveyColumn.Values
    if isText {
      values = .texts(padded.codes, levels: levels)
    } else if let calendar {
      values = Self.texts(padded.numbers, calendar)
    } else {
      values = .numbers(padded.numbers)
    }
    func isMissing(_ row: Int) -> Bool { isText ? padded.codes[row] < 0 : padded.numbers[row].isNaN }
    var reasons: [UInt8] = []
    if (0..<rowCount).contains(where: isMissing) {
      reasons = (0..<rowCount).map { row in
        guard isMissing(row) else { return 0 }
        guard !indices.isEmpty, indices[row] > 0 else { return MissingReason.blank.rawValue }
        return missingCodes[Int(indices[row]) - 1].reason.rawValue
      }
    }
    let valueLabels = isText ? [] : (labels?.numbers ?? [:]).map { ValueLabel(value: $0.key, label: $0.value) }
    return SurveyColumn(
      name: name, label: label, values: values, valueLabels: valueLabels.sorted { $0.value < $1.value },
      textLabels: isText ? labels?.texts ?? [:] : [:], missingReasons: reasons, missingCodes: missingCodes,
      missingCodeIndices: indices)
  }

  private static func code(
    _ key: MissingKey, labels: ReadStatLabelSet?, calendar: CalendarFormat?
  ) -> MissingCode {
    let (code, number, label): (String, Double?, String?) =
      switch key {
      case .number(let number):
        (calendar?.text(of: number) ?? SurveyColumn.text(of: number), number, labels?.numbers[number])
      case .tag(let tag): ("." + String(UnicodeScalar(tag)), nil, labels?.tags[tag])
      case .text(let text): (text, nil, labels?.texts[text])
      }
    return MissingCode(
      code: code, number: number, label: label, reason: label.flatMap { MissingReason(label: $0) } ?? .blank)
  }

  private static func texts(_ numbers: [Double], _ calendar: CalendarFormat) -> SurveyColumn.Values {
    var levels: [String] = []
    var index: [String: Int32] = [:]
    let codes = numbers.map { number -> Int32 in
      if number.isNaN { return -1 }
      let text = calendar.text(of: number)
      if let known = index[text] { return known }
      index[text] = Int32(levels.count)
      levels.append(text)
      return Int32(levels.count - 1)
    }
    return .texts(codes, levels: levels)
  }
}

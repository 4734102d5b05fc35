@testable import SurveyData

/// A table made of columns of texts; numbers where every text of a column is one. `nil` and "" are blank.
func makeTable(_ columns: KeyValuePairs<String, [String?]>, decimalSeparator: Character? = nil) -> SurveyTable {
  var source = SurveySource()
  source.decimalSeparator = decimalSeparator
  let made = columns.map { name, cells in makeColumn(name, cells) }
  return SurveyTable(columns: made, rowCount: made.first?.rowCount ?? 0, source: source)
}

func makeColumn(
  _ name: String, _ cells: [String?], label: String? = nil, valueLabels: [ValueLabel] = []
) -> SurveyColumn {
  let answers = cells.map { $0 == "" ? nil : $0 }
  let reasons = answers.contains(nil) ? answers.map { $0 == nil ? MissingReason.blank.rawValue : 0 } : []
  if answers.allSatisfy({ $0.map { decimalNumber($0) != nil } ?? true }) {
    return SurveyColumn(
      name: name, label: label, values: .numbers(answers.map { $0.flatMap(decimalNumber) ?? .nan }),
      valueLabels: valueLabels, missingReasons: reasons)
  }
  var levels: [String] = []
  let codes = answers.map { answer -> Int32 in
    guard let answer else { return -1 }
    if let place = levels.firstIndex(of: answer) { return Int32(place) }
    levels.append(answer)
    return Int32(levels.count - 1)
  }
  return SurveyColumn(
    name: name, label: label, values: .texts(codes, levels: levels), valueLabels: valueLabels, missingReasons: reasons)
}

/// Equal, `NaN` being equal to `NaN`.
func same(_ left: [Double], _ right: [Double]) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

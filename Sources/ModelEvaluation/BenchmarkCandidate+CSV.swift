import StatisticalLearning

extension BenchmarkCandidate {
  /// Predictions of another tool, from comma-separated text with a column `id` and, for each outcome, one of
  /// `NAME.probability`, `NAME.logOdds`, `NAME.value` (continuous) or `NAME` (a probability, or a value). A column
  /// `repeat` (from 1) gives predictions for each repeat of shared folds.
  ///
  /// A probability of exactly 0 or 1 is kept: where it is wrong, the log-loss is infinite.
  ///
  /// - Throws: ``BenchmarkFileError``, by line and cause: every row needs exactly one prediction in every repeat.
  public static func predictions(
    name: String, csv text: String, rowIDs: [String], outcomes: [BenchmarkOutcome]
  ) throws(BenchmarkFileError) -> BenchmarkCandidate {
    let table = try DelimitedText(text)
    guard let idColumn = table.column("id") else { throw .missingColumn("id") }
    let rows = try rowNumbers(of: rowIDs)
    var columns: [(index: Int, isLogOdds: Bool)] = []
    for outcome in outcomes {
      if let index = table.column("\(outcome.name).logOdds"), outcome.kind == .binary {
        columns.append((index, true))
      } else {
        let suffix = outcome.kind == .binary ? "probability" : "value"
        guard let index = table.column("\(outcome.name).\(suffix)") ?? table.column(outcome.name) else {
          throw .missingColumn("\(outcome.name).\(suffix)")
        }
        columns.append((index, false))
      }
    }
    let repeatColumn = table.column("repeat")
    var values: [[[Double]]] = []
    var lines: [[Int?]] = []
    for (line, fields) in table.records {
      guard let row = rows[fields[idColumn]] else { throw .unknownID(line: line, id: fields[idColumn]) }
      var number = 1
      if let repeatColumn {
        guard let value = Int(fields[repeatColumn]), value >= 1, value <= table.records.count else {
          throw .invalidNumber(line: line, column: "repeat", expected: "a whole number from 1")
        }
        number = value
      }
      while values.count < number {
        values.append(outcomes.map { _ in [Double](repeating: .nan, count: rowIDs.count) })
        lines.append([Int?](repeating: nil, count: rowIDs.count))
      }
      guard lines[number - 1][row] == nil else { throw .duplicateID(line: line, id: fields[idColumn]) }
      lines[number - 1][row] = line
      for (outcome, column) in columns.enumerated() {
        let isProbability = outcomes[outcome].kind == .binary && !column.isLogOdds
        let expected = isProbability ? "a probability from 0 to 1" : "a number"
        guard let value = Double(fields[column.index]), !value.isNaN, !isProbability || (0...1).contains(value),
          value.isFinite || outcomes[outcome].kind == .binary
        else { throw .invalidNumber(line: line, column: table.header[column.index], expected: expected) }
        values[number - 1][outcome][row] = isProbability ? logit(value) : value
      }
    }
    if lines.isEmpty, let first = rowIDs.first { throw .missingID(first, repeatNumber: 1) }
    for (number, column) in lines.enumerated() {
      if let row = column.firstIndex(where: { $0 == nil }) { throw .missingID(rowIDs[row], repeatNumber: number + 1) }
    }
    return .predictions(name: name, values)
  }
}

/// Which firms to keep: `country == AR and size != Grande`.
///
/// Comparisons are `==`, `!=`, `<`, `<=`, `>`, `>=` and `in [A, B]`, joined by `and`, `or`, `not` and parentheses.
/// Texts may stand in quotes, column names in backticks. A missing answer makes a comparison unknown; firms for which
/// the whole is unknown are not kept, and are counted.
public struct RowFilter: Sendable, Hashable {
  public let text: String
  let condition: Condition

  indirect enum Condition: Sendable, Hashable {
    case comparison(column: String, OutcomeRule, position: Int)
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
  }

  /// Why a filter can't be read or applied.
  public struct FilterError: Error, Sendable, Equatable, CustomStringConvertible {
    public let filter: String
    /// Where in the filter, from 1.
    public let position: Int
    public let message: String

    public var description: String { "--where \"\(filter)\", at character \(position): \(message)" }
  }

  /// - Throws: ``FilterError`` with the place and what was expected there.
  public init(_ text: String) throws(FilterError) {
    var parser = RowFilterParser(text)
    condition = try parser.parse()
    self.text = text
  }

  /// What a filter keeps.
  public struct Selection: Sendable, Equatable {
    /// In ascending order.
    public var rows: [Int]
    /// Rows left out because an answer that decides is missing.
    public var unknownCount: Int
  }

  /// The rows of `table` that are kept.
  ///
  /// - Throws: ``FilterError`` for a column that the table does not have, a text that no cell of a column holds, and
  ///   an order comparison on texts.
  public func selection(in table: SurveyTable) throws(FilterError) -> Selection {
    let truth = try evaluate(condition, table)
    return Selection(
      rows: truth.indices.filter { truth[$0] == true }, unknownCount: truth.count { $0 == nil })
  }

  private func evaluate(_ condition: Condition, _ table: SurveyTable) throws(FilterError) -> [Bool?] {
    switch condition {
    case .and(let left, let right):
      let (left, right) = (try evaluate(left, table), try evaluate(right, table))
      return zip(left, right).map { $0 == false || $1 == false ? false : $0 == nil || $1 == nil ? nil : true }
    case .or(let left, let right):
      let (left, right) = (try evaluate(left, table), try evaluate(right, table))
      return zip(left, right).map { $0 == true || $1 == true ? true : $0 == nil || $1 == nil ? nil : false }
    case .not(let inner): return try evaluate(inner, table).map { value in value.map { !$0 } }
    case .comparison(let name, let rule, let position): return try compare(name, rule, position, table)
    }
  }

  private func compare(
    _ name: String, _ rule: OutcomeRule, _ position: Int, _ table: SurveyTable
  ) throws(FilterError) -> [Bool?] {
    guard let column = table[column: name] else {
      let names = table.columns.map(\.name)
      let hint =
        SpellingSuggestion.nearest(to: name, in: names).map { "did you mean '\($0)'?" } ?? "it has \(listed(names))"
      throw FilterError(filter: text, position: position, message: "the file has no column '\(name)'; \(hint)")
    }
    if case .comparison(let comparison, let code) = rule, comparison.needsOrder {
      guard let bound = code.number else {
        throw FilterError(filter: text, position: position, message: "'\(rule)' needs a number")
      }
      let read = column.read(.numeric(global: [], own: []), decimalComma: table.usesDecimalComma)
      if let first = read.unreadable.first {
        throw FilterError(
          filter: text, position: position,
          message: "'\(rule)' needs numbers, and '\(name)' holds '\(shortened(first.text))'; use == or in")
      }
      return read.values.map { $0.isNaN ? nil : comparison.holds($0, bound) }
    }
    let levels = column.distinctLevels(missing: [])
    let known = Set(levels.flatMap { [$0.codes[0], AnswerCode($0.label.en)] })
    for code in rule.codes where code.number == nil && !known.contains(code) {
      let texts = levels.map { $0.codes[0].number == nil ? $0.codes[0].text : $0.label.en }
      let hint =
        SpellingSuggestion.nearest(to: code.text, in: texts).map { "did you mean '\($0)'?" }
        ?? "it holds \(listed(texts))"
      throw FilterError(
        filter: text, position: position, message: "no cell of '\(name)' is '\(code.text)'; \(hint)")
    }
    let isNegated = if case .comparison(.notEqual, _) = rule { true } else { false }
    var reading = CellReading(rest: .value(isNegated ? 1 : 0))
    reading.add(levels.map { $0.codes[0] }, .value(isNegated ? 1 : 0))
    for level in levels where rule.codes.contains(level.codes[0]) || rule.codes.contains(AnswerCode(level.label.en)) {
      reading.add(level.codes, .value(isNegated ? 0 : 1))
    }
    let read = column.read(reading, decimalComma: table.usesDecimalComma)
    return read.values.map { $0.isNaN ? nil : $0 == 1 }
  }
}

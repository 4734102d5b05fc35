/// Makes outcomes from the columns of a table.
struct OutcomeReader {
  let codebook: Codebook
  let table: SurveyTable

  /// The table has all columns of the outcome; there is one threshold per `top` rule.
  func encode(
    _ outcome: Codebook.Outcome, thresholds: [Double], problems: inout [EncodingProblem]
  ) -> EncodedOutcome {
    var thresholds = thresholds[...]
    let read = read(outcome.definition, thresholds: &thresholds, problems: &problems)
    var levels: [Codebook.Level] = []
    if case .ordinal(let column) = outcome.definition { levels = column.levels }
    return EncodedOutcome(
      id: outcome.id, name: outcome.name, kind: outcome.kind, rule: outcome.definition.description,
      values: read.values, reasons: read.reasons, levels: levels)
  }

  private func read(
    _ definition: Codebook.Definition, thresholds: inout ArraySlice<Double>, problems: inout [EncodingProblem]
  ) -> ReadColumn {
    switch definition {
    case .continuous(let source):
      return read(source, .numeric(global: codebook.missing, own: source.missing), &problems)
    case .ordinal(let source):
      return read(source, .levels(source.levels, global: codebook.missing, own: source.missing), &problems)
    case .condition(let source, let rule):
      let threshold: Double? = if case .top = rule { thresholds.popFirst() } else { nil }
      return condition(source, rule, threshold: threshold, problems: &problems)
    case .anyOf(let parts): return combine(parts, deciding: 1, &thresholds, &problems)
    case .allOf(let parts): return combine(parts, deciding: 0, &thresholds, &problems)
    }
  }

  private func read(
    _ source: Codebook.OutcomeColumn, _ reading: CellReading, _ problems: inout [EncodingProblem]
  ) -> ReadColumn {
    let read = table[column: source.column]!.read(reading, decimalComma: table.usesDecimalComma)
    for problem in read.problems(column: source.column, expected: reading.expected)
    where !problems.contains(problem) { problems.append(problem) }
    return read
  }

  /// Kleene's strong three-valued logic: a part with the deciding value decides, whatever the others are; otherwise a
  /// missing part leaves the result missing, for its reason.
  private func combine(
    _ parts: [Codebook.Definition], deciding: Double, _ thresholds: inout ArraySlice<Double>,
    _ problems: inout [EncodingProblem]
  ) -> ReadColumn {
    var result = ReadColumn(
      values: [Double](repeating: 1 - deciding, count: table.rowCount),
      reasons: [UInt8](repeating: 0, count: table.rowCount), unreadable: [])
    for part in parts {
      let read = read(part, thresholds: &thresholds, problems: &problems)
      for row in 0..<table.rowCount where result.values[row] != deciding {
        if read.values[row] == deciding {
          (result.values[row], result.reasons[row]) = (deciding, 0)
        } else if read.values[row].isNaN, !result.values[row].isNaN {
          (result.values[row], result.reasons[row]) = (.nan, read.reasons[row])
        }
      }
    }
    return result
  }

  private func condition(
    _ source: Codebook.OutcomeColumn, _ rule: OutcomeRule, threshold: Double?, problems: inout [EncodingProblem]
  ) -> ReadColumn {
    switch rule {
    case .top:
      return numeric(source, problems: &problems) { $0 >= threshold! }
    case .comparison(let comparison, let code):
      if !source.levels.isEmpty {
        let place = Double(source.levels.firstIndex { $0.codes.contains(code) }!)
        return levels(source, problems: &problems) { comparison.holds($0, place) }
      }
      if comparison.needsOrder {
        let bound = code.number!
        return numeric(source, problems: &problems) { comparison.holds($0, bound) }
      }
      return equality(source, [code], match: comparison == .equal ? 1 : 0, problems: &problems)
    case .oneOf(let codes):
      if !source.levels.isEmpty {
        let places = Set(codes.map { code in Double(source.levels.firstIndex { $0.codes.contains(code) }!) })
        return levels(source, problems: &problems) { places.contains($0) }
      }
      return equality(source, codes, match: 1, problems: &problems)
    }
  }

  private func numeric(
    _ source: Codebook.OutcomeColumn, problems: inout [EncodingProblem], _ holds: (Double) -> Bool
  ) -> ReadColumn {
    read(source, .numeric(global: codebook.missing, own: source.missing), &problems).mapped { holds($0) ? 1 : 0 }
  }

  private func levels(
    _ source: Codebook.OutcomeColumn, problems: inout [EncodingProblem], _ holds: (Double) -> Bool
  ) -> ReadColumn {
    read(source, .levels(source.levels, global: codebook.missing, own: source.missing), &problems)
      .mapped { holds($0) ? 1 : 0 }
  }

  /// Codes that the rule names win over the codebook's missing codes: `!= "No hace innovacion"` means what it says.
  private func equality(
    _ source: Codebook.OutcomeColumn, _ codes: [AnswerCode], match: Double, problems: inout [EncodingProblem]
  ) -> ReadColumn {
    var reading = CellReading(rest: .value(1 - match))
    reading.add(codebook.missing)
    reading.add(codes, .value(match))
    reading.add(source.missing)
    reading.expected = codes.map(\.text)
    return read(source, reading, &problems)
  }
}

extension ReadColumn {
  /// With `transform` of every answer.
  func mapped(_ transform: (Double) -> Double) -> ReadColumn {
    var result = self
    for row in values.indices where !values[row].isNaN { result.values[row] = transform(values[row]) }
    return result
  }
}

extension Codebook.Definition {
  /// The columns and shares of `top` rules, in the order in which they are read.
  var topRules: [(column: Codebook.OutcomeColumn, share: Double)] {
    switch self {
    case .condition(let column, .top(let share)): [(column, share)]
    case .condition, .ordinal, .continuous: []
    case .anyOf(let parts), .allOf(let parts): parts.flatMap(\.topRules)
    }
  }
}

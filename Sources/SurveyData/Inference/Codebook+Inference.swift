/// A codebook that was made from a file and the names of its outcomes.
public struct InferredCodebook: Sendable, Equatable {
  public struct Note: Sendable, Hashable {
    public var column: String
    /// What the column was taken for, and why.
    public var text: String
    /// Whether the column is a feature.
    public var isUsed: Bool
  }

  public var codebook: Codebook
  /// One per outcome, then one per column, in the order of the file.
  public var notes: [Note]

  /// Columns that are no features, with why: identifiers, free texts, constants.
  public var excluded: [Note] { notes.filter { !$0.isUsed } }
}

extension InferredCodebook: CustomStringConvertible {
  /// One line per column: `age: numeric: 17 to 90`.
  public var description: String { notes.map { "\($0.column): \($0.text)" }.joined(separator: "\n") }
}

/// Why no codebook can be made from a file.
public enum InferenceError: Error, Sendable, Equatable {
  case unknownColumn(String, suggestion: String?)
  /// An outcome column with no answers, or one answer only.
  case constantOutcome(column: String)
  /// Texts of which none is named.
  case ambiguousOutcome(column: String, levels: [String])
  /// A level that the column does not hold.
  case unknownLevel(column: String, level: String, levels: [String])
}

extension InferenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownColumn(let column, let suggestion):
      return "the file has no column '\(column)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    case .constantOutcome(let column): return "outcome '\(column)' has fewer than two different values"
    case .ambiguousOutcome(let column, let levels):
      return
        "outcome '\(column)' has \(levels.count) different answers; say which is the yes, as in '\(column)=\(levels[0])': "
        + listed(levels)
    case .unknownLevel(let column, let level, let levels):
      let hint = SpellingSuggestion.nearest(to: level, in: levels).map { "; did you mean '\($0)'?" } ?? ""
      return "column '\(column)' never holds '\(level)'; it holds \(listed(levels))\(hint)"
    }
  }
}

extension Codebook {
  /// A codebook for any rectangular file: every column that can be one is a feature, with its kind inferred.
  ///
  /// - Parameters:
  ///   - outcomes: None is enough to look at a file, not to train. A column of two answers is binary, its *yes*
  ///     being `yes`, `si`, `oui`, `true`, `1`, …, else the later in order; a column of more than two numbers is
  ///     continuous.
  ///   - excluding: Columns that may not become features.
  ///   - design: Identifier, weight and the like; these columns are no features.
  /// - Throws: ``InferenceError``.
  public static func inferred(
    from table: SurveyTable, outcomes: [OutcomeSpecification], excluding: Set<String> = [], design: Design = Design()
  ) throws(InferenceError) -> InferredCodebook {
    let columns = InferredColumn.all(of: table)
    let names = table.columns.map(\.name)
    let designColumns = [design.id, design.weight, design.strata, design.cluster].compactMap { $0 }
    for name in outcomes.map(\.column) + designColumns + design.groups where table[column: name] == nil {
      throw .unknownColumn(name, suggestion: SpellingSuggestion.nearest(to: name, in: names))
    }
    var codebook = Codebook(title: LocalizedText(table.source.name), design: design)
    var notes: [InferredCodebook.Note] = []
    var ids = Set<String>()
    for specification in outcomes {
      let index = table.columnIndex(named: specification.column)!
      let (definition, note) = try definition(specification, table.columns[index], columns[index])
      var id = specification.column
      if !ids.insert(id).inserted {
        id = definition.description
        guard ids.insert(id).inserted else { continue }
      }
      codebook.outcomes.append(.init(id: id, definition: definition))
      notes.append(.init(column: specification.column, text: "outcome, \(note)", isUsed: true))
    }
    let outcomeColumns = Set(outcomes.map(\.column))
    for (inferred, column) in zip(columns, table.columns) where !outcomeColumns.contains(column.name) {
      var note = InferredCodebook.Note(column: column.name, text: inferred.description, isUsed: false)
      if excluding.contains(column.name) {
        note.text = "excluded as asked"
      } else if designColumns.contains(column.name) {
        note.text = "describes the sample"
      } else if case .variable(let kind) = inferred.reading {
        note.isUsed = true
        codebook.items.append(
          Variable(
            column: column.name, text: column.label.map { LocalizedText($0) }, kind: kind, levels: inferred.levels,
            missing: inferred.missing))
      }
      notes.append(note)
    }
    return InferredCodebook(codebook: codebook, notes: notes)
  }

  private static func definition(
    _ specification: OutcomeSpecification, _ column: SurveyColumn, _ inferred: InferredColumn
  ) throws(InferenceError) -> (Definition, note: String) {
    let source = OutcomeColumn(column.name, missing: inferred.missing)
    let levels = column.distinctLevels(missing: inferred.missing)
    switch specification.condition {
    case .rule(let rule):
      // A code that the rule names is an answer, whatever it looks like.
      var source = source
      for index in source.missing.indices { source.missing[index].codes.removeAll { rule.codes.contains($0) } }
      source.missing.removeAll { $0.codes.isEmpty }
      let isEquality = if case .comparison(let comparison, _) = rule { !comparison.needsOrder } else { true }
      let all = column.distinctLevels(missing: [])
      if isEquality {
        for code in rule.codes
        where !all.contains(where: { $0.codes[0] == code || AnswerCode($0.label.en) == code }) {
          throw .unknownLevel(
            column: column.name, level: code.text,
            levels: all.map { $0.codes[0].number == nil ? $0.codes[0].text : $0.label.en })
        }
      } else if let code = rule.codes.first, code.number == nil {
        throw .unknownLevel(column: column.name, level: code.text, levels: ["numbers"])
      }
      return (.condition(source, rule), "yes where \(column.name) \(rule)")
    case .column:
      guard levels.count >= 2 else { throw .constantOutcome(column: column.name) }
      if levels.count == 2 {
        let ordered = PositiveLevel.ordered(levels)
        let yes = ordered[1].codes[0]
        return (
          .condition(OutcomeColumn(column.name, levels: ordered, missing: inferred.missing), .comparison(.equal, yes)),
          "binary: yes is '\(ordered[1].label.en)', no is '\(ordered[0].label.en)'"
        )
      }
      guard levels.allSatisfy({ $0.codes[0].number != nil }) else {
        throw .ambiguousOutcome(column: column.name, levels: levels.map(\.label.en))
      }
      return (.continuous(source), "continuous: \(levels[0].codes[0].text) to \(levels.last!.codes[0].text)")
    }
  }
}

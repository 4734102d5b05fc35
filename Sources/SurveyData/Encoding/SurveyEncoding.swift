import StatisticalLearning

/// How a survey becomes numbers: the codebook, and what was learned from one table without looking at any outcome
/// (the levels of nominal columns, the ranges of quantities, the thresholds of `top` rules).
///
/// Applied to another file it gives the same columns in the same order, so a model's features keep their meaning.
public struct SurveyEncoding: Sendable, Equatable {
  public let codebook: Codebook
  /// Items, then context, as far as the table had their columns.
  public let features: [EncodedFeature]
  /// The ids of the outcomes in use.
  public let outcomes: [String]
  /// Per outcome in use, the thresholds of its `top` rules in the order in which they stand.
  public let thresholds: [[Double]]
  /// Columns of the codebook that are not used, each with why.
  public let warnings: [String]

  /// - Parameters:
  ///   - codebook: What the columns mean.
  ///   - table: What nominal levels, ranges and thresholds are taken from.
  ///   - outcomes: Ids; `nil` takes those that the codebook uses by default (all, when it names none).
  ///   - excluding: Columns that may not become features: what leaks.
  ///   - allowingMissingColumns: Leave out variables whose column the table lacks, with a warning.
  /// - Throws: ``SurveyEncodingError``.
  public init(
    codebook: Codebook, table: SurveyTable, outcomes: [String]? = nil, excluding: Set<String> = [],
    allowingMissingColumns: Bool = false
  ) throws(SurveyEncodingError) {
    let known = codebook.outcomes.map(\.id)
    let byDefault = codebook.outcomes.filter(\.isDefault).map(\.id)
    let used = outcomes ?? (byDefault.isEmpty ? known : byDefault)
    for id in used where !known.contains(id) { throw .unknownOutcome(id, known: known) }

    var absent: [SurveyEncodingError.MissingColumn] = []
    var features: [EncodedFeature] = []
    var warnings: [String] = []
    for (variable, isContext) in codebook.items.map({ ($0, false) }) + codebook.context.map({ ($0, true) }) {
      if excluding.contains(variable.column) || codebook.leaks.contains(variable.column) {
        warnings.append("column '\(variable.column)' is excluded")
        continue
      }
      guard let column = table[column: variable.column] else {
        absent.append(
          Self.missing(variable.column, "\(isContext ? "context variable" : "item") '\(variable.id)'", in: table))
        continue
      }
      features.append(try Self.feature(variable, isContext: isContext, column, table, codebook))
    }
    if allowingMissingColumns {
      warnings += absent.map { "the file has no column '\($0.column)' (\($0.neededBy)); it is left out" }
      absent = []
    }
    for id in used {
      let outcome = codebook.outcomes.first { $0.id == id }!
      for column in outcome.definition.columns where table[column: column] == nil {
        absent.append(Self.missing(column, "outcome '\(id)'", in: table))
      }
    }
    guard absent.isEmpty else { throw .missingColumns(absent) }

    let weights = Self.weights(codebook.design, table).weights
    var thresholds: [[Double]] = []
    for id in used {
      let outcome = codebook.outcomes.first { $0.id == id }!
      var found: [Double] = []
      for (column, share) in outcome.definition.topRules {
        guard
          let threshold = Self.threshold(
            of: table[column: column.column]!.read(
              .numeric(global: codebook.missing, own: column.missing), decimalComma: table.usesDecimalComma
            ).values, weights: weights, share: share)
        else { throw .noThreshold(outcome: id) }
        found.append(threshold)
      }
      thresholds.append(found)
    }
    self.codebook = codebook
    self.features = features
    self.outcomes = used
    self.thresholds = thresholds
    self.warnings = warnings
  }

  init(codebook: Codebook, features: [EncodedFeature], outcomes: [String], thresholds: [[Double]], warnings: [String]) {
    self.codebook = codebook
    self.features = features
    self.outcomes = outcomes
    self.thresholds = thresholds
    self.warnings = warnings
  }

  /// The variables of the codebook by id.
  var variables: [String: Codebook.Variable] {
    Dictionary((codebook.items + codebook.context).map { ($0.id, $0) }) { first, _ in first }
  }

  static func missing(_ column: String, _ neededBy: String, in table: SurveyTable) -> SurveyEncodingError.MissingColumn
  {
    .init(
      column: column, neededBy: neededBy,
      suggestion: SpellingSuggestion.nearest(to: column, in: table.columns.map(\.name)))
  }

  // MARK: Learned from the table

  private static func feature(
    _ variable: Codebook.Variable, isContext: Bool, _ column: SurveyColumn, _ table: SurveyTable, _ codebook: Codebook
  ) throws(SurveyEncodingError) -> EncodedFeature {
    var levels = variable.levels
    var range: NumericRange?
    if variable.kind == .numeric {
      range = NumericRange(
        column.read(
          .numeric(global: codebook.missing, own: variable.missing), decimalComma: table.usesDecimalComma
        ).values)
    } else if levels.isEmpty {
      levels = column.distinctLevels(missing: codebook.missing + variable.missing)
      if variable.kind == .binary {
        guard levels.count <= 2 else {
          throw .notBinary(column: variable.column, found: levels.map { $0.codes[0].text })
        }
        levels = PositiveLevel.ordered(levels)
      }
    }
    if variable.isReversed { levels.reverse() }
    let capability = isContext ? nil : codebook.capability(ofItem: variable.id)
    let kind: Feature.Kind =
      switch variable.kind {
      case .numeric: .numeric
      case .nominal: .categorical(levelCount: max(1, levels.count))
      case .likert, .ordinal, .binary: .ordinal
      }
    return EncodedFeature(
      feature: Feature(variable.id, kind), column: variable.column, kind: variable.kind, capability: capability?.id,
      weight: capability?.items.first { $0.item == variable.id }?.weight ?? 1, isContext: isContext,
      role: variable.role, isReversed: variable.isReversed, levels: levels, range: range)
  }

  /// The largest value that at least `share` of the firms (by weight) reach, so that ties at the threshold all count
  /// as the top; `nil` without numbers.
  static func threshold(of values: [Double], weights: [Double], share: Double) -> Double? {
    let rows = values.indices.filter { !values[$0].isNaN && weights[$0] > 0 }.sorted { values[$0] > values[$1] }
    let total = rows.reduce(0) { $0 + weights[$1] }
    var sum = 0.0
    for row in rows {
      sum += weights[row]
      // The slack forgives the rounding of the sum: 0.1 + 0.2 reaches 0.3.
      if sum >= share * total * (1 - 1e-12) { return values[row] }
    }
    return nil
  }

  static func weights(
    _ design: Codebook.Design, _ table: SurveyTable
  ) -> (weights: [Double], problems: [EncodingProblem]) {
    guard let name = design.weight, let column = table[column: name] else {
      return ([Double](repeating: 1, count: table.rowCount), [])
    }
    var weights = column.read(.numeric(global: [], own: []), decimalComma: table.usesDecimalComma).values
    var bad: [String: (count: Int, rows: [Int])] = [:]
    for row in weights.indices where !(weights[row] >= 0) {
      let text = column.text(row: row) ?? ""
      bad[text, default: (0, [])].count += 1
      if bad[text]!.rows.count < ReadColumn.shownRowCount { bad[text]!.rows.append(row) }
      weights[row] = 0
    }
    let problems = bad.sorted { $0.value.rows[0] < $1.value.rows[0] }.map {
      EncodingProblem(
        column: name, found: $0.key, expected: ["a weight, 0 or more"], count: $0.value.count, firstRows: $0.value.rows)
    }
    return (weights, problems)
  }
}

extension SurveyTable {
  /// Whether numbers in texts are written with a comma.
  var usesDecimalComma: Bool { source.decimalSeparator == "," }
}

extension SurveyColumn {
  /// The distinct answers as levels: numbers in ascending order, then texts by their characters.
  func distinctLevels(missing: [Codebook.MissingCodes]) -> [Codebook.Level] {
    let ignored = Set(missing.flatMap(\.codes))
    var labels: [Double: String] = [:]
    for label in valueLabels { labels[label.value] = label.label }
    var levels: [Codebook.Level] = []
    for code in distinctCodes().sorted() where !ignored.contains(code) && !code.text.isEmpty {
      guard let number = code.number, let label = labels[number] else {
        levels.append(Codebook.Level(codes: [code]))
        continue
      }
      if !ignored.contains(AnswerCode(label)) {
        levels.append(Codebook.Level(codes: [code], label: LocalizedText(label)))
      }
    }
    return levels
  }

  /// The distinct answers, in no order.
  private func distinctCodes() -> Set<AnswerCode> {
    switch values {
    case .numbers(let numbers): return Set(Set(numbers.filter(\.isFinite)).map { AnswerCode($0) })
    case .texts(let rows, let levels):
      var isUsed = [Bool](repeating: false, count: levels.count)
      for code in rows where code >= 0 { isUsed[Int(code)] = true }
      return Set(levels.indices.filter { isUsed[$0] }.map { AnswerCode(levels[$0]) })
    }
  }
}

extension AnswerCode: Comparable {
  /// Numbers in ascending order, then texts by their characters.
  public static func < (left: AnswerCode, right: AnswerCode) -> Bool {
    switch (left.key, right.key) {
    case (.number(let left), .number(let right)): left < right
    case (.number, .text): true
    case (.text, .number): false
    case (.text(let left), .text(let right)): left < right
    }
  }
}

/// Which of two answers is the *yes*.
enum PositiveLevel {
  private static let yes: Set<String> = [
    "yes", "y", "si", "s", "oui", "o", "true", "t", "1", "vrai", "verdadero", "ja", "sim", "positive", "pos",
  ]
  private static let no: Set<String> = [
    "no", "n", "non", "false", "f", "0", "faux", "falso", "nein", "nao", "negative", "neg", "none", "ninguno", "aucun",
  ]

  /// The two levels with the *yes* last: `yes`, `si`, `oui`, `true`, `1` and the like; the level that is not a `no`;
  /// else the later in order.
  static func ordered(_ levels: [Codebook.Level]) -> [Codebook.Level] {
    guard levels.count == 2 else { return levels }
    func says(_ words: Set<String>, _ level: Codebook.Level) -> Bool {
      [level.codes[0].text, level.label.en].contains { words.contains(SpellingSuggestion.folded($0)) }
    }
    if levels.contains(where: { says(yes, $0) }) {
      return says(yes, levels[0]) && !says(yes, levels[1]) ? [levels[1], levels[0]] : levels
    }
    return says(no, levels[1]) && !says(no, levels[0]) ? [levels[1], levels[0]] : levels
  }
}

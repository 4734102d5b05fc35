/// What the cells of a column look like, when no codebook says what they are.
public struct InferredColumn: Sendable, Hashable {
  public enum Reading: Sendable, Hashable {
    case variable(Codebook.Kind)
    /// No cell holds an answer.
    case empty
    /// All answers are the same.
    case constant
    /// All answers differ.
    case identifier
    /// Too many different texts to be levels.
    case freeText
  }

  public var column: String
  public var reading: Reading
  /// Of binary, ordinal and nominal columns, in the order of their codes.
  public var levels: [Codebook.Level]
  /// Texts that say that there is no answer.
  public var missing: [Codebook.MissingCodes]
  /// Different answers.
  public var distinctCount: Int
  /// `binary: No, Si (yes)`, `excluded: all 3,944 values differ, like an identifier`.
  public var description: String
}

extension InferredColumn {
  /// More levels than this are texts, not answers to choose from.
  static let maximumLevelCount = 100
  /// Whole numbers with at most so many different values are levels in order.
  static let maximumOrdinalCount = 10

  /// Texts that surveys use where there is no answer, folded.
  private static let missingTexts: [(texts: Set<String>, reason: MissingReason)] = [
    (
      [
        "ns/nc", "ns/nr", "nsnc", "ns", "nc", "no sabe", "no sabe/no contesta", "no sabe / no contesta", "dk", "dk/na",
        "dk/ref",
        "don't know", "dont know", "do not know", "don’t know", "ne sait pas", "nsp", "ns/np", "nao sabe",
      ], .dontKnow
    ),
    (["refused", "no contesta", "no responde", "refus", "prefer not to say", "no answer"], .refused),
    (
      ["not applicable", "does not apply", "no aplica", "no corresponde", "sans objet", "non applicable"],
      .notApplicable
    ),
    (["?", ".", "-", "--", "na", "n/a", "#n/a", "nan", "null", "none given", "missing"], .blank),
  ]

  static func missingReason(ofText text: String) -> MissingReason? {
    let folded = SpellingSuggestion.folded(text)
    return missingTexts.first { $0.texts.contains(folded) }?.reason
  }

  /// - Parameter sharedLabels: Value-label sets that more than one column of the file has: a scale, not a list of kinds.
  init(_ column: SurveyColumn, decimalComma: Bool, sharedLabels: Set<[ValueLabel]> = []) {
    self.column = column.name
    missing = []
    levels = []
    // Levels are made from distinct answers; a quantity may have a million of those.
    if case .numbers(let numbers) = column.values, column.valueLabels.isEmpty {
      let distinct = Set(numbers.lazy.filter { !$0.isNaN })
      if distinct.count > Self.maximumLevelCount, let least = distinct.min(), let most = distinct.max() {
        distinctCount = distinct.count
        let answered = numbers.count { !$0.isNaN }
        let isIdentifier =
          distinct.count == answered && answered == column.rowCount && distinct.allSatisfy { $0 == $0.rounded() }
          && Self.looksLikeIdentifier(name: column.name, integers: (least, most), count: answered)
        reading = isIdentifier ? .identifier : .variable(.numeric)
        description =
          isIdentifier
          ? "excluded: all \(grouped(answered)) values differ, like an identifier"
          : "numeric: \(SurveyColumn.text(of: least)) to \(SurveyColumn.text(of: most))"
        return
      }
    }
    var notes: [String] = []
    var levels = column.distinctLevels(missing: [])
    for (_, reason) in Self.missingTexts {
      let codes = levels.compactMap { level in
        level.codes[0].number == nil && Self.missingReason(ofText: level.codes[0].text) == reason ? level.codes[0] : nil
      }
      guard !codes.isEmpty else { continue }
      missing.append(.init(codes: codes, reason: reason))
      levels.removeAll { codes.contains($0.codes[0]) }
      notes.append("\(listed(codes.map { "'\($0.text)'" })) taken as missing")
    }
    var numberCount = levels.count { $0.codes[0].number != nil }
    // Counts and shares with a few texts among them: the texts say why there is no number.
    let texts = levels.filter { $0.codes[0].number == nil }
    if !texts.isEmpty, numberCount > Self.maximumOrdinalCount, texts.count <= 5 {
      missing.append(.init(codes: texts.map { $0.codes[0] }, reason: .notApplicable))
      levels.removeAll { $0.codes[0].number == nil }
      notes.append("\(listed(texts.map { "'\($0.codes[0].text)'" })) among numbers taken as missing")
    }
    numberCount = levels.count { $0.codes[0].number != nil }
    distinctCount = levels.count
    let answered = column.answeredCount(ignoring: Set(missing.flatMap(\.codes)))
    let allNumbers = numberCount == levels.count
    let integers = levels.compactMap { $0.codes[0].number }.filter { $0 == $0.rounded() }
    let allIntegers = allNumbers && integers.count == levels.count

    if levels.isEmpty {
      reading = .empty
      description = "excluded: no answers"
    } else if levels.count == 1 {
      reading = .constant
      description = "excluded: every answer is the same"
    } else if levels.count == 2 {
      reading = .variable(.binary)
      self.levels = PositiveLevel.ordered(levels)
      description = "binary: \(self.levels[0].label.en), \(self.levels[1].label.en) (yes)"
    } else if levels.count == answered, answered == column.rowCount, !allNumbers || allIntegers,
      Self.looksLikeIdentifier(
        name: column.name, integers: allNumbers ? (integers[0], integers[integers.count - 1]) : nil, count: answered)
    {
      reading = .identifier
      description = "excluded: all \(grouped(answered)) values differ, like an identifier"
    } else if allNumbers {
      let labels = Set(column.valueLabels.map(\.value))
      if !labels.isEmpty, levels.allSatisfy({ labels.contains($0.codes[0].number!) }),
        levels.count <= Self.maximumLevelCount
      {
        let isScale = sharedLabels.contains(column.valueLabels) && levels.count <= Self.maximumOrdinalCount
        reading = .variable(isScale ? .ordinal : .nominal)
        self.levels = levels
        description =
          isScale
          ? "ordinal: \(levels.count) labelled levels of a scale that other columns share"
          : "nominal: \(levels.count) labelled levels"
      } else if allIntegers, levels.count <= Self.maximumOrdinalCount {
        reading = .variable(.ordinal)
        self.levels = levels
        description =
          "ordinal: \(levels.count) whole numbers, \(levels[0].codes[0].text) to \(levels.last!.codes[0].text)"
      } else {
        reading = .variable(.numeric)
        description = "numeric: \(levels[0].codes[0].text) to \(levels.last!.codes[0].text)"
      }
    } else if levels.count > Self.maximumLevelCount || levels.count > max(20, answered / 2) {
      reading = .freeText
      description = "excluded: \(grouped(levels.count)) different texts"
    } else {
      reading = .variable(.nominal)
      self.levels = levels
      description = "nominal: \(levels.count) levels"
    }
    if !notes.isEmpty { description += "; " + notes.joined(separator: "; ") }
  }

  /// All firms have a value and all values differ; are they names rather than quantities? Texts are; whole numbers
  /// are when they follow each other, when the name says so, or when they are so many that a quantity would repeat
  /// some.
  private static func looksLikeIdentifier(name: String, integers: (least: Double, most: Double)?, count: Int) -> Bool {
    guard let (least, most) = integers else { return count >= 10 }
    guard count >= 5 else { return false }
    let words = SpellingSuggestion.folded(name).split { !$0.isLetter }
    let names: Set<Substring> = [
      "id", "ide", "ident", "code", "codigo", "cod", "folio", "key", "clave", "nr", "num", "numero", "no", "firm",
      "firmid", "idstd", "uuid", "index",
    ]
    return most - least == Double(count - 1) || words.contains(where: names.contains) || count >= 200
  }

  /// The columns of a table.
  static func all(of table: SurveyTable) -> [InferredColumn] {
    var count: [[ValueLabel]: Int] = [:]
    for column in table.columns where !column.valueLabels.isEmpty { count[column.valueLabels, default: 0] += 1 }
    let shared = Set(count.filter { $0.value > 1 }.keys)
    return table.columns.map { InferredColumn($0, decimalComma: table.usesDecimalComma, sharedLabels: shared) }
  }
}

extension SurveyColumn {
  func answeredCount(ignoring codes: Set<AnswerCode>) -> Int {
    switch values {
    case .numbers(let numbers): return numbers.count { !$0.isNaN }
    case .texts(let rows, let levels):
      let ignored = levels.map { codes.contains(AnswerCode($0)) || trimmed($0).isEmpty }
      return rows.count { $0 >= 0 && !ignored[Int($0)] }
    }
  }
}

/// `3,944`.
func grouped(_ number: Int) -> String {
  var digits = String(number.magnitude)
  var parts: [String] = []
  while digits.count > 3 {
    parts.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  return (number < 0 ? "-" : "") + ([digits] + parts).joined(separator: ",")
}

/// How the cells of one column are read: which codes are levels, which are missing, whether numbers are values.
struct CellReading {
  enum Meaning: Equatable {
    case value(Double)
    case missing(MissingReason)
    case unreadable
  }

  /// What is not a code: a quantity, or nothing that can be read.
  enum Rest {
    case number
    case unreadable
    /// Rules that compare for equality: everything else is this value.
    case value(Double)
  }

  private var meanings: [AnswerCode.Key: Meaning] = [:]
  var rest: Rest
  /// Texts that a cell close to one of them was probably meant to be; such a cell is unreadable, never a `rest`.
  var expected: [String] = []

  init(rest: Rest) { self.rest = rest }

  /// Later calls win over earlier ones: the codebook's missing codes first, then levels, then the column's own.
  mutating func add(_ codes: [AnswerCode], _ meaning: Meaning) {
    for code in codes { meanings[code.key] = meaning }
  }

  mutating func add(_ missing: [Codebook.MissingCodes]) {
    for entry in missing { add(entry.codes, .missing(entry.reason)) }
  }

  /// Quantities: numbers are values.
  static func numeric(global: [Codebook.MissingCodes], own: [Codebook.MissingCodes]) -> CellReading {
    var reading = CellReading(rest: .number)
    reading.add(global)
    reading.add(own)
    reading.expected = ["a number"]
    return reading
  }

  /// Levels, coded by their place.
  static func levels(
    _ levels: [Codebook.Level], global: [Codebook.MissingCodes], own: [Codebook.MissingCodes]
  ) -> CellReading {
    var reading = CellReading(rest: .unreadable)
    reading.add(global)
    for (place, level) in levels.enumerated() { reading.add(level.codes, .value(Double(place))) }
    reading.add(own)
    reading.expected = levels.flatMap { $0.codes.map(\.text) }
    return reading
  }

  // MARK: One distinct content

  func meaning(ofText text: String, decimalComma: Bool) -> Meaning {
    let key = AnswerCode.key(of: text)
    if let meaning = meanings[key] { return meaning }
    if case .text(let text) = key, text.isEmpty { return .missing(.blank) }
    switch rest {
    case .number:
      if case .number(let number) = key { return .value(number) }
      if decimalComma, case .text(let text) = key, text.count(where: { $0 == "," }) == 1, !text.contains("."),
        let number = decimalNumber(text.replacing(",", with: "."))
      {
        return .value(number)
      }
      return .unreadable
    case .unreadable: return .unreadable
    case .value(let value):
      let folded = SpellingSuggestion.folded(text)
      return expected.contains { SpellingSuggestion.folded($0) == folded } ? .unreadable : .value(value)
    }
  }

  /// - Parameter label: What the file calls the number; it stands for the number where that is not a code.
  func meaning(of number: Double, label: String?) -> Meaning {
    if let meaning = meanings[.number(number == 0 ? 0 : number)] { return meaning }
    if let label, let meaning = meanings[AnswerCode.key(of: label)] { return meaning }
    switch rest {
    case .number: return number.isFinite ? .value(number) : .unreadable
    case .unreadable: return .unreadable
    case .value(let value):
      // A number can't be told from a text that the file does not tie to a number.
      return label == nil && meanings.allSatisfy(Self.isTextOrMissing) ? .unreadable : .value(value)
    }
  }

  private static func isTextOrMissing(_ entry: (key: AnswerCode.Key, value: Meaning)) -> Bool {
    guard case .value = entry.value, case .number = entry.key else { return true }
    return false
  }
}

/// The cells of one column, read.
struct ReadColumn: Equatable {
  /// `NaN` where there is no answer.
  var values: [Double]
  /// Raw reasons, 0 where there is an answer.
  var reasons: [UInt8]
  /// What could not be read: each distinct text with the number of its cells and the first rows.
  var unreadable: [(text: String, count: Int, firstRows: [Int])]

  static func == (left: ReadColumn, right: ReadColumn) -> Bool {
    left.reasons == right.reasons && left.unreadable.elementsEqual(right.unreadable) { $0 == $1 }
      && left.values.elementsEqual(right.values) { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  static let shownRowCount = 5
}

extension SurveyColumn {
  /// Reads all cells. Each distinct text or number is looked at once.
  func read(_ reading: CellReading, decimalComma: Bool) -> ReadColumn {
    switch values {
    case .texts(let codes, let levels):
      read(codes, meanings: levels.map { reading.meaning(ofText: $0, decimalComma: decimalComma) }) { levels[$0] }
    case .numbers(let numbers): read(numbers, reading)
    }
  }

  private func read(
    _ codes: [Int32], meanings: [CellReading.Meaning], text: (Int) -> String
  ) -> ReadColumn {
    // The last place stands for cells without an answer.
    var valueOfCode = [Double](repeating: .nan, count: meanings.count + 1)
    var reasonOfCode = [UInt8](repeating: MissingReason.blank.rawValue, count: meanings.count + 1)
    for (code, meaning) in meanings.enumerated() {
      switch meaning {
      case .value(let value): (valueOfCode[code], reasonOfCode[code]) = (value, 0)
      case .missing(let reason): reasonOfCode[code] = reason.rawValue
      case .unreadable: reasonOfCode[code] = MissingReason.unreadable.rawValue
      }
    }
    var result = ReadColumn(
      values: [Double](repeating: .nan, count: codes.count), reasons: [UInt8](repeating: 0, count: codes.count),
      unreadable: [])
    for row in codes.indices {
      let code = codes[row] < 0 ? meanings.count : Int(codes[row])
      result.values[row] = valueOfCode[code]
      result.reasons[row] = reasonOfCode[code]
      if codes[row] < 0, !missingReasons.isEmpty, missingReasons[row] != 0 { result.reasons[row] = missingReasons[row] }
    }
    let unreadable = meanings.indices.filter { meanings[$0] == .unreadable }
    if !unreadable.isEmpty {
      var found: [Int32: (count: Int, rows: [Int])] = [:]
      let wanted = Set(unreadable.map(Int32.init))
      for row in codes.indices where wanted.contains(codes[row]) {
        found[codes[row], default: (0, [])].count += 1
        if found[codes[row]]!.rows.count < ReadColumn.shownRowCount { found[codes[row]]!.rows.append(row) }
      }
      result.unreadable = unreadable.compactMap { code in
        found[Int32(code)].map { (text(code), $0.count, $0.rows) }
      }
    }
    return result
  }

  private func read(_ numbers: [Double], _ reading: CellReading) -> ReadColumn {
    let labels = Dictionary(valueLabels.map { ($0.value, $0.label) }) { first, _ in first }
    var result = ReadColumn(
      values: [Double](repeating: .nan, count: numbers.count),
      reasons: [UInt8](repeating: MissingReason.blank.rawValue, count: numbers.count), unreadable: [])
    var known: [Double: (value: Double, reason: UInt8)] = [:]
    var last: (number: Double, value: Double, reason: UInt8) = (.nan, .nan, 0)
    var unreadablePlaces: [Double: Int] = [:]
    for row in numbers.indices {
      let number = numbers[row]
      if number.isNaN {
        if !missingReasons.isEmpty, missingReasons[row] != 0 { result.reasons[row] = missingReasons[row] }
        continue
      }
      if number != last.number {
        if let entry = known[number] {
          last = (number, entry.value, entry.reason)
        } else {
          switch reading.meaning(of: number, label: labels[number]) {
          case .value(let value): last = (number, value, 0)
          case .missing(let reason): last = (number, .nan, reason.rawValue)
          case .unreadable: last = (number, .nan, MissingReason.unreadable.rawValue)
          }
          // Quantities differ in every row; remembering them all would cost more than reading them.
          if known.count < 1 << 10 { known[number] = (last.value, last.reason) }
        }
      }
      result.values[row] = last.value
      result.reasons[row] = last.reason
      if last.reason == MissingReason.unreadable.rawValue {
        if let place = unreadablePlaces[number] {
          result.unreadable[place].count += 1
          if result.unreadable[place].firstRows.count < ReadColumn.shownRowCount {
            result.unreadable[place].firstRows.append(row)
          }
        } else {
          unreadablePlaces[number] = result.unreadable.count
          result.unreadable.append((SurveyColumn.text(of: number), 1, [row]))
        }
      }
    }
    return result
  }
}

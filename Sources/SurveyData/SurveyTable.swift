/// A survey as it was read: typed columns of equal length, before any codebook.
///
/// All readers (CSV, Stata, SPSS) give this same table.
public struct SurveyTable: Sendable, Equatable {
  public let columns: [SurveyColumn]
  public let rowCount: Int
  /// How the file was read: what `check` prints.
  public internal(set) var source: SurveySource

  /// The columns must have `rowCount` rows each, and names that differ.
  public init(columns: [SurveyColumn], rowCount: Int, source: SurveySource = SurveySource()) {
    precondition(columns.allSatisfy { $0.rowCount == rowCount }, "columns of different lengths")
    self.columns = columns
    self.rowCount = rowCount
    self.source = source
    indexByName = Dictionary(columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  private let indexByName: [String: Int]

  public func columnIndex(named name: String) -> Int? { indexByName[name] }

  public subscript(column name: String) -> SurveyColumn? { indexByName[name].map { columns[$0] } }

  /// The rows at `indices`, in that order.
  public func selectingRows(_ indices: [Int]) -> SurveyTable {
    SurveyTable(columns: columns.map { $0.selectingRows(indices) }, rowCount: indices.count, source: source)
  }
}

/// Where a table came from and how it was read. `nil` means that the question does not arise for the format.
public struct SurveySource: Sendable, Equatable {
  public enum Format: String, Sendable, Codable { case csv, stata, spss, memory }

  /// The file's name as the user gave it; empty when the table was made in memory.
  public var name = ""
  public var format = Format.memory
  /// For instance `UTF-8`, `Latin-1`.
  public var encoding: String?
  public var delimiter: Character?
  public var decimalSeparator: Character?
  /// 1, or 2 or 3 for the exports of Qualtrics.
  public var headerRowCount: Int?
  /// What a person should know of the reading: renamed headers, a dropped byte-order mark, wide strings.
  public var remarks: [String] = []

  public init() {}
}

/// One column of a survey: numbers or texts, each cell an answer or a reason why there is none.
public struct SurveyColumn: Sendable, Equatable {
  public enum Values: Sendable, Equatable {
    /// `NaN` where the answer is missing.
    case numbers([Double])
    /// One index into `levels` per row, −1 where the answer is missing. `levels` differ and stand in order of first
    /// appearance.
    case texts([Int32], levels: [String])

    /// The same answers in the same rows; a missing number equals a missing number.
    public static func == (left: Values, right: Values) -> Bool {
      switch (left, right) {
      case (.numbers(let left), .numbers(let right)):
        left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
      case (.texts(let left, let leftLevels), .texts(let right, let rightLevels)):
        left == right && leftLevels == rightLevels
      default: false
      }
    }
  }

  /// The name in the file, made unique.
  public let name: String
  /// The question or variable label, when the file has one.
  public let label: String?
  public let values: Values
  /// The labels that the file gives to numbers (Stata, SPSS), in ascending order of the number. Those of codes that the
  /// file declares missing are among them.
  public let valueLabels: [ValueLabel]
  /// The labels that the file gives to texts (SPSS).
  public let textLabels: [String: String]
  /// One raw ``MissingReason`` per row, 0 where there is an answer; empty when no answer is missing.
  public let missingReasons: [UInt8]
  /// The codes that the file itself declares missing and that occur: SPSS's user-missing values, Stata's `.a` to `.z`.
  public let missingCodes: [MissingCode]
  /// One more than the index of the row's code in ``missingCodes``, 0 where there is none; empty when no row has one.
  public let missingCodeIndices: [Int32]

  public init(
    name: String, label: String? = nil, values: Values, valueLabels: [ValueLabel] = [],
    textLabels: [String: String] = [:], missingReasons: [UInt8] = [], missingCodes: [MissingCode] = [],
    missingCodeIndices: [Int32] = []
  ) {
    self.name = name
    self.label = label
    self.values = values
    self.valueLabels = valueLabels
    self.textLabels = textLabels
    self.missingReasons = missingReasons
    self.missingCodes = missingCodes
    self.missingCodeIndices = missingCodeIndices
    precondition(
      missingCodeIndices.isEmpty || missingCodeIndices.count == rowCount, "missing codes for another number of rows")
    precondition(missingReasons.isEmpty || missingReasons.count == rowCount, "reasons for another number of rows")
  }

  public var rowCount: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .texts(let codes, _): codes.count
    }
  }

  /// Why the answer of a row is missing; `nil` when there is one.
  public func missingReason(row: Int) -> MissingReason? {
    missingReasons.isEmpty ? nil : MissingReason(rawValue: missingReasons[row])
  }

  /// The code that stands in the file where the answer is missing; `nil` when there is none.
  public func missingCode(row: Int) -> MissingCode? {
    guard !missingCodeIndices.isEmpty, missingCodeIndices[row] > 0 else { return nil }
    return missingCodes[Int(missingCodeIndices[row]) - 1]
  }

  /// The answer as text: the number in its shortest form, the text as it stands; `nil` when missing.
  public func text(row: Int) -> String? {
    switch values {
    case .numbers(let numbers): numbers[row].isNaN ? nil : SurveyColumn.text(of: numbers[row])
    case .texts(let codes, let levels): codes[row] < 0 ? nil : levels[Int(codes[row])]
    }
  }

  /// `3` rather than `3.0`.
  public static func text(of number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
  }

  public func selectingRows(_ indices: [Int]) -> SurveyColumn {
    let selected: Values =
      switch values {
      case .numbers(let numbers): .numbers(indices.map { numbers[$0] })
      case .texts(let codes, let levels): .texts(indices.map { codes[$0] }, levels: levels)
      }
    return SurveyColumn(
      name: name, label: label, values: selected, valueLabels: valueLabels, textLabels: textLabels,
      missingReasons: missingReasons.isEmpty ? [] : indices.map { missingReasons[$0] }, missingCodes: missingCodes,
      missingCodeIndices: missingCodeIndices.isEmpty ? [] : indices.map { missingCodeIndices[$0] })
  }
}

/// The label that a file gives to a number.
public struct ValueLabel: Sendable, Hashable {
  public let value: Double
  public let label: String

  public init(value: Double, label: String) {
    self.value = value
    self.label = label
  }
}

/// A code that a file declares missing.
public struct MissingCode: Sendable, Hashable {
  /// As the program of the file shows it: `-99`, `.a`, a text.
  public let code: String
  /// The number, where the code is one.
  public let number: Double?
  public let label: String?
  /// What the label tells; ``MissingReason/blank`` when it tells nothing.
  public let reason: MissingReason

  public init(code: String, number: Double? = nil, label: String? = nil, reason: MissingReason = .blank) {
    self.code = code
    self.number = number
    self.label = label
    self.reason = reason
  }
}

import StatisticalLearning

/// One item or context column, as the pipeline sees it.
public struct AnswerColumn: Sendable, Hashable, Codable {
  /// Unique name, and how the numbers are to be read: ordinal levels are coded `0 ... topLevel`, upwards.
  public var feature: Feature
  /// Index of the capability that the item measures; `nil` for context.
  public var capability: Int?
  /// The weight of the item in its capability's score.
  public var weight: Double
  /// The code of the highest level; `nil` for a quantity without one.
  public var topLevel: Double?
  /// How much one step adds: one level for ordered answers, a quarter of the range between the quartiles or what the
  /// codebook says for quantities.
  public var step: Double
  /// Whether the values are `log(1 + x)` of a quantity with a long tail.
  public var isLogarithmic: Bool

  public init(
    feature: Feature, capability: Int? = nil, weight: Double = 1, topLevel: Double? = nil, step: Double = 1,
    isLogarithmic: Bool = false
  ) {
    self.feature = feature
    self.capability = capability
    self.weight = weight
    self.topLevel = topLevel
    self.step = step
    self.isLogarithmic = isLogarithmic
  }
}

/// A capability, as the pipeline sees it.
public struct CapabilityDescription: Sendable, Hashable, Codable {
  public var id: String
  public var isActionable: Bool
  /// +1 when more is expected to go with more of the outcomes, −1 when with less, 0 when not known.
  public var direction: Int
  /// The effort of one step.
  public var effort: Double

  public init(id: String, isActionable: Bool = true, direction: Int = 1, effort: Double = 1) {
    self.id = id
    self.isActionable = isActionable
    self.direction = direction
    self.effort = effort
  }
}

/// The answers of *n* firms to *p* items, each an answer or a reason why there is none.
public struct AnswerTable: Sendable, Equatable {
  public let columns: [AnswerColumn]
  /// *n* × *p*, column-major; `NaN` is missing.
  public let values: Matrix
  /// *n* × *p* in the order of `values.elements`: raw reason codes, 0 where there is an answer.
  public let reasons: [UInt8]

  public init(columns: [AnswerColumn], values: Matrix, reasons: [UInt8]? = nil) {
    precondition(columns.count == values.columnCount, "\(columns.count) columns for \(values.columnCount)")
    self.columns = columns
    self.values = values.converted(to: .columnMajor)
    self.reasons = reasons ?? self.values.elements.map { $0.isNaN ? 1 : 0 }
    precondition(self.reasons.count == self.values.elements.count, "reasons for another number of cells")
  }

  public var rowCount: Int { values.rowCount }

  public func selectingRows(_ indices: [Int]) -> AnswerTable {
    var selected: [UInt8] = []
    selected.reserveCapacity(indices.count * columns.count)
    for column in columns.indices {
      for row in indices { selected.append(reasons[column * rowCount + row]) }
    }
    return AnswerTable(columns: columns, values: values.selectingRows(indices), reasons: selected)
  }
}

import StatisticalLearning

/// How the firms of the training answered each question, without any firm's answers: what a model file can say about the
/// firms behind it, and the firm that others are compared with.
public struct AnswerSummaries: Sendable, Equatable, Codable {
  public struct Column: Sendable, Equatable, Codable {
    /// The mean of the answers; `nil` for a nominal item, or one that nobody answered.
    public var mean: Double?
    /// Per level, the share of the answers; empty for quantities.
    public var levelShares: [Double]
    /// The share of firms without an answer.
    public var missingShare: Double
  }

  public let firmCount: Int
  /// One per column of the model.
  public let columns: [Column]

  /// - Parameter weights: One per firm; 1 each when `nil`.
  public init(_ answers: AnswerTable, weights: [Double]? = nil) {
    let n = answers.rowCount
    let weights = weights ?? [Double](repeating: 1, count: n)
    firmCount = n
    columns = answers.columns.enumerated().map { index, column in
      let values = answers.values.elements[index * n..<(index + 1) * n]
      let levelCount = Self.levelCount(column)
      var shares = [Double](repeating: 0, count: levelCount)
      var sum = 0.0
      var answered = 0.0
      var total = 0.0
      for (value, weight) in zip(values, weights) {
        total += weight
        guard !value.isNaN else { continue }
        answered += weight
        sum += weight * value
        if value >= 0, value < Double(levelCount), value == value.rounded() { shares[Int(value)] += weight }
      }
      return Column(
        mean: Self.isNominal(column) || answered == 0 ? nil : sum / answered,
        levelShares: answered > 0 ? shares.map { $0 / answered } : shares,
        missingShare: total > 0 ? 1 - answered / total : 0)
    }
  }

  private static func isNominal(_ column: AnswerColumn) -> Bool {
    if case .categorical = column.feature.kind { true } else { false }
  }

  /// 0 for a quantity.
  private static func levelCount(_ column: AnswerColumn) -> Int {
    if case .categorical(let count) = column.feature.kind { return count }
    return column.topLevel.map { Int($0) + 1 } ?? 0
  }

  /// Whether these are summaries of such columns: one for each, with its levels, all finite.
  public func fits(_ columns: [AnswerColumn]) -> Bool {
    columns.count == self.columns.count
      && zip(columns, self.columns).allSatisfy { column, summary in
        (summary.mean?.isFinite ?? true) && !(Self.isNominal(column) && summary.mean != nil)
          && summary.levelShares.count == Self.levelCount(column)
          && summary.levelShares.allSatisfy { $0 >= 0 && $0 <= 1 + 1e-9 }
      }
  }

  /// The firm of average answers: the mean of each ordered answer and quantity, the most frequent level of each nominal
  /// one, no gaps.
  public func typicalFirm(_ columns: [AnswerColumn]) -> AnswerTable {
    precondition(columns.count == self.columns.count, "\(columns.count) columns for \(self.columns.count)")
    let values = self.columns.map { summary -> Double in
      if let mean = summary.mean { return mean }
      let largest = summary.levelShares.max() ?? 0
      return largest > 0 ? Double(summary.levelShares.firstIndex(of: largest)!) : .nan
    }
    return AnswerTable(
      columns: columns, values: Matrix(rowCount: 1, columnCount: columns.count, elements: values))
  }
}

extension ScoringModel {
  /// The firm of average answers as far as the model itself knows it: nominal questions stay unanswered.
  public var typicalFirm: AnswerTable {
    let values = columns.enumerated().map { index, column -> Double in
      if case .categorical = column.feature.kind { return .nan }
      return design.imputation.means[index]
    }
    // No reason for a gap is as good as another: the reference has none.
    return AnswerTable(
      columns: columns, values: Matrix(rowCount: 1, columnCount: columns.count, elements: values),
      reasons: [UInt8](repeating: 0, count: columns.count))
  }
}

extension SurveyPredictor {
  /// The firm that others are compared with: the average answers of the training's firms.
  public var typicalFirm: AnswerTable { summaries?.typicalFirm(scoring.columns) ?? scoring.typicalFirm }

  /// What that firm is, in words.
  public var typicalFirmDescription: String {
    "a firm with the average answers of the \(summaries?.firmCount ?? provenance.firmCount) firms of the training"
      + (summaries == nil ? ", its nominal answers left open" : "")
  }

  /// Whether answers are those that the model was trained on.
  public func isTrainingSurvey(_ survey: ScoringSurvey) -> Bool { survey.digest == provenance.dataDigest }
}

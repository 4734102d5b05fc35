import StatisticalLearning

/// The columns that a linear learner sees, made from answers: filled items, scores of capabilities, levels of nominal
/// items, and marks for reasons why an answer is missing.
///
/// Learned anew in every fold (which marks and levels occur), applied unchanged to new firms.
public struct DesignEncoding: Sendable, Equatable, Codable {
  public enum Column: Sendable, Hashable, Codable {
    /// The filled value of an item.
    case item(Int)
    /// The weighted mean of the filled items of a capability, each divided by its range.
    case score(capability: Int)
    /// 1 when a nominal item has this level.
    case level(item: Int, level: Int)
    /// 1 when an item is missing for this reason.
    case missing(item: Int, reason: UInt8)
  }

  public let imputation: Imputation
  public let columns: [Column]
  /// Per capability: item index and share in the score. Capabilities of one item have no score column.
  public let scoreItems: [[ScoreItem]]

  public struct ScoreItem: Sendable, Hashable, Codable {
    public var item: Int
    /// What one unit of the item adds to the score: weight ÷ (range × total weight).
    public var share: Double
  }

  /// - Parameters:
  ///   - minimumMarkWeight: A reason for missing gets a column of its own when at least this weight of rows has it, and
  ///     at least this weight has not.
  public init(
    learning table: AnswerTable, capabilityCount: Int, weights: [Double], minimumMarkWeight: Double = 10
  ) {
    imputation = Imputation(learning: table, weights: weights)
    let n = table.rowCount
    var columns: [Column] = []
    var byCapability = [[Int]](repeating: [], count: capabilityCount)
    for (j, column) in table.columns.enumerated() {
      if case .categorical(let levelCount) = column.feature.kind {
        var levelWeights = [Double](repeating: 0, count: levelCount)
        for i in 0..<n {
          let value = table.values.elements[j * n + i]
          if !value.isNaN, value >= 0, value < Double(levelCount) { levelWeights[Int(value)] += weights[i] }
        }
        // Every level has a column: the penalty, not the choice of a reference, makes them identifiable.
        for level in 0..<levelCount where levelWeights[level] > 0 { columns.append(.level(item: j, level: level)) }
      } else {
        columns.append(.item(j))
        if let capability = column.capability { byCapability[capability].append(j) }
      }
      var reasonWeights = [Double](repeating: 0, count: 256)
      var total = 0.0
      for i in 0..<n {
        total += weights[i]
        reasonWeights[Int(table.reasons[j * n + i])] += weights[i]
      }
      for reason in 1..<256
      where reasonWeights[reason] >= minimumMarkWeight && total - reasonWeights[reason] >= minimumMarkWeight {
        columns.append(.missing(item: j, reason: UInt8(reason)))
      }
    }
    scoreItems = byCapability.map { items in
      guard items.count > 1 else { return [] }
      let weight = items.reduce(0) { $0 + table.columns[$1].weight }
      return items.map { item in
        let range = table.columns[item].topLevel ?? 1
        return ScoreItem(item: item, share: table.columns[item].weight / (max(range, 1e-9) * max(weight, 1e-9)))
      }
    }
    for capability in 0..<capabilityCount where !scoreItems[capability].isEmpty {
      columns.append(.score(capability: capability))
    }
    self.columns = columns
  }

  /// *n* × *q*, column-major, without gaps.
  public func design(for table: AnswerTable) -> Matrix {
    let n = table.rowCount
    let filled = imputation.filled(table)
    var elements = [Double](repeating: 0, count: n * columns.count)
    for (q, column) in columns.enumerated() {
      for i in 0..<n {
        elements[q * n + i] =
          switch column {
          case .item(let item): filled.elements[item * n + i]
          case .score(let capability):
            scoreItems[capability].reduce(0) { $0 + $1.share * filled.elements[$1.item * n + i] }
          case .level(let item, let level): filled.elements[item * n + i] == Double(level) ? 1 : 0
          case .missing(let item, let reason): table.reasons[item * n + i] == reason ? 1 : 0
          }
      }
    }
    return Matrix(rowCount: n, columnCount: columns.count, elements: elements)
  }

  /// The features of the design, in order.
  public func features(for columns: [AnswerColumn], capabilities: [CapabilityDescription]) -> [Feature] {
    self.columns.map { column in
      switch column {
      case .item(let item): columns[item].feature
      case .score(let capability): Feature("score:" + capabilities[capability].id)
      case .level(let item, let level): Feature("\(columns[item].feature.name)=\(level)")
      case .missing(let item, let reason): Feature("\(columns[item].feature.name):missing-\(reason)")
      }
    }
  }

  /// What one unit of a filled item adds to the raw score of a linear model on this design: its own coefficient, and
  /// its share of its capability's.
  public func itemSlopes(coefficients: [Double], itemCount: Int) -> [Double] {
    var slopes = [Double](repeating: 0, count: itemCount)
    for (column, coefficient) in zip(columns, coefficients) {
      switch column {
      case .item(let item): slopes[item] += coefficient
      case .score(let capability):
        for part in scoreItems[capability] { slopes[part.item] += coefficient * part.share }
      case .level, .missing: break
      }
    }
    return slopes
  }
}

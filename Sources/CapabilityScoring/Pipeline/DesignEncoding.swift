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
    /// How much of its step to this level a filled item has climbed: `min(max(x − level + 1, 0), 1)`, from level 2
    /// upwards. Beside the item itself it lets the steps of a scale be worth different amounts.
    case step(item: Int, level: Int)
    /// The lower of two capabilities' levels, as shares of their ranges: what a weakest link adds.
    case weakest(first: Int, second: Int)
  }

  public let imputation: Imputation
  public let columns: [Column]
  /// Per capability: item index and share in the score. Capabilities of one item have no score column.
  public let scoreItems: [[ScoreItem]]
  /// The same for every capability with answers on scales, those of one item too; only where weakest links are.
  public let levelItems: [[ScoreItem]]?

  /// Columns that only a learner that leaves most coefficients at zero should be given.
  public struct Detail: Sendable, Equatable {
    /// Whether items of three levels or more have columns of their steps.
    public var hasSteps: Bool
    /// The capabilities that weakest links are looked for among.
    public var linked: [Int]

    public init(hasSteps: Bool = false, linked: [Int] = []) {
      self.hasSteps = hasSteps
      self.linked = linked
    }

    /// None of them.
    public static let plain = Detail()
  }
  /// Scales of more levels are taken as they are.
  static let largestScale = 10

  public struct ScoreItem: Sendable, Hashable, Codable {
    public var item: Int
    /// What one unit of the item adds to the score: weight ÷ (range × total weight).
    public var share: Double
  }

  /// - Parameters:
  ///   - detail: Which further columns are made.
  ///   - minimumMarkWeight: A reason for missing gets a column of its own when at least this weight of rows has it, and
  ///     at least this weight has not.
  public init(
    learning table: AnswerTable, capabilityCount: Int, weights: [Double], minimumMarkWeight: Double = 10,
    detail: Detail = .plain
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
        if let capability = column.capability {
          byCapability[capability].append(j)
          if detail.hasSteps, let top = column.topLevel, top >= 2, top <= Double(Self.largestScale) {
            for level in 2...Int(top) { columns.append(.step(item: j, level: level)) }
          }
        }
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
    func parts(_ items: [Int]) -> [ScoreItem] {
      let weight = items.reduce(0) { $0 + table.columns[$1].weight }
      return items.map { item in
        let range = table.columns[item].topLevel ?? 1
        return ScoreItem(item: item, share: table.columns[item].weight / (max(range, 1e-9) * max(weight, 1e-9)))
      }
    }
    scoreItems = byCapability.map { $0.count > 1 ? parts($0) : [] }
    for capability in 0..<capabilityCount where !scoreItems[capability].isEmpty {
      columns.append(.score(capability: capability))
    }
    let levels = byCapability.map { parts($0.filter { table.columns[$0].topLevel != nil }) }
    let linked = detail.linked.filter { !levels[$0].isEmpty }
    for (place, first) in linked.enumerated() {
      for second in linked[(place + 1)...] { columns.append(.weakest(first: first, second: second)) }
    }
    levelItems = linked.count > 1 ? levels : nil
    self.columns = columns
  }

  /// The design with these of its columns, in their order.
  func selectingColumns(_ indices: [Int]) -> DesignEncoding {
    DesignEncoding(
      imputation: imputation, columns: indices.map { columns[$0] }, scoreItems: scoreItems, levelItems: levelItems)
  }

  private init(
    imputation: Imputation, columns: [Column], scoreItems: [[ScoreItem]], levelItems: [[ScoreItem]]?
  ) {
    self.imputation = imputation
    self.columns = columns
    self.scoreItems = scoreItems
    self.levelItems = levelItems
  }

  /// Whether what one capability adds depends on another.
  public var hasWeakestLinks: Bool {
    columns.contains { if case .weakest = $0 { true } else { false } }
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
          case .item, .score, .step, .weakest: value(of: column) { filled.elements[$0 * n + i] }
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
      case .step(let item, let level): Feature("\(columns[item].feature.name):step-\(level)")
      case .weakest(let first, let second):
        Feature("weakest:\(capabilities[first].id)+\(capabilities[second].id)")
      }
    }
  }

  /// What one unit of a filled item adds to the raw score of a linear model on this design: its own coefficient, its share
  /// of its capability's, and the mean of its steps'. Weakest links are left aside.
  public func itemSlopes(coefficients: [Double], itemCount: Int) -> [Double] {
    var slopes = [Double](repeating: 0, count: itemCount)
    var steps = [(sum: Double, count: Int)](repeating: (0, 0), count: itemCount)
    for (column, coefficient) in zip(columns, coefficients) {
      switch column {
      case .item(let item): slopes[item] += coefficient
      case .step(let item, let level): steps[item] = (steps[item].sum + coefficient, max(steps[item].count, level))
      case .score(let capability):
        for part in scoreItems[capability] { slopes[part.item] += coefficient * part.share }
      case .level, .missing, .weakest: break
      }
    }
    for item in slopes.indices where steps[item].count > 0 {
      slopes[item] += steps[item].sum / Double(steps[item].count)
    }
    return slopes
  }

  /// A column that comes from filled items alone, for one firm.
  @inline(__always)
  func value(of column: Column, filled: (Int) -> Double) -> Double {
    func weighted(_ parts: [ScoreItem]) -> Double {
      var sum = 0.0
      for part in parts { sum += part.share * filled(part.item) }
      return sum
    }
    switch column {
    case .item(let item): return filled(item)
    case .score(let capability): return weighted(scoreItems[capability])
    case .step(let item, let level): return min(max(filled(item) - Double(level - 1), 0), 1)
    case .weakest(let first, let second): return min(weighted(levelItems![first]), weighted(levelItems![second]))
    case .level, .missing: preconditionFailure("a column that does not come from filled items")
    }
  }

  /// A firm's level of a capability that may be in a weakest link; 0 where there are none.
  func level(of capability: Int, filled: (Int) -> Double) -> Double {
    levelItems.map { $0[capability].reduce(0) { $0 + $1.share * filled($1.item) } } ?? 0
  }

  /// The firms' levels of a capability that may be in a weakest link, as shares of its range.
  ///
  /// - Parameter filled: *n* × *p*, column-major.
  func levels(of capability: Int, _ filled: Matrix) -> [Double] {
    let n = filled.rowCount
    var levels = [Double](repeating: 0, count: n)
    for part in levelItems![capability] {
      for row in 0..<n { levels[row] += part.share * filled.elements[part.item * n + row] }
    }
    return levels
  }

  /// Per item, the columns that move with its filled value.
  func columnsByItem(itemCount: Int) -> [[Int]] {
    var byItem = [[Int]](repeating: [], count: itemCount)
    for (index, column) in columns.enumerated() {
      switch column {
      case .item(let item), .step(let item, _): byItem[item].append(index)
      case .score(let capability): for part in scoreItems[capability] { byItem[part.item].append(index) }
      case .weakest(let first, let second):
        for part in levelItems![first] + levelItems![second] { byItem[part.item].append(index) }
      case .level, .missing: break
      }
    }
    return byItem
  }
}

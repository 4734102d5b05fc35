import StatisticalLearning

extension SurveyCheck {
  /// Checks a survey.
  ///
  /// - Parameters:
  ///   - codebook: What the columns mean.
  ///   - outcomes: Ids; `nil` takes those that the codebook uses by default.
  /// - Throws: ``SurveyEncodingError``, when the file lacks an outcome's column or the outcome is unknown; items whose
  ///   column is absent are a warning here.
  public static func run(
    table: SurveyTable, codebook: Codebook, outcomes: [String]? = nil
  ) throws(SurveyEncodingError) -> SurveyCheck {
    try run(table: table, codebook: codebook, outcomes: outcomes, inference: nil)
  }

  /// Checks any rectangular file, with kinds inferred.
  ///
  /// - Parameter outcomes: What is to be predicted; without any, leakage can't be looked for.
  /// - Throws: ``InferenceError`` or ``SurveyEncodingError``.
  public static func run(
    table: SurveyTable, outcomes: [OutcomeSpecification], design: Codebook.Design = Codebook.Design()
  ) throws -> SurveyCheck {
    let inferred = try Codebook.inferred(from: table, outcomes: outcomes, design: design)
    return try run(table: table, codebook: inferred.codebook, outcomes: nil, inference: inferred)
  }

  private static func run(
    table: SurveyTable, codebook: Codebook, outcomes: [String]?, inference: InferredCodebook?
  ) throws(SurveyEncodingError) -> SurveyCheck {
    let encoding = try SurveyEncoding(
      codebook: codebook, table: table, outcomes: outcomes, allowingMissingColumns: true)
    let survey = try encoding.encode(table)
    let partitions = ColumnPartition.all(of: table)
    let leakage = leakage(survey, encoding, partitions)
    let features = Set(survey.features.map(\.column))
    var leakingFeatures: [String: [String]] = [:]
    for entry in leakage {
      leakingFeatures[entry.outcome] = table.columns.map(\.name).filter {
        features.contains($0) && entry.leakingColumns.contains($0)
      }
    }
    return SurveyCheck(
      reading: Reading(table), isSimulated: codebook.isSimulated, isInferred: inference != nil,
      columns: columns(table, codebook, inference),
      problems: survey.problems.sorted { ($0.count, $1.column) > ($1.count, $0.column) },
      warnings: encoding.warnings.filter { !$0.hasSuffix("is excluded") } + survey.warnings,
      duplicateIDs: codebook.design.id.flatMap { table[column: $0] }.map(duplicateIDs) ?? [],
      repeatedRows: repeatedRows(partitions, table), outcomes: survey.outcomes.map { Outcome($0, survey) },
      pairs: pairs(survey, isWeighted: codebook.design.weight != nil), missing: missing(survey),
      completeRows: completeRows(survey),
      constantColumns: zip(table.columns, partitions).filter { $1.distinctCount <= 1 }.map { $0.0.name },
      duplicatedColumns: duplicatedColumns(partitions), leakage: leakage, leakingFeatures: leakingFeatures,
      sampleSizes: sampleSizes(survey, codebook))
  }

  // MARK: Parts

  private static func columns(
    _ table: SurveyTable, _ codebook: Codebook, _ inference: InferredCodebook?
  ) -> [Column] {
    let notes = Dictionary(
      (inference?.notes ?? []).map { ($0.column, $0.text) }, uniquingKeysWith: { first, _ in first })
    var uses: [String: Column.Use] = [:]
    var descriptions: [String: String] = [:]
    let design = codebook.design
    for column in [design.id, design.weight, design.strata, design.cluster].compactMap({ $0 }) + design.groups {
      uses[column] = .design
    }
    for column in codebook.leaks { uses[column] = .leak }
    for (variables, use) in [(codebook.items, Column.Use.item), (codebook.context, .context)] {
      for variable in variables {
        uses[variable.column] = use
        descriptions[variable.column] =
          variable.kind.rawValue
          + (variable.levels.isEmpty ? "" : ": \(listed(variable.levels.map(\.label.en), atMost: 5))")
          + (variable.isReversed ? " (reversed)" : "")
      }
    }
    for column in codebook.outcomeColumns { uses[column] = .outcome }
    return table.columns.map { column in
      Column(
        column: column.name, use: uses[column.name] ?? .unused,
        description: notes[column.name] ?? descriptions[column.name] ?? column.label ?? "")
    }
  }

  private static func duplicateIDs(_ column: SurveyColumn) -> [DuplicateID] {
    var found: [String: DuplicateID] = [:]
    for row in 0..<column.rowCount {
      guard let id = column.text(row: row) else { continue }
      found[id, default: DuplicateID(id: id, count: 0, firstRows: [])].count += 1
      if found[id]!.firstRows.count < ReadColumn.shownRowCount { found[id]!.firstRows.append(row) }
    }
    return found.values.filter { $0.count > 1 }.sorted { $0.firstRows[0] < $1.firstRows[0] }
  }

  /// Rows are compared by a key of all their cells, then cell by cell.
  private static func repeatedRows(_ partitions: [ColumnPartition], _ table: SurveyTable) -> [Int] {
    guard !table.columns.isEmpty else { return [] }
    var keys = [UInt64](repeating: 0, count: table.rowCount)
    for (index, partition) in partitions.enumerated() {
      let factor = ColumnPartition.rowKey(index) | 1
      for row in keys.indices { keys[row] = (keys[row] ^ UInt64(UInt32(bitPattern: partition.codes[row]))) &* factor }
    }
    var first: [UInt64: Int] = [:]
    var repeated: [Int] = []
    for row in keys.indices {
      if let other = first[keys[row]] {
        if table.columns.allSatisfy({ $0.text(row: row) == $0.text(row: other) }) { repeated.append(row) }
      } else {
        first[keys[row]] = row
      }
    }
    return repeated
  }

  private static func pairs(_ survey: EncodedSurvey, isWeighted: Bool) -> [Pair] {
    let binary = survey.outcomes.filter { $0.kind == .binary }
    var pairs: [Pair] = []
    for (index, first) in binary.enumerated() {
      for second in binary[(index + 1)...] {
        var counts = [0, 0, 0, 0]
        for (a, b) in zip(first.values, second.values) where !a.isNaN && !b.isNaN {
          counts[(a == 1 ? 0 : 2) + (b == 1 ? 0 : 1)] += 1
        }
        pairs.append(
          Pair(
            first: first.id, second: second.id, both: counts[0], firstOnly: counts[1], secondOnly: counts[2],
            neither: counts[3],
            oddsRatio: OddsRatio(
              both: Double(counts[0]), firstOnly: Double(counts[1]), secondOnly: Double(counts[2]),
              neither: Double(counts[3])),
            weightedOddsRatio: isWeighted ? OddsRatio(first.values, second.values, weights: survey.weights) : nil))
      }
    }
    return pairs
  }

  private static func missing(_ survey: EncodedSurvey) -> [Missing] {
    survey.features.indices.compactMap { feature in
      let reasons = survey.reasons[feature * survey.rowCount..<(feature + 1) * survey.rowCount]
      let counts = reasonCounts(reasons)
      return counts.isEmpty
        ? nil
        : Missing(
          column: survey.features[feature].column, answeredCount: survey.rowCount - counts.values.reduce(0, +),
          reasons: counts)
    }
  }

  static func reasonCounts(_ reasons: some Sequence<UInt8>) -> [String: Int] {
    var counts = [Int](repeating: 0, count: 256)
    for reason in reasons where reason != 0 { counts[Int(reason)] += 1 }
    var named: [String: Int] = [:]
    for reason in MissingReason.allCases where counts[Int(reason.rawValue)] > 0 {
      named[reason.codebookName] = counts[Int(reason.rawValue)]
    }
    return named
  }

  private static func completeRows(_ survey: EncodedSurvey) -> CompleteRows {
    var isComplete = [Bool](repeating: true, count: survey.rowCount)
    for feature in survey.features.indices {
      let start = feature * survey.rowCount
      for row in isComplete.indices where survey.reasons[start + row] != 0 { isComplete[row] = false }
    }
    let count = isComplete.count { $0 }
    let shares = survey.outcomes.filter { $0.kind == .binary }.compactMap { outcome -> CompleteRows.Share? in
      let known = outcome.values.indices.filter { !outcome.values[$0].isNaN }
      let complete = known.filter { isComplete[$0] }
      guard !known.isEmpty else { return nil }
      return CompleteRows.Share(
        outcome: outcome.id, all: known.reduce(0) { $0 + outcome.values[$1] } / Double(known.count),
        complete: complete.isEmpty
          ? nil : complete.reduce(0) { $0 + outcome.values[$1] } / Double(complete.count))
    }
    return CompleteRows(
      count: count, standardErrorFactor: count > 0 ? (Double(survey.rowCount) / Double(count)).squareRoot() : nil,
      shares: shares)
  }

  private static func duplicatedColumns(_ partitions: [ColumnPartition]) -> [[String]] {
    var order: [UInt64] = []
    var groups: [UInt64: [String]] = [:]
    for partition in partitions where partition.distinctCount > 1 {
      if groups[partition.fingerprint] == nil { order.append(partition.fingerprint) }
      groups[partition.fingerprint, default: []].append(partition.column)
    }
    return order.compactMap { groups[$0]!.count > 1 ? groups[$0]! : nil }
  }

  private static func leakage(
    _ survey: EncodedSurvey, _ encoding: SurveyEncoding, _ partitions: [ColumnPartition]
  ) -> [Leakage] {
    let scan = LeakageScan(partitions: partitions, rowCount: survey.rowCount)
    return survey.outcomes.map { outcome in
      let own = encoding.codebook.outcomes.first { $0.id == outcome.id }!.definition.columns
      var values = outcome.values
      var split: Double?
      if outcome.kind != .binary, let threshold = upperHalf(outcome.values) {
        split = threshold
        values = values.map { $0.isNaN ? .nan : $0 >= threshold ? 1 : 0 }
      }
      return scan.leakage(outcome: outcome.id, values: values, splitAt: split, excluding: Set(own))
    }
  }

  /// The smallest value above the lower half; the largest one where more than half of the firms have that.
  private static func upperHalf(_ values: [Double]) -> Double? {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return nil }
    let median = sorted[sorted.count / 2]
    return median > first ? median : sorted.first { $0 > first }
  }

  private static func sampleSizes(_ survey: EncodedSurvey, _ codebook: Codebook) -> [SampleSizeVerdict] {
    func parameters(_ features: [EncodedFeature]) -> Int {
      features.reduce(0) { $0 + ($1.kind == .nominal ? max(1, $1.levels.count - 1) : 1) }
    }
    let context = parameters(survey.features.filter(\.isContext))
    let scored = Set(survey.features.compactMap(\.capability)).count
    var models: [(String, Int)] = []
    if scored > 0 {
      models.append(("capability scores" + (context > 0 ? " and context" : ""), scored + context))
    }
    let all = parameters(survey.features)
    if all != models.first?.1 { models.append((scored > 0 ? "every item" : "every column", all)) }
    return survey.outcomes.filter { $0.kind == .binary }.flatMap { outcome -> [SampleSizeVerdict] in
      let known = outcome.values.count { !$0.isNaN }
      let yes = outcome.values.count { $0 == 1 }
      guard yes > 0, yes < known else { return [] }
      return models.filter { $0.1 > 0 }.map { model, count in
        let size = SampleSize(parameterCount: count, prevalence: Double(yes) / Double(known))
        return SampleSizeVerdict(
          outcome: outcome.id, model: model, size: size, needed: size.needed, available: known,
          eventCount: min(yes, known - yes),
          parametersAllowed: Int(SampleSize.parametersAllowed(firmCount: known, coxSnellR2: size.coxSnellR2)))
      }
    }
  }
}

extension SurveyCheck.Reading {
  init(_ table: SurveyTable) {
    name = table.source.name
    format = table.source.format.rawValue
    encoding = table.source.encoding
    delimiter = table.source.delimiter.map(String.init)
    decimalSeparator = table.source.decimalSeparator.map(String.init)
    headerRowCount = table.source.headerRowCount
    remarks = table.source.remarks
    rowCount = table.rowCount
    columnCount = table.columns.count
  }
}

extension SurveyCheck.Outcome {
  init(_ outcome: EncodedOutcome, _ survey: EncodedSurvey) {
    id = outcome.id
    name = outcome.name
    kind = outcome.kind
    rule = outcome.rule
    let known = outcome.values.filter { !$0.isNaN }
    knownCount = known.count
    yesCount = outcome.kind == .binary ? known.count { $0 == 1 } : nil
    mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    let weighted = outcome.mean(weights: survey.weights)
    weightedMean = survey.weights.contains { $0 != 1 } && !weighted.isNaN ? weighted : nil
    range = outcome.kind == .binary ? nil : NumericRange(outcome.values)
    missing = SurveyCheck.reasonCounts(outcome.reasons)
  }
}

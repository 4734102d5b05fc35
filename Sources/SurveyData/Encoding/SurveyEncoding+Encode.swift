import StatisticalLearning

extension SurveyEncoding {
  /// What a table is encoded for.
  public enum Use: Sendable {
    /// Outcomes must be there.
    case training
    /// Outcomes are taken where their columns are there.
    case prediction
  }

  /// The table as numbers.
  ///
  /// - Parameters:
  ///   - allowingMissingColumns: Take features whose column the table lacks as blank, with a warning that lists them.
  /// - Throws: ``SurveyEncodingError/missingColumns(_:)``.
  /// - Complexity: O(cells); each distinct text is looked at once per column.
  public func encode(
    _ table: SurveyTable, for use: Use = .training, allowingMissingColumns: Bool = false
  ) throws(SurveyEncodingError) -> EncodedSurvey {
    var absent = features.filter { table[column: $0.column] == nil }.map {
      Self.missing($0.column, "\($0.isContext ? "context variable" : "item") '\($0.id)'", in: table)
    }
    var warnings: [String] = []
    if allowingMissingColumns, !absent.isEmpty {
      warnings.append(
        "\(absent.count) of \(features.count) columns are not in the file and are taken as not answered: "
          + listed(absent.map(\.column)))
      absent = []
    }
    let defined = outcomes.map { id in codebook.outcomes.first { $0.id == id }! }
    if use == .training {
      for outcome in defined {
        absent += outcome.definition.columns.filter { table[column: $0] == nil }.map {
          Self.missing($0, "outcome '\(outcome.id)'", in: table)
        }
      }
    }
    guard absent.isEmpty else { throw .missingColumns(absent) }

    let (weights, weightProblems) = Self.weights(codebook.design, table)
    var problems: [EncodingProblem] = []
    let cells = encodeFeatures(table, problems: &problems)
    let encodedOutcomes = zip(defined, thresholds).filter { outcome, _ in
      outcome.definition.columns.allSatisfy { table[column: $0] != nil }
    }.map { outcome, thresholds in
      OutcomeReader(codebook: codebook, table: table).encode(outcome, thresholds: thresholds, problems: &problems)
    }
    let ids = firmIDs(table)
    if let name = codebook.design.id, table[column: name] == nil {
      warnings.append("the file has no column '\(name)' (the firm's identifier); rows are numbered")
    }
    return EncodedSurvey(
      features: features,
      matrix: Matrix(
        rowCount: table.rowCount, columnCount: features.count, layout: .columnMajor, elements: cells.values),
      reasons: cells.reasons, outcomes: encodedOutcomes, weights: weights, firmIDs: ids, groups: groups(table),
      problems: weightProblems + problems, warnings: warnings)
  }

  private func encodeFeatures(
    _ table: SurveyTable, problems: inout [EncodingProblem]
  ) -> (values: [Double], reasons: [UInt8]) {
    let variables = variables
    var values: [Double] = []
    var reasons: [UInt8] = []
    values.reserveCapacity(table.rowCount * features.count)
    reasons.reserveCapacity(table.rowCount * features.count)
    for feature in features {
      guard let column = table[column: feature.column] else {
        values += repeatElement(.nan, count: table.rowCount)
        reasons += repeatElement(MissingReason.blank.rawValue, count: table.rowCount)
        continue
      }
      let own = variables[feature.id]?.missing ?? []
      let reading =
        feature.kind == .numeric
        ? CellReading.numeric(global: codebook.missing, own: own)
        : CellReading.levels(feature.levels, global: codebook.missing, own: own)
      let read = column.read(reading, decimalComma: table.usesDecimalComma)
      values += read.values
      reasons += read.reasons
      problems += read.problems(column: feature.column, expected: reading.expected)
    }
    return (values, reasons)
  }

  private func firmIDs(_ table: SurveyTable) -> [String] {
    let column = codebook.design.id.flatMap { table[column: $0] }
    return (0..<table.rowCount).map { column?.text(row: $0) ?? "row \($0 + 1)" }
  }

  private func groups(_ table: SurveyTable) -> [EncodedGroup] {
    var groups: [EncodedGroup] = []
    var seen = Set<String>()
    for variable in codebook.context where variable.kind != .numeric {
      guard let column = table[column: variable.column] else { continue }
      let levels =
        variable.levels.isEmpty
        ? features.first { $0.id == variable.id }?.levels
          ?? column.distinctLevels(missing: codebook.missing + variable.missing)
        : variable.levels
      let read = column.read(
        .levels(levels, global: codebook.missing, own: variable.missing), decimalComma: table.usesDecimalComma)
      seen.insert(variable.column)
      groups.append(
        EncodedGroup(
          id: variable.id, name: variable.text, purpose: .context, role: variable.role,
          codes: read.values.map { $0.isNaN ? -1 : Int($0) }, levels: levels.map(\.label)))
    }
    let design = codebook.design
    let others: [(EncodedGroup.Purpose, String)] =
      [(.strata, design.strata), (.cluster, design.cluster)].compactMap { purpose, name in name.map { (purpose, $0) } }
      + design.groups.map { (.group, $0) }
    for (purpose, name) in others {
      guard let column = table[column: name], seen.insert(name).inserted || purpose != .group else { continue }
      let levels = column.distinctLevels(missing: codebook.missing)
      let read = column.read(
        .levels(levels, global: codebook.missing, own: []), decimalComma: table.usesDecimalComma)
      groups.append(
        EncodedGroup(
          id: name, name: LocalizedText(name), purpose: purpose, role: nil,
          codes: read.values.map { $0.isNaN ? -1 : Int($0) }, levels: levels.map(\.label)))
    }
    return groups
  }
}

extension ReadColumn {
  func problems(column: String, expected: [String]) -> [EncodingProblem] {
    unreadable.map {
      EncodingProblem(
        column: column, found: $0.text, expected: expected, count: $0.count, firstRows: $0.firstRows)
    }
  }
}

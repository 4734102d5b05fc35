import StatisticalLearning

/// A survey as numbers: what learners and scores are made from.
public struct EncodedSurvey: Sendable, Equatable {
  /// The *p* features: items, then context.
  public var features: [EncodedFeature]
  /// *n* × *p*, column-major; `NaN` is missing.
  public var matrix: Matrix
  /// *n* × *p* in the order of `matrix.elements`: raw ``MissingReason``, 0 where there is an answer.
  public var reasons: [UInt8]
  /// Those of the encoding whose columns the table has.
  public var outcomes: [EncodedOutcome]
  /// One per row, not negative; 1 without a weight column. A weight that can't be used is 0 and reported.
  public var weights: [Double]
  /// One per row: the identifier, or `row 1`, `row 2`, … where there is none.
  public var firmIDs: [String]
  /// Strata, clusters, groups, and context variables with levels.
  public var groups: [EncodedGroup]
  /// Cells that can't be read.
  public var problems: [EncodingProblem]
  /// What else a person should know: absent columns.
  public var warnings: [String]

  public var rowCount: Int { matrix.rowCount }

  /// Why the answer of a row to a feature is missing; `nil` when there is one.
  public func reason(row: Int, feature: Int) -> MissingReason? {
    MissingReason(rawValue: reasons[feature * rowCount + row])
  }

  public func outcome(_ id: String) -> EncodedOutcome? { outcomes.first { $0.id == id } }

  public func group(_ id: String) -> EncodedGroup? { groups.first { $0.id == id } }

  /// The first group of a role: the country of each firm.
  public func group(_ role: Codebook.Role) -> EncodedGroup? { groups.first { $0.role == role } }

  /// The rows at `indices`, in that order, repetitions allowed. Problems stay those of the whole table.
  public func selectingRows(_ indices: [Int]) -> EncodedSurvey {
    var selected = self
    selected.matrix = matrix.selectingRows(indices)
    selected.reasons = []
    selected.reasons.reserveCapacity(indices.count * features.count)
    for feature in features.indices {
      for row in indices { selected.reasons.append(reasons[feature * rowCount + row]) }
    }
    for index in outcomes.indices {
      selected.outcomes[index].values = indices.map { outcomes[index].values[$0] }
      selected.outcomes[index].reasons = indices.map { outcomes[index].reasons[$0] }
    }
    selected.weights = indices.map { weights[$0] }
    selected.firmIDs = indices.map { firmIDs[$0] }
    for index in groups.indices { selected.groups[index].codes = indices.map { groups[index].codes[$0] } }
    return selected
  }

  /// The firms whose outcome is known, as a dataset for learners, and their rows here.
  public func dataset(outcome id: String) throws -> (dataset: Dataset, rows: [Int])? {
    guard let outcome = outcome(id) else { return nil }
    let rows = outcome.values.indices.filter { !outcome.values[$0].isNaN }
    let dataset = try Dataset(
      features: features.map(\.feature), matrix: matrix.selectingRows(rows), targets: rows.map { outcome.values[$0] },
      weights: rows.map { weights[$0] })
    return (dataset, rows)
  }
}

/// An outcome, one value per firm.
public struct EncodedOutcome: Sendable, Equatable {
  public var id: String
  public var name: LocalizedText
  public var kind: Codebook.Outcome.Kind
  /// The rule, as a person would write it.
  public var rule: String
  /// 0 or 1; the place of an ordered level; or a quantity. `NaN` where the outcome is not known.
  public var values: [Double]
  /// Raw ``MissingReason``, 0 where it is known.
  public var reasons: [UInt8]
  /// Of an ordinal outcome.
  public var levels: [Codebook.Level]

  /// The weighted mean of the known values (the prevalence of a binary outcome); `NaN` when none is known.
  public func mean(weights: [Double]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in values.indices where !values[row].isNaN {
      sum += weights[row] * values[row]
      total += weights[row]
    }
    return sum / total
  }
}

/// A column that firms are grouped by.
public struct EncodedGroup: Sendable, Equatable {
  public enum Purpose: String, Sendable, Codable { case context, group, strata, cluster }

  /// The id of the context variable, or the column.
  public var id: String
  public var name: LocalizedText
  public var purpose: Purpose
  public var role: Codebook.Role?
  /// One per row: a place in `levels`, −1 where it is missing.
  public var codes: [Int]
  public var levels: [LocalizedText]
}

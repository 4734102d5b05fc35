import SurveyData

/// A missing answer that could change the order of priorities.
public struct DecisiveAnswer: Sendable, Equatable, Codable {
  /// The id of the item or context variable.
  public var item: String
  /// Whether another capability could come first, or else only another be among the first three.
  public var changesFirst: Bool
  /// The capability that could come in.
  public var rising: String
  /// By how much it would be ahead, in the unit of the objective.
  public var margin: Double
}

/// Finds the missing answers that matter: each is tried with the lowest and the highest answer seen in training (every
/// level of a nominal one), and the order is looked at again, by the model itself, without replicates.
struct MissingAnswerProbe {
  /// Differences below this are not worth a question: a tenth of a point.
  static let smallestMargin = 0.001

  let scorer: FirmScorer

  init(_ scorer: FirmScorer) {
    self.scorer = FirmScorer(model: scorer.model.withoutReplicates, ranker: scorer.ranker)
  }

  /// - Parameters:
  ///   - answers: The firm's, one row.
  ///   - priorities: Of the firm as it answered.
  /// - Returns: What could change the first place, then what could change the first three; the larger margin first.
  func decisiveAnswers(
    answers: AnswerTable, priorities: [FirmDiagnosis.Priority], targets: [Double?]?
  ) -> [DecisiveAnswer] {
    guard let leader = priorities.first?.capability, priorities.count > 1 else { return [] }
    let trials = trials(answers)
    guard !trials.isEmpty else { return [] }
    let table = Self.table(answers, trials)
    let outcomes = scorer.diagnose(
      table, ids: trials.map { _ in "" }, targets: targets.map { targets in trials.map { _ in targets } },
      threadCount: 1)
    let firstThree = Set(priorities.prefix(3).map(\.capability))
    var best: [Int: DecisiveAnswer] = [:]
    for (trial, outcome) in zip(trials, outcomes) {
      let name = answers.columns[trial.column].feature.name
      for found in Self.changes(outcome.priorities, leader: leader, firstThree: firstThree, item: name) {
        guard found.margin >= Self.smallestMargin else { continue }
        if let known = best[trial.column], !Self.isBefore(found, known) { continue }
        best[trial.column] = found
      }
    }
    return best.sorted { $0.key < $1.key }.map(\.value).enumerated().sorted {
      Self.isBefore($0.element, $1.element) || (!Self.isBefore($1.element, $0.element) && $0.offset < $1.offset)
    }.map(\.element)
  }

  private static func isBefore(_ left: DecisiveAnswer, _ right: DecisiveAnswer) -> Bool {
    left.changesFirst == right.changesFirst ? left.margin > right.margin : left.changesFirst
  }

  private static func changes(
    _ priorities: [FirmDiagnosis.Priority], leader: String, firstThree: Set<String>, item: String
  ) -> [DecisiveAnswer] {
    guard let first = priorities.first else { return [] }
    func value(_ capability: String) -> Double {
      priorities.first { $0.capability == capability }?.objective.value ?? 0
    }
    if first.capability != leader {
      return [
        DecisiveAnswer(
          item: item, changesFirst: true, rising: first.capability, margin: first.objective.value - value(leader))
      ]
    }
    let now = priorities.prefix(3)
    guard let newcomer = now.first(where: { !firstThree.contains($0.capability) }) else { return [] }
    let leaving = firstThree.filter { id in !now.contains { $0.capability == id } }.map(value).max() ?? 0
    return [
      DecisiveAnswer(
        item: item, changesFirst: false, rising: newcomer.capability, margin: newcomer.objective.value - leaving)
    ]
  }

  private struct Trial {
    var column: Int
    var value: Double
  }

  private func trials(_ answers: AnswerTable) -> [Trial] {
    let design = scorer.model.design
    return answers.columns.indices.flatMap { column -> [Trial] in
      guard answers.values[0, column].isNaN, Self.canBeAsked(answers.reasons[column]) else { return [] }
      if case .categorical = answers.columns[column].feature.kind {
        return design.columns.compactMap { level in
          if case .level(column, let level) = level { Trial(column: column, value: Double(level)) } else { nil }
        }
      }
      let imputation = design.imputation
      var (low, high) = (imputation.minima[column], imputation.maxima[column])
      if answers.columns[column].topLevel == nil {
        // Of quantities, what is common rather than the extremes.
        low = max(low, imputation.means[column] - imputation.deviations[column])
        high = min(high, imputation.means[column] + imputation.deviations[column])
      }
      return low < high ? [Trial(column: column, value: low), Trial(column: column, value: high)] : []
    }
  }

  /// There is no use in asking again what does not apply, was not asked or was refused.
  private static func canBeAsked(_ reason: UInt8) -> Bool {
    switch MissingReason(rawValue: reason) {
    case .blank, .dontKnow, .unreadable, nil: true
    case .refused, .notApplicable, .notAsked: false
    }
  }

  private static func table(_ answers: AnswerTable, _ trials: [Trial]) -> AnswerTable {
    let repeated = answers.selectingRows(trials.map { _ in 0 })
    var values = repeated.values
    var reasons = repeated.reasons
    for (row, trial) in trials.enumerated() {
      values[row, trial.column] = trial.value
      reasons[trial.column * trials.count + row] = 0
    }
    return AnswerTable(columns: answers.columns, values: values, reasons: reasons)
  }
}

extension ScoringModel {
  /// The same model without replicates: for figures that need no interval.
  public var withoutReplicates: ScoringModel {
    ScoringModel(
      columns: columns, capabilities: capabilities, design: design,
      outcomes: outcomes.map {
        OutcomeModel(
          id: $0.id, kind: $0.kind, linearShare: $0.linearShare, calibration: $0.calibration, linear: $0.linear,
          trees: $0.trees)
      },
      joint: joint.map {
        JointModel(first: $0.first, second: $0.second, estimate: $0.estimate, logReplicates: [])
      }, record: record)
  }
}

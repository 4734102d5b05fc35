import StatisticalLearning
import SurveyData

/// All that `predict` says about one firm: its diagnosis, where it stands among comparable firms, and what to be careful
/// about.
public struct FirmReport: Sendable, Equatable, Codable {
  public var diagnosis: FirmDiagnosis
  /// `nil` when fewer than ten firms were trained on.
  public var peers: PeerComparison?
  /// Ids of actionable capabilities, the farthest below the median of comparable firms that do both first; only those
  /// that are below it.
  public var largestGaps: [String]
  /// Ids of capabilities whose missing answers could change the first priorities, that which changes most first.
  public var answersToAsk: [String]
  /// Why the firm is outside what the model has seen; empty when it is not.
  public var outside: [Outside]

  /// A way in which a firm is unlike those that were learned from.
  public enum Outside: Sendable, Hashable, Codable {
    /// An answer beyond all that were seen.
    case range(feature: String)
    /// More than a third of the questions are not answered.
    case missing(share: Double)
  }
}

/// Makes the reports of firms.
public struct FirmReporter: Sendable {
  public let predictor: SurveyPredictor
  public let scorer: FirmScorer
  /// How many priorities count as the first.
  public let firstCount: Int
  /// The same model without replicates: what would be said if an answer were known.
  private let plain: FirmScorer

  public init(predictor: SurveyPredictor, objective: PriorityObjective = .both, firstCount: Int = 3) {
    self.predictor = predictor
    self.firstCount = firstCount
    let model = predictor.scoring
    scorer = FirmScorer(model: model, ranker: FirmScorer.ranker(for: model, objective: objective))
    plain = FirmScorer(model: model.withoutReplicates, ranker: scorer.ranker)
  }

  public func reports(
    _ encoded: EncodedSurvey, threadCount: Int = Parallel.defaultThreadCount
  ) -> [FirmReport] {
    let model = predictor.scoring
    let answers = predictor.answers(of: encoded)
    let diagnoses = scorer.diagnose(answers, ids: encoded.firmIDs, threadCount: threadCount)
    guard !model.capabilities.isEmpty else {
      return diagnoses.indices.map { row in
        FirmReport(
          diagnosis: diagnoses[row], peers: nil, largestGaps: [], answersToAsk: [],
          outside: outside(answers, row: row, missing: diagnoses[row].missingShare))
      }
    }
    let levels = model.capabilityLevels(of: answers)
    let traits = encoded.peerTraits
    return Parallel.map(count: diagnoses.count, threadCount: threadCount) { row in
      let peers = predictor.peers.comparison(levels: levels.map { $0[row] }, traits: traits[row])
      let gaps = peers.map { peers in
        model.capabilities.indices.filter {
          model.capabilities[$0].isActionable && (peers.capabilities[$0].gap ?? 0) > 1e-9
        }.sorted { left, right in
          let (a, b) = (peers.capabilities[left].gap!, peers.capabilities[right].gap!)
          return a == b ? left < right : a > b
        }
      }
      return FirmReport(
        diagnosis: diagnoses[row], peers: peers, largestGaps: (gaps ?? []).map { model.capabilities[$0].id },
        answersToAsk: answersToAsk(answers, row: row),
        outside: outside(answers, row: row, missing: diagnoses[row].missingShare))
    }
  }

  // MARK: Missing answers

  /// The capabilities with answers that the firm could still give, whose lowest and highest possible values lead to
  /// other first priorities.
  private func answersToAsk(_ answers: AnswerTable, row: Int) -> [String] {
    let model = predictor.scoring
    let askable: Set<UInt8> = [
      MissingReason.blank.rawValue, MissingReason.refused.rawValue, MissingReason.dontKnow.rawValue,
      MissingReason.unreadable.rawValue,
    ]
    var gaps: [Int: [Int]] = [:]
    for (item, column) in answers.columns.enumerated() {
      guard let capability = column.capability, model.capabilities[capability].isActionable,
        askable.contains(answers.reasons[item * answers.rowCount + row])
      else { continue }
      gaps[capability, default: []].append(item)
    }
    guard !gaps.isEmpty else { return [] }
    let capabilities = gaps.keys.sorted()
    // Row 0 is the firm as it is; then each capability at its lowest and at its highest.
    var elements: [Double] = []
    for item in answers.columns.indices {
      let own = answers.values[row, item]
      elements.append(own)
      for capability in capabilities {
        let isGap = gaps[capability]!.contains(item)
        let imputation = model.design.imputation
        elements.append(isGap ? imputation.minima[item] : own)
        elements.append(isGap ? imputation.maxima[item] : own)
      }
    }
    let count = 1 + 2 * capabilities.count
    let variants = AnswerTable(
      columns: answers.columns,
      values: Matrix(rowCount: count, columnCount: answers.columns.count, elements: elements),
      reasons: answers.columns.indices.flatMap { item in
        (0..<count).map { elements[item * count + $0].isNaN ? answers.reasons[item * answers.rowCount + row] : 0 }
      })
    let orders = plain.diagnose(variants, ids: (0..<count).map(String.init), threadCount: 1).map { diagnosis in
      Set(diagnosis.priorities.prefix(firstCount).map(\.capability))
    }
    let changes = capabilities.indices.map { index in
      (
        capabilities[index],
        max(orders[1 + 2 * index].subtracting(orders[0]).count, orders[2 + 2 * index].subtracting(orders[0]).count)
      )
    }
    return changes.filter { $0.1 > 0 }.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
      .map { model.capabilities[$0.0].id }
  }

  // MARK: Outside

  private func outside(_ answers: AnswerTable, row: Int, missing: Double) -> [FirmReport.Outside] {
    var reasons: [FirmReport.Outside] = []
    let imputation = predictor.scoring.design.imputation
    for (item, column) in answers.columns.enumerated() {
      if case .categorical = column.feature.kind { continue }
      let value = answers.values[row, item]
      let slack = 1e-9 * (1 + abs(imputation.maxima[item]))
      if value > imputation.maxima[item] + slack || value < imputation.minima[item] - slack {
        reasons.append(.range(feature: column.feature.name))
      }
    }
    if missing > 1 / 3.0 { reasons.append(.missing(share: missing)) }
    return reasons
  }
}

extension ScoringModel {
  /// The same model, sure of itself.
  var withoutReplicates: ScoringModel {
    ScoringModel(
      columns: columns, capabilities: capabilities, design: design,
      outcomes: outcomes.map {
        OutcomeModel(
          id: $0.id, kind: $0.kind, linearShare: $0.linearShare, calibration: $0.calibration, linear: $0.linear,
          trees: $0.trees)
      }, joint: joint.map { JointModel(first: $0.first, second: $0.second, estimate: $0.estimate, logReplicates: []) },
      record: record)
  }

  /// What the number of firms allows, by the rarer class of each outcome and the number of capabilities.
  public var sampleSizeGate: SampleSizeGate {
    let counted = record.outcomes.min { $0.firmCount < $1.firmCount }
    let kinds = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.id, $0.kind) })
    let firms = counted?.firmCount ?? 0
    return SampleSizeGate(
      firmCount: firms,
      outcomes: record.outcomes.map { outcome in
        // Each outcome's share, among the firms of the outcome that fewest answered.
        let events = Double(outcome.eventCount) / Double(max(outcome.firmCount, 1)) * Double(firms)
        return .init(name: outcome.id, eventCount: kinds[outcome.id] == .binary ? Int(events.rounded()) : nil)
      }, parameterCount: max(capabilities.isEmpty ? columns.count : capabilities.count, 1))
  }
}

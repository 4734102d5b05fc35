import Foundation
import StatisticalLearning

/// Diagnoses firms with a trained model: probabilities, intervals, and priorities.
public struct FirmScorer: Sendable {
  public let model: ScoringModel
  public let ranker: PriorityRanker
  /// An uplift below this is no uplift in deciding to which space a capability belongs: a fifth of a point.
  public static let smallestUplift = 0.002
  private let engine: UpliftEngine

  /// - Parameter ranker: `nil` orders by the chance of both, with the intervals that suit the model's replicates.
  public init(model: ScoringModel, ranker: PriorityRanker? = nil) {
    self.model = model
    self.ranker = ranker ?? Self.ranker(for: model)
    engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
  }

  /// A ranker with percentiles for draws of a posterior, normal intervals for refits on bootstrap samples.
  public static func ranker(for model: ScoringModel, objective: PriorityObjective = .balanced) -> PriorityRanker {
    let isPosterior =
      model.record.settings.shrinkage == .spikeAndSlab && model.outcomes.contains { $0.linearShare > 0 }
    return PriorityRanker(objective: objective, intervalKind: isPosterior ? .percentile : .normal)
  }

  /// - Parameters:
  ///   - ids: One per firm.
  ///   - answers: The columns of the model, in its order.
  ///   - targets: `[firm][capability]`: the level to raise each capability to, as a share of its range, where it is not
  ///     one step (`nil`).
  public func diagnose(
    _ answers: AnswerTable, ids: [String], targets: [[Double?]]? = nil,
    threadCount: Int = Parallel.defaultThreadCount
  ) -> [FirmDiagnosis] {
    precondition(ids.count == answers.rowCount, "\(ids.count) ids for \(answers.rowCount) firms")
    precondition(
      targets.map { $0.count == ids.count && $0.allSatisfy { $0.count == model.capabilities.count } } ?? true,
      "targets for other firms or capabilities")
    let chunk = 64
    let chunkCount = (ids.count + chunk - 1) / chunk
    let parts = Parallel.map(count: chunkCount, threadCount: threadCount) { index in
      let firms = Array(index * chunk..<min((index + 1) * chunk, ids.count))
      let part = answers.selectingRows(firms)
      let filled = model.design.imputation.filled(part)
      let design = model.design.design(for: part).converted(to: .rowMajor)
      let trees = TreeRows.matrix(answers: part, design: model.design).converted(to: .rowMajor)
      var workspace = PriorityRanker.Workspace()
      return firms.indices.map { position in
        let steps = engine.steps(filled: filled.row(position), targets: targets?[firms[position]])
        let scores = engine.scores(firm: position, filled: filled, designRows: design, treeRows: trees, steps: steps)
        return diagnosis(
          id: ids[firms[position]], scores: scores, steps: steps, hasTargets: targets != nil,
          filled: filled.row(position), answers: part, row: position, workspace: &workspace)
      }
    }
    return parts.flatMap { $0 }
  }

  /// The probability (or value) of every outcome for every firm, without priorities: `[outcome][firm]`.
  public func predictions(_ answers: AnswerTable) -> [[Double]] {
    let design = model.design.design(for: answers)
    return model.outcomes.map { outcome in
      let linear = outcome.linearShare > 0 ? outcome.linear!.rawScores(for: design) : []
      let trees =
        outcome.linearShare < 1
        ? TreeRows.rawScores(of: outcome.trees!, answers: answers, design: model.design) : []
      return (0..<answers.rowCount).map { row in
        var raw = 0.0
        if outcome.linearShare > 0 { raw += outcome.linearShare * linear[row] }
        if outcome.linearShare < 1 { raw += (1 - outcome.linearShare) * trees[row] }
        return scale(outcome.calibration(raw), outcome.kind)
      }
    }
  }

  private func scale(_ raw: Double, _ kind: OutcomeModel.Kind) -> Double { kind == .binary ? sigmoid(raw) : raw }

  private func diagnosis(
    id: String, scores: FirmScores, steps: [CapabilityStep], hasTargets: Bool, filled: [Double], answers: AnswerTable,
    row: Int, workspace: inout PriorityRanker.Workspace
  ) -> FirmDiagnosis {
    let probabilities = model.outcomes.indices.map { outcome in
      scores.base[outcome].map { scale($0, model.outcomes[outcome].kind) }
    }
    let gaps = answers.columns.indices.map { answers.values[row, $0].isNaN }
    var diagnosis = FirmDiagnosis(
      id: id,
      outcomes: model.outcomes.indices.map {
        .init(id: model.outcomes[$0].id, kind: model.outcomes[$0].kind, estimate: prediction(probabilities[$0]))
      }, joint: nil, states: nil, priorities: [], alreadyStrong: [],
      missingShare: gaps.isEmpty ? 0 : Double(gaps.filter { $0 }.count) / Double(gaps.count), filledCapabilities: [])
    let first = model.joint?.first ?? 0
    let second = model.joint?.second ?? 0
    let count = probabilities[first].count
    let jointBase = model.joint.map { joint in
      (0..<count).map {
        joint.crossRatio(replicate: $0).jointProbability(probabilities[first][$0], probabilities[second][$0])
      }
    }
    if let joint = model.joint, let jointBase {
      diagnosis.joint = prediction(jointBase)
      diagnosis.states = joint.estimate.crossRatio.states(
        innovation: probabilities[first][0], export: probabilities[second][0])
    }
    let actionable = model.capabilities.indices.filter { model.capabilities[$0].isActionable }
    let still = actionable.filter { steps[$0].isEmpty }
    let single = still.isEmpty ? [] : engine.steps(filled: filled)
    let strong = Set(still.filter { single[$0].isEmpty })
    diagnosis.alreadyStrong = still.filter(strong.contains).map { model.capabilities[$0].id }
    diagnosis.atTarget = still.filter { !strong.contains($0) }.map { model.capabilities[$0].id }
    diagnosis.filledCapabilities = actionable.filter { capability in
      let items = engine.capabilityItems[capability]
      return !items.isEmpty && items.allSatisfy { gaps[$0] }
    }.map { model.capabilities[$0].id }

    // Uplifts of every capability, the model's first, then one row per replicate.
    let width = model.capabilities.count
    func uplifts(_ outcome: Int) -> [Double] {
      var values = [Double](repeating: .nan, count: width * count)
      for capability in actionable where !scores.raised[outcome][capability].isEmpty {
        for replicate in 0..<count {
          values[replicate * width + capability] =
            scale(scores.raised[outcome][capability][replicate], model.outcomes[outcome].kind)
            - probabilities[outcome][replicate]
        }
      }
      return values
    }
    let perOutcome = model.outcomes.indices.map(uplifts)
    var both = perOutcome[first]
    if let joint = model.joint, let jointBase {
      for replicate in 0..<count {
        let ratio = joint.crossRatio(replicate: replicate)
        for capability in actionable {
          let index = replicate * width + capability
          guard !perOutcome[first][index].isNaN else { continue }
          both[index] =
            ratio.jointProbability(
              probabilities[first][replicate] + perOutcome[first][index],
              probabilities[second][replicate] + perOutcome[second][index]) - jointBase[replicate]
        }
      }
    }
    // Capabilities that a firm can't raise are not ranked; they would make every replicate unusable if left NaN.
    let ranked = UpliftReplicates(
      innovation: Array(perOutcome[first][0..<width]), export: Array(perOutcome[second][0..<width]),
      both: Array(both[0..<width]), innovationReplicates: Array(perOutcome[first][width...]),
      exportReplicates: Array(perOutcome[second][width...]), bothReplicates: Array(both[width...]))
    let ranking = ranker.rank(ranked, using: &workspace)
    diagnosis.priorities = ranking.entries.map { entry in
      priority(
        entry, ranking: ranking, perOutcome: perOutcome, width: width, count: count, filled: filled,
        step: steps[entry.capability], isTarget: hasTargets, hasJoint: model.joint != nil, first: first, second: second)
    }
    return diagnosis
  }

  private func priority(
    _ entry: PriorityRanking.Entry, ranking: PriorityRanking, perOutcome: [[Double]], width: Int, count: Int,
    filled: [Double], step: CapabilityStep, isTarget: Bool, hasJoint: Bool, first: Int, second: Int
  ) -> FirmDiagnosis.Priority {
    let capability = entry.capability
    let (space, confidence) = space(
      first: perOutcome[first], second: perOutcome[second], capability: capability, width: width, count: count)
    let levels = levels(of: capability, filled: filled, step: step, isTarget: isTarget)
    return FirmDiagnosis.Priority(
      capability: model.capabilities[capability].id, rank: entry.rank, rankLower: entry.rankInterval.lowerBound,
      rankUpper: entry.rankInterval.upperBound, probabilityOfFirstThree: entry.probabilityOfFirst,
      tiedWith: ranking.tied(with: entry).map { model.capabilities[$0].id }, tieGroup: entry.tieGroup,
      level: levels.now, target: levels.after,
      uplifts: perOutcome.indices.map { outcome in
        if outcome == first { return estimate(entry.innovation) }
        if outcome == second { return estimate(entry.export) }
        return estimate((0..<count).map { perOutcome[outcome][$0 * width + capability] })
      }, both: hasJoint ? estimate(entry.both) : nil,
      objective: estimate(.init(value: entry.value, interval: entry.interval)),
      isParetoOptimal: entry.isParetoOptimal, paretoShare: entry.probabilityPareto,
      isDistinguishable: (entry.interval?.lower ?? entry.value) > FirmScorer.smallestUplift / 2, space: space,
      spaceConfidence: confidence, effort: levels.steps * model.capabilities[capability].effort)
  }

  /// To which goals the capability belongs for this firm, and the share of replicates that say so too.
  private func space(
    first: [Double], second: [Double], capability: Int, width: Int, count: Int
  ) -> (CapabilitySpace, Double) {
    func space(_ replicate: Int) -> CapabilitySpace {
      let liftsFirst = first[replicate * width + capability] > FirmScorer.smallestUplift
      let liftsSecond = second[replicate * width + capability] > FirmScorer.smallestUplift
      return liftsFirst ? (liftsSecond ? .both : .innovationOnly) : (liftsSecond ? .exportOnly : .neither)
    }
    let own = space(0)
    guard count > 1 else { return (own, 1) }
    let agreeing = (1..<count).filter { space($0) == own }.count
    return (own, Double(agreeing) / Double(count - 1))
  }

  /// The mean level of a capability's answers as a share of their range, now and after a step, and how many steps it is.
  private func levels(
    of capability: Int, filled: [Double], step: CapabilityStep, isTarget: Bool
  ) -> (now: Double, after: Double, steps: Double) {
    let items = engine.capabilityItems[capability]
    guard let now = CapabilityStep.level(items: items, columns: model.columns, filled: filled),
      let after = CapabilityStep.level(items: items, columns: model.columns, filled: filled, after: step.changes)
    else { return (.nan, .nan, 1) }
    guard isTarget else { return (now, after, 1) }
    let single = CapabilityStep(
      items: items, columns: model.columns, filled: filled, direction: model.capabilities[capability].direction)
    let one = CapabilityStep.level(items: items, columns: model.columns, filled: filled, after: single.changes) ?? now
    return (now, after, one == now ? 1 : (after - now) / (one - now))
  }

  /// A prediction and its interval: percentiles whatever the ranker's kind, because a probability stays in `0...1`.
  private func prediction(_ values: [Double]) -> FirmDiagnosis.Estimate {
    guard values.count > 2 else { return .init(value: values[0], lower: values[0], upper: values[0]) }
    var replicates = Array(values.dropFirst())
    let interval = replicates.withUnsafeMutableBufferPointer {
      ReplicateIntervalKind.percentile.interval(estimate: values[0], replicates: $0, level: ranker.level)
    }
    // Replicates may all lie on one side of a model that is not their mean.
    return .init(
      value: values[0], lower: min(interval?.lower ?? values[0], values[0]),
      upper: max(interval?.upper ?? values[0], values[0]))
  }

  private func estimate(_ values: [Double]) -> FirmDiagnosis.Estimate {
    guard values.count > 2 else { return .init(value: values[0], lower: values[0], upper: values[0]) }
    var replicates = Array(values.dropFirst())
    let interval = replicates.withUnsafeMutableBufferPointer {
      ranker.intervalKind.interval(estimate: values[0], replicates: $0, level: ranker.level)
    }
    return .init(value: values[0], lower: interval?.lower ?? values[0], upper: interval?.upper ?? values[0])
  }

  private func estimate(_ uplift: PriorityRanking.Uplift) -> FirmDiagnosis.Estimate {
    .init(
      value: uplift.value, lower: uplift.interval?.lower ?? uplift.value,
      upper: uplift.interval?.upper ?? uplift.value)
  }
}

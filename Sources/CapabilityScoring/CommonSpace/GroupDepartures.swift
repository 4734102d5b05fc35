import Foundation
import LinearModels
import StatisticalLearning

/// What each group's own firms say of each capability beyond a model of all firms: see ``GroupPriorities``.
struct GroupDepartures {
  let model: ScoringModel
  let names: [String]
  let surveys: [ScoringSurvey]
  let level: Double
  let threadCount: Int

  /// One goal of one group: raw scores (log-odds, or values) of its firms as they are and after a step, and what they
  /// have.
  struct Goal {
    var targets: [Double]
    var scores: [Double]
    /// `[capability][firm]`; `NaN` where there is no step left.
    var raised: [[Double]]
  }

  /// A group's firms, of all goals.
  private struct Firms {
    let goals: [Goal]
    /// `[capability][firm]`, as a share of the range, now and after one step.
    let levels: [[Double]]
    let raisedLevels: [[Double]]
    let weights: [Double]
    let uplifts: AverageUplifts
  }

  private var joint: JointModel? { model.joint }

  func comparisons() -> [GroupPriorities.Comparison] {
    let firms = surveys.map(firms)
    var goals = model.outcomes.map { (id: $0.id, kind: $0.kind) }
    if joint != nil { goals.append(("both", .binary)) }
    return goals.enumerated().map { index, goal in
      let compared = firms.indices.filter { group in
        ScoringSurvey.Outcome(id: goal.id, kind: goal.kind, targets: firms[group].goals[index].targets)
          .hasEnough(GroupPriorities.smallestClass)
      }
      return GroupPriorities.Comparison(
        goal: goal.id, isBinary: goal.kind == .binary, groups: compared.map { names[$0] },
        entries: compared.count < 2 ? [] : entries(goal: index, kind: goal.kind, groups: compared, firms))
    }
  }

  // MARK: Firms

  private func firms(_ survey: ScoringSurvey) -> Firms {
    let plain = model.withoutReplicates
    let set = FirmSet(survey.answers, design: model.design)
    let engine = UpliftEngine(
      design: plain.design, columns: plain.columns, capabilities: plain.capabilities, outcomes: plain.outcomes)
    let designRows = set.design.converted(to: .rowMajor)
    let treeRows = set.treeRows.converted(to: .rowMajor)
    let (n, width) = (set.count, model.capabilities.count)
    func empty() -> [[Double]] { [[Double]](repeating: [Double](repeating: .nan, count: n), count: width) }
    var goals = survey.outcomes.map { outcome in
      Goal(targets: outcome.targets, scores: [Double](repeating: 0, count: n), raised: empty())
    }
    if let joint {
      let (first, second) = (survey.outcomes[joint.first].targets, survey.outcomes[joint.second].targets)
      goals.append(
        Goal(
          // NaN when one of the two is not known.
          targets: (0..<n).map { first[$0] * second[$0] }, scores: [Double](repeating: 0, count: n), raised: empty()))
    }
    var levels = empty()
    var raisedLevels = empty()
    for firm in 0..<n {
      let filled = set.filled.row(firm)
      let steps = engine.steps(filled: filled)
      let scores = engine.scores(
        firm: firm, filled: set.filled, designRows: designRows, treeRows: treeRows, steps: steps)
      func both(_ raw: (Int) -> Double) -> Double {
        guard let joint else { return .nan }
        let chance = joint.estimate.crossRatio.jointProbability(sigmoid(raw(joint.first)), sigmoid(raw(joint.second)))
        return logit(min(max(chance, 1e-12), 1 - 1e-12))
      }
      for outcome in model.outcomes.indices { goals[outcome].scores[firm] = scores.base[outcome][0] }
      if joint != nil { goals[model.outcomes.count].scores[firm] = both { scores.base[$0][0] } }
      for capability in 0..<width {
        let items = engine.capabilityItems[capability]
        levels[capability][firm] = CapabilityStep.level(items: items, columns: model.columns, filled: filled) ?? .nan
        guard !steps[capability].isEmpty else { continue }
        raisedLevels[capability][firm] =
          CapabilityStep.level(items: items, columns: model.columns, filled: filled, after: steps[capability].changes)
          ?? .nan
        for outcome in model.outcomes.indices {
          goals[outcome].raised[capability][firm] = scores.raised[outcome][capability][0]
        }
        if joint != nil {
          goals[model.outcomes.count].raised[capability][firm] = both { scores.raised[$0][capability][0] }
        }
      }
    }
    return Firms(
      goals: goals, levels: levels, raisedLevels: raisedLevels, weights: survey.weights,
      uplifts: AverageUplifts(model: model, firms: set, weights: survey.weights, threadCount: threadCount))
  }

  // MARK: One goal

  private func entries(
    goal: Int, kind: OutcomeModel.Kind, groups: [Int], _ firms: [Firms]
  ) -> [GroupPriorities.Entry] {
    let capabilities = model.capabilities.indices.filter { model.capabilities[$0].isActionable }
    let fits = Parallel.map(count: capabilities.count * groups.count, threadCount: threadCount) { task in
      let (c, g) = task.quotientAndRemainder(dividingBy: groups.count)
      let own = firms[groups[g]]
      return departure(kind, own.goals[goal], levels: own.levels[capabilities[c]], weights: own.weights)
    }
    func fit(_ c: Int, _ g: Int) -> Departure? { fits[c * groups.count + g] }
    let together = GroupComparison(
      groups: groups.map { names[$0] },
      effects: capabilities.indices.map { c in groups.indices.map { fit(c, $0)?.slope ?? .nan } },
      variances: capabilities.indices.map { c in groups.indices.map { fit(c, $0)?.variance ?? .nan } }, level: level,
      falseDiscoveryRate: GroupPriorities.falseDiscoveryRate)
    return capabilities.indices.compactMap { c -> GroupPriorities.Entry? in
      let capability = capabilities[c]
      let comparison = together.entries[c]
      guard comparison.groups.count > 1 else { return nil }
      let effects = groups.indices.compactMap { g -> GroupPriorities.Effect? in
        guard let fit = fit(c, g), let own = comparison.groups.first(where: { $0.group == names[groups[g]] }) else {
          return nil
        }
        return effect(fit, own, mean: comparison.mean, goal: goal, kind: kind, capability: capability, firms[groups[g]])
      }
      let common = pooled(goal: goal, capability: capability, groups.map { firms[$0] })
      guard effects.count > 1, let common else { return nil }
      let least = kind == .binary ? FirmScorer.smallestUplift : 0
      let holds =
        common.lower > least && effects.allSatisfy { $0.own.value > 0 && $0.shrunken.lower > 0 }
      return GroupPriorities.Entry(
        capability: capability, common: common, effects: effects,
        betweenGroupDeviation: comparison.betweenGroupDeviation, pValue: comparison.pValue,
        adjustedPValue: comparison.adjustedPValue,
        verdict: comparison.adjustedPValue < GroupPriorities.falseDiscoveryRate
          ? .differs : holds ? .holdsInEveryGroup : .undecided)
    }.sorted {
      $0.common.value == $1.common.value ? $0.capability < $1.capability : $0.common.value > $1.common.value
    }
  }

  private func series(_ firms: Firms, _ goal: Int, _ capability: Int) -> [Double] {
    goal < model.outcomes.count ? firms.uplifts.outcomes[goal][capability] : firms.uplifts.both[capability]
  }

  /// The common model's mean uplift over several groups' firms; `nil` where no firm has a step left.
  private func pooled(goal: Int, capability: Int, _ groups: [Firms]) -> FirmDiagnosis.Estimate? {
    var sums = [Double](repeating: 0, count: model.replicateCount + 1)
    var total = 0.0
    for own in groups {
      let weight = own.uplifts.shares[capability] * own.weights.reduce(0, +)
      guard weight > 0 else { continue }
      total += weight
      for (replicate, value) in series(own, goal, capability).enumerated() { sums[replicate] += weight * value }
    }
    return total > 0 ? estimate(sums.map { $0 / total }) : nil
  }

  private func estimate(_ series: [Double]) -> FirmDiagnosis.Estimate {
    .init(replicates: series, level: level, kind: FirmScorer.ranker(for: model).intervalKind)
  }

  // MARK: One group

  struct Departure {
    let intercept: Double
    let slope: Double
    let variance: Double
    /// The mean level that the slope turns around.
    let centre: Double
  }

  /// - Returns: `nil` where the group's levels do not vary, or nothing can be estimated.
  private func departure(
    _ kind: OutcomeModel.Kind, _ goal: Goal, levels: [Double], weights: [Double]
  ) -> Departure? {
    let rows = levels.indices.filter { !levels[$0].isNaN && !goal.targets[$0].isNaN && weights[$0] > 0 }
    let total = rows.reduce(0) { $0 + weights[$1] }
    guard rows.count > 3 else { return nil }
    let centre = rows.reduce(0) { $0 + weights[$1] * levels[$1] } / total
    let x = rows.map { levels[$0] - centre }
    let squares = zip(rows, x).reduce(0) { $0 + weights[$1.0] * $1.1 * $1.1 }
    guard squares > 1e-9 * total else { return nil }
    switch kind {
    case .continuous:
      let residuals = rows.map { goal.targets[$0] - goal.scores[$0] }
      let mean = zip(rows, residuals).reduce(0) { $0 + weights[$1.0] * $1.1 } / total
      let slope = rows.indices.reduce(0) { $0 + weights[rows[$1]] * x[$1] * (residuals[$1] - mean) } / squares
      let left = rows.indices.reduce(0.0) { sum, i in
        let error = residuals[i] - mean - slope * x[i]
        return sum + weights[rows[i]] * error * error
      }
      let variance = left / max(total - 2, 1) / squares
      return variance > 0 ? Departure(intercept: mean, slope: slope, variance: variance, centre: centre) : nil
    case .binary:
      guard
        let dataset = try? Dataset(
          features: [Feature("level")], matrix: Matrix(rowCount: rows.count, columnCount: 1, elements: x),
          targets: rows.map { goal.targets[$0] }, weights: rows.map { weights[$0] },
          offsets: rows.map { goal.scores[$0] }),
        let fitted = try? LogisticInference(estimator: .firth, level: level).fit(dataset)
      else { return nil }
      let error = fitted.terms[1].standardError
      guard error > 0, error.isFinite, fitted.terms[1].estimate.isFinite else { return nil }
      return Departure(
        intercept: fitted.terms[0].estimate, slope: fitted.terms[1].estimate, variance: error * error, centre: centre)
    }
  }

  /// A departure in points: the mean uplift over the group's firms with it, and how that moves with the slope.
  private func effect(
    _ fit: Departure, _ own: GroupComparison.GroupEffect, mean: Double, goal: Int, kind: OutcomeModel.Kind,
    capability: Int, _ firms: Firms
  ) -> GroupPriorities.Effect? {
    let scores = firms.goals[goal]
    func scaled(_ raw: Double) -> Double { kind == .binary ? sigmoid(raw) : raw }
    func uplift(_ slope: Double) -> Double {
      var (sum, total) = (0.0, 0.0)
      for firm in firms.weights.indices where !scores.raised[capability][firm].isNaN {
        let (now, after) = (firms.levels[capability][firm], firms.raisedLevels[capability][firm])
        guard !now.isNaN, !after.isNaN else { continue }
        total += firms.weights[firm]
        sum +=
          firms.weights[firm]
          * (scaled(scores.raised[capability][firm] + fit.intercept + slope * (after - fit.centre))
            - scaled(scores.scores[firm] + fit.intercept + slope * (now - fit.centre)))
      }
      return total > 0 ? sum / total : .nan
    }
    func derivative(_ slope: Double) -> Double { (uplift(slope + 1e-3) - uplift(slope - 1e-3)) / 2e-3 }
    let z = StandardNormal.quantile(0.5 + level / 2)
    func interval(_ value: Double, _ deviation: Double) -> FirmDiagnosis.Estimate {
      .init(value: value, lower: value - z * deviation, upper: value + z * deviation)
    }
    let replicates = series(firms, goal, capability)
    let value = uplift(own.own)
    guard value.isFinite, replicates[0].isFinite else { return nil }
    // What all groups depart by is no difference between them: signs are imposed on the model, and one capability at a
    // time takes up what its correlates say.
    let drawn = own.shrunken - mean
    let ofSlope = ((1 - own.shrinkage) * fit.variance).squareRoot() * abs(derivative(drawn))
    let ofModel = Self.deviation(replicates.dropFirst())
    return GroupPriorities.Effect(
      group: own.group, departure: fit.slope, standardError: fit.variance.squareRoot(), shrinkage: own.shrinkage,
      common: estimate(replicates), own: interval(value, fit.variance.squareRoot() * abs(derivative(fit.slope))),
      shrunken: interval(uplift(drawn), (ofSlope * ofSlope + ofModel * ofModel).squareRoot()))
  }

  private static func deviation(_ values: ArraySlice<Double>) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}

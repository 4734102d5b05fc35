import ModelEvaluation
import StatisticalLearning

/// How far models of different training sets agree on which capabilities come first.
public enum PriorityStability {
  /// Trains `train`'s default ranker (monotone ridge, penalties chosen within the training firms) on every training set of
  /// the folds, orders the capabilities of the same firms by each, and compares the orders.
  ///
  /// The order over all firms is by the mean of the default objective: the uplift of P(both) and half the smaller uplift of
  /// the two outcomes. Training sets of one repeat share most of their firms, so that agreement is higher than it would be
  /// between two surveys.
  ///
  /// - Parameters:
  ///   - names: What a reader calls each capability.
  ///   - firmLimit: At most this many firms, evenly chosen, are ordered by every model.
  /// - Returns: `nil` when fewer than two capabilities can be acted upon.
  public static func measure(
    _ benchmark: SurveyBenchmark, folds: FoldAssignment, names: [String], firstCount: Int = 3, firmLimit: Int = 400,
    threadCount: Int = Parallel.defaultThreadCount
  ) throws -> BenchmarkResult.Stability? {
    let survey = benchmark.survey
    let actionable = survey.capabilities.indices.filter { survey.capabilities[$0].isActionable }
    guard actionable.count > 1, !survey.outcomes.isEmpty else { return nil }
    let place = Dictionary(uniqueKeysWithValues: actionable.enumerated().map { (survey.capabilities[$1].id, $0) })
    let firms = Array(0..<min(firmLimit, survey.firmCount)).map {
      $0 * survey.firmCount / min(firmLimit, survey.firmCount)
    }
    let answers = survey.answers.selectingRows(firms)
    let ids = firms.map(String.init)
    let splits = folds.splits
    let orders = try Parallel.map(count: splits.count, threadCount: threadCount) { index throws -> Order in
      let model = try SplitLearning(benchmark: benchmark, split: splits[index]).ranker()
      let diagnoses = FirmScorer(model: model).diagnose(answers, ids: ids, threadCount: 1)
      var sums = [Double](repeating: 0, count: actionable.count)
      var first: [Set<Int>] = []
      for diagnosis in diagnoses {
        for priority in diagnosis.priorities {
          let uplifts = [priority.uplifts.first, priority.uplifts.last].map { $0?.value ?? 0 }
          sums[place[priority.capability]!] += PriorityObjective.both.value(
            innovation: uplifts[0], export: uplifts[1], both: priority.both?.value ?? uplifts[0])
        }
        first.append(Set(diagnosis.priorities.prefix(firstCount).map { place[$0.capability]! }))
      }
      return Order(values: sums, firstByFirm: first)
    }
    return summary(orders, names: actionable.map { names[$0] }, firstCount: min(firstCount, actionable.count - 1))
  }

  private struct Order: Sendable {
    /// The objective of each actionable capability, summed over firms.
    var values: [Double]
    var firstByFirm: [Set<Int>]
  }

  private static func summary(_ orders: [Order], names: [String], firstCount: Int) -> BenchmarkResult.Stability {
    let ranks = orders.map { RankAgreement.midRanks($0.values).ranks }
    let firsts = orders.map { order in
      Set(
        order.values.indices.sorted { (order.values[$1], $0) < (order.values[$0], $1) }.prefix(firstCount))
    }
    let count = Double(orders.count)
    let byFirm = orders[0].firstByFirm.indices.compactMap { firm in
      SelectionStability(selections: orders.map { $0.firstByFirm[firm] }, candidateCount: names.count).value
    }
    let items = names.indices.map { item in
      BenchmarkResult.Stability.Item(
        name: names[item], shareAmongFirst: Double(firsts.count { $0.contains(item) }) / count,
        meanRank: ranks.reduce(0) { $0 + $1[item] } / count)
    }
    return BenchmarkResult.Stability(
      description: "capability, by the default order of priorities", trainingSetCount: orders.count,
      firstCount: firstCount,
      selection: SelectionStability(selections: firsts, candidateCount: names.count).value,
      selectionByFirm: byFirm.isEmpty ? nil : byFirm.reduce(0, +) / Double(byFirm.count),
      concordance: RankAgreement.concordance(orders.map(\.values)),
      items: items.enumerated().sorted { ($0.element.meanRank, $0.offset) < ($1.element.meanRank, $1.offset) }
        .map(\.element))
  }
}

extension SplitLearning {
  /// The model that `train` would rank with: the linear part of each outcome, and their dependence.
  func ranker() throws -> ScoringModel {
    let survey = training
    var heldOut: [[Double]] = []
    var design = design
    let outcomes = try survey.outcomes.indices.map { index in
      let fit = try trainedLinear(outcome: index)
      design = fit.design
      var scores = [Double](repeating: .nan, count: survey.firmCount)
      for (place, score) in zip(known(index), try fit.outOfFold()) { scores[place] = score }
      heldOut.append(scores)
      return OutcomeModel(
        id: survey.outcomes[index].id, kind: survey.outcomes[index].kind, linearShare: 1, linear: fit.part)
    }
    var settings = benchmark.settings
    settings.bootstrap = 0
    settings.threadCount = 1
    return ScoringModel(
      columns: survey.answers.columns, capabilities: survey.capabilities, design: design, outcomes: outcomes,
      joint: .learn(survey: survey, heldOut: heldOut, settings: settings),
      record: ScoringRecord(settings: settings, outcomes: []))
  }
}

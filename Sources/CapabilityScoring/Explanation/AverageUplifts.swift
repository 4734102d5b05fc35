import StatisticalLearning

/// The mean uplift of one step of each capability over the firms that have one left: `[capability][replicate]`, the model
/// first; `NaN` where no firm has.
struct AverageUplifts: Sendable {
  /// `[outcome][capability][replicate]`
  let outcomes: [[[Double]]]
  /// Of the probability of both; empty when there are no two binary outcomes.
  let both: [[Double]]
  /// Per capability, the share of the firms' weight that has a step left.
  let shares: [Double]

  init(model: ScoringModel, firms: FirmSet, weights: [Double], threadCount: Int) {
    let engine = UpliftEngine(
      design: model.design, columns: model.columns, capabilities: model.capabilities, outcomes: model.outcomes)
    let designRows = firms.design.converted(to: .rowMajor)
    let treeRows = firms.treeRows.converted(to: .rowMajor)
    let width = model.capabilities.count
    let count = model.replicateCount + 1
    let seriesCount = model.outcomes.count + (model.joint == nil ? 0 : 1)
    let chunk = 32
    let chunkCount = (firms.count + chunk - 1) / chunk
    // Sums by chunk, added in order, are the same whatever the number of threads.
    let parts = Parallel.map(count: chunkCount, threadCount: threadCount) { index in
      var sums = [Double](repeating: 0, count: seriesCount * width * count)
      var totals = [Double](repeating: 0, count: width)
      for firm in index * chunk..<min((index + 1) * chunk, firms.count) where weights[firm] > 0 {
        let scores = engine.scores(
          firm: firm, filled: firms.filled, designRows: designRows, treeRows: treeRows,
          steps: engine.steps(filled: firms.filled.row(firm)))
        let base = model.outcomes.indices.map { outcome in
          scores.base[outcome].prefix(count).map { model.outcomes[outcome].prediction($0) }
        }
        for capability in 0..<width where !scores.raised[0][capability].isEmpty {
          totals[capability] += weights[firm]
          for replicate in 0..<count {
            let raised = model.outcomes.indices.map { outcome in
              model.outcomes[outcome].prediction(scores.raised[outcome][capability][replicate])
            }
            for outcome in model.outcomes.indices {
              sums[(outcome * width + capability) * count + replicate] +=
                weights[firm] * (raised[outcome] - base[outcome][replicate])
            }
            guard let joint = model.joint else { continue }
            let ratio = joint.crossRatio(replicate: replicate)
            let change =
              ratio.jointProbability(raised[joint.first], raised[joint.second])
              - ratio.jointProbability(base[joint.first][replicate], base[joint.second][replicate])
            sums[(model.outcomes.count * width + capability) * count + replicate] += weights[firm] * change
          }
        }
      }
      return (sums: sums, totals: totals)
    }
    var sums = [Double](repeating: 0, count: seriesCount * width * count)
    var totals = [Double](repeating: 0, count: width)
    for part in parts {
      for index in sums.indices { sums[index] += part.sums[index] }
      for index in totals.indices { totals[index] += part.totals[index] }
    }
    func series(_ index: Int) -> [[Double]] {
      (0..<width).map { capability in
        (0..<count).map { sums[(index * width + capability) * count + $0] / totals[capability] }
      }
    }
    outcomes = model.outcomes.indices.map(series)
    both = model.joint == nil ? [] : series(model.outcomes.count)
    let total = weights.reduce(0, +)
    shares = totals.map { total > 0 ? $0 / total : 0 }
  }
}

extension OutcomeModel {
  /// A probability for a binary outcome, the value itself for a continuous one.
  func prediction(_ raw: Double) -> Double { kind == .binary ? sigmoid(raw) : raw }
}

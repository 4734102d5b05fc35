import BoostedTrees
import StatisticalLearning

/// Learns the trees of an outcome's scorer, with the preset for the size of the survey.
struct TreeLearning: Sendable {
  let kind: OutcomeModel.Kind
  let seed: UInt64
  let monotonicity: Monotonicity?

  /// - Parameter isReplicate: A bootstrap sample is itself one of many: one bag suffices.
  func fit(
    answers: AnswerTable, design: DesignEncoding, targets: [Double], weights: [Double], isReplicate: Bool = false
  ) throws -> TreeEnsemble {
    guard kind == .binary else {
      throw TrainingError.invalidParameter(
        name: "learner", value: "boosted-trees", expected: "logistic for a continuous outcome")
    }
    let features = TreeRows.features(columns: answers.columns, design: design)
    let dataset = try Dataset(
      features: features, matrix: TreeRows.matrix(answers: answers, design: design), targets: targets, weights: weights)
    var monotone: [String: MonotoneDirection] = [:]
    if let monotonicity {
      for (item, column) in answers.columns.enumerated() {
        if let direction = MonotoneDirection(rawValue: monotonicity.sign(ofItem: item)) {
          monotone[column.feature.name] = direction
        }
      }
    }
    var parameters = BoostingParameters.preset(
      rowCount: weights.count { $0 > 0 }, featureCount: features.count)
    if isReplicate {
      parameters.bagCount = 1
      parameters.stopsEarly = false
    }
    return try BoostedTrees(parameters: parameters, monotone: monotone, seed: seed, threadCount: 1)
      .fit(dataset).ensemble
  }
}

import BoostedTrees
import StatisticalLearning

/// Learns the trees of an outcome's scorer.
struct TreeLearning: Sendable {
  let kind: OutcomeModel.Kind
  let settings: TrainingSettings
  let monotonicity: Monotonicity?

  func fit(
    answers: AnswerTable, design: DesignEncoding, targets: [Double], weights: [Double], salt: Int
  ) throws -> TreeEnsemble {
    throw TrainingError.invalidParameter(name: "learner", value: "boosted-trees", expected: "logistic")
  }
}

import ModelEvaluation
import StatisticalLearning

extension SplitLearning {
  /// The published potential index of each firm, put on the scale of the outcome by a line learned from the training
  /// firms: logistic regression for a binary outcome, least squares for a quantity.
  func index(_ candidate: SurveyCandidate, outcome: Int) throws -> Scorer {
    let developments = benchmark.developments
    // A firm that a sample drew twice is two firms of its class.
    let drawn = split.trainingRows.enumerated().flatMap { place, row in
      repeatElement(developments[row], count: split.count(at: place))
    }
    let score = indexScore(candidate, training: drawn)
    let places = known(outcome)
    let values = places.map { score(developments[split.trainingRows[$0]]) }
    let targets = places.map { training.outcomes[outcome].targets[$0] }
    let weights = places.map { training.weights[$0] }
    let line = try Self.line(values, targets, weights, kind: training.outcomes[outcome].kind)
    return { rows in rows.map { line.intercept + line.slope * score(developments[$0]) } }
  }

  /// The degree of development of each capability, `[firm][capability]` in `0...1`: the weighted mean of its answered
  /// items, each a share of its range. A capability without an answer takes the mean of the firm's others.
  static func developments(of answers: AnswerTable, capabilityCount: Int) -> [[Double]] {
    let n = answers.rowCount
    let items = (0..<capabilityCount).map { capability in
      answers.columns.indices.filter {
        answers.columns[$0].capability == capability && (answers.columns[$0].topLevel ?? 0) > 0
      }
    }
    return (0..<n).map { row in
      let values = items.map { items in
        PracticeDevelopment(
          criteria: items.map { item in
            let value = answers.values[row, item]
            return value.isNaN ? nil : min(max(value / answers.columns[item].topLevel!, 0), 1)
          }, weights: items.map { answers.columns[$0].weight }
        ).value
      }
      let answered = values.compactMap { $0 }
      let mean = answered.isEmpty ? 0.5 : answered.reduce(0, +) / Double(answered.count)
      return values.map { $0 ?? mean }
    }
  }

  private func indexScore(_ candidate: SurveyCandidate, training: [[Double]]) -> @Sendable ([Double]) -> Double {
    @Sendable func weighted(_ firm: [Double], _ weights: [Double]) -> Double {
      zip(firm, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let equal = training.first.map { [Double](repeating: 1 / Double($0.count), count: $0.count) } ?? []
    switch candidate {
    case .indexHierarchy: return { [weights = benchmark.hierarchyWeights ?? equal] in weighted($0, weights) }
    case .indexValueTest:
      // A new firm starts in the class of its equally weighted index, and moves as the training firms did, by their
      // profiles.
      let profiles = PotentialIndexClassification(developments: training).profiles
      let bounds = ClassBounds.published
      return { firm in
        var index = weighted(firm, equal)
        var current = bounds.classify(index)
        for _ in 0..<50 {
          index = weighted(firm, profiles[current] ?? equal)
          let next = bounds.classify(index)
          if next == current { break }
          current = next
        }
        return index
      }
    default: return { weighted($0, equal) }
    }
  }

  private static func line(
    _ values: [Double], _ targets: [Double], _ weights: [Double], kind: OutcomeModel.Kind
  ) throws -> (intercept: Double, slope: Double) {
    switch kind {
    case .binary:
      let predictions = try BinaryPredictions(logOdds: values, outcomes: targets, weights: weights)
      if let line = predictions.calibrationLine() { return (line.intercept, line.slope) }
      // An index that does not vary tells no more than the base rate.
      let half = 0.5 / (weights.reduce(0, +) + 1)
      return (logit(min(max(predictions.baseRate, half), 1 - half)), 0)
    case .continuous:
      let predictions = try ContinuousPredictions(values: values, outcomes: targets, weights: weights)
      if let line = predictions.calibrationLine { return (line.intercept, line.slope) }
      return (predictions.meanOutcome, 0)
    }
  }
}

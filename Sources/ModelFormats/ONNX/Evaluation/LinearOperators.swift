import Foundation

/// `LinearRegressor`, and the scores of `LinearClassifier`.
struct LinearScores: Sendable {
  /// Outputs × features.
  let coefficients: [Double]
  let intercepts: [Double]
  let outputCount: Int

  init(_ node: OperatorNode, outputCount: Int) throws {
    coefficients = node.floats("coefficients")
    let given = node.floats("intercepts")
    self.outputCount = outputCount
    guard outputCount >= 1, !coefficients.isEmpty, coefficients.count % outputCount == 0,
      given.isEmpty || given.count == outputCount
    else {
      throw node.failure("\(coefficients.count) coefficients and \(given.count) intercepts for \(outputCount) outputs")
    }
    guard coefficients.allSatisfy({ $0.isFinite }), given.allSatisfy({ $0.isFinite }) else {
      throw node.failure("a coefficient that is not finite")
    }
    intercepts = given.isEmpty ? [Double](repeating: 0, count: outputCount) : given
  }

  var featureCount: Int { coefficients.count / outputCount }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> (scores: [Double], rowCount: Int) {
    let (values, rowCount, columnCount, _) = try inputs.rows(0)
    guard columnCount == featureCount else {
      throw OperatorFailure("\(columnCount) features, and the coefficients are for \(featureCount)")
    }
    let count = try EvaluationBudget.count(of: [rowCount, outputCount])
    try budget.spend(elements: count, work: rowCount * coefficients.count / 4 + count)
    var scores: [Double] = []
    scores.reserveCapacity(count)
    for row in 0..<rowCount {
      for output in 0..<outputCount {
        var sum = intercepts[output]
        for k in 0..<columnCount { sum += coefficients[output * columnCount + k] * values[row * columnCount + k] }
        scores.append(sum)
      }
    }
    return (scores, rowCount)
  }
}

struct LinearRegressorOperator: Operator {
  let linear: LinearScores
  let transform: PostTransform

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    var (scores, rowCount) = try linear.evaluate(inputs, &budget)
    transform.apply(&scores, width: linear.outputCount)
    return [Tensor(reals: scores, type: .float, shape: [rowCount, linear.outputCount])]
  }
}

/// Labels and scores; with one row of coefficients and two classes, the score is the second class's.
struct LinearClassifierOperator: Operator {
  let linear: LinearScores
  let transform: PostTransform
  let labels: ClassLabels

  init(_ node: OperatorNode) throws {
    labels = try ClassLabels(node, integers: "classlabels_ints", strings: "classlabels_strings")
    let intercepts = node.floats("intercepts").count
    let outputCount = intercepts > 0 ? intercepts : labels.count
    linear = try LinearScores(node, outputCount: outputCount)
    transform = try PostTransform(node)
    guard labels.count == outputCount || (labels.count == 2 && outputCount == 1) else {
      throw node.failure("\(labels.count) labels for \(outputCount) scores")
    }
  }

  func evaluate(_ inputs: [Tensor?], _ budget: inout EvaluationBudget) throws -> [Tensor] {
    var (scores, rowCount) = try linear.evaluate(inputs, &budget)
    let classes: [Int]
    if labels.count == 2, linear.outputCount == 1 {
      try budget.spend(elements: rowCount * 2)
      (scores, classes) = Classification.twoClasses(scores, transform: transform, arePositive: false)
    } else {
      classes = Classification.largest(scores, width: labels.count)
      transform.apply(&scores, width: labels.count)
    }
    return [labels.tensor(classes), Tensor(reals: scores, type: .float, shape: [rowCount, labels.count])]
  }
}

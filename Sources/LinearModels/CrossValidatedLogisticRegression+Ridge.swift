import StatisticalLearning

extension CrossValidatedLogisticRegression {
  /// The relative duality gap that folds are fitted to: far below the noise of a validation loss.
  static let foldTolerance = 1e-6

  /// The path of all rows and the losses of every fold, all solved in step.
  func fitRidge(
    _ dataset: OneHotDataset, weights: [Double], folds: [Int], foldCount: Int
  ) throws(TrainingError) -> (path: LogisticRegressionPathModel, folds: [FoldResult]) {
    try path.shape.validate(featureCount: dataset.featureCount)
    try path.strengths.validate()
    try validateTolerance(path.tolerance)
    var byFold = [[Int]](repeating: [], count: foldCount)
    for (row, fold) in folds.enumerated() { byFold[fold].append(row) }
    let solver = try makeBinomialSolver(
      dataset, weights: weights, rowOrder: Array(byFold.joined()), shape: path.shape,
      standardizesFeatures: path.standardizesFeatures, tolerance: path.tolerance)
    let design = solver.design
    let targets = solver.family.targets
    var ranges: [Range<Int>] = []
    var start = 0
    for fold in byFold {
      let end = start + fold.count { weights[$0] > 0 }
      if end > start { ranges.append(start..<end) }
      start = end
    }
    for range in ranges {
      let rest = targets[..<range.lowerBound] + targets[range.upperBound...]
      guard let first = rest.first, rest.contains(where: { $0 != first }) else { throw .singleClass }
    }
    let largest = solver.solveNullModel()
    let strengths = path.strengths.resolved(
      largest: largest, l1Ratio: 0, rowCount: design.rowCount, featureCount: design.columnCount)
    let lockstep = LockstepRidge(
      design: design, penalty: solver.penalty, isStandardizing: path.standardizesFeatures, folds: ranges,
      tolerance: path.tolerance, foldTolerance: max(Self.foldTolerance, path.tolerance), start: solver.coefficients,
      nuisance: solver.state.nuisance
    ) { BinomialFamily(targets: targets, weights: $0) }
    var models: [LogisticRegressionModel] = []
    var losses = [[Double]](repeating: [], count: ranges.count)
    let foldWeights = ranges.map { $0.reduce(0) { $0 + design.weights[$1] } }
    let full = lockstep.systems[0]
    for strength in strengths {
      lockstep.solve(strength: strength)
      guard full.record.isCertified else { break }
      let standardized = Array(UnsafeBufferPointer(start: full.coefficients, count: design.columnCount))
      let (coefficients, intercept) = design.unstandardized(standardized, intercept: full.state.nuisance[0])
      models.append(
        LogisticRegressionModel(
          features: dataset.features, intercept: intercept, coefficients: coefficients, penaltyStrength: strength,
          record: full.record))
      for (index, range) in ranges.enumerated() {
        let system = lockstep.systems[index + 1]
        guard system.record.isCertified, losses[index].count + 1 == models.count else { continue }
        let scores = range.map { system.state.predictor[$0] + system.state.nuisance[0] }
        losses[index].append(
          loss.mean(
            logOdds: scores, targets: Array(targets[range]), weights: Array(design.weights[range])))
      }
      if case .automatic = path.strengths, hasRisen(losses, weights: foldWeights) { break }
    }
    let results = ranges.indices.map { FoldResult(weight: foldWeights[$0], losses: losses[$0]) }
    return (LogisticRegressionPathModel(features: dataset.features, strengths: strengths, models: models), results)
  }

  /// Whether the curve has left its minimum for good: four strengths past it and two standard errors above.
  private func hasRisen(_ losses: [[Double]], weights: [Double]) -> Bool {
    let count = losses.reduce(Int.max) { min($0, $1.count) }
    guard count > 4 else { return false }
    let curve = ValidationCurve(
      loss: loss, strengths: [Double](repeating: 0, count: count),
      repeats: [losses.indices.map { FoldResult(weight: weights[$0], losses: losses[$0]) }])
    let best = curve.minimumIndex
    return count > best + 4 && curve.means[count - 1] > curve.means[best] + 2 * curve.standardErrors[best]
  }
}

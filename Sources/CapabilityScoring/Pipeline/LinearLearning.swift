import Foundation
import LinearModels
import StatisticalLearning

/// Learns the linear part of an outcome's scorer: penalised regression on the design, its strength chosen by
/// cross-validation.
struct LinearLearning: Sendable {
  let kind: OutcomeModel.Kind
  let shape: PenaltyShape
  let strengths: PenaltyStrengths
  let foldCount: Int

  struct Result: Sendable {
    let part: LinearPart
    let strength: Double
  }

  /// - Parameter strengths: `nil` spans the whole useful range.
  init(
    kind: OutcomeModel.Kind, settings: TrainingSettings, bounds: (lower: [Double], upper: [Double])?,
    strengths: [Double]? = nil
  ) {
    self.kind = kind
    shape = PenaltyShape(l1Ratio: settings.l1Ratio, lowerBounds: bounds?.lower, upperBounds: bounds?.upper)
    // Ridge needs a wide range, from all but the base rate to all but no penalty; evenly spaced in the logarithm.
    self.strengths = strengths.map { .values($0) } ?? .automatic(count: settings.strengthCount)
    foldCount = settings.innerFolds
  }

  /// Learns from the rows of `design`, weighted, with the strength of the least cross-validated loss.
  ///
  /// - Parameter folds: One fold per row, the same for every strength, so that strengths are compared on the same firms.
  func fit(design: Matrix, features: [Feature], targets: [Double], weights: [Double], folds: [Int]) throws -> Result {
    let dataset = try Dataset(features: features, matrix: design, targets: targets, weights: weights)
    let path = try fitPath(dataset, strengths: strengths)
    guard path.strengths.count > 1 else { return Result(part: path.parts[0], strength: path.strengths[0]) }
    var losses = [Double](repeating: 0, count: path.strengths.count)
    for fold in 0..<foldCount {
      let training = weights.indices.map { folds[$0] == fold ? 0 : weights[$0] }
      guard isLearnable(targets: targets, weights: training) else { continue }
      let heldOut = weights.indices.filter { folds[$0] == fold && weights[$0] > 0 }
      guard !heldOut.isEmpty else { continue }
      let foldPath = try fitPath(dataset.weighted(by: training), strengths: .values(path.strengths))
      for index in path.strengths.indices {
        let part = foldPath.parts[min(index, foldPath.parts.count - 1)]
        losses[index] += loss(of: part, design: design, targets: targets, weights: weights, rows: heldOut)
      }
    }
    // The first of equals is the strongest penalty.
    let best = losses.indices.min { (losses[$0], $0) < (losses[$1], $1) }!
    let chosen = min(best, path.parts.count - 1)
    return Result(part: path.parts[chosen], strength: path.strengths[chosen])
  }

  private struct Path {
    var strengths: [Double]
    var parts: [LinearPart]
  }

  private func fitPath(_ dataset: Dataset, strengths: PenaltyStrengths) throws -> Path {
    let path = try LogisticRegressionPath(shape: shape, strengths: strengths, tolerance: 1e-7).fit(dataset)
    return Path(
      strengths: Array(path.strengths.prefix(path.models.count)),
      parts: path.models.map { LinearPart(intercept: $0.intercept, coefficients: $0.coefficients) })
  }

  private func isLearnable(targets: [Double], weights: [Double]) -> Bool {
    var first: Double?
    for (target, weight) in zip(targets, weights) where weight > 0 {
      if let first, first != target { return true }
      first = target
    }
    return false
  }

  private func loss(of part: LinearPart, design: Matrix, targets: [Double], weights: [Double], rows: [Int]) -> Double {
    let n = design.rowCount
    var scores = [Double](repeating: part.intercept, count: rows.count)
    design.withUnsafeElements { elements in
      for (column, coefficient) in part.coefficients.enumerated() where coefficient != 0 {
        let base = elements.baseAddress! + column * n
        for (position, row) in rows.enumerated() { scores[position] += coefficient * base[row] }
      }
    }
    var total = 0.0
    for (position, row) in rows.enumerated() {
      total +=
        weights[row]
        * (kind == .binary
          ? LogisticLoss().value(rawScore: scores[position], target: targets[row])
          : SquaredLoss().value(rawScore: scores[position], target: targets[row]))
    }
    return total
  }
}

extension LinearPart {
  /// One raw score per row of a design.
  func rawScores(for design: Matrix) -> [Double] {
    LinearAlgebra.product(design, coefficients).map { $0 + intercept }
  }
}

import Foundation
import StatisticalLearning

@testable import ModelEvaluation

/// Predictions that rank fairly well, with ties when `levels` is given and weights when asked for.
func simulatedPredictions(
  rowCount: Int, seed: UInt64, levels: Int? = nil, weighted: Bool = false, strength: Double = 1
) throws -> BinaryPredictions {
  var generator = CounterBasedGenerator(seed: seed, purpose: "test", name: "predictions")
  var logOdds: [Double] = []
  var outcomes: [Double] = []
  var weights: [Double] = []
  for _ in 0..<rowCount {
    var f = generator.normal() * strength
    if let levels { f = (f * Double(levels) / 4).rounded() * 4 / Double(levels) }
    logOdds.append(f)
    outcomes.append(generator.uniform() < sigmoid(f) ? 1 : 0)
    weights.append(weighted ? Double(generator.index(below: 4)) : 1)
  }
  outcomes[0] = 1
  outcomes[1] = 0
  if weighted { (weights[0], weights[1]) = (1, 1) }
  return try BinaryPredictions(logOdds: logOdds, outcomes: outcomes, weights: weighted ? weights : nil)
}

/// The same rows, each as often as its weight, all of weight 1.
func repeatingRows(_ predictions: BinaryPredictions) throws -> BinaryPredictions {
  let rows = predictions.weights.enumerated().flatMap { [Int](repeating: $0.offset, count: Int($0.element)) }
  return try BinaryPredictions(
    logOdds: rows.map { predictions.logOdds[$0] }, outcomes: rows.map { predictions.outcomes[$0] })
}

/// Whether two numbers agree to a relative (below 1: absolute) tolerance.
func agree(_ a: Double?, _ b: Double?, _ tolerance: Double = 1e-10) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return a == b || abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

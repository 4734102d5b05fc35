import Foundation
import StatisticalLearning

/// Chooses among candidates on held-out firms: the one of least loss, unless a simpler one is within one standard error of
/// the paired difference.
enum CandidateChoice {
  /// - Returns: The index of the chosen candidate. Candidates stand from the simplest to the least simple.
  static func choose(
    among candidates: [CandidateScores], kind: OutcomeModel.Kind, targets: [Double], weights: [Double]
  ) -> Int {
    let loss: any Loss = kind == .binary ? LogisticLoss() : SquaredLoss()
    let total = weights.reduce(0, +)
    let count = Double(max(weights.filter { $0 > 0 }.count, 1))
    let byFirm = candidates.map { candidate in
      targets.indices.map { i in
        candidate.rawScores.reduce(0) { $0 + loss.value(rawScore: $1[i], target: targets[i]) }
          / Double(candidate.rawScores.count)
      }
    }
    let means = byFirm.map { losses in zip(losses, weights).reduce(0) { $0 + $1.0 * $1.1 } / total }
    let best = means.indices.min { (means[$0], $0) < (means[$1], $1) }!
    for simpler in 0..<best {
      let difference = means[simpler] - means[best]
      var squares = 0.0
      for i in targets.indices {
        let deviation = byFirm[simpler][i] - byFirm[best][i] - difference
        squares += weights[i] * deviation * deviation
      }
      if difference <= (squares / total / count).squareRoot() { return simpler }
    }
    return best
  }
}

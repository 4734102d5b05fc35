import Foundation
import StatisticalLearning

/// Chooses among candidates on held-out firms by the one-standard-error rule: the simplest whose loss is within one
/// standard error of the least loss (Breiman et al. 1984, *Classification and regression trees*, §3.4.3).
///
/// The standard error is that of the best candidate's own mean loss over firms, not of the paired difference: a paired
/// difference of one standard error turns up in one survey of six where nothing is to be gained, and a learner that is
/// no better than the linear one costs the priorities much (their intervals, their speed, plans that add up).
enum CandidateChoice {
  /// - Returns: The index of the chosen candidate. Candidates stand from the simplest to the least simple.
  static func choose(
    among candidates: [CandidateScores], kind: OutcomeModel.Kind, targets: [Double], weights: [Double]
  ) throws -> Int {
    let records = try candidates.map { try $0.record(kind: kind, targets: targets, weights: weights) }
    let best = records.indices.min { (records[$0].loss, $0) < (records[$1].loss, $1) }!
    let limit = records[best].loss + records[best].lossStandardError
    return records.indices.first { records[$0].loss <= limit } ?? best
  }
}

import Foundation
import StatisticalLearning

/// Where a path is heading: the linear predictor at the next strength, extrapolated from the last two.
///
/// Between neighbouring strengths solutions move almost along a line in log λ. A second-order model with the curvatures
/// of where the next solution will be is right to an order more than one with the curvatures of the last, and serves
/// for longer.
struct PathOutlook {
  private let ahead: SingleIndexState
  /// The predictor one strength before the one where the solver stands.
  private let before: SingleIndexState
  private var strengthBefore: Double?
  private var strength: Double?
  /// How many of the last steps the next one is.
  private var reach: Double?

  init(rowCount: Int, nuisance: [Double]) {
    ahead = SingleIndexState(rowCount: rowCount, nuisance: nuisance)
    before = SingleIndexState(rowCount: rowCount, nuisance: nuisance)
  }

  mutating func forget() {
    strength = nil
    strengthBefore = nil
    reach = nil
  }

  /// The solver has reached the solution at `strength`.
  mutating func stand(at strength: Double) { self.strength = strength }

  /// The solver, at the last solution, is about to leave for `next`.
  mutating func look(toward next: Double, from state: SingleIndexState) {
    reach = nil
    guard let strength else { return }
    if let strengthBefore, strengthBefore > strength, strength > next, next > 0 {
      reach = min(log(strength / next) / log(strengthBefore / strength), 2)
    }
    if let reach {
      for i in 0..<state.rowCount {
        ahead.predictor[i] = state.predictor[i] + reach * (state.predictor[i] - before.predictor[i])
      }
      for k in state.nuisance.indices {
        ahead.nuisance[k] = state.nuisance[k] + reach * (state.nuisance[k] - before.nuisance[k])
      }
    }
    before.predictor.update(from: state.predictor, count: state.rowCount)
    before.nuisance = state.nuisance
    strengthBefore = strength
  }

  /// The loss and its derivatives where the path is expected to go; `nil` when there is nothing to go by.
  func foresee(_ family: some SingleIndexFamily, from state: SingleIndexState) -> SingleIndexState? {
    guard reach != nil, family.evaluate(ahead).isFinite else { return nil }
    return ahead
  }
}

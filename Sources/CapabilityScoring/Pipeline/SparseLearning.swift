import LinearModels
import StatisticalLearning

/// Learns the linear part of an outcome's scorer as the mean of a spike-and-slab posterior, with draws of it.
///
/// Columns share what is learned about coefficients in general (how many are zero, how large the others are) with their
/// own kind only: items of capabilities, scores of capabilities, and all that a firm can't choose.
struct SparseLearning: Sendable {
  let kind: OutcomeModel.Kind
  let design: DesignEncoding
  let columns: [AnswerColumn]
  /// Bounds of the coefficients, of which only the signs count; `nil` leaves them free.
  let bounds: (lower: [Double], upper: [Double])?
  let drawCount: Int
  let seed: UInt64
  /// Names the draws, so that folds and outcomes have their own.
  let stream: String
  /// Whether the last column is the experts' index, a kind of its own.
  var hasExpertIndex = false

  func fit(matrix: Matrix, features: [Feature], targets: [Double], weights: [Double]) throws -> LinearLearning.Result {
    let dataset = try Dataset(features: features, matrix: matrix, targets: targets, weights: weights)
    let kinds = design.columns.map(group) + (hasExpertIndex ? [3] : [])
    let present = Set(kinds).sorted()
    let regression = SpikeAndSlabRegression(
      response: kind == .binary ? .binary : .continuous,
      signs: bounds.map { bounds in
        bounds.lower.indices.map { bounds.lower[$0] == 0 ? 1 : bounds.upper[$0] == 0 ? -1 : 0 }
      }, groups: kinds.map { present.firstIndex(of: $0)! }, drawCount: drawCount, seed: seed, stream: stream)
    let model = try regression.fit(dataset)
    return LinearLearning.Result(
      part: LinearPart(intercept: model.mean.intercept, coefficients: model.mean.values), strength: nil,
      draws: model.draws.map { LinearPart(intercept: $0.intercept, coefficients: $0.values) })
  }

  private func group(of column: DesignEncoding.Column) -> Int {
    switch column {
    case .item(let item): columns[item].capability == nil ? 1 : 0
    case .score: design.columns.count > 2 ? 2 : 0
    case .level, .missing: 1
    }
  }
}

import LinearModels
import StatisticalLearning

/// Learns the linear part of an outcome's scorer as a spike-and-slab posterior: what predicts as the mean of its draws
/// does, and the draws.
///
/// Columns share what is learned about coefficients in general (how many are zero, how large the others are) with their
/// own kind only: capabilities, items of capabilities of several, all that a firm can't choose, weakest links. What each
/// step of a scale is worth is learned from all items of as many levels together, and whether there are weakest links
/// at all: where the data do not ask for either, every step counts the same, and capabilities add up.
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
    let kinds = design.columns.map(group) + (hasExpertIndex ? [.experts] : [])
    let present = Set(kinds).sorted { $0.rawValue < $1.rawValue }
    var regression = SpikeAndSlabRegression(
      response: kind == .binary ? .binary : .continuous,
      signs: bounds.map { bounds in
        bounds.lower.indices.map { bounds.lower[$0] == 0 ? 1 : bounds.upper[$0] == 0 ? -1 : 0 }
      }, groups: kinds.map { present.firstIndex(of: $0)! }, drawCount: drawCount, seed: seed, stream: stream)
    regression.groupPriors = present.map { prior(of: $0, count: kinds.count { $0 == .links }) }
    regression.scales = scales
    let model = try regression.fit(dataset)
    return LinearLearning.Result(
      part: LinearPart(intercept: model.predictive.intercept, coefficients: model.predictive.values), strength: nil,
      draws: model.draws.map { LinearPart(intercept: $0.intercept, coefficients: $0.values) })
  }

  private enum Group: Int { case capabilities, given, items, links, experts }

  /// A capability of one item is in the same case as the score of one of several: that many questions were asked about
  /// a capability says nothing of how much it matters.
  private func group(of column: DesignEncoding.Column) -> Group {
    switch column {
    case .item(let item), .step(let item, _):
      columns[item].capability.map { design.scoreItems[$0].isEmpty ? .capabilities : .items } ?? .given
    case .score: .capabilities
    case .level, .missing: .given
    case .weakest: .links
    }
  }

  /// Two in three capabilities matter; half of their items do so beyond the capability's score, and less; and few weakest
  /// links, if any: with probability one half there are none.
  private func prior(of group: Group, count: Int) -> SpikeAndSlabRegression.GroupPrior {
    switch group {
    case .capabilities, .given, .experts: .init()
    case .items: .init(slabScale: 0.25, included: 1, excluded: 1)
    case .links: .init(slabScale: 0.25, included: 1, excluded: Double(max(count, 1)), isOptional: true)
    }
  }

  /// The items whose steps have columns, with these.
  private var scales: [SpikeAndSlabRegression.Scale] {
    var scales: [SpikeAndSlabRegression.Scale] = []
    for (index, column) in design.columns.enumerated() {
      guard case .item(let item) = column else { continue }
      let steps = design.columns.indices.filter {
        if case .step(item, _) = design.columns[$0] { true } else { false }
      }
      if !steps.isEmpty { scales.append(.init(feature: index, steps: steps)) }
    }
    return scales
  }
}

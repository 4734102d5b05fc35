import Foundation
import StatisticalLearning
import SurveyData

extension AnswerColumn {
  /// - Parameter capability: Index of its capability among those of the pipeline.
  init(_ encoded: EncodedFeature, capability: Int?) {
    let isOrdered = encoded.kind.isOrdered && encoded.kind != .numeric
    // A quantity whose largest value is far above the bulk (sales, employees) counts by its logarithm.
    let isLogarithmic =
      encoded.kind == .numeric
      && (encoded.range.map { range in
        let spread = range.upperQuartile - range.lowerQuartile
        return range.minimum >= 0 && spread > 0 && range.maximum - range.upperQuartile > 10 * spread
      } ?? false)
    let spread = encoded.range.map { range in
      isLogarithmic
        ? log1p(range.upperQuartile) - log1p(range.lowerQuartile) : range.upperQuartile - range.lowerQuartile
    }
    self.init(
      feature: encoded.feature, capability: capability, weight: encoded.weight,
      topLevel: isOrdered ? Double(max(encoded.levels.count - 1, 1)) : nil,
      step: isOrdered ? 1 : spread.map { $0 > 0 ? $0 / 2 : 1 } ?? 1, isLogarithmic: isLogarithmic)
  }
}

extension AnswerTable {
  /// The answers of an encoded survey, in the order of its features. Quantities that count by their logarithm are
  /// `log(1 + x)`, with the sign of `x`.
  public init(_ encoded: EncodedSurvey, columns: [AnswerColumn]) {
    var values = encoded.matrix
    let n = encoded.rowCount
    for (index, column) in columns.enumerated() where column.isLogarithmic {
      values.withUnsafeMutableElements { elements in
        for i in index * n..<(index + 1) * n {
          elements[i] = elements[i] < 0 ? -log1p(-elements[i]) : log1p(elements[i])
        }
      }
    }
    self.init(columns: columns, values: values, reasons: encoded.reasons)
  }
}

extension ScoringSurvey {
  /// An encoded survey, as the pipeline learns from it. Ordered outcomes count as quantities (their level).
  ///
  /// Capabilities without an item in use are left out.
  public init(_ encoded: EncodedSurvey, codebook: Codebook) {
    let used = Set(encoded.features.compactMap(\.capability))
    let capabilities = codebook.capabilities.filter { used.contains($0.id) }
    let columns = encoded.features.map { feature in
      AnswerColumn(feature, capability: capabilities.firstIndex { $0.id == feature.capability })
    }
    self.init(
      answers: AnswerTable(encoded, columns: columns),
      capabilities: capabilities.map { capability in
        CapabilityDescription(
          id: capability.id, isActionable: capability.isActionable,
          direction: capability.direction == .positive ? 1 : capability.direction == .negative ? -1 : 0,
          effort: capability.effort)
      },
      outcomes: encoded.outcomes.map { outcome in
        Outcome(
          id: outcome.id, kind: outcome.kind == .binary ? .binary : .continuous, targets: outcome.values,
          levelCount: outcome.kind == .ordinal ? outcome.levels.count : nil)
      }, weights: encoded.weights)
  }
}

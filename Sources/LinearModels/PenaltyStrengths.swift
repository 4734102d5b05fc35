import Foundation
import StatisticalLearning

/// The strengths λ of a path, from the strongest to the weakest.
public enum PenaltyStrengths: Sendable, Equatable {
  /// `count` values, evenly spaced in the logarithm, from λmax down to `ratio` · λmax.
  ///
  /// λmax is the smallest strength at which every penalised coefficient is zero, computed with an `l1Ratio` of at least
  /// 0.001 (ridge never reaches zero). `nil` as the ratio is 1e-4 when there are more rows than features and 1e-2
  /// otherwise, and a hundredth of that for ridge, whose λmax lies that much above what is useful.
  case automatic(count: Int = 100, ratio: Double? = nil)

  /// These values, sorted from large to small.
  case values([Double])

  func validate() throws(TrainingError) {
    switch self {
    case .automatic(let count, let ratio):
      guard count >= 1 else {
        throw .invalidParameter(name: "strengths.count", value: "\(count)", expected: "at least 1")
      }
      if let ratio, !(ratio > 0 && ratio < 1) {
        throw .invalidParameter(name: "strengths.ratio", value: "\(ratio)", expected: "a number between 0 and 1")
      }
    case .values(let values):
      guard !values.isEmpty else {
        throw .invalidParameter(name: "strengths", value: "none", expected: "at least one")
      }
      if let value = values.first(where: { !$0.isFinite || $0 < 0 }) {
        throw .invalidParameter(name: "strengths", value: "\(value)", expected: "finite numbers, at least 0")
      }
    }
  }

  /// - Parameter largest: λmax.
  func resolved(largest: Double, l1Ratio: Double, rowCount: Int, featureCount: Int) -> [Double] {
    switch self {
    case .values(let values): return values.sorted(by: >)
    case .automatic(let count, let ratio):
      // Without a penalised feature of any use there is nothing to shrink: one strength says as much as many.
      guard largest > 0, count > 1 else { return [max(largest, 0)] }
      let ratio = ratio ?? (rowCount > featureCount ? 1e-4 : 1e-2) * (l1Ratio < 0.001 ? 1e-2 : 1)
      let step = log(ratio) / Double(count - 1)
      return (0..<count).map { largest * exp(step * Double($0)) }
    }
  }
}

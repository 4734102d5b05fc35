import Foundation
import StatisticalLearning

/// The Brier score as `miscalibration − discrimination + uncertainty`.
public struct BrierDecomposition: Sendable, Equatable, Codable {
  public let brierScore: Double
  /// What recalibration would save: 0 for calibrated predictions.
  public let miscalibration: Double
  /// What the ranking gains over the base rate: 0 for predictions without information.
  public let discrimination: Double
  /// The Brier score of the base rate.
  public let uncertainty: Double
}

extension BinaryPredictions {
  /// The decomposition that needs no bins: recalibrated probabilities are those of isotonic regression.
  ///
  /// With S the score of the predictions, S_c that of the recalibrated ones and S_0 that of the base rate,
  /// `S = (S − S_c) − (S_0 − S_c) + S_0`; both differences are at least 0. Source: Dimitriadis, Gneiting and Jordan
  /// (2021), PNAS 118(8), "CORP".
  public var brierDecomposition: BrierDecomposition {
    let fit = IsotonicFit(positions: scores, targets: outcomes, weights: weights)
    let place = Dictionary(uniqueKeysWithValues: fit.positions.enumerated().map { ($1, $0) })
    let score = brierScore
    let recalibrated = weightedMean { row in
      let difference = fit.values[place[scores[row]]!] - outcomes[row]
      return difference * difference
    }
    let rate = baseRate
    let uncertainty = rate * (1 - rate)
    return BrierDecomposition(
      brierScore: score, miscalibration: score - recalibrated, discrimination: uncertainty - recalibrated,
      uncertainty: uncertainty)
  }

  /// The decomposition of Murphy (1973) over groups of about equal weight: reliability, resolution, uncertainty.
  ///
  /// Each row's probability is replaced by the mean of its group, so the parts add up to the Brier score of those means;
  /// `brierScore` here is that.
  public func brierDecomposition(binCount: Int) -> BrierDecomposition {
    let bins = calibrationBins(binCount: binCount)
    let total = bins.reduce(0) { $0 + $1.weight }
    let rate = baseRate
    var reliability = 0.0
    var resolution = 0.0
    for bin in bins {
      let share = bin.weight / total
      reliability += share * (bin.meanProbability - bin.observedRate) * (bin.meanProbability - bin.observedRate)
      resolution += share * (bin.observedRate - rate) * (bin.observedRate - rate)
    }
    let uncertainty = rate * (1 - rate)
    return BrierDecomposition(
      brierScore: reliability - resolution + uncertainty, miscalibration: reliability, discrimination: resolution,
      uncertainty: uncertainty)
  }
}

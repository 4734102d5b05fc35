import Foundation
import StatisticalLearning

/// Rows with close probabilities, taken together.
public struct CalibrationBin: Sendable, Equatable, Codable {
  public let meanProbability: Double
  public let observedRate: Double
  public let weight: Double
  /// The number of observations that the weights amount to: see ``WeightMeaning``.
  public let effectiveCount: Double
}

extension BinaryPredictions {
  /// Groups of about equal weight in ascending order of probability. Equal probabilities stay together, so there may be
  /// fewer than `binCount`.
  public func calibrationBins(binCount: Int, weightMeaning: WeightMeaning = .sampling) -> [CalibrationBin] {
    precondition(binCount >= 1, "\(binCount) bins")
    var sums: [(probability: Double, outcome: Double, weight: Double, squares: Double)] = []
    var open = -1
    var before = 0.0
    let total = totalWeight
    forEachTieGroup { group in
      var here = (probability: 0.0, outcome: 0.0, weight: 0.0, squares: 0.0)
      for row in group {
        here.probability += weights[row] * probabilities[row]
        here.outcome += weights[row] * outcomes[row]
        here.weight += weights[row]
        here.squares += weights[row] * weights[row]
      }
      guard here.weight > 0 else { return }
      // A group of ties belongs to the bin of its middle.
      let bin = min(Int((before + here.weight / 2) / total * Double(binCount)), binCount - 1)
      if bin == open, let last = sums.popLast() {
        here.probability += last.probability
        here.outcome += last.outcome
        here.squares += last.squares
        before += here.weight
        here.weight += last.weight
      } else {
        before += here.weight
      }
      sums.append(here)
      open = bin
    }
    return sums.map { sum in
      CalibrationBin(
        meanProbability: sum.probability / sum.weight, observedRate: sum.outcome / sum.weight, weight: sum.weight,
        effectiveCount: weightMeaning == .frequency ? sum.weight : sum.weight * sum.weight / sum.squares)
    }
  }

  /// The mean absolute difference between mean probability and observed rate, over groups of about equal weight.
  ///
  /// Biased upwards: even calibrated predictions have one above 0. See ``debiasedCalibrationError(binCount:weightMeaning:)``.
  public func expectedCalibrationError(binCount: Int = 15) -> Double {
    let bins = calibrationBins(binCount: binCount)
    let total = bins.reduce(0) { $0 + $1.weight }
    return bins.reduce(0) { $0 + $1.weight / total * abs($1.meanProbability - $1.observedRate) }
  }

  /// The expected calibration error with as many groups of equal weight as leave the observed rates in ascending
  /// order (Roelofs et al. 2022, "monotonic sweep"): less biased than a fixed number of groups.
  public var sweptCalibrationError: Double {
    var binCount = 1
    while binCount < rowCount {
      let bins = calibrationBins(binCount: binCount + 1)
      guard zip(bins, bins.dropFirst()).allSatisfy({ $0.observedRate <= $1.observedRate }) else { break }
      // More groups than distinct probabilities change nothing.
      if bins.count <= binCount { break }
      binCount += 1
    }
    return expectedCalibrationError(binCount: binCount)
  }

  /// The root mean square calibration error over groups of about equal weight, with the bias that sampling adds taken off:
  ///
  /// `√max(0, Σ_b s_b ((p̄_b − ȳ_b)² − ȳ_b (1 − ȳ_b) / (n_b − 1)))`, with `s_b` the share and `n_b` the number of rows of
  /// group *b*. 0 means that no miscalibration shows beyond chance. Source: Kumar, Liang and Ma (2019).
  public func debiasedCalibrationError(binCount: Int = 15, weightMeaning: WeightMeaning = .sampling) -> Double {
    let bins = calibrationBins(binCount: binCount, weightMeaning: weightMeaning)
    let total = bins.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for bin in bins {
      let difference = bin.meanProbability - bin.observedRate
      // The bias of a group of one row can't be estimated: its own square is the estimate.
      let bias =
        bin.effectiveCount > 1
        ? bin.observedRate * (1 - bin.observedRate) / (bin.effectiveCount - 1) : difference * difference
      sum += bin.weight / total * (difference * difference - bias)
    }
    return max(sum, 0).squareRoot()
  }
}

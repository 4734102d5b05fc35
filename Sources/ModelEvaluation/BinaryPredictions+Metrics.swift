import Foundation
import StatisticalLearning

extension BinaryPredictions {
  /// The area under the ROC curve: the probability that a row with the outcome is ranked above one without, ties
  /// counting half. `nil` when only one class occurs.
  ///
  /// `Σ wᵢ wⱼ [sᵢ > sⱼ] + ½ Σ wᵢ wⱼ [sᵢ = sⱼ]` over pairs of `yᵢ = 1`, `yⱼ = 0`, divided by `Σ wᵢ · Σ wⱼ`.
  ///
  /// - Complexity: O(*n* log *n*), linear beyond a few thousand rows.
  public var areaUnderROC: Double? {
    guard hasBothClasses else { return nil }
    var below = 0.0
    var concordant = 0.0
    var positive = 0.0
    forEachTieGroup { group in
      var groupPositive = 0.0
      var groupNegative = 0.0
      for row in group {
        if outcomes[row] == 1 { groupPositive += weights[row] } else { groupNegative += weights[row] }
      }
      concordant += groupPositive * (below + groupNegative / 2)
      below += groupNegative
      positive += groupPositive
    }
    return concordant / (positive * below)
  }

  /// Calls `body` with the rows of each distinct score, lowest score first.
  func forEachTieGroup(_ body: (ArraySlice<Int>) -> Void) {
    let scores = scores
    let order = ascendingOrder(of: scores)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      body(order[start..<end])
      start = end
    }
  }

  /// The mean negative log-likelihood in nats, `−Σ wᵢ log P(yᵢ) / Σ wᵢ`, from the log-odds, so that a confident right
  /// answer keeps its digits and a confident wrong one does not overflow. +∞ when a probability of exactly 0 or 1
  /// was wrong.
  public var logLoss: Double {
    weightedMean { row in
      // A log-odds of ±∞ is right (loss 0) or wrong (loss ∞); the formula alone gives both.
      logOnePlusExp(outcomes[row] == 1 ? -logOdds[row] : logOdds[row])
    }
  }

  /// The mean squared difference between probability and outcome.
  public var brierScore: Double {
    weightedMean { row in
      let difference = probabilities[row] - outcomes[row]
      return difference * difference
    }
  }

  /// `1 − Brier / Brier of the base rate`; `nil` when only one class occurs.
  public var brierSkillScore: Double? {
    let rate = baseRate
    return hasBothClasses ? 1 - brierScore / (rate * (1 - rate)) : nil
  }

  /// Twice the negative log-likelihood, summed: `2 Σ wᵢ · loss`.
  public var deviance: Double { 2 * totalWeight * logLoss }

  /// `1 − log-loss / log-loss of the base rate of these rows` (McFadden's R²); `nil` when only one class occurs.
  public var devianceExplained: Double? {
    guard hasBothClasses else { return nil }
    let rate = baseRate
    return 1 - logLoss / -(rate * log(rate) + (1 - rate) * log1p(-rate))
  }

  /// The mean probability minus the base rate: calibration in the large, on the probability scale.
  public var meanCalibrationError: Double { weightedMean { probabilities[$0] - outcomes[$0] } }
}

import Foundation
import StatisticalLearning

/// A maximum-likelihood cross-ratio, with what is needed to judge it.
public struct CrossRatioEstimate: Sendable, Equatable, Codable {
  public let crossRatio: CrossRatio
  /// The ends of the profile-likelihood interval; 0 or ∞ where the data set no bound.
  public let lower: CrossRatio
  public let upper: CrossRatio
  /// The interval's level, for instance 0.95.
  public let level: Double
  /// Of log ψ, from the expected information at the estimate; ∞ when the estimate is 0 or ∞.
  public let standardError: Double
  /// Σ w log P(observed state) at the estimate, and at ψ = 1, over the rows that can tell.
  public let logLikelihood: Double
  public let independenceLogLikelihood: Double
  /// The rows of positive weight whose two probabilities both lie strictly between 0 and 1: the others say nothing
  /// about ψ and are left out.
  public let informativeRowCount: Int

  /// `2 (ℓ(ψ̂) − ℓ(1))`, chi-square with one degree of freedom when ψ = 1.
  public var likelihoodRatio: Double { max(0, 2 * (logLikelihood - independenceLogLikelihood)) }

  /// Of the likelihood-ratio test of ψ = 1.
  public var pValue: Double { ChiSquare.upperTail(likelihoodRatio, degreesOfFreedom: 1) }
}

extension CrossRatio {
  /// The maximum-likelihood cross-ratio of observed outcomes, given each row's own two probabilities.
  ///
  /// Maximises `Σ wᵢ log P(stateᵢ; p_Iᵢ, p_Eᵢ, ψ)` over log ψ: a scan over a grid, because the likelihood need not
  /// be concave, then safeguarded Fisher scoring. Use probabilities that the rows' own outcomes did not train
  /// (out of fold): over-fitted margins hide the dependence. The interval and the test read weights as counts;
  /// sampling weights should be scaled to sum to the number of rows.
  ///
  /// - Parameters:
  ///   - probabilitiesI: P(innovation) of each row, in `0...1`.
  ///   - probabilitiesE: P(export) of each row, in `0...1`.
  ///   - targetsI: Whether the row innovates.
  ///   - targetsE: Whether the row exports.
  ///   - weights: `nil` is 1 everywhere.
  ///   - level: Of the profile-likelihood interval, in `0..<1`.
  /// - Returns: `nil` when no row can tell.
  /// - Complexity: O(*rows*), some 40 passes.
  public static func estimate(
    probabilitiesI: [Double], probabilitiesE: [Double], targetsI: [Bool], targetsE: [Bool],
    weights: [Double]? = nil, level: Double = 0.95
  ) -> CrossRatioEstimate? {
    let likelihood = CrossRatioLikelihood(
      probabilitiesI: probabilitiesI, probabilitiesE: probabilitiesE, targetsI: targetsI, targetsE: targetsE,
      weights: weights)
    return likelihood.estimate(level: level)
  }
}

/// The likelihood of log ψ from rows whose margins are known.
struct CrossRatioLikelihood: Sendable {
  private let pI: [Double]
  private let pE: [Double]
  /// 0 neither, 1 innovation only, 2 export only, 3 both.
  private let state: [UInt8]
  private let weight: [Double]

  /// Beyond ±this, ψ is 0 or ∞ to double precision for any margin that is not itself within 1e−12 of its ends.
  static let limit = 30.0

  init(
    probabilitiesI: [Double], probabilitiesE: [Double], targetsI: [Bool], targetsE: [Bool], weights: [Double]? = nil,
    rows: [Int]? = nil
  ) {
    let n = probabilitiesI.count
    precondition(
      probabilitiesE.count == n && targetsI.count == n && targetsE.count == n && (weights?.count ?? n) == n,
      "probabilities, targets and weights of different lengths")
    var pI: [Double] = []
    var pE: [Double] = []
    var state: [UInt8] = []
    var weight: [Double] = []
    for i in rows ?? Array(0..<n) {
      let w = weights?[i] ?? 1
      let a = probabilitiesI[i]
      let b = probabilitiesE[i]
      precondition(w >= 0 && w.isFinite, "the weight of row \(i + 1) is \(w)")
      precondition((0...1).contains(a) && (0...1).contains(b), "row \(i + 1) has the probabilities \(a) and \(b)")
      guard w > 0, a > 0, a < 1, b > 0, b < 1 else { continue }
      pI.append(a)
      pE.append(b)
      state.append((targetsI[i] ? 1 : 0) + (targetsE[i] ? 2 : 0))
      weight.append(w)
    }
    self.pI = pI
    self.pE = pE
    self.state = state
    self.weight = weight
  }

  var rowCount: Int { pI.count }

  /// The weights of the four states, in the order of ``state``.
  var stateWeights: [Double] {
    var totals = [0.0, 0, 0, 0]
    for i in state.indices { totals[Int(state[i])] += weight[i] }
    return totals
  }

  func value(_ logRatio: Double) -> Double {
    let ratio = CrossRatio(logValue: logRatio)
    var total = 0.0
    for i in pI.indices {
      let s = ratio.cells(pI[i], 1 - pI[i], pE[i], 1 - pE[i])
      total += weight[i] * log(Self.cell(s, state[i]))
    }
    return total
  }

  /// dℓ/dlog ψ, and the expected information `Σ w V`, `V = ∂p_both/∂log ψ`.
  func scoreAndInformation(_ logRatio: Double) -> (score: Double, information: Double) {
    let ratio = CrossRatio(logValue: logRatio)
    var score = 0.0
    var information = 0.0
    for i in pI.indices {
      let s = ratio.cells(pI[i], 1 - pI[i], pE[i], 1 - pE[i])
      let v = s.logCrossRatioDerivative
      let sign = state[i] == 0 || state[i] == 3 ? 1.0 : -1.0
      let cell = Self.cell(s, state[i])
      if cell > 0 { score += sign * weight[i] * v / cell }
      information += weight[i] * v
    }
    return (score, information)
  }

  private static func cell(_ s: JointStates, _ state: UInt8) -> Double {
    switch state {
    case 0: s.neither
    case 1: s.innovationOnly
    case 2: s.exportOnly
    default: s.both
    }
  }

  /// The maximum of `ℓ(θ) − precision (θ − center)²/2`, and its value.
  func maximum(precision: Double = 0, center: Double = 0) -> (logRatio: Double, value: Double) {
    func penalized(_ theta: Double) -> Double {
      value(theta) - 0.5 * precision * (theta - center) * (theta - center)
    }
    // Unit steps where estimates live, wide ones where only separation leads.
    let grid = [-30.0, -20] + stride(from: -12.0, through: 12, by: 1) + [20, 30]
    var best = 0
    var bestValue = -Double.infinity
    for (k, theta) in grid.enumerated() {
      let v = penalized(theta)
      if v > bestValue { (best, bestValue) = (k, v) }
    }
    if precision == 0, best == 0 || best == grid.count - 1 {
      let theta: Double = best == 0 ? -.infinity : .infinity
      return (theta, max(value(theta), bestValue))
    }
    var low = grid[max(best - 1, 0)]
    var high = grid[min(best + 1, grid.count - 1)]
    var theta = grid[best]
    for _ in 0..<100 {
      var (score, information) = scoreAndInformation(theta)
      score -= precision * (theta - center)
      information += precision
      if score > 0 { low = theta } else { high = theta }
      var next = information > 0 ? theta + score / information : (low + high) / 2
      if !(next > low && next < high) { next = (low + high) / 2 }
      let change = abs(next - theta)
      theta = next
      if change <= 1e-12 * max(1, abs(theta)) { break }
    }
    return (theta, penalized(theta))
  }

  func estimate(level: Double) -> CrossRatioEstimate? {
    precondition(level > 0 && level < 1, "an interval of level \(level)")
    guard rowCount > 0 else { return nil }
    let (theta, top) = maximum()
    let z = StandardNormal.quantile(0.5 + level / 2)
    let floor = top - 0.5 * z * z
    let information = theta.isFinite ? scoreAndInformation(theta).information : 0
    return CrossRatioEstimate(
      crossRatio: CrossRatio(logValue: theta),
      lower: CrossRatio(logValue: bound(from: theta, toward: -Self.limit, floor: floor)),
      upper: CrossRatio(logValue: bound(from: theta, toward: Self.limit, floor: floor)), level: level,
      standardError: information > 0 ? 1 / information.squareRoot() : .infinity, logLikelihood: top,
      independenceLogLikelihood: value(0), informativeRowCount: rowCount)
  }

  /// Where ℓ falls to `floor` on the way from the maximum to `end`; infinite when it never does.
  private func bound(from theta: Double, toward end: Double, floor: Double) -> Double {
    if theta.isInfinite, theta.sign == end.sign { return theta }
    guard value(end) < floor else { return end < 0 ? -.infinity : .infinity }
    let start = theta.isFinite ? theta : -end
    return UnivariateSearch.crossing(from: start, to: end) { value($0) >= floor }
  }
}

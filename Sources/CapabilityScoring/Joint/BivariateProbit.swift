import Foundation
import StatisticalLearning

/// The dependence of two binary outcomes as the correlation ρ of two latent normal variables, for comparison with
/// ``CrossRatio``: `p_both = Φ₂(Φ⁻¹(p_I), Φ⁻¹(p_E); ρ)`. It keeps both margins too.
public struct BivariateProbit: Sendable, Hashable, Codable {
  /// ρ in `-1...1`.
  public let correlation: Double

  public init(correlation: Double) {
    precondition((-1...1).contains(correlation), "a correlation of \(correlation)")
    self.correlation = correlation
  }

  /// The four states' probabilities from the two probabilities.
  public func states(innovation: Double, export: Double) -> JointStates {
    let x = StandardNormal.quantile(innovation)
    let y = StandardNormal.quantile(export)
    // Each cell by its own integral: a difference of probabilities would lose a small one.
    return JointStates(
      neither: BivariateNormal.cumulative(-x, -y, correlation: correlation),
      innovationOnly: BivariateNormal.cumulative(x, -y, correlation: -correlation),
      exportOnly: BivariateNormal.cumulative(-x, y, correlation: -correlation),
      both: BivariateNormal.cumulative(x, y, correlation: correlation))
  }
}

/// A maximum-likelihood correlation, given each row's own two probabilities.
public struct BivariateProbitEstimate: Sendable, Equatable, Codable {
  public let model: BivariateProbit
  /// The ends of the profile-likelihood interval; ±1 where the data set no bound.
  public let lower: Double
  public let upper: Double
  public let level: Double
  public let logLikelihood: Double
  public let independenceLogLikelihood: Double
  public let informativeRowCount: Int

  public var likelihoodRatio: Double { max(0, 2 * (logLikelihood - independenceLogLikelihood)) }
  public var pValue: Double { ChiSquare.upperTail(likelihoodRatio, degreesOfFreedom: 1) }
}

extension BivariateProbit {
  /// Maximises `Σ wᵢ log P(stateᵢ; p_Iᵢ, p_Eᵢ, ρ)` over atanh ρ, by a grid and golden-section search.
  ///
  /// Parameters and left-out rows as for ``CrossRatio/estimate(probabilitiesI:probabilitiesE:targetsI:targetsE:weights:level:)``.
  public static func estimate(
    probabilitiesI: [Double], probabilitiesE: [Double], targetsI: [Bool], targetsE: [Bool],
    weights: [Double]? = nil, level: Double = 0.95
  ) -> BivariateProbitEstimate? {
    let n = probabilitiesI.count
    precondition(
      probabilitiesE.count == n && targetsI.count == n && targetsE.count == n && (weights?.count ?? n) == n,
      "probabilities, targets and weights of different lengths")
    precondition(level > 0 && level < 1, "an interval of level \(level)")
    // Signs turn every state into "both": P(state) = Φ₂(± x, ± y; ±± ρ).
    var x: [Double] = []
    var y: [Double] = []
    var sign: [Double] = []
    var weight: [Double] = []
    for i in 0..<n {
      let (a, b, w) = (probabilitiesI[i], probabilitiesE[i], weights?[i] ?? 1)
      precondition((0...1).contains(a) && (0...1).contains(b), "row \(i + 1) has the probabilities \(a) and \(b)")
      guard w > 0, a > 0, a < 1, b > 0, b < 1 else { continue }
      x.append(targetsI[i] ? StandardNormal.quantile(a) : -StandardNormal.quantile(a))
      y.append(targetsE[i] ? StandardNormal.quantile(b) : -StandardNormal.quantile(b))
      sign.append(targetsI[i] == targetsE[i] ? 1 : -1)
      weight.append(w)
    }
    guard !x.isEmpty else { return nil }
    func logLikelihood(_ angle: Double) -> Double {
      let rho = tanh(angle)
      var total = 0.0
      for i in x.indices {
        total += weight[i] * log(BivariateNormal.cumulative(x[i], y[i], correlation: sign[i] * rho))
      }
      return total
    }
    let limit = 6.0  // ρ = ±0.99999
    let (angle, top) = UnivariateSearch.maximum(on: -limit, limit, gridCount: 25, tolerance: 1e-9, logLikelihood)
    let z = StandardNormal.quantile(0.5 + level / 2)
    let floor = top - 0.5 * z * z
    func bound(_ end: Double) -> Double {
      guard logLikelihood(end) < floor else { return end < 0 ? -1 : 1 }
      return tanh(UnivariateSearch.crossing(from: angle, to: end) { logLikelihood($0) >= floor })
    }
    return BivariateProbitEstimate(
      model: BivariateProbit(correlation: tanh(angle)), lower: bound(-limit), upper: bound(limit), level: level,
      logLikelihood: top, independenceLogLikelihood: logLikelihood(0), informativeRowCount: x.count)
  }
}

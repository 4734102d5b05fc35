import Foundation
import StatisticalLearning

/// Estimates of a logistic model with their covariance.
public struct LogisticInferenceModel: BinaryClassifier {
  /// The intercept or the coefficient of one feature.
  public struct Term: Sendable, Equatable {
    public let name: String
    public let estimate: Double
    public let standardError: Double
    /// estimate / standard error
    public let statistic: Double
    /// Two-sided, of the hypothesis that the coefficient is 0.
    public let pValue: Double
    /// The Wald interval at the level of the learner.
    public let interval: ClosedRange<Double>

    /// `exp(estimate)`: the odds are multiplied by it per unit of the feature.
    public var oddsRatio: Double { exp(estimate) }
    public var oddsRatioInterval: ClosedRange<Double> { exp(interval.lowerBound)...exp(interval.upperBound) }
  }

  public let learner: LogisticInference
  public let features: [Feature]
  /// The intercept first, then one per feature.
  public let terms: [Term]
  /// Of the estimates, in the order of `terms`.
  public let covariance: Matrix
  /// Infinity for model-based variance.
  public let degreesOfFreedom: Double
  public let logLikelihood: Double
  /// With an intercept only.
  public let nullLogLikelihood: Double
  public let passCount: Int
  private let profile: ProfileLikelihood

  public var intercept: Double { terms[0].estimate }
  public var coefficients: [Double] { terms.dropFirst().map(\.estimate) }
  public var deviance: Double { -2 * logLikelihood }
  public var nullDeviance: Double { -2 * nullLogLikelihood }
  /// −2 log-likelihood + 2 parameters
  public var akaikeCriterion: Double { deviance + 2 * Double(terms.count) }

  init(
    learner: LogisticInference, features: [Feature], estimates: [Double], covariance: Matrix,
    degreesOfFreedom: Double, logLikelihood: Double, nullLogLikelihood: Double, passCount: Int,
    profile: ProfileLikelihood
  ) {
    self.learner = learner
    self.features = features
    self.covariance = covariance
    self.degreesOfFreedom = degreesOfFreedom
    self.logLikelihood = logLikelihood
    self.nullLogLikelihood = nullLogLikelihood
    self.passCount = passCount
    self.profile = profile
    let isNormal = degreesOfFreedom.isInfinite
    let tail = (1 + learner.level) / 2
    let width =
      isNormal
      ? StandardNormal.quantile(tail) : StudentT.quantile(tail, degreesOfFreedom: max(degreesOfFreedom, 1))
    terms = estimates.indices.map { k in
      let error = covariance[k, k].squareRoot()
      let statistic = estimates[k] / error
      return Term(
        name: k == 0 ? "(intercept)" : features[k - 1].name, estimate: estimates[k], standardError: error,
        statistic: statistic,
        pValue: isNormal
          ? 2 * StandardNormal.upperTail(abs(statistic))
          : StudentT.twoSidedPValue(statistic, degreesOfFreedom: max(degreesOfFreedom, 1)),
        interval: estimates[k] - width * error...estimates[k] + width * error)
    }
  }

  public func logOdds(for matrix: Matrix) -> [Double] {
    linearScores(of: matrix, intercept: intercept, coefficients: coefficients)
  }

  /// The values of a term that a likelihood-ratio test at the learner's level does not reject, all other terms
  /// maximised over; with Firth's estimator, of its penalised likelihood.
  ///
  /// Better than the Wald interval in small samples, and not symmetric. An end is infinite when the likelihood never
  /// falls far enough.
  ///
  /// - Parameter index: In `terms`: 0 is the intercept.
  public func profileInterval(_ index: Int) -> ClosedRange<Double> {
    precondition(terms.indices.contains(index), "term \(index) of \(terms.count)")
    let critical = StandardNormal.quantile((1 + learner.level) / 2)
    // The model's own standard error sets the scale of the search, whatever variance was asked for.
    let error = profile.standardError(index)
    let estimate = terms[index].estimate
    return profile.bound(
      index, estimate: estimate, error: error, target: -critical)...profile.bound(
        index, estimate: estimate, error: error, target: critical)
  }
}

/// The likelihood of a term's value with all other terms maximised over.
struct ProfileLikelihood: Sendable {
  let problem: LikelihoodProblem
  let solution: LikelihoodProblem.Solution
  let scales: [Double]
  let means: [Double]

  func standardError(_ index: Int) -> Double {
    let covariance = solution.covariance
    if index > 0 { return covariance[index, index].squareRoot() / scales[index - 1] }
    // b = b̃ − Σ w̃ⱼ meanⱼ / sdⱼ
    let weights = [1] + scales.indices.map { -means[$0] / scales[$0] }
    let product = LinearAlgebra.product(covariance, weights)
    return zip(product, weights).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
  }

  /// Solves `sign(value − estimate) √(2 (l̂ − l(value))) = target` by a safeguarded secant; the left side is nearly
  /// linear in the value.
  func bound(_ index: Int, estimate: Double, error: Double, target: Double) -> Double {
    // Fixing the original intercept is fixing that of features which are scaled and not centred.
    let (problem, first) = index == 0 ? uncentered() : (self.problem, solution.parameters)
    let unit = index == 0 ? 1 : scales[index - 1]
    var start = first
    func root(_ value: Double) -> Double? {
      start[index] = value * unit
      guard let constrained = problem.maximize(from: start, fixed: index) else { return nil }
      start = constrained.parameters
      return (value < estimate ? -1 : 1) * max(0, 2 * (solution.objective - constrained.objective)).squareRoot()
    }
    let direction = target < 0 ? -1.0 : 1.0
    var inner = (value: estimate, root: 0.0)
    var outer: (value: Double, root: Double)?
    var candidate = estimate + target * error
    for _ in 0..<60 {
      guard let value = root(candidate) else { return direction * .infinity }
      if abs(value - target) < 1e-9 { return candidate }
      if (value - target) * direction < 0 {
        // Not there yet: the slope so far says how far to go, at most three times the distance travelled.
        let slope = (value - inner.root) / (candidate - inner.value)
        inner = (candidate, value)
        if let outer {
          candidate = interpolated(inner, outer, target)
        } else {
          let travelled = abs(candidate - estimate)
          let wanted = slope * direction > 0 ? abs((target - value) / slope) : travelled * 3
          candidate += direction * min(max(wanted, 0.05 * error), 3 * travelled)
          if abs(candidate - estimate) > 1e4 * error { return direction * .infinity }
        }
      } else {
        outer = (candidate, value)
        candidate = interpolated(inner, outer!, target)
      }
      if let outer, abs(outer.value - inner.value) < 1e-10 * error { return candidate }
    }
    return candidate
  }

  private func uncentered() -> (LikelihoodProblem, [Double]) {
    let n = problem.rowCount
    var columns = problem.columns
    var parameters = solution.parameters
    for j in scales.indices {
      let shift = means[j] / scales[j]
      for i in 0..<n { columns[(j + 1) * n + i] += shift }
      parameters[0] -= parameters[j + 1] * shift
    }
    let problem = LikelihoodProblem(
      rowCount: n, columns: columns, columnCount: self.problem.columnCount, weights: self.problem.weights,
      targets: self.problem.targets, offsets: self.problem.offsets, isFirth: self.problem.isFirth)
    return (problem, parameters)
  }

  /// Regula falsi, kept inside the bracket so that both ends move.
  private func interpolated(
    _ inner: (value: Double, root: Double), _ outer: (value: Double, root: Double), _ target: Double
  ) -> Double {
    let share = (target - inner.root) / (outer.root - inner.root)
    return inner.value + min(max(share, 0.02), 0.98) * (outer.value - inner.value)
  }
}

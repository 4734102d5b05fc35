import Foundation
import StatisticalLearning

/// Logistic regression without a penalty, for its standard errors and intervals.
///
/// Maximises `Σ sᵢ (yᵢ ηᵢ − log(1 + exp(ηᵢ)))` with `ηᵢ = oᵢ + b + xᵢ·w`. A weight is a count here: a row of weight 2
/// is two rows, so weights that are not counts ask for a ``Variance`` other than the model's.
///
/// For a penalised fit these intervals do not hold: use bootstrap percentiles there, and read them as the spread of an
/// estimator that is biased toward zero on purpose, not as confidence in a true value.
public struct LogisticInference: Sendable {
  public enum Estimator: String, Sendable, Codable {
    case maximumLikelihood
    /// Firth (1993), Biometrika 80(1): maximises the likelihood times `|XᵀWX|^½`. Finite under separation, and of
    /// smaller bias in small samples.
    case firth
  }

  /// Whose variation the standard errors describe.
  public enum Variance: Sendable, Equatable {
    /// Independent rows and a right model: the inverse of the information.
    case modelBased

    /// The linearised ("sandwich") variance of a sample of clusters, `A⁻¹ B A⁻¹` with `A` the information and
    ///
    /// ```
    /// B = Σₕ nₕ/(nₕ − 1) Σ_c (u_c − ūₕ)(u_c − ūₕ)ᵀ
    /// ```
    ///
    /// over strata *h* and clusters *c* of scores `u_c = Σ sᵢ (yᵢ − πᵢ) xᵢ`. Weights are sampling weights; their scale
    /// does not matter. Without clusters every row is one; without strata there is one. Tests and intervals use
    /// Student's *t* with (clusters − strata) degrees of freedom. Source: Binder (1983), Int. Stat. Rev. 51.
    case sample(clusters: [Int]? = nil, strata: [Int]? = nil)
  }

  public var estimator: Estimator
  public var variance: Variance

  /// The confidence level of the intervals.
  public var level: Double

  public init(
    estimator: Estimator = .maximumLikelihood, variance: Variance = .modelBased, level: Double = 0.95
  ) {
    self.estimator = estimator
    self.variance = variance
    self.level = level
  }

  /// - Throws: `TrainingError`, as ``LogisticRegression/fit(_:)``; ``InferenceError`` when the estimates don't exist.
  public func fit(_ dataset: Dataset) throws -> LogisticInferenceModel {
    guard level > 0, level < 1 else {
      throw TrainingError.invalidParameter(name: "level", value: "\(level)", expected: "a number between 0 and 1")
    }
    let design = try StandardizedDesign(dataset, weights: dataset.weights)
    let n = design.rowCount
    let targets = design.sourceRows.map { dataset.targets[$0] }
    if let index = targets.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw TrainingError.invalidTarget(row: design.sourceRows[index], expected: "0 or 1")
    }
    guard targets.contains(where: { $0 != targets[0] }) else { throw TrainingError.singleClass }
    try checkCollinearity(design, dataset.features)
    let count = design.columnCount + 1
    let columns =
      [Double](repeating: 1, count: n)
      + Array(UnsafeBufferPointer(start: design.columns, count: n * design.columnCount))
    let weights = design.sourceRows.map { dataset.weights[$0] }
    let offsets = design.offsets ?? [Double](repeating: 0, count: n)
    let problem = LikelihoodProblem(
      rowCount: n, columns: columns, columnCount: count, weights: weights, targets: targets, offsets: offsets,
      isFirth: estimator == .firth)
    let total = weights.reduce(0, +)
    let share = zip(weights, targets).reduce(0) { $0 + $1.0 * $1.1 } / total
    var start = [Double](repeating: 0, count: count)
    if design.offsets == nil { start[0] = logit(share) }
    guard let solution = problem.maximize(from: start) else { throw InferenceError.separated }
    if estimator == .maximumLikelihood {
      // Under separation the likelihood keeps rising while coefficients run away and the information vanishes.
      let unit = 1 / (total * share * (1 - share))
      let isRunaway = (0..<count).contains { solution.covariance[$0, $0] > 1e5 * unit }
      if isRunaway || !solution.isConverged { throw InferenceError.separated }
    }
    guard solution.isConverged else { throw InferenceError.notConverged(passCount: solution.passCount) }

    var covariance = solution.covariance
    var degreesOfFreedom = Double.infinity
    if case .sample(let clusters, let strata) = variance {
      (covariance, degreesOfFreedom) = try linearized(
        solution, problem, design: design, clusters: clusters, strata: strata, rowCount: dataset.rowCount)
    }
    // To the original scale: w = w̃ / sd, b = b̃ − Σ w̃ⱼ meanⱼ / sdⱼ.
    var transform = Matrix(rowCount: count, columnCount: count)
    transform[0, 0] = 1
    for j in 0..<design.columnCount {
      transform[j + 1, j + 1] = 1 / design.scales[j]
      transform[0, j + 1] = -design.means[j] / design.scales[j]
    }
    let estimates = LinearAlgebra.product(transform, solution.parameters)
    let original = LinearAlgebra.product(
      LinearAlgebra.product(transform, covariance), transform, transposedRight: true)
    let null = LikelihoodProblem(
      rowCount: n, columns: [Double](repeating: 1, count: n), columnCount: 1, weights: weights, targets: targets,
      offsets: offsets, isFirth: false
    ).maximize(from: [start[0]])
    return LogisticInferenceModel(
      learner: self, features: dataset.features, estimates: estimates, covariance: original,
      degreesOfFreedom: degreesOfFreedom, logLikelihood: solution.logLikelihood,
      nullLogLikelihood: null?.logLikelihood ?? .nan, passCount: solution.passCount,
      profile: ProfileLikelihood(
        problem: problem, solution: solution, scales: design.scales, means: design.means))
  }

  /// Refuses a feature that the intercept and the features before it determine.
  private func checkCollinearity(_ design: StandardizedDesign, _ features: [Feature]) throws(InferenceError) {
    let n = design.rowCount
    let p = design.columnCount
    if let constant = design.scales.firstIndex(of: 0) { throw .collinear(feature: features[constant].name) }
    var scaled = Array(UnsafeBufferPointer(start: design.columns, count: n * p))
    for j in 0..<p { for i in 0..<n { scaled[j * n + i] *= design.weights[i].squareRoot() } }
    var gram = [Double](repeating: 0, count: p * p)
    DenseKernels.gram(scaled, rowCount: n, columnCount: p, leading: n, into: &gram, leadingC: p)
    // Cholesky by rows: the squared pivot is the share of a feature that the ones before leave unexplained.
    for j in 0..<p {
      for k in 0...j {
        var value = gram[k * p + j]
        for l in 0..<k { value -= gram[l * p + j] * gram[l * p + k] }
        if k < j {
          gram[k * p + j] = value / gram[k * p + k]
        } else {
          guard value > 1e-11 else { throw .collinear(feature: features[j].name) }
          gram[j * p + j] = value.squareRoot()
        }
      }
    }
  }

  private func linearized(
    _ solution: LikelihoodProblem.Solution, _ problem: LikelihoodProblem, design: StandardizedDesign,
    clusters: [Int]?, strata: [Int]?, rowCount: Int
  ) throws(TrainingError) -> (Matrix, Double) {
    for (name, values) in [("clusters", clusters), ("strata", strata)] {
      if let values, values.count != rowCount {
        throw .invalidParameter(name: name, value: "\(values.count) values", expected: "\(rowCount), one per row")
      }
    }
    let n = problem.rowCount
    let count = problem.columnCount
    struct Unit: Hashable { var stratum: Int, cluster: Int }
    var order: [Unit: Int] = [:]
    var scores: [[Double]] = []
    var units: [Unit] = []
    for i in 0..<n {
      let row = design.sourceRows[i]
      let unit = Unit(stratum: strata?[row] ?? 0, cluster: clusters?[row] ?? row)
      let index = order[unit] ?? scores.count
      if index == scores.count {
        order[unit] = index
        units.append(unit)
        scores.append([Double](repeating: 0, count: count))
      }
      for k in 0..<count {
        scores[index][k] += problem.weights[i] * solution.residuals[i] * problem.columns[k * n + i]
      }
    }
    var members: [Int: [Int]] = [:]
    for (index, unit) in units.enumerated() { members[unit.stratum, default: []].append(index) }
    var middle = Matrix(rowCount: count, columnCount: count)
    for (stratum, indices) in members.sorted(by: { $0.key < $1.key }) {
      guard indices.count > 1 else {
        throw .invalidParameter(
          name: "strata", value: "stratum \(stratum) with one cluster", expected: "at least two clusters in each")
      }
      let size = Double(indices.count)
      var mean = [Double](repeating: 0, count: count)
      for index in indices { for k in 0..<count { mean[k] += scores[index][k] / size } }
      for index in indices {
        for k in 0..<count {
          for l in 0..<count {
            middle[k, l] += size / (size - 1) * (scores[index][k] - mean[k]) * (scores[index][l] - mean[l])
          }
        }
      }
    }
    let bread = solution.covariance
    let sandwich = LinearAlgebra.product(LinearAlgebra.product(bread, middle), bread)
    return (sandwich, Double(units.count - members.count))
  }
}

/// Why estimates and their standard errors don't exist.
public enum InferenceError: Error, Equatable, Sendable {
  /// The intercept and the features before it determine this one.
  case collinear(feature: String)
  /// A combination of features tells the outcomes apart, or nearly: the likelihood has no maximum.
  case separated
  case notConverged(passCount: Int)
}

extension InferenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .collinear(let feature):
      "feature '\(feature)' is determined by the others (or does not vary); leave it out, or use a penalty"
    case .separated:
      "the features tell the two outcomes apart, so that estimates are infinite; use Firth's estimator or a penalty"
    case .notConverged(let passCount): "the estimates did not settle in \(passCount) passes"
    }
  }
}

import Foundation
import StatisticalLearning

/// Bayesian logistic or linear regression that lets many coefficients be exactly zero, and returns draws of its posterior.
///
/// With `zⱼ` the standardised features, the coefficient of feature *j* of group *g* is
///
/// ```
/// βⱼ = 0 with probability 1 − π_g,   otherwise normal(0, τ_g²), on the side that its sign allows
/// π_g beta(2, 1),   τ_g half-Cauchy of scale ½,   intercept flat
/// ```
///
/// (a *spike and slab*: Mitchell and Beauchamp 1988; George and McCulloch 1993). How many coefficients matter and how
/// large they are is learned from the data, per group of features; nothing is tuned by cross-validation. The prior of
/// π expects two in three to matter, with the weight of three features: questionnaires ask what somebody thought matters. Draws come from
/// a Gibbs sampler in which every coefficient is drawn given the others, its indicator marginal over its value.
///
/// For a binary outcome the likelihood enters by a quadratic that is exact to second order *on average over the
/// posterior* rather than at one point: with `mᵢ`, `vᵢ` the posterior mean and variance of the log-odds of row *i*, its
/// gradient is `Σ sᵢ (yᵢ − E σ) zᵢ` and its curvature `Σ sᵢ E σ' zᵢzᵢᵀ`, both expectations over normal(mᵢ, vᵢ) (Opper and
/// Archambeau 2009, *The variational Gaussian approximation revisited*, with `E σ ≈ σ(m / √(1 + πv/8))`). The
/// expansion is renewed three times. It costs a sweep O(*p²*) instead of O(*n p²*); on surveys of 120 firms and 18
/// features its rankings and intervals equal those of the exact Pólya–Gamma sampler within their noise.
///
/// A row of weight 2 equals two rows, up to rounding. Rows of weight 0 change nothing.
public struct SpikeAndSlabRegression: Sendable {
  public enum Response: String, Sendable, Codable { case binary, continuous }

  public var response: Response
  /// Per feature: +1 where a coefficient may not be negative, −1 where it may not be positive, 0 where it is free;
  /// `nil` leaves all free.
  public var signs: [Int]?
  /// Per feature: the number, from 0, of the group that it shares π and τ with; `nil` makes one group of all.
  public var groups: [Int]?
  /// Draws that are kept.
  public var drawCount: Int
  /// Sweeps from one kept draw to the next.
  public var thinning: Int
  /// What the draws come from.
  public var seed: UInt64
  /// Which of several streams of that seed.
  public var stream: String

  public init(
    response: Response = .binary, signs: [Int]? = nil, groups: [Int]? = nil, drawCount: Int = 200, thinning: Int = 6,
    seed: UInt64 = 1, stream: String = ""
  ) {
    self.response = response
    self.signs = signs
    self.groups = groups
    self.drawCount = drawCount
    self.thinning = thinning
    self.seed = seed
    self.stream = stream
  }

  /// - Throws: `TrainingError.noRows`, `.missingValue`; `.singleClass` and `.invalidTarget` for a binary response;
  ///   `.invalidParameter` for signs or groups that don't fit the features, or a count below 0.
  /// - Complexity: O(*n p²*) four times, and O(*p²*) a sweep.
  public func fit(_ dataset: Dataset) throws(TrainingError) -> SpikeAndSlabModel {
    try validate(dataset)
    let design = try StandardizedDesign(dataset, weights: dataset.weights)
    let targets = design.sourceRows.map { dataset.targets[$0] }
    var scale = 1.0
    var centre = 0.0
    if response == .continuous {
      centre = zip(design.weights, targets).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = zip(design.weights, targets).reduce(0) { $0 + $1.0 * ($1.1 - centre) * ($1.1 - centre) }
      scale = variance > 0 ? variance.squareRoot() : 1
    }
    let sampler = SpikeAndSlabSampler(
      design: design, targets: targets.map { ($0 - centre) / scale }, isBinary: response == .binary,
      signs: signs ?? [Int](repeating: 0, count: dataset.featureCount),
      groups: groups ?? [Int](repeating: 0, count: dataset.featureCount),
      generator: CounterBasedGenerator(seed: seed, purpose: "spike and slab", name: stream))
    for sweeps in [150, 300, 400] { sampler.explore(sweeps: sweeps) }
    let result = sampler.draw(count: drawCount, thinning: max(thinning, 1))
    func part(_ coefficients: ArraySlice<Double>) -> SpikeAndSlabModel.Coefficients {
      let scaled = coefficients.dropFirst().map { $0 * scale }
      let (original, intercept) = design.unstandardized(scaled, intercept: coefficients.first! * scale + centre)
      return .init(intercept: intercept, values: original)
    }
    let width = dataset.featureCount + 1
    return SpikeAndSlabModel(
      features: dataset.features, mean: part(result.mean[...]),
      draws: (0..<drawCount).map { part(result.draws[$0 * width..<($0 + 1) * width]) },
      inclusionProbabilities: result.inclusion)
  }

  private func validate(_ dataset: Dataset) throws(TrainingError) {
    let p = dataset.featureCount
    for (name, list) in [("signs", signs), ("groups", groups)] {
      if let list, list.count != p {
        throw .invalidParameter(name: name, value: "a list of \(list.count)", expected: "one per feature, \(p)")
      }
    }
    if let signs, !signs.allSatisfy({ abs($0) <= 1 }) {
      throw .invalidParameter(name: "signs", value: "\(signs)", expected: "−1, 0 or +1")
    }
    if let groups, !groups.allSatisfy({ $0 >= 0 && $0 < max(p, 1) }) {
      throw .invalidParameter(name: "groups", value: "\(groups)", expected: "numbers from 0, below that of features")
    }
    if drawCount < 0 { throw .invalidParameter(name: "drawCount", value: "\(drawCount)", expected: "0 or more") }
    let rows = dataset.weights.indices.filter { dataset.weights[$0] > 0 }
    guard let first = rows.first else { throw .noRows }
    guard response == .binary else { return }
    for row in rows where dataset.targets[row] != 0 && dataset.targets[row] != 1 {
      throw .invalidTarget(row: row, expected: "0 or 1")
    }
    guard rows.contains(where: { dataset.targets[$0] != dataset.targets[first] }) else { throw .singleClass }
  }
}

/// The posterior of a ``SpikeAndSlabRegression``.
public struct SpikeAndSlabModel: Predictor, Equatable {
  public struct Coefficients: Sendable, Equatable {
    public let intercept: Double
    /// Per unit of each feature as it was given.
    public let values: [Double]
  }

  public let features: [Feature]
  /// The posterior mean, over all sweeps after the last renewal.
  public let mean: Coefficients
  public let draws: [Coefficients]
  /// Per feature, the posterior probability that its coefficient is not zero; 0 for a constant feature.
  public let inclusionProbabilities: [Double]

  /// Log-odds of a binary response, the value of a continuous one, at the posterior mean of the coefficients.
  public func rawScores(for matrix: Matrix) -> [Double] {
    linearScores(of: matrix, intercept: mean.intercept, coefficients: mean.values)
  }
}

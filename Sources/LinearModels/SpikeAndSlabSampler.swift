import Foundation
import StatisticalLearning

/// The chain of a ``SpikeAndSlabRegression``: coefficients of the standardised columns, the intercept first.
final class SpikeAndSlabSampler {
  /// Before the data, the deviation of a scale's levels from their mean, where they are not equal.
  private static let levelDeviation = 0.5

  private let quadratic: SpikeAndSlabQuadratic
  private let isBinary: Bool
  private var generator: CounterBasedGenerator
  /// Per term: its group, the sign that it may not have, whether it varies.
  private let groups: [Int]
  private let signs: [Int]
  private var active: [Int]
  private var isIncluded: [Bool]

  private struct Group {
    var prior: SpikeAndSlabRegression.GroupPrior
    var slabVariance: Double
    var auxiliary = 1.0
    var inclusionLogOdds: Double
    var members: [Int] = []
    /// Sweeps of the last exploration in which none was included.
    var emptyShare = 0.0
  }
  private var groupStates: [Group]
  /// 1 over the residual variance; 1 for a binary response.
  private var precision = 1.0
  private let squaredTargets: Double
  private let totalWeight: Double
  private var sweepCount = 0

  /// - Parameters:
  ///   - signs: Per feature.
  ///   - groups: Per feature.
  ///   - steps: Per feature: see ``SpikeAndSlabQuadratic``.
  init(
    design: StandardizedDesign, targets: [Double], isBinary: Bool, signs: [Int], groups: [Int],
    priors: [SpikeAndSlabRegression.GroupPrior], steps: [[Int]?], generator: CounterBasedGenerator
  ) {
    self.isBinary = isBinary
    self.generator = generator
    quadratic = SpikeAndSlabQuadratic(design: design, targets: targets, isBinary: isBinary, steps: steps)
    let features = (1..<max(quadratic.termCount, 1)).map { [quadratic] in quadratic.column(ofTerm: $0) - 1 }
    self.signs = [0] + features.map { signs[$0] }
    self.groups = [0] + features.map { groups[$0] }
    active = features.indices.filter { design.scales[features[$0]] > 0 }.map { $0 + 1 }
    groupStates = priors.map {
      Group(
        prior: $0, slabVariance: 0.4 * $0.slabScale * $0.slabScale,
        inclusionLogOdds: log($0.included / $0.excluded))
    }
    for term in active { groupStates[self.groups[term]].members.append(term) }
    isIncluded = [Bool](repeating: false, count: quadratic.termCount)
    totalWeight = design.totalWeight
    squaredTargets =
      design.totalWeight * zip(design.weights, targets).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
  }

  // MARK: One sweep

  private func sweep() {
    let width = quadratic.termCount
    let (gram, gradient, b) = (quadratic.gram, quadratic.gradient, quadratic.b)
    let interceptPrecision = precision * gram[0] + 1e-2
    quadratic.set(
      0,
      to: precision * (gradient[0] + gram[0] * b[0]) / interceptPrecision
        + generator.normal() / interceptPrecision.squareRoot())
    for k in active {
      let group = groups[k]
      let slab = groupStates[group].slabVariance
      let curvature = precision * gram[k * width + k]
      let total = curvature + 1 / slab
      let mean = (precision * gradient[k] + curvature * b[k]) / total
      let deviation = 1 / total.squareRoot()
      var logOdds =
        groupStates[group].inclusionLogOdds + 0.5 * mean * mean * total - 0.5 * log(slab * total)
      let sign = Double(signs[k])
      // Half of a folded slab's mass lies on each side: twice the density on the side that is allowed.
      if sign != 0 { logOdds += 0.693147180559945309 + logNormalCumulative(sign * mean / deviation) }
      isIncluded[k] = generator.uniform() < sigmoid(logOdds)
      if !isIncluded[k] {
        quadratic.set(k, to: 0)
      } else if sign == 0 {
        quadratic.set(k, to: mean + deviation * generator.normal())
      } else {
        quadratic.set(k, to: sign * generator.positiveNormal(mean: sign * mean, deviation: deviation))
      }
    }
    drawHyperparameters()
    sweepCount += 1
    if sweepCount.isMultiple(of: 4) {
      quadratic.drawScales(precision: precision, deviation: Self.levelDeviation, generator: &generator)
    }
  }

  private func drawHyperparameters() {
    let b = quadratic.b
    for index in groupStates.indices where !groupStates[index].members.isEmpty {
      let prior = groupStates[index].prior
      var count = 0.0
      var squares = 0.0
      for k in groupStates[index].members where isIncluded[k] {
        count += 1
        squares += b[k] * b[k]
      }
      let rest = Double(groupStates[index].members.count) - count
      // A half-Cauchy scale as a mixture of inverse gammas (Makalic and Schmidt 2016).
      let slab =
        (0.5 * squares + 1 / groupStates[index].auxiliary) / generator.gamma(shape: 0.5 * (count + 1))
      groupStates[index].slabVariance = min(max(slab, 1e-5), 25)
      groupStates[index].auxiliary =
        (1 / groupStates[index].slabVariance + 1 / (prior.slabScale * prior.slabScale)) / generator.gamma(shape: 1)
      let (with, without) = (
        generator.gamma(shape: prior.included + count), generator.gamma(shape: prior.excluded + rest)
      )
      groupStates[index].inclusionLogOdds = min(max(log(with) - log(without), -12), 7)
    }
    if !isBinary {
      var fitted = 0.0
      for k in 0..<quadratic.termCount { fitted += b[k] * (quadratic.linear[k] + quadratic.gradient[k]) }
      let residual = max(squaredTargets - fitted, 1e-12 * max(squaredTargets, 1e-12))
      precision = 2 / residual * generator.gamma(shape: max(0.5 * totalWeight, 0.5))
    }
  }

  // MARK: Runs

  /// Sweeps from where the chain stands, then renews the quadratic at the mean and variance of each row's log-odds over
  /// the last two thirds.
  func explore(sweeps: Int) {
    let burnIn = sweeps / 3
    let kept = 100
    var coefficients: [Double] = []
    var count = 0
    for index in groupStates.indices { groupStates[index].emptyShare = 0 }
    for index in 0..<sweeps {
      sweep()
      guard index >= burnIn else { continue }
      for group in groupStates.indices where groupStates[group].members.allSatisfy({ !isIncluded[$0] }) {
        groupStates[group].emptyShare += 1 / Double(sweeps - burnIn)
      }
      guard (index - burnIn) % max((sweeps - burnIn) / kept, 1) == 0, count < kept else { continue }
      coefficients.append(contentsOf: quadratic.columnCoefficients())
      count += 1
    }
    guard isBinary else { return }
    let n = quadratic.design.rowCount
    let scores = quadratic.scores(coefficients)
    for i in 0..<n {
      var sum = 0.0
      for draw in 0..<count { sum += scores[draw &* n &+ i] }
      let mean = sum / Double(count)
      var squares = 0.0
      for draw in 0..<count { squares += (scores[draw &* n &+ i] - mean) * (scores[draw &* n &+ i] - mean) }
      quadratic.means[i] = mean + (quadratic.design.offsets?[i] ?? 0)
      quadratic.variances[i] = squares / Double(count)
    }
    quadratic.expand()
  }

  /// Leaves out every optional group whose members are more likely all zero than not, by the last exploration.
  func leaveOutEmptyGroups() {
    for index in groupStates.indices
    where groupStates[index].prior.isOptional && groupStates[index].emptyShare > 0.5 {
      for k in groupStates[index].members {
        quadratic.set(k, to: 0)
        isIncluded[k] = false
      }
      let members = Set(groupStates[index].members)
      active.removeAll(where: members.contains)
      groupStates[index].members = []
    }
  }

  struct Result {
    /// Of all columns, the intercept first.
    var mean: [Double]
    /// One after the other; 100 when none were asked for.
    var draws: [Double]
    /// Per column, the intercept first.
    var inclusion: [Double]
    /// The rows' log-odds, draw by draw.
    var scores: [Double]
  }

  func draw(count: Int, thinning: Int) -> Result {
    for _ in 0..<60 { sweep() }
    let width = quadratic.design.columnCount + 1
    var draws: [Double] = []
    let kept = count > 0 ? count : 100
    draws.reserveCapacity(kept * width)
    var mean = [Double](repeating: 0, count: width)
    var inclusion = [Double](repeating: 0, count: width)
    let sweeps = max(count, 100) * thinning
    for index in 1...sweeps {
      sweep()
      for (k, value) in quadratic.columnCoefficients().enumerated() { mean[k] += value / Double(sweeps) }
      for k in active where isIncluded[k] { inclusion[quadratic.column(ofTerm: k)] += 1 / Double(sweeps) }
      if index.isMultiple(of: thinning), draws.count < kept * width {
        draws.append(contentsOf: quadratic.columnCoefficients())
      }
    }
    return Result(mean: mean, draws: draws, inclusion: inclusion, scores: quadratic.scores(draws))
  }
}

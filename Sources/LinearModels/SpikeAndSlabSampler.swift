import Foundation
import StatisticalLearning

/// The chain of a ``SpikeAndSlabRegression``: coefficients of the standardised columns, the intercept first.
final class SpikeAndSlabSampler {
  /// The scale of the slab's half-Cauchy prior.
  private static let slabScale = 0.5
  /// π is beta(2, 1).
  private static let priorIncluded = 2.0
  private static let priorExcluded = 1.0

  private let design: StandardizedDesign
  private let targets: [Double]
  private let isBinary: Bool
  private let signs: [Int]
  private let groups: [Int]
  private var generator: CounterBasedGenerator
  /// Columns that vary.
  private let active: [Int]

  private let width: Int
  /// H, full symmetric; the intercept is row 0.
  private let gram: UnsafeMutablePointer<Double>
  /// `r − H b`, where the quadratic is `r·b − ½ bᵀHb`.
  private let gradient: UnsafeMutablePointer<Double>
  private let linear: UnsafeMutablePointer<Double>
  private let b: UnsafeMutablePointer<Double>
  private let scaled: UnsafeMutablePointer<Double>
  private var isIncluded: [Bool]

  private struct Group {
    var slabVariance = 0.1
    var auxiliary = 1.0
    var inclusionLogOdds = 0.0
    var members: [Int] = []
  }
  private var groupStates: [Group]
  /// 1 over the residual variance; 1 for a binary response.
  private var precision = 1.0
  private var squaredTargets = 0.0
  /// Of the rows' log-odds, over the draws of the last exploration.
  private var means: [Double]
  private var variances: [Double]

  init(
    design: StandardizedDesign, targets: [Double], isBinary: Bool, signs: [Int], groups: [Int],
    generator: CounterBasedGenerator
  ) {
    self.design = design
    self.targets = targets
    self.isBinary = isBinary
    self.signs = signs
    self.groups = groups
    self.generator = generator
    width = design.columnCount + 1
    active = (0..<design.columnCount).filter { design.scales[$0] > 0 }
    func buffer(_ size: Int) -> UnsafeMutablePointer<Double> {
      let buffer = UnsafeMutablePointer<Double>.allocate(capacity: max(size, 1))
      buffer.initialize(repeating: 0, count: max(size, 1))
      return buffer
    }
    gram = buffer(width * width)
    gradient = buffer(width)
    linear = buffer(width)
    b = buffer(width)
    scaled = buffer(design.rowCount * width)
    isIncluded = [Bool](repeating: true, count: design.columnCount)
    groupStates = [Group](repeating: Group(), count: (groups.max() ?? 0) + 1)
    for j in active { groupStates[groups[j]].members.append(j) }
    let mean = zip(design.weights, targets).reduce(0) { $0 + $1.0 * $1.1 }
    b[0] = isBinary ? logit(min(max(mean, 0.01), 0.99)) : mean
    means = [Double](repeating: b[0], count: design.rowCount)
    variances = [Double](repeating: isBinary ? 0.5 : 0, count: design.rowCount)
    squaredTargets = design.totalWeight * zip(design.weights, targets).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    expand()
  }

  deinit { for buffer in [gram, gradient, linear, b, scaled] { buffer.deallocate() } }

  // MARK: The quadratic

  /// Makes H and r at the rows' means and variances.
  private func expand() {
    let n = design.rowCount
    let p = design.columnCount
    var working = [Double](repeating: 0, count: n)
    for i in 0..<n {
      let weight = design.weights[i] * design.totalWeight
      var curvature = 1.0
      working[i] = weight * targets[i]
      if isBinary {
        let shrinkage = 1 / (1 + .pi / 8 * variances[i]).squareRoot()
        let probability = sigmoid(means[i] * shrinkage)
        curvature = max(shrinkage * probability * (1 - probability), 1e-8)
        let offset = design.offsets?[i] ?? 0
        working[i] = weight * (targets[i] - probability + curvature * (means[i] - offset))
      }
      let root = (weight * curvature).squareRoot()
      scaled[i] = root
      for j in 0..<p { scaled[(j + 1) * n + i] = root * design.columns[j * n + i] }
    }
    DenseKernels.gram(scaled, rowCount: n, columnCount: width, leading: n, into: gram, leadingC: width)
    for column in 0..<width {
      for row in (column + 1)..<max(width, column + 1) { gram[row * width + column] = gram[column * width + row] }
    }
    working.withUnsafeBufferPointer { working in
      linear[0] = working.reduce(0, +)
      DenseKernels.multiply(
        design.columns, rowCount: n, columnCount: p, leading: n, transposed: true, working.baseAddress!,
        into: linear + 1)
    }
    refreshGradient()
  }

  private func refreshGradient() {
    gradient.update(from: linear, count: width)
    DenseKernels.multiply(
      gram, rowCount: width, columnCount: width, leading: width, transposed: false, alpha: -1, b, beta: 1,
      into: gradient)
  }

  private func set(_ index: Int, to value: Double) {
    let change = value - b[index]
    guard change != 0 else { return }
    DenseKernels.add(width, -change, gram + index * width, to: gradient)
    b[index] = value
  }

  // MARK: One sweep

  private func sweep() {
    let interceptPrecision = precision * gram[0] + 1e-2
    set(
      0,
      to: precision * (gradient[0] + gram[0] * b[0]) / interceptPrecision
        + generator.normal() / interceptPrecision.squareRoot())
    for j in active {
      let k = j + 1
      let group = groups[j]
      let slab = groupStates[group].slabVariance
      let curvature = precision * gram[k * width + k]
      let total = curvature + 1 / slab
      let mean = (precision * gradient[k] + curvature * b[k]) / total
      let deviation = 1 / total.squareRoot()
      var logOdds =
        groupStates[group].inclusionLogOdds + 0.5 * mean * mean * total - 0.5 * log(slab * total)
      let sign = Double(signs[j])
      // Half of a folded slab's mass lies on each side: twice the density on the side that is allowed.
      if sign != 0 { logOdds += 0.693147180559945309 + logNormalCumulative(sign * mean / deviation) }
      isIncluded[j] = generator.uniform() < sigmoid(logOdds)
      if !isIncluded[j] {
        set(k, to: 0)
      } else if sign == 0 {
        set(k, to: mean + deviation * generator.normal())
      } else {
        set(k, to: sign * generator.positiveNormal(mean: sign * mean, deviation: deviation))
      }
    }
    drawHyperparameters()
  }

  private func drawHyperparameters() {
    for index in groupStates.indices where !groupStates[index].members.isEmpty {
      var count = 0.0
      var squares = 0.0
      for j in groupStates[index].members where isIncluded[j] {
        count += 1
        squares += b[j + 1] * b[j + 1]
      }
      let rest = Double(groupStates[index].members.count) - count
      // A half-Cauchy scale as a mixture of inverse gammas (Makalic and Schmidt 2016).
      let slab =
        (0.5 * squares + 1 / groupStates[index].auxiliary) / generator.gamma(shape: 0.5 * (count + 1))
      groupStates[index].slabVariance = min(max(slab, 1e-5), 25)
      groupStates[index].auxiliary =
        (1 / groupStates[index].slabVariance + 1 / (Self.slabScale * Self.slabScale)) / generator.gamma(shape: 1)
      let (with, without) = (
        generator.gamma(shape: Self.priorIncluded + count), generator.gamma(shape: Self.priorExcluded + rest)
      )
      groupStates[index].inclusionLogOdds = min(max(log(with) - log(without), -7), 7)
    }
    if !isBinary {
      var fitted = 0.0
      for k in 0..<width { fitted += b[k] * (linear[k] + gradient[k]) }
      let residual = max(squaredTargets - fitted, 1e-12 * max(squaredTargets, 1e-12))
      precision = 2 / residual * generator.gamma(shape: max(0.5 * design.totalWeight, 0.5))
    }
  }

  // MARK: Runs

  /// Sweeps from where the chain stands, then renews the quadratic at the mean and variance of each row's log-odds over
  /// the last two thirds.
  func explore(sweeps: Int) {
    let burnIn = sweeps / 3
    let kept = 100
    var coefficients: [Double] = []
    coefficients.reserveCapacity(kept * width)
    var count = 0
    for index in 0..<sweeps {
      sweep()
      guard index >= burnIn, (index - burnIn) % max((sweeps - burnIn) / kept, 1) == 0, count < kept else { continue }
      coefficients.append(contentsOf: UnsafeBufferPointer(start: b, count: width))
      count += 1
    }
    guard isBinary else { return }
    let n = design.rowCount
    var scores = [Double](repeating: 0, count: n * count)
    for draw in 0..<count { for i in 0..<n { scores[draw * n + i] = coefficients[draw * width] } }
    coefficients.withUnsafeBufferPointer { coefficients in
      scores.withUnsafeMutableBufferPointer { scores in
        DenseKernels.multiply(
          design.columns, leadingA: n, transposedA: false, coefficients.baseAddress! + 1, leadingB: width,
          transposedB: false, rowCount: n, columnCount: count, innerCount: design.columnCount, beta: 1,
          into: scores.baseAddress!, leadingC: n)
        for i in 0..<n {
          var sum = 0.0
          for draw in 0..<count { sum += scores[draw &* n &+ i] }
          let mean = sum / Double(count)
          var squares = 0.0
          for draw in 0..<count { squares += (scores[draw &* n &+ i] - mean) * (scores[draw &* n &+ i] - mean) }
          means[i] = mean + (design.offsets?[i] ?? 0)
          variances[i] = squares / Double(count)
        }
      }
    }
    expand()
  }

  /// `count` draws (or, for the mean alone, as many sweeps as 100 draws), the intercept first.
  func draw(count: Int, thinning: Int) -> (mean: [Double], draws: [Double], inclusion: [Double]) {
    for _ in 0..<60 { sweep() }
    var draws: [Double] = []
    draws.reserveCapacity(count * width)
    var mean = [Double](repeating: 0, count: width)
    var inclusion = [Double](repeating: 0, count: design.columnCount)
    let sweeps = max(count, 100) * thinning
    for index in 1...sweeps {
      sweep()
      for k in 0..<width { mean[k] += b[k] / Double(sweeps) }
      for j in active where isIncluded[j] { inclusion[j] += 1 / Double(sweeps) }
      if index.isMultiple(of: thinning), draws.count < count * width {
        draws.append(contentsOf: UnsafeBufferPointer(start: b, count: width))
      }
    }
    return (mean, draws, inclusion)
  }
}

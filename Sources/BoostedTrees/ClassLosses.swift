import Foundation
import StatisticalLearning

/// The negative log-likelihood of one of *K* unordered classes, with one raw score per class:
/// `log Σₖ exp(fₖ) − f_y`.
///
/// Derivatives for class `k` with probability `p`: `p − 1[y = k]` and `p (1 − p) K / (K − 1)`. The factor makes up for
/// fitting each class's tree as if the others stood still (Friedman 2001, §4.6).
public struct MultinomialLoss: BoostingLoss {
  public let classCount: Int

  public init(classCount: Int) {
    precondition(classCount >= 2, "\(classCount) classes")
    self.classCount = classCount
  }

  public var outputCount: Int { classCount }

  public func check(targets: [Double], weights: [Double]) throws(TrainingError) {
    try checkClasses(targets, weights, classCount)
  }

  /// The logarithm of each class's share, a class that does not occur counting as half a row.
  public func baseScores(targets: [Double], weights: [Double], offsets: [Double]?) -> [Double] {
    var totals = [Double](repeating: 0, count: classCount)
    for (target, weight) in zip(targets, weights) { totals[Int(target)] += weight }
    let total = totals.reduce(0, +)
    return totals.map { log(max($0, 0.5) / max(total, 0.5)) }
  }

  public func derivatives(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, rowCount: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    let factor = Double(classCount) / Double(classCount - 1)
    for row in 0..<rowCount {
      let normalizer = logSumExp(rawScores + row, stride: rowCount)
      let target = Int(targets[row])
      for output in 0..<classCount {
        let index = output * rowCount + row
        let probability = exp(rawScores[index] - normalizer)
        gradients[index] = probability - (output == target ? 1 : 0)
        hessians[index] = factor * probability * max(0, 1 - probability)
      }
    }
  }

  public func value(rawScores: UnsafePointer<Double>, stride: Int, target: Double) -> Double {
    logSumExp(rawScores, stride: stride) - rawScores[Int(target) * stride]
  }

  private func logSumExp(_ scores: UnsafePointer<Double>, stride: Int) -> Double {
    var largest = scores[0]
    for output in 1..<classCount { largest = max(largest, scores[output * stride]) }
    var sum = 0.0
    for output in 0..<classCount { sum += exp(scores[output * stride] - largest) }
    return largest + log(sum)
  }

  /// Class probabilities from the raw scores of a row.
  public func probabilities(_ rawScores: [Double]) -> [Double] {
    rawScores.withUnsafeBufferPointer { scores in
      let normalizer = logSumExp(scores.baseAddress!, stride: 1)
      return scores.map { exp($0 - normalizer) }
    }
  }
}

/// The negative log-likelihood of ordered classes `0 < 1 < …` under proportional odds (McCullagh 1980):
/// `P(y ≤ k) = σ(θₖ − f)` with one raw score `f` and increasing thresholds `θ`, which are estimated again after each
/// round.
public struct ProportionalOddsLoss: BoostingLoss {
  public let classCount: Int
  /// `classCount − 1` increasing thresholds.
  public private(set) var thresholds: [Double]

  public init(classCount: Int) {
    precondition(classCount >= 2, "\(classCount) classes")
    self.classCount = classCount
    thresholds = (1..<classCount).map { logit(Double($0) / Double(classCount)) }
  }

  init(thresholds: [Double]) {
    classCount = thresholds.count + 1
    self.thresholds = thresholds
  }

  public var outputCount: Int { 1 }

  public func check(targets: [Double], weights: [Double]) throws(TrainingError) {
    try checkClasses(targets, weights, classCount)
  }

  /// 0: the thresholds take the shares of the classes.
  public mutating func baseScores(targets: [Double], weights: [Double], offsets: [Double]?) -> [Double] {
    var totals = [Double](repeating: 0.25, count: classCount)
    for (target, weight) in zip(targets, weights) { totals[Int(target)] += weight }
    let total = totals.reduce(0, +)
    var below = 0.0
    thresholds = totals.dropLast().map {
      below += $0
      return logit(below / total)
    }
    if let offsets { update(rawScores: offsets, targets: targets, weights: weights, rowCount: targets.count) }
    return [0]
  }

  /// With `a = θ_y − f` and `b = θ_{y−1} − f`, the likelihood is `σ(a) − σ(b)`; in `f` its negative logarithm has gradient
  /// `1 − σ(a) − σ(b)` and second derivative `σ(a) σ(−a) + σ(b) σ(−b)`.
  public func derivatives(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, rowCount: Int,
    gradients: UnsafeMutablePointer<Double>, hessians: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<rowCount {
      let target = Int(targets[row])
      var gradient = 1.0
      var hessian = 0.0
      if target < classCount - 1 {
        let upper = thresholds[target] - rawScores[row]
        gradient -= sigmoid(upper)
        hessian += sigmoid(upper) * sigmoid(-upper)
      } else {
        gradient -= 1
      }
      if target > 0 {
        let lower = thresholds[target - 1] - rawScores[row]
        gradient -= sigmoid(lower)
        hessian += sigmoid(lower) * sigmoid(-lower)
      }
      gradients[row] = gradient
      hessians[row] = hessian
    }
  }

  public func value(rawScores: UnsafePointer<Double>, stride: Int, target: Double) -> Double {
    let target = Int(target)
    let score = rawScores.pointee
    if target == 0 { return logOnePlusExp(score - thresholds[0]) }
    if target == classCount - 1 { return logOnePlusExp(thresholds[target - 1] - score) }
    // σ(a) − σ(b) = (1 − exp(b − a)) σ(a) σ(−b), without cancellation.
    let upper = thresholds[target] - score
    let lower = thresholds[target - 1] - score
    return logOnePlusExp(-upper) + logOnePlusExp(lower) - log(-expm1(lower - upper))
  }

  /// One Newton step on the thresholds, halved until they increase and the loss falls.
  public mutating func update(
    rawScores: UnsafePointer<Double>, targets: UnsafePointer<Double>, weights: UnsafePointer<Double>, rowCount: Int
  ) {
    let count = thresholds.count
    var gradient = [Double](repeating: 0, count: count)
    // Tridiagonal second derivatives.
    var diagonal = [Double](repeating: 0, count: count)
    var beside = [Double](repeating: 0, count: count)
    var total = 0.0
    for row in 0..<rowCount where weights[row] > 0 {
      let weight = weights[row]
      let target = Int(targets[row])
      total += weight * value(rawScores: rawScores + row, stride: rowCount, target: targets[row])
      let hasUpper = target < count
      let hasLower = target > 0
      let upper = hasUpper ? thresholds[target] - rawScores[row] : 0
      let lower = hasLower ? thresholds[target - 1] - rawScores[row] : 0
      // With d the gap of both thresholds, −log(1 − exp(−d)) is the term that ties them.
      var tie = 0.0
      var curvature = 0.0
      if hasUpper, hasLower {
        let gap = upper - lower
        tie = 1 / expm1(gap)
        curvature = tie * (1 + tie)
        beside[target - 1] -= weight * curvature
      }
      if hasUpper {
        gradient[target] += weight * (sigmoid(upper) - 1 - tie)
        diagonal[target] += weight * (sigmoid(upper) * sigmoid(-upper) + curvature)
      }
      if hasLower {
        gradient[target - 1] += weight * (sigmoid(lower) + tie)
        diagonal[target - 1] += weight * (sigmoid(lower) * sigmoid(-lower) + curvature)
      }
    }
    guard var step = Self.solveTridiagonal(diagonal.map { $0 + 1e-9 }, beside, gradient.map { -$0 }) else { return }
    let current = thresholds
    for _ in 0..<30 {
      let next = zip(current, step).map { $0 + $1 }
      if zip(next, next.dropFirst()).allSatisfy({ $0 < $1 }), next.allSatisfy({ $0.isFinite }) {
        thresholds = next
        var loss = 0.0
        for row in 0..<rowCount where weights[row] > 0 {
          loss += weights[row] * value(rawScores: rawScores + row, stride: rowCount, target: targets[row])
        }
        if loss <= total { return }
      }
      step = step.map { $0 / 2 }
    }
    thresholds = current
  }

  /// Thomas's algorithm for a symmetric positive definite matrix.
  private static func solveTridiagonal(_ diagonal: [Double], _ beside: [Double], _ right: [Double]) -> [Double]? {
    var pivots = diagonal
    var result = right
    for index in diagonal.indices.dropFirst() {
      guard pivots[index - 1] > 0 else { return nil }
      let factor = beside[index - 1] / pivots[index - 1]
      pivots[index] -= factor * beside[index - 1]
      result[index] -= factor * result[index - 1]
    }
    for index in diagonal.indices.reversed() {
      guard pivots[index] > 0 else { return nil }
      if index + 1 < result.count { result[index] -= beside[index] * result[index + 1] }
      result[index] /= pivots[index]
    }
    return result
  }

  /// Class probabilities at a raw score.
  public func probabilities(_ rawScore: Double) -> [Double] {
    (0..<classCount).map { target in
      exp(-withUnsafePointer(to: rawScore) { value(rawScores: $0, stride: 1, target: Double(target)) })
    }
  }
}

/// The negative log-likelihood of a count, up to a constant, at log rate `f`: `exp(f) − y f`.
///
/// Gradient `exp(f) − y`, second derivative `exp(f)`; a rate is at most e³⁰.
public struct PoissonLoss: Loss {
  public init() {}

  public func value(rawScore: Double, target: Double) -> Double {
    // Less its minimum, which is at f = log y, so that it is 0 for a perfect fit.
    let minimum = target > 0 ? target - target * log(target) : 0
    return max(0, exp(min(rawScore, 30)) - target * rawScore - minimum)
  }

  public func derivatives(rawScore: Double, target: Double) -> (gradient: Double, hessian: Double) {
    let rate = exp(min(rawScore, 30))
    return (rate - target, rate)
  }

  public func prediction(rawScore: Double) -> Double { exp(min(rawScore, 30)) }
}

private func checkClasses(_ targets: [Double], _ weights: [Double], _ classCount: Int) throws(TrainingError) {
  guard weights.contains(where: { $0 > 0 }) else { throw .noRows }
  var seen = Set<Double>()
  for (row, target) in targets.enumerated() {
    // Rows of weight 0 are scored too.
    guard let index = Int(exactly: target), index >= 0, index < classCount else {
      throw .invalidTarget(row: row, expected: "a class in 0..<\(classCount)")
    }
    if weights[row] > 0 { seen.insert(target) }
  }
  guard seen.count > 1 else { throw .singleClass }
}
